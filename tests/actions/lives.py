"""Short words for a request's life in the tests: asked for, running, submitted, and what was told of it."""

from collections.abc import Sequence

from homeward.actions.plan import Found, PlannedItem
from homeward.actions.requests import Event, EventKind, Request
from homeward.actions.states import ItemState, Operation, State
from tests.actions.making import ask, planned
from tests.actions.world import Life, prepared

ONE = planned("web02")


def of(life: Life, *machines: PlannedItem, subject: str = "plan") -> Life:
    life.preparing.first = prepared(*machines, subject=subject)
    return life


def stage(number: int, *machines: str, group: str = "") -> Sequence[PlannedItem]:
    return tuple(planned(machine, stage=number, group=group) for machine in machines)


async def events(life: Life, request: Request, *kinds: EventKind) -> list[Event]:
    return [e for e in await life.ledger.events(request.id) if e.happened.kind in kinds]


async def kinds(life: Life, request: Request, machine: str = "") -> list[EventKind]:
    happened = (event.happened for event in await life.ledger.events(request.id))
    return [each.kind for each in happened if not machine or each.machine == machine]


def states(request: Request) -> dict[str, ItemState]:
    return {item.machine: item.state for item in request.items}


async def running(life: Life, operation: Operation = Operation.REPROTECT) -> Request:
    return await life.until((await ask(life.ledger, operation=operation)).id, State.RUNNING)


async def submitted(life: Life, operation: Operation = Operation.REPROTECT) -> Request:
    """Running, with everything started that may be."""
    request = await running(life, operation)
    return await life.pass_on(request.id)


def blocked(*machines: str, words: str = "ds-gold is not writable.") -> Found:
    return Found("datastore-not-writable", "The datastore is writable", machines, (words,), "Mend it.", "https://x")
