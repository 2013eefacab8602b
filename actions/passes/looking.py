"""Looking at a machine after its start call: what Azure shows of it, and what that makes of it."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from homeward.actions.ledger import Held
from homeward.actions.plan import as_json
from homeward.actions.ports import ItemSeen, JobSeen, JobState, LookAtHome, SiteRecovery, Unreadable
from homeward.actions.requests import AzureError, Change, EventKind, Happened, Progress, Request, RequestItem
from homeward.actions.states import ItemState, Operation
from homeward.actions.words import WORDS, Words
from homeward.checks.facts import Absent
from homeward.checks.way import PASSES

from .arriving import has_arrived, look_at_home
from .pace import ASTRAY, GRACE, LOOK_BACK, RUNNING_SINCE, Limits, after_no_answer, look_at
from .step import Step

MISSING = "not found in the vault"
"""The step of a machine whose job or item is missing; `read_at` is then since when."""
CANCELLED = "the job was cancelled in Azure (not by Homeward)"


async def look(
    azure: SiteRecovery, home: LookAtHome, request: Request, item: RequestItem, now: datetime, limits: Limits
) -> Step:
    """One look, at most one step through the states."""
    try:
        match item.state:
            case ItemState.CLAIMED | ItemState.UNKNOWN:
                step = await _look_for_it(azure, request, item, now)
            case ItemState.SUBMITTED:
                step = await _look_at_job(azure, request, item, now)
            case _ if item.arrived_at is not None:
                # It came through: whatever becomes of it in Azure from now on is of another operation.
                step = Step(item)
            case _:
                step = await _look_at_item(azure, request, item, now)
    except Unreadable as failure:
        return Step(item, again_at=after_no_answer(item, now, failure.retry_after, limits))
    if has_arrived(step.item):
        arrived = await look_at_home(home, _vault(request), step.item, now)
        step = replace(arrived, events=step.events + arrived.events)
    due = look_at(step.item, request.id, limits)
    return replace(step, again_at=due if due is None else max(due, now + limits.poll_interval / 2))


async def before_another_try(azure: SiteRecovery, request: Request, item: RequestItem, now: datetime) -> Step | None:
    """Before a machine is tried again: nothing of the former try may be going on, and Azure must allow it.

    None: it may be started. Raises `Unreadable`.
    """
    taken = await _signs_of_it(azure, request, item, now, also_failed=False)
    if taken is not None:
        return taken
    seen = await azure.item(_vault(request), request.asked.operation, item)
    if isinstance(seen, Absent):
        return failed(item, now, "it is not in the vault any more")
    if not seen.may_start:
        return failed(item, now, f"Azure does not allow it now (its state is {seen.state})")
    return None


async def _look_for_it(azure: SiteRecovery, request: Request, item: RequestItem, now: datetime) -> Step:
    """The start call may have been taken: its job, or the machine itself, would tell. Azure's lists lag."""
    waited = now - (item.claimed_at or now)
    # A claim of later than now is of a clock that was set back since: nobody knows how old it is.
    if item.state is ItemState.CLAIMED and timedelta() <= waited < GRACE:
        found = await azure.find_job(_vault(request), request.asked.operation, item, since=_since(item, now))
        if isinstance(found, Absent) or _is_former(item, found):
            return Step(_read(item, now))
        return adopted(item, found, now, "found after its start call")
    taken = await _signs_of_it(azure, request, item, now, also_failed=True)
    if taken is not None:
        return taken
    if item.state is ItemState.UNKNOWN:
        return Step(_read(item, now))
    return unknown(item, now, f"Azure shows no job of it {GRACE // timedelta(minutes=1)} minutes after its start call")


async def _signs_of_it(
    azure: SiteRecovery, request: Request, item: RequestItem, now: datetime, *, also_failed: bool
) -> Step | None:
    """A job since the claim, or a machine that is on its way already, or through."""
    found = await azure.find_job(_vault(request), request.asked.operation, item, since=_since(item, now))
    if not isinstance(found, Absent):
        news = not _is_former(item, found) and (also_failed or found.state is JobState.SUCCEEDED)
        # Its success was followed before, and did not lead there: now only the machine itself can end the doubt.
        news = news and not (found.name == item.job and found.state is JobState.SUCCEEDED)
        if news or found.state is JobState.RUNNING:
            return adopted(item, found, now, "found after its start call")
    seen = await azure.item(_vault(request), request.asked.operation, item)
    if not isinstance(seen, Absent) and (seen.ready or seen.replicating):
        return _on_its_way(request.asked.operation, item, seen, now)
    return None


