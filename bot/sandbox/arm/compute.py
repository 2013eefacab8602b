"""Microsoft.Compute: the virtual machines that failover made."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from ..estate.model import REGION
from .refusals import no_resource
from .routing import Listing
from .wire import guid, moment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..estate import Estate
    from ..estate.model import AzureVm, ProtectedItem
    from .names import Names
    from .routing import Call
    from .wire import Body

KIND = "Microsoft.Compute/virtualMachines"


def azure_vms(estate: Estate) -> Iterator[tuple[ProtectedItem, AzureVm]]:
    """Those that exist, each with the item it came from."""
    return ((item, item.azure_vm) for item in estate.vault.items if item.azure_vm and item.azure_vm.exists)


def list_vms(call: Call) -> Listing:
    with_status = call.query.get("statusonly", "").casefold() == "true" or "instanceView" in call.query.get(
        "$expand", ""
    )
    return Listing(
        (partial(_vm, call.names, item, vm, with_status=with_status) for item, vm in azure_vms(call.estate)),
        null_link=False,
    )


def get_vm(call: Call) -> Body:
    item, vm = _find(call)
    return _vm(call.names, item, vm, with_status=call.query.get("$expand", "").casefold() == "instanceview")


def get_instance_view(call: Call) -> Body:
    _, vm = _find(call)
    return _instance_view(call.names, vm)


def _find(call: Call) -> tuple[ProtectedItem, AzureVm]:
    for item, vm in azure_vms(call.estate):
        if call.is_named("vm", vm.name):
            return item, vm
    raise no_resource(KIND, call.parts["vm"])


def _vm(names: Names, item: ProtectedItem, vm: AzureVm, *, with_status: bool) -> Body:
    status: Body = {"instanceView": _instance_view(names, vm)} if with_status else {}
    return {
        "id": names.azure_vm(vm),
        "name": vm.name,
        "type": KIND,
        "location": REGION,
        "properties": {
            "vmId": guid("azure vm", vm.name),
            "provisioningState": "Succeeded",
            "hardwareProfile": {"vmSize": "Standard_D4s_v5"},
            "storageProfile": {
                "osDisk": {"osType": item.os, "name": f"{vm.name}-0", "createOption": "Attach"},
                "dataDisks": [],
            },
            "networkProfile": {"networkInterfaces": [{"id": names.nic(vm), "properties": {"primary": True}}]},
            **status,
        },
    }


def _instance_view(names: Names, vm: AzureVm) -> Body:
    now = moment(names.estate.ago(1))
    agent: Body = {
        "vmAgentVersion": "2.7.41491.1172" if vm.agent == "Ready" else "Unknown",
        "statuses": [
            {
                "code": "ProvisioningState/succeeded" if vm.agent == "Ready" else "ProvisioningState/Unavailable",
                "level": "Info" if vm.agent == "Ready" else "Warning",
                "displayStatus": vm.agent,
                "message": "",
                "time": now,
            }
        ],
    }
    return {
        **({"vmAgent": agent} if vm.agent else {}),
        "disks": [],
        "statuses": [
            {
                "code": "ProvisioningState/succeeded",
                "level": "Info",
                "displayStatus": "Provisioning succeeded",
                "time": now,
            },
            {"code": f"PowerState/{vm.power}", "level": "Info", "displayStatus": f"VM {vm.power}"},
        ],
    }
