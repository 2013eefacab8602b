"""The start of a reprotect: what Azure takes, and what it refuses.

The envelope and the fields are recorded or of the SDK's models; the codes and words of the refusals are inferred.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast
from uuid import uuid4

from .items import find_item
from .policies import FAILBACK_POLICIES
from .progress import begin, running
from .refusals import Refusal
from .stages import stage_of
from .wire import host_id

if TYPE_CHECKING:
    from ..estate.model import ProtectedItem
    from .routing import Call
    from .wire import Body

REQUIRED = {
    "classic": ("masterTargetId", "processServerId", "retentionDrive", "profileId"),
    "modernized": ("reprotectAgentId", "datastoreName", "logStorageAccountId"),
}
INSTANCE = {"classic": "InMage", "modernized": "InMageRcm"}


@dataclass(frozen=True, slots=True)
class Started:
    """The call is taken; the answer is empty, its headers name the job."""

    job: str


def reprotect(call: Call) -> Started:
    item = find_item(call)
    details = _details(call)
    if running(call.estate, item):
        raise Refusal(409, "Conflict", f"Another job is in progress on the protected item '{item.name}'.")
    if "SwitchProtection" not in stage_of(item).operations:
        message = f"The operation 'SwitchProtection' is not allowed on '{item.name}' in its present state."
        raise Refusal(400, "OperationNotAllowed", message)
    _check(call, item, details)
    return Started(begin(call.estate, item, str(uuid4()), body=call.body).name)


def read_body(content: bytes) -> Body:
    try:
        body: object = json.loads(content)
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise Refusal(400, "InvalidRequestContent", "The request content was invalid and could not be deserialized.")
    return cast("Body", body)


def _details(call: Call) -> Body:
    properties = _part(call.body or {}, "properties")
    if properties.get("failoverDirection") != "RecoveryToPrimary":
        raise _wrong("failoverDirection", properties.get("failoverDirection"))
    return _part(properties, "providerSpecificDetails")


def _part(body: Body, name: str) -> Body:
    part = body.get(name)
    if not isinstance(part, dict):
        raise _missing(name)
    return cast("Body", part)


def _check(call: Call, item: ProtectedItem, details: Body) -> None:
    if details.get("instanceType") != INSTANCE[item.topology]:
        raise _wrong("instanceType", details.get("instanceType"))
    for name in REQUIRED[item.topology]:
        if not details.get(name):
            raise _missing(name)
    known = _classic(call, item, details) if item.topology == "classic" else _modernized(call, details)
    for name, values in known.items():
        value = details.get(name)
        if value and str(value).casefold() not in {one.casefold() for one in values}:
            raise _wrong(name, value)
    disks = cast("list[str] | None", details.get("disksToInclude"))
    if disks is not None and not set() < set(disks) <= {f"Disk{index}" for index in range(len(item.disks_gb))}:
        raise _wrong("disksToInclude", disks)


def _classic(call: Call, item: ProtectedItem, details: Body) -> dict[str, set[str]]:
    """For each field the values that exist."""
    server = call.estate.vault.configuration_server
    targets = [one for one in server.master_targets if one.os == item.os] if server else []
    chosen = [one for one in targets if host_id(one.name) == details.get("masterTargetId")]
    hosts = {vm.host for vm in call.estate.vcenter.vms for one in chosen if vm.name == one.vm}
    return {
        "masterTargetId": {host_id(one.name) for one in targets},
        "processServerId": {host_id(one.name) for one in server.process_servers} if server else set(),
        "retentionDrive": {volume.name for one in chosen for volume in one.retention},
        "profileId": _policies(call, "classic"),
        "datastoreName": {one.name for one in call.estate.vcenter.datastores if hosts & set(one.mounts)},
    }


def _modernized(call: Call, details: Body) -> dict[str, set[str]]:
    names = call.names
    agents = {names.appliance_id(one): one for one in call.estate.vault.appliances}
    chosen = agents.get(str(details.get("reprotectAgentId")))
    return {
        "reprotectAgentId": set(agents),
        "datastoreName": set(chosen.accessible_datastores) if chosen else set(),
        "logStorageAccountId": {names.log_storage},
        "policyId": _policies(call, "modernized"),
    }


def _policies(call: Call, topology: str) -> set[str]:
    there = call.estate.vault.failback_policies
    return {call.names.policy(name) for name in FAILBACK_POLICIES[topology]} if there else set()


def _missing(name: str) -> Refusal:
    return Refusal(400, "MissingRequiredParameter", f"The required parameter '{name}' is missing.")


def _wrong(name: str, value: object) -> Refusal:
    return Refusal(400, "InvalidParameter", f"The value {value!r} of the parameter '{name}' is not valid.")
