"""Azure's jobs and protected items as acting sees them, from the SDK's answers."""

from collections.abc import Iterator
from datetime import datetime

from homeward.checks.facts import HealthError, Item, Never
from homeward.checks.sources.azure import parse_item
from homeward.checks.sources.azure.parse_health import health_errors
from homeward.checks.sources.azure.wire import Wire
from homeward.checks.way import BACK_PROVIDERS, GOAL, PASSES, Operation, Stand, allows, stand

from .item_ids import job_name
from .ports import ItemSeen, JobSeen, JobState
from .requests import AzureError

_ENDS = {
    "succeeded": JobState.SUCCEEDED,
    "failed": JobState.FAILED,
    "cancelled": JobState.CANCELLED,
    "canceled": JobState.CANCELLED,
}
_SHOWN_FIRST = ("failed", "cancelled", "suspended", "inprogress")
"""Of several tasks, the one that the reader should know of."""
_FAILBACK = {"plannedfailover", "unplannedfailover"}
_START = {"switchprotection", "reversereplicate"}
_THROUGH = {
    # It counts as through, too, if somebody else has led the machine on meanwhile.
    Operation.FAILBACK: {Stand.HOME, Stand.COMMITTED},
    Operation.COMMIT: {Stand.COMMITTED, Stand.PROTECTING, Stand.PROTECTED},
    Operation.TO_AZURE: {Stand.PROTECTED},
}
_NOT_THROUGH = {"failed", "cancelled", "canceled"}


def job_seen(wire: Wire) -> JobSeen:
    told = wire.part("properties")
    word = told.text("state")
    state = _ENDS.get(word.casefold(), JobState.RUNNING)
    new_id = told.part("customDetails").text("newReplicationProtectedItemId")
    return JobSeen(
        name=wire.text("name") or job_name(wire.text("id")),
        state=state,
        word=word,
        step="" if state is JobState.SUCCEEDED else _step(told.parts("tasks")),
        errors=tuple(dict.fromkeys(_errors(told))),
        started=_time(told, "startTime"),
        ended=_time(told, "endTime"),
        # It is told from the job's beginning on, but there is such an item only after its success.
        new_item_id=new_id if state is JobState.SUCCEEDED and job_name(new_id) else "",
    )


def _step(tasks: tuple[Wire, ...]) -> str:
    for word in _SHOWN_FIRST:
        for task in tasks:
            if task.text("state").casefold() == word:
                inner = _step(_children(task))
                title = task.part("customDetails").part("jobTask").text("jobFriendlyName")
                title = title or task.text("friendlyName", "name")
                return f"{title}: {inner}" if inner else title
    return ""


def _children(task: Wire) -> tuple[Wire, ...]:
    return task.part("groupTaskCustomDetails").parts("childTasks")


def _errors(holder: Wire) -> Iterator[AzureError]:
    """Those of a job or a task, and of the tasks inside."""
    for error in holder.parts("errors"):
        service, provider = error.part("serviceErrorDetails"), error.part("providerErrorDetails")
        said = dict.fromkeys(text for text in (service.text("message"), provider.text("errorMessage")) if text)
        found = AzureError(
            service_code=_code(service.text("code")),
            provider_code=_code(provider.text("errorCode")),
            message=" ".join(said),
            causes=service.text("possibleCauses") or provider.text("possibleCauses"),
            action=service.text("recommendedAction") or provider.text("recommendedAction"),
        )
        if found != AzureError("", "", "", "", ""):
            yield found
    for task in (*holder.parts("tasks"), *_children(holder)):
        yield from _errors(task)


def _code(text: str) -> str:
    return "" if text == "0" else text


def item_seen(wire: Wire, operation: Operation) -> ItemSeen:
    """The item with the operation in mind."""
    told = wire.part("properties")
    details = told.part("providerSpecificDetails")
    item = parse_item.item(wire)
    ready, replicating = _how_far(item, operation)
    trouble = _trouble(told, details)
    return ItemSeen(
        id=item.id,
        state=item.protection_state,
        ready=ready,
        replicating=replicating,
        may_start=_may_start(item, operation),
        percent=_percent(details) if PASSES[operation] and (ready or replicating) else None,
        job=job_name(item.job_id),
        trouble=(*trouble, *_undone(item)) if operation is Operation.FAILBACK else trouble,
    )


def _how_far(item: Item, operation: Operation) -> tuple[bool, bool]:
    """Whether it stands where the operation leads, and whether it is on its way there."""
    if GOAL[operation] is Stand.READY:
        # After the failback the item keeps its type, and calls its state a failover's.
        back = item.provider.casefold() in BACK_PROVIDERS and "failover" not in item.protection_state.casefold()
        # Any other state is on the way there, even one whose word is not known: it does replicate home.
        ready = back and stand(item) is Stand.READY and bool(_allowed(item) & _FAILBACK)
        return ready, back and not ready
    where = stand(item)
    return where in _THROUGH[operation], where is PASSES[operation]


def _may_start(item: Item, operation: Operation) -> bool:
    if operation is not Operation.REPROTECT:
        return allows(item, operation)
    # From a failback item the same operation would lead to Azure again; a classic one may have the type of an item
    # that comes home before it does, and then need not tell where it runs.
    home = item.provider.casefold() == "inmagercmfailback" or item.active_site.casefold() == "onprem"
    on_its_way = any(_how_far(item, operation))
    return bool(_allowed(item) & _START) and not home and not on_its_way


def _undone(item: Item) -> tuple[AzureError, ...]:
    """A failback that is over and did not come through, of a machine that stands where it began."""
    over = stand(item) is Stand.READY and not job_name(item.job_id)
    if not over or item.last_failback.casefold() not in _NOT_THROUGH:
        return ()
    return (AzureError("", "", f"Azure tells of its last planned failover: {item.last_failback}.", "", ""),)


def _allowed(item: Item) -> set[str]:
    return {one.casefold() for one in item.allowed_operations}


def _percent(details: Wire) -> int | None:
    """Of the initial replication: of the whole machine, else the mean of its disks."""
    for holder in (details, details.part("resyncDetails")):
        whole = holder.number("initialReplicationProgressPercentage")
        if whole is not None:
            return _within(whole)
    disks = details.parts("protectedDisks")
    modernized = [disk.part("irDetails").number("progressPercentage") for disk in disks]
    classic = [disk.number("resyncProgressPercentage") for disk in disks]
    for shares in (modernized, classic):
        if any(share is not None for share in shares):
            return _within(sum(share or 0.0 for share in shares) / len(shares))  # one not told has not begun
    # A classic machine that replicates to Azure tells it as a whole.
    whole = details.number("resyncProgressPercentage") if details.text("instanceType") == "InMageAzureV2" else None
    return None if whole is None else _within(whole)


def _within(number: float) -> int:
    return max(0, min(100, int(number)))


def _trouble(told: Wire, details: Wire) -> tuple[AzureError, ...]:
    ill = told.text("replicationHealth").casefold() == "critical"

    def grave(error: HealthError) -> bool:
        return error.critical or (not error.level and ill)

    found = (*health_errors(told, "healthErrors"), *health_errors(details, "validationErrors"))
    errors = (AzureError(one.code, "", one.message, one.causes, one.action) for one in found if grave(one))
    return tuple(dict.fromkeys(errors))


def _time(told: Wire, name: str) -> datetime | None:
    found = told.moment(name)
    return None if isinstance(found, Never) else found
