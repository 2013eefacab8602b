"""Where the machines of a name stand on their way home, and which recovery points they have: read, for one person."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime

from homeward.actions.ledger import LedgerError
from homeward.actions.requests import Request
from homeward.actions.states import ItemState
from homeward.checks.facts import Facts, Item, Missing
from homeward.checks.subjects import Answer, Choices, Collect, Collected, NoMatch, SourceReading
from homeward.checks.way import Operation, Stand, stand

from .deciding import RequestDesk
from .views.asked import no_such_subject, several
from .views.blocks import Message
from .views.points import Points, points_message
from .views.way import Turn, WayOf, way_message

AT_ONCE = 8


class Looking:
    """Reads anew for each answer; `desk` is None where nothing can be asked for."""

    def __init__(self, collect: Collect, desk: RequestDesk | None, clock: Callable[[], datetime]) -> None:
        self._collect = collect
        self._desk = desk
        self._clock = clock
        self._room = asyncio.Semaphore(AT_ONCE)

    async def way(self, name: str, *, command: str, reprotect: str) -> Message:
        """How far each machine is, and the button for its next step."""
        answer = await self._read(name)
        if not isinstance(answer, Collected):
            return _nothing(answer, f"{command} status")
        open_ = await self._open()
        machines = tuple(_way(facts, _request_of(facts, open_)) for facts in answer.machines)
        return way_message(answer.subject.name, machines, command=command, reprotect=reprotect)

    async def points(self, name: str, *, command: str) -> Message:
        """What a failback may bring home."""
        answer = await self._read(name)
        if not isinstance(answer, Collected):
            return _nothing(answer, f"{command} points")
        machines = tuple((facts.machine, _points(facts)) for facts in answer.machines)
        return points_message(answer.subject.name, machines, self._clock(), command=command)

    async def _read(self, name: str) -> Answer:
        async with self._room:
            return await self._collect(name, _nobody_watches, Operation.FAILBACK)

    async def _open(self) -> tuple[Request, ...]:
        """A ledger in trouble does not hide where the machines are."""
        try:
            return await self._desk.open_requests() if self._desk else ()
        except LedgerError:
            return ()


def _nothing(answer: Choices | NoMatch, line: str) -> Message:
    return several(answer, line) if isinstance(answer, Choices) else no_such_subject(answer)


def _request_of(facts: Facts, requests: Sequence[Request]) -> Request | None:
    """The open request that has the machine, or that is about it before it has a plan."""
    item = facts.item.id.casefold() if isinstance(facts.item, Item) else ""
    for request in requests:
        ids = {each.item_id.casefold() for each in request.items}
        if item in ids or (not ids and request.asked.subject.casefold() == facts.machine.casefold()):
            return request
    return None


def _turn(request: Request, facts: Facts) -> Turn:
    """How far the request is with the machine."""
    machine = facts.item.id.casefold() if isinstance(facts.item, Item) else ""
    match next((each.state for each in request.items if each.item_id.casefold() == machine), None):
        case None | ItemState.PENDING | ItemState.SKIPPED:
            return Turn.ASKED
        case ItemState.FAILED | ItemState.UNKNOWN:
            return Turn.STUCK
        case ItemState.DONE:
            return Turn.THROUGH
        case _:
            return Turn.UNDER_WAY


def _way(facts: Facts, request: Request | None) -> WayOf:
    item = facts.item
    running = request.asked.operation if request else None
    turn = _turn(request, facts) if request else Turn.UNDER_WAY
    if not isinstance(item, Item):
        why = item.reason if isinstance(item, Missing) else "no vault has it as a protected machine"
        return WayOf(facts.machine, Stand.UNKNOWN, why, running, turn)
    where = stand(item)
    told = [request.id] if request else []
    if where is Stand.UNKNOWN:
        told.append(f"Azure says {item.state_description or item.protection_state or 'nothing'}")
    elif where in (Stand.REPLICATING_BACK, Stand.PROTECTING) and item.state_description:
        told.append(item.state_description)
    if item.replication_health.casefold() == "critical":
        told.append("its replication is critical")
    return WayOf(facts.machine, where, ", ".join(told), running, turn)


def _points(facts: Facts) -> Points:
    if not isinstance(facts.item, Item):
        why = facts.item.reason if isinstance(facts.item, Missing) else "no vault has it as a protected machine"
        return Missing(why)
    return facts.points if isinstance(facts.points, tuple | Missing) else Missing("its recovery points were not read")


def _nobody_watches(_: tuple[SourceReading, ...]) -> None:
    """The person alone sees the answer, when it is there."""
