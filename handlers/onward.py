"""The buttons that ask for the next step of the way home: what they carry is judged by the ledger."""

from collections.abc import Callable
from datetime import UTC, datetime

from slack_bolt.async_app import AsyncAck, AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from homeward.actions.requests import Asked, Person, Request, Where
from homeward.actions.states import ItemState, Operation
from homeward.checks.subjects import Wishes
from homeward.checks.way import GOAL, NEXT

from .carried import carried, wanted
from .deciding import RequestDesk
from .pressed import Body, Pressed, enterprise_of, pressed
from .requests import Requests, shown
from .slack import Poster, Posters
from .supervisor import Supervisor
from .views.asked import asked_elsewhere, no_next_step, not_asked, open_already, went_on, which_machine
from .views.blocks import Message
from .views.decided import gone_message
from .views.way import command_line


class Onward:
    """`desk` is None where nothing can be started: then no such button is ours any more.

    `channels` are those in which something may be asked for; none means any. `reprotect` and `failback` are what
    the commands are called.
    """

    def __init__(
        self,
        desk: RequestDesk | None,
        *,
        supervisor: Supervisor,
        posters: Posters,
        channels: tuple[str, ...] = (),
        reprotect: str = "/reprotect",
        failback: str = "/failback",
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._desk = desk
        self._requests = Requests(desk, clock) if desk else None
        self._supervisor = supervisor
        self._posters = posters
        self._channels = channels
        self._reprotect = reprotect
        self._failback = failback

    async def next(self, ack: AsyncAck, body: Body, client: AsyncWebClient, respond: AsyncRespond) -> None:
        """On a request that has ended: the operation that leads on, for those of its machines that came through."""
        await ack()
        press = pressed(body)
        poster = self._posters(client, respond, press.team, press.thread)
        self._supervisor.start(
            shown(self._next(press, poster), poster), name="next step", tell=poster.whisper, changes=True
        )

    async def ask(self, ack: AsyncAck, body: Body, client: AsyncWebClient, respond: AsyncRespond) -> None:
        """Where somebody looked at the way: the operation that the button names."""
        await ack()
        press = pressed(body)
        poster = self._posters(client, respond, press.team, press.thread)
        enterprise = enterprise_of(body)
        work = self._ask(press, enterprise, poster)
        self._supervisor.start(shown(work, poster), name="next step", tell=poster.whisper, changes=True)

    async def _next(self, press: Pressed, poster: Poster) -> Message:
        held = carried(press.value)
        if held is None or self._desk is None or self._requests is None:
            return gone_message()
        former = next((one for one in await self._desk.find(held.request_id) if one.id == held.request_id), None)
        operation = NEXT.get(GOAL[former.asked.operation]) if former else None
        if former is None or operation is None or not former.state.ended:
            return no_next_step(former)
        done = _came_through(former, held.machine)
        if not done:
            return no_next_step(former)
        if not held.machine and len(done) < len(former.items) and len(done) > 1:
            lines = [command_line(operation, each, command=self._failback, reprotect=self._reprotect) for each in done]
            return which_machine(done, lines)
        subject = former.asked.subject if len(done) == len(former.items) else done[0]
        if later := await _later(self._desk, former, {subject, *done}):
            return went_on(former, later) if later.state.ended else open_already(later)
        return await self._asked(press, former.asked.where, operation, subject, poster, follows=former.id)

    async def _ask(self, press: Pressed, enterprise: str, poster: Poster) -> Message:
        held = wanted(press.value)
        if held is None or self._desk is None or self._requests is None:
            return gone_message()
        for one in await self._desk.open_requests():
            if _about(one, {held.subject.casefold()}):
                return open_already(one)
        where = Where(press.team, enterprise, press.channel)
        return await self._asked(press, where, held.operation, held.subject, poster)

    async def _asked(
        self, press: Pressed, where: Where, operation: Operation, subject: str, poster: Poster, *, follows: str = ""
    ) -> Message:
        requests = self._requests
        if requests is None:
            return gone_message()
        if press.home != where.team_id:
            return not_asked("Somebody from another workspace can't ask for this.")
        if self._channels and where.channel not in self._channels:
            return asked_elsewhere(self._channels)
        place = Where(where.team_id, where.enterprise_id, where.channel)
        asked = Asked(operation, subject, Wishes(), "", Person(press.home, press.user), place)
        return await requests.asked(asked, poster, follows=follows)


def _came_through(request: Request, machine: str) -> list[str]:
    """The machines that the next step is for: all that came through, or the one that the button names."""
    return [item.machine for item in request.items if item.state is ItemState.DONE and machine in ("", item.machine)]


async def _later(desk: RequestDesk, former: Request, names: set[str]) -> Request | None:
    """A request of the same machines after this one that is open, or in which one of them came through."""
    folded = {name.casefold() for name in names}
    found = [one for name in names for one in await desk.find(name)]
    found += await desk.open_requests()
    since = [one for one in found if one.created_at > former.created_at and one.id != former.id and _about(one, folded)]
    moved = [one for one in since if any(item.state is ItemState.DONE for item in one.items)]
    return next((one for one in since if not one.state.ended), moved[0] if moved else None)


def _about(request: Request, folded: set[str]) -> bool:
    """Whether it is about one of these, which are case-folded."""
    return request.asked.subject.casefold() in folded or any(
        item.machine.casefold() in folded for item in request.items
    )
