"""While it runs: look at what was started, start what may be, and see when nothing more goes on by itself."""

import asyncio
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from homeward.actions.ports import Unreadable
from homeward.actions.requests import Change, EventKind, Happened, Request, RequestItem
from homeward.actions.states import ItemState, State
from homeward.actions.words import WORDS

from .approved import TOO_OLD, given_up, sentences, too_old, unread, voided
from .looking import before_another_try, failed, look, skipped
from .order import ending, item_of, startable, stopped_by, was_begun, with_items
from .outside import Outside, Turn
from .pace import CHECKS_GOOD_FOR, NAP, look_at
from .rechecking import Fitness, Judged, judge
from .starting import start
from .step import Step


async def running(request: Request, now: datetime, outside: Outside) -> Turn:
    """Looking comes first: what is seen decides what may be started; it is written before anything is started."""
    steps = await look_around(request, now, outside)
    after = with_items(request, (step.item for step in steps))
    if ready := startable(after, outside.limits):
        if any(step.item.state is not item_of(request, step.item.machine).state for step in steps):
            return Turn(request, replace(seen(after, steps, now, outside), due_at=now))
        turn = await _start(request, ready, now, outside)
        return Turn(turn.request, _together(seen(after, steps, now, outside), turn.change))
    return Turn(request, settled(after, seen(after, steps, now, outside), now))


async def look_around(request: Request, now: datetime, outside: Outside) -> tuple[Step, ...]:
    """Looks at the machines for which it is time."""
    times = ((item, look_at(item, request.id, outside.limits)) for item in request.items)
    due = [item for item, at in times if at is not None and (at <= now or at > now + NAP)]
    looks = (look(outside.azure, outside.home, request, item, now, outside.limits) for item in due)
    return tuple(await asyncio.gather(*looks))


def seen(after: Request, steps: Iterable[Step], now: datetime, outside: Outside) -> Change:
    """What was seen, and when there is something to see again."""
    again = {step.item.machine: step.again_at for step in steps}
    times = (again.get(item.machine) or look_at(item, after.id, outside.limits) for item in after.items)
    items = tuple(step.item for step in steps)
    due_at = min((at for at in times if at is not None), default=now + NAP)
    return _waiting(after, Change(min(due_at, now + NAP), items=items, events=_events(steps)))


def _waiting(after: Request, change: Change) -> Change:
    """Tells once, of each machine that failed, who waits for it."""
    waiting: list[RequestItem] = []
    behind: dict[str, list[str]] = {}
    for item in after.items:
        other = stopped_by(after, item)
        if other is not None and item.why != (why := f"waits for {other.machine}"):
            waiting.append(replace(item, why=why))
            behind.setdefault(other.machine, []).append(item.machine)
    told = tuple(Happened(EventKind.WAITS, machine, {"waiting": names}) for machine, names in behind.items())
    return replace(change, items=(*change.items, *waiting), events=change.events + told)


async def _start(request: Request, ready: tuple[RequestItem, ...], now: datetime, outside: Outside) -> Turn:
    """Checks the machines that are next once more, then starts those that are fit, one by one."""
    assert request.plan is not None, "a request without a plan can't run"  # noqa: S101 # by the ledger's writes
    if not was_begun(request):
        if (at := request.plan.not_before) is not None and now < at:
            # Its time had come by a clock that was set back since.
            return Turn(request, Change(min(at, now + NAP)))
        if too_old(request, now):
            return Turn(request, voided(now, TOO_OLD))
    former = await _former_tries(request, ready, now, outside)
    if steps := tuple(each for each in former if isinstance(each, Step)):
        return Turn(request, Change(now, items=tuple(s.item for s in steps), events=_events(steps)))
    answer = await outside.prepare.again(request.plan, frozenset(item.machine for item in ready))
    checked_at = outside.monotonic()
    could_not = {each.item.machine: each for each in former if isinstance(each, Judged)}
    judged = tuple(could_not.get(each.item.machine, each) for each in judge(request, ready, answer))
    if why := sentences(judged, Fitness.CHANGED):
        return Turn(request, _dropped(request, judged, Fitness.CHANGED, why, now))
    wait = None
    if why := sentences(judged, Fitness.UNREAD):
        wait = unread(request, now, why)
        if wait is None:
            return Turn(request, _dropped(request, judged, Fitness.UNREAD, given_up(why), now))
    fit = {each.item.machine for each in judged if each.fitness is Fitness.FIT}
    while outside.monotonic() - checked_at < CHECKS_GOOD_FOR:
        # Asked anew each time: one that was just refused may hold the others back.
        item = next((each for each in startable(request, outside.limits) if each.machine in fit), None)
        if item is None:
            break
        request = await start(request, item, outside)
    return Turn(request, wait or Change(now, readable_again=request.unread_since is not None))


