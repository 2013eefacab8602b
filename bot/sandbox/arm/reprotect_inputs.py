"""What a reprotect must name, by the stack and by the way it leads: fields of the SDK's models, values that exist."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from .policies import FAILBACK_POLICIES, FORWARD_POLICY
from .posted import BACK, check_fields, wrong
from .wire import host_id

if TYPE_CHECKING:
    from ..estate.model import ProtectedItem
    from .routing import Call
    from .wire import Body

_BACK = {
    "classic": ("InMage", ("masterTargetId", "processServerId", "retentionDrive", "profileId")),
    "modernized": ("InMageRcm", ("reprotectAgentId", "datastoreName", "logStorageAccountId")),
}
_TO_AZURE: dict[str, tuple[str, tuple[str, ...]]] = {
    "classic": ("InMageAzureV2", ()),
    "modernized": ("InMageRcmFailback", ("processServerId", "policyId")),
}


def check_reprotect(call: Call, item: ProtectedItem, direction: str, details: Body) -> None:
    """Refuses what the service would refuse."""
    instance, required = (_BACK if direction == BACK else _TO_AZURE)[item.topology]
    if details.get("instanceType") != instance:
        raise wrong("instanceType", details.get("instanceType"))
    if direction == BACK:
        known = _classic_back(call, item, details) if item.topology == "classic" else _modernized_back(call, details)
    else:
        known = _to_azure(call, item)
    check_fields(details, required, known)
    disks = cast("list[str] | None", details.get("disksToInclude"))
    if disks is not None and not set() < set(disks) <= {f"Disk{index}" for index in range(len(item.disks_gb))}:
        raise wrong("disksToInclude", disks)


def _classic_back(call: Call, item: ProtectedItem, details: Body) -> dict[str, set[str]]:
    server = call.estate.vault.configuration_server
    targets = [one for one in server.master_targets if one.os == item.os] if server else []
    chosen = [one for one in targets if host_id(one.name) == details.get("masterTargetId")]
    hosts = {vm.host for vm in call.estate.vcenter.vms for one in chosen if vm.name == one.vm}
    return {
        "masterTargetId": {host_id(one.name) for one in targets},
        "processServerId": _process_servers(call),
        "retentionDrive": {volume.name for one in chosen for volume in one.retention},
        "profileId": _back_policies(call, "classic"),
        "datastoreName": {one.name for one in call.estate.vcenter.datastores if hosts & set(one.mounts)},
    }


def _modernized_back(call: Call, details: Body) -> dict[str, set[str]]:
    names = call.names
    agents = {names.appliance_id(one): one for one in call.estate.vault.appliances}
    chosen = agents.get(str(details.get("reprotectAgentId")))
    return {
        "reprotectAgentId": set(agents),
        "datastoreName": set(chosen.accessible_datastores) if chosen else set(),
        "logStorageAccountId": {names.log_storage},
        "policyId": _back_policies(call, "modernized"),
    }


def _to_azure(call: Call, item: ProtectedItem) -> dict[str, set[str]]:
    names, classic = call.names, item.topology == "classic"
    appliances = {names.appliance_id(one) for one in call.estate.vault.appliances}
    return {
        "processServerId": _process_servers(call) if classic else appliances,
        "policyId": {names.policy(FORWARD_POLICY[item.topology])},
        "logStorageAccountId": {names.log_storage},
        "storageAccountId": {names.log_storage},
    }


def _process_servers(call: Call) -> set[str]:
    server = call.estate.vault.configuration_server
    return {host_id(one.name) for one in server.process_servers} if server else set()


def _back_policies(call: Call, topology: str) -> set[str]:
    there = call.estate.vault.failback_policies
    return {call.names.policy(name) for name in FAILBACK_POLICIES[topology]} if there else set()
