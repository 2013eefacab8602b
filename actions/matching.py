"""Whose job it is: how Azure's jobs and items are told to belong to a machine of a request."""

from datetime import datetime

from homeward.checks.sources.azure.parse_item import TOPOLOGIES
from homeward.checks.sources.azure.wire import Wire

from .item_ids import job_name
from .requests import RequestItem
from .seen import job_seen
from .states import Operation

_SCENARIOS = {
    Operation.REPROTECT: {"switchreplicationgroupprotection", "switchprotection", "reversereplicate"},
    Operation.FAILBACK: {"plannedfailover", "unplannedfailover", "failover"},
    Operation.COMMIT: {"commitfailover", "commit"},
    Operation.CANCEL: {"cancelfailover", "failovercancel"},
    Operation.TO_AZURE: {"switchreplicationgroupprotection", "switchprotection", "reversereplicate"},
}
"""Azure's words for a job's scenario. Those of a reprotect are recorded, the others [inferred]."""
_TITLES = {
    Operation.REPROTECT: {"reprotect"},
    Operation.FAILBACK: {"planned failover", "unplanned failover", "failover"},
    Operation.COMMIT: {"commit", "commit failover"},
    Operation.CANCEL: {"cancel failover"},
    Operation.TO_AZURE: {"reprotect"},
}


def own_job(item: Wire | None) -> str:
    """The name of the job that the item names itself, "" for none."""
    told = item.part("properties") if item else Wire(None)
    return job_name(told.part("currentScenario").text("jobId"))


def is_job_of(job: Wire, operation: Operation, *, since: datetime) -> bool:
    """Whether it does that, and began no earlier."""
    told = job.part("properties")
    started = job_seen(job).started
    scenario, title = told.text("scenarioName").casefold(), told.text("friendlyName").casefold()
    does = scenario in _SCENARIOS[operation] or title in _TITLES[operation]
    return does and started is not None and started >= since


def is_of(job: Wire, item: RequestItem, seen: Wire | None) -> bool:
    """Whether the job names the item by an id: its own GUID, or the ARM id it has or will have."""
    told = job.part("properties")
    custom = told.part("customDetails")
    details = seen.part("properties").part("providerSpecificDetails") if seen else Wire(None)
    guids = {details.text(name).casefold() for name in ("vmId", "internalIdentifier", "replicaId")} - {""}
    objects = (told.text("targetObjectId"), custom.part("affectedObjectDetails").text("primaryVmId"))
    ids = {item.item_id.casefold(), item.planned.item_id.casefold()}
    return (
        any(one.casefold() in guids for one in objects)
        or custom.text("newReplicationProtectedItemId").casefold() in ids
    )


def is_of_name(job: Wire, item: RequestItem) -> bool:
    return job.part("properties").text("targetObjectName").casefold() == item.machine.casefold()


def has_name(seen: Wire, name: str) -> bool:
    """Of an item of the vault."""
    return seen.part("properties").text("friendlyName").casefold() == name.casefold()


def is_alike(seen: Wire, item: RequestItem) -> bool:
    """Whether it may be the same machine under a new id: of its name, in its stack."""
    provider = seen.part("properties").part("providerSpecificDetails").text("instanceType")
    return has_name(seen, item.machine) and TOPOLOGIES.get(provider.casefold()) is item.planned.topology