async def _former_tries(
    request: Request, ready: tuple[RequestItem, ...], now: datetime, outside: Outside
) -> tuple[Step | Judged, ...]:
    """What keeps machines from being tried again: a sign that the former try goes on, or that it can't be read."""
    found: list[Step | Judged] = []
    for item in ready:
        if item.attempt > 1:
            try:
                step = await before_another_try(outside.azure, request, item, now)
            except Unreadable as failure:
                found.append(Judged(item, Fitness.UNREAD, f"{item.machine} could not be read: {failure.reason}."))
                continue
            if step is not None:
                found.append(step)
    return tuple(found)


def _dropped(request: Request, judged: tuple[Judged, ...], fitness: Fitness, why: str, now: datetime) -> Change:
    """Machines that must not be started. Before anything was started that voids the request, whole."""
    if not was_begun(request):
        return voided(now, why)
    steps: list[Step] = []
    for each in judged:
        if each.fitness is fitness:
            said = given_up(each.why) if fitness is Fitness.UNREAD else each.why
            steps.append(skipped(each.item, now, said) if each.item.attempt == 1 else failed(each.item, now, said))
    return Change(now, items=tuple(step.item for step in steps), readable_again=True, events=_events(steps))


def _events(steps: Iterable[Step]) -> tuple[Happened, ...]:
    return tuple(event for step in steps for event in step.events)


def _together(seen: Change, started: Change) -> Change:
    """What was seen and what was started, of different machines, in one change."""
    return replace(
        started,
        due_at=min(seen.due_at, started.due_at),
        items=seen.items + started.items,
        events=seen.events + started.events,
    )


def settled(after: Request, change: Change, now: datetime) -> Change:
    """The change, with the request's end where nothing more goes on by itself."""
    state = ending(after)
    if state is None:
        return change
    by_state = {each: [item.machine for item in after.items if item.state is each] for each in ItemState}
    done = by_state[ItemState.DONE]
    failed_ones = by_state[ItemState.FAILED] + by_state[ItemState.UNKNOWN]
    match state:
        case State.NEEDS_ATTENTION:
            why = f"{_names(failed_ones)} did not come through: somebody has to decide."
            told = Happened(EventKind.NEEDS_ATTENTION, data={"why": why, "machines": failed_ones})
        case State.SUCCEEDED:
            why = WORDS[after.asked.operation].came_through
            told = Happened(EventKind.SUCCEEDED, data={"done": done})
        case State.CANCELLED:
            why = "It was cancelled before anything was started."
            told = Happened(EventKind.CANCELLED)
        case _:
            skipped_ones = by_state[ItemState.SKIPPED]
            why = f"{len(done)} of {len(after.items)} machines came through."
            told = Happened(EventKind.FAILED, data={"done": done, "failed": failed_ones, "skipped": skipped_ones})
    return replace(change, state=state, why=why, events=(*change.events, told))


def _names(machines: list[str]) -> str:
    return ", ".join(machines)
