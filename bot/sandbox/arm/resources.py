"""The single resources around the machines: the vault itself, its log storage account, network and interfaces."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..estate.model import REGION
from .compute import azure_vms
from .names import SUBNET, VNET
from .refusals import no_resource
from .wire import guid

if TYPE_CHECKING:
    from .names import Names
    from .routing import Call
    from .wire import Body

NETWORK = "10.60.0.0/16"


def vault_principal(names: Names) -> str:
    """The object id of the vault's managed identity."""
    return guid("principal", names.estate.vault.name)


def get_vault(call: Call) -> Body:
    identity: Body = {
        "type": "SystemAssigned",
        "principalId": vault_principal(call.names),
        "tenantId": guid("tenant", "corp"),
    }
    return {
        "id": call.names.vault,
        "name": call.estate.vault.name,
        "type": "Microsoft.RecoveryServices/vaults",
        "location": REGION,
        "sku": {"name": "RS0", "tier": "Standard"},
        **({"identity": identity} if call.estate.vault.has_identity else {}),
        "properties": {"provisioningState": "Succeeded", "publicNetworkAccess": "Enabled"},
    }


def get_storage_account(call: Call) -> Body:
    account = call.estate.vault.log_storage
    kind = "Microsoft.Storage/storageAccounts"
    if not call.is_named("account", account.name):
        raise no_resource(kind, call.parts["account"])
    tier = "Premium" if account.premium else "Standard"
    return {
        "id": call.names.log_storage,
        "name": account.name,
        "type": kind,
        "location": account.region,
        "sku": {"name": f"{tier}_LRS", "tier": tier},
        "kind": "StorageV2",
        "properties": {"provisioningState": "Succeeded", "primaryLocation": account.region},
    }


def get_nic(call: Call) -> Body:
    kind = "Microsoft.Network/networkInterfaces"
    for item, vm in azure_vms(call.estate):
        if call.is_named("nic", f"{vm.name}-nic"):
            configuration: Body = {
                "name": "ipconfig1",
                "id": f"{call.names.nic(vm)}/ipConfigurations/ipconfig1",
                "properties": {
                    "privateIPAddress": f"10.60.{1 + item.number // 250}.{item.number % 250 + 4}",
                    "privateIPAllocationMethod": "Dynamic",
                    "subnet": {"id": f"{call.names.vnet}/subnets/{SUBNET}"},
                    "primary": True,
                },
            }
            return {
                "id": call.names.nic(vm),
                "name": f"{vm.name}-nic",
                "type": kind,
                "location": REGION,
                "properties": {
                    "provisioningState": "Succeeded",
                    "ipConfigurations": [configuration],
                    "virtualMachine": {"id": call.names.azure_vm(vm)},
                },
            }
    raise no_resource(kind, call.parts["nic"])


def get_vnet(call: Call) -> Body:
    kind = "Microsoft.Network/virtualNetworks"
    if not call.is_named("vnet", VNET):
        raise no_resource(kind, call.parts["vnet"])
    subnet = {"id": f"{call.names.vnet}/subnets/{SUBNET}", "name": SUBNET, "properties": {"addressPrefix": NETWORK}}
    return {
        "id": call.names.vnet,
        "name": VNET,
        "type": kind,
        "location": REGION,
        "properties": {
            "provisioningState": "Succeeded",
            "addressSpace": {"addressPrefixes": [NETWORK]},
            "subnets": [subnet],
        },
    }