async def _look_at_job(azure: SiteRecovery, request: Request, item: RequestItem, now: datetime) -> Step:
    seen = await azure.job(_vault(request), item.job)
    if not isinstance(seen, Absent):
        return of_job(item, seen, now)
    if not _missing_for_long(item, now):
        return Step(_missing(item, now))
    still = await azure.item(_vault(request), request.asked.operation, item)
    if not isinstance(still, Absent) and (still.ready or still.replicating):
        return of_item(request.asked.operation, replace(item, progress=Progress()), still, now)
    return unknown(item, now, f"its job is not in the vault any more, and {_words(request).astray}")


async def _look_at_item(azure: SiteRecovery, request: Request, item: RequestItem, now: datetime) -> Step:
    seen = await azure.item(_vault(request), request.asked.operation, item)
    if not isinstance(seen, Absent):
        step = of_item(request.asked.operation, item, seen, now)
        since = step.item.progress.read_at or now
        if seen.ready or seen.replicating or now - since < ASTRAY:
            return step
        return unknown(step.item, now, f"{_words(request).astray}: its state is {seen.state or 'not told'}")
    if not _missing_for_long(item, now):
        return Step(_missing(item, now))
    return unknown(item, now, "it is not in the vault any more")


def of_job(item: RequestItem, seen: JobSeen, now: datetime) -> Step:
    """What its job makes of a machine. Errors of a job that did not fail are warnings, told once each."""
    item = replace(item, item_id=seen.new_item_id or item.item_id, progress=Progress(step=seen.step, read_at=now))
    new = tuple(error for error in seen.errors if error not in item.warnings)
    match seen.state:
        case JobState.FAILED:
            return failed(item, now, "the job failed in Azure", seen.errors)
        case JobState.CANCELLED:
            return failed(item, now, CANCELLED, seen.errors)
        case JobState.SUCCEEDED:
            item = replace(item, state=ItemState.JOB_SUCCEEDED, warnings=item.warnings + new, why="")
            return Step(item, (_tell(item, EventKind.JOB_SUCCEEDED, warnings=_plain(seen.errors)),))
        case JobState.RUNNING:
            item = replace(item, progress=replace(item.progress, step=seen.step or seen.word), why="")
            return _warned(item, new, ())


def of_item(operation: Operation, item: RequestItem, seen: ItemSeen, now: datetime) -> Step:
    """What the machine's own state makes of it once its job is over: job success is not readiness."""
    before = item.progress.percent or 0
    percent = seen.percent if seen.percent is not None else item.progress.percent
    new = tuple(error for error in seen.trouble if error not in item.warnings)
    # Since when it has been in a state that does not lead where the operation does.
    astray = not (seen.ready or seen.replicating) and item.progress.step == seen.state
    read_at = min(item.progress.read_at or now, now) if astray else now
    item = replace(item, item_id=seen.id or item.item_id, progress=Progress(seen.state, percent, read_at))
    if seen.ready and operation is Operation.FAILBACK:
        # Azure's part is over; whether it runs is seen in vCenter.
        state = ItemState.JOB_SUCCEEDED if item.state is ItemState.SUBMITTED else item.state
        return _warned(replace(item, state=state, arrived_at=now, why=""), new, ())
    if seen.ready:
        item = replace(item, state=ItemState.DONE, ended_at=now, why="")
        return _warned(item, new, (_tell(item, EventKind.DONE),))
    if not seen.replicating:
        return _warned(item, new, ())
    if item.state is not ItemState.REPLICATING:
        item = replace(item, state=ItemState.REPLICATING, why="")
        return _warned(item, new, (_tell(item, EventKind.REPLICATING, percent=seen.percent),))
    passed = percent is not None and percent // 25 > before // 25
    return _warned(item, new, (_tell(item, EventKind.PROGRESS, percent=percent),) if passed else ())


