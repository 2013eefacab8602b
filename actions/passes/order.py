"""Which machines of a request may be started now, which wait for one that failed, and how it all ends."""

from collections.abc import Iterable
from dataclasses import replace

from homeward.actions.requests import Request, RequestItem
from homeward.actions.states import ItemState, Operation, State

from .pace import Limits


def with_items(request: Request, changed: Iterable[RequestItem]) -> Request:
    """The request as it will be when these are written."""
    by_machine = {item.machine: item for item in changed}
    return replace(request, items=tuple(by_machine.get(item.machine, item) for item in request.items))


def item_of(request: Request, machine: str) -> RequestItem:
    return next(item for item in request.items if item.machine == machine)


def stopped_by(request: Request, item: RequestItem) -> RequestItem | None:
    """The machine that failed and holds this one back: of its replication group, of its stage of the plan, or (in a
    failback) of an earlier one.

    A plain set of machines, without order and groups, holds nobody back; nor is one held back that a person wants
    tried again.
    """
    ordered = len({each.planned.stage for each in request.items}) > 1 or any(e.planned.group for e in request.items)
    if item.state is not ItemState.PENDING or item.attempt > 1 or not ordered:
        return None
    for other in request.items:
        if other.state in {ItemState.FAILED, ItemState.UNKNOWN} and not other.given_up:
            same_group = other.planned.group != "" and other.planned.group == item.planned.group
            if same_group or other.planned.stage == item.planned.stage or _needs(request, item, other):
                return other
    return None


def _needs(request: Request, item: RequestItem, other: RequestItem) -> bool:
    """In a failback the plan's order is that in which machines boot: what is of an earlier group has to run first."""
    return request.asked.operation is Operation.FAILBACK and other.planned.stage < item.planned.stage


def held_back(request: Request) -> tuple[RequestItem, ...]:
    """The machines that wait until somebody decides about one that failed."""
    return tuple(item for item in request.items if stopped_by(request, item) is not None)


def startable(request: Request, limits: Limits) -> tuple[RequestItem, ...]:
    """The machines that may be started now, in their order, as many as there is room for."""
    if request.stopping:
        return ()
    free = limits.max_parallel_items - sum(item.state.in_flight for item in request.items)
    may = [item for item in request.items if _may_start(request, item)]
    return tuple(may[: max(free, 0)])


def _may_start(request: Request, item: RequestItem) -> bool:
    if item.state is not ItemState.PENDING or stopped_by(request, item) is not None:
        return False
    earlier = (other for other in request.items if other.planned.stage < item.planned.stage)
    return not any(_stage_waits_for(request, other) for other in earlier)


def _stage_waits_for(request: Request, item: RequestItem) -> bool:
    """A machine of an earlier stage keeps the later ones waiting until its job ended (in a failback: until it is up
    on-premises, as far as can be seen), or it waits itself."""
    if item.state is ItemState.PENDING:
        return stopped_by(request, item) is None
    return item.state.in_flight or (request.asked.operation is Operation.FAILBACK and not item.state.ended)


def was_begun(request: Request) -> bool:
    """Whether a start call was, or may have been, made for any machine."""
    return any(item.claimed_at is not None for item in request.items)


def ending(request: Request) -> State | None:
    """The state in which the request stays by itself from now on; None while something goes on."""
    pending = [item for item in request.items if item.state is ItemState.PENDING]
    running = [item for item in request.items if not item.state.ended and item.state is not ItemState.PENDING]
    waiting = held_back(request)
    if running or len(waiting) < len(pending):
        return None
    unknown = [i for i in request.items if i.state is ItemState.UNKNOWN and not i.given_up]
    if (waiting or unknown) and not request.stopping:
        return State.NEEDS_ATTENTION
    if request.stopping and not was_begun(request):
        return State.CANCELLED
    return State.SUCCEEDED if all(item.state is ItemState.DONE for item in request.items) else State.FAILED