def adopted(item: RequestItem, seen: JobSeen, now: datetime, why: str) -> Step:
    """A job that was found becomes the machine's job, whoever started it."""
    item = replace(
        item, state=ItemState.SUBMITTED, job=seen.name, adopted=True, submitted_at=now, ended_at=None, why=""
    )
    item = replace(item, progress=Progress(), given_up=False)
    return Step(item, (_tell(item, EventKind.ADOPTED, job=seen.name, why=why),))


def failed(item: RequestItem, now: datetime, why: str, errors: tuple[AzureError, ...] = ()) -> Step:
    item = replace(item, state=ItemState.FAILED, ended_at=now, why=why, errors=errors)
    return Step(item, (_tell(item, EventKind.ITEM_FAILED, why=why, errors=_plain(errors)),))


def skipped(item: RequestItem, now: datetime, why: str) -> Step:
    item = replace(item, state=ItemState.SKIPPED, ended_at=now, why=why)
    return Step(item, (_tell(item, EventKind.SKIPPED, why=why),))


def unknown(item: RequestItem, now: datetime, why: str) -> Step:
    item = replace(item, state=ItemState.UNKNOWN, ended_at=now, why=why)
    return Step(_read(item, now), (_tell(item, EventKind.UNKNOWN, why=why),))


def taken(request: Request, error: Held, now: datetime) -> Change:
    """A machine was seen as an item that another open request has: what becomes of it can't be told any more.

    Nothing else that was seen is written; it is looked at again.
    """
    item = next(item for item in request.items if item.machine == error.machine)
    step = failed(item, now, f"in the vault it can't be told from a machine of the open request {error.by}")
    return Change(now, items=(step.item,), events=step.events)


def _on_its_way(operation: Operation, item: RequestItem, seen: ItemSeen, now: datetime) -> Step:
    """There is no job to be found, but the machine is on its way, or through: that is enough."""
    item = replace(item, adopted=True, submitted_at=now, ended_at=None, why="", given_up=False)
    item = replace(item, item_id=seen.id or item.item_id, progress=Progress(seen.state, seen.percent))
    told = _tell(item, EventKind.ADOPTED, job="", why=WORDS[operation].already)
    if PASSES[operation] is None:
        return Step(replace(item, state=ItemState.JOB_SUCCEEDED), (told,))
    replicating = _tell(item, EventKind.REPLICATING, percent=seen.percent)
    return Step(replace(item, state=ItemState.REPLICATING), (told, replicating))


def _warned(item: RequestItem, new: tuple[AzureError, ...], events: tuple[Happened, ...]) -> Step:
    if not new:
        return Step(item, events)
    warned = _tell(item, EventKind.WARNED, errors=_plain(new))
    return Step(replace(item, warnings=item.warnings + new), (warned, *events))


def _since(item: RequestItem, now: datetime) -> datetime:
    """When its job may have begun at the earliest."""
    claimed_at = item.claimed_at or now
    return claimed_at - LOOK_BACK if claimed_at <= now else now - RUNNING_SINCE


def _is_former(item: RequestItem, found: JobSeen) -> bool:
    """Whether the job is of a try before: of this request, which the machine carries until it is submitted anew, or of
    an earlier one. That this try's job had ended before its claim is not possible."""
    if item.submitted_at is None and found.name == item.job:
        return True
    return found.ended is not None and item.claimed_at is not None and found.ended < item.claimed_at


def _read(item: RequestItem, now: datetime) -> RequestItem:
    return replace(item, progress=replace(item.progress, read_at=now))


def _missing(item: RequestItem, now: datetime) -> RequestItem:
    since = item.progress.read_at
    if item.progress.step == MISSING and since is not None and since <= now:
        return item
    return replace(item, progress=Progress(MISSING, item.progress.percent, now))


def _missing_for_long(item: RequestItem, now: datetime) -> bool:
    since = item.progress.read_at
    return item.progress.step == MISSING and since is not None and now - since >= GRACE


def _tell(item: RequestItem, kind: EventKind, **data: object) -> Happened:
    return Happened(kind, item.machine, data)


def _plain(errors: Iterable[AzureError]) -> list[object]:
    return [as_json(error) for error in errors]


def _vault(request: Request) -> str:
    return request.plan.vault if request.plan is not None else ""


def _words(request: Request) -> Words:
    return WORDS[request.asked.operation]
