"""Turning direct messages off and on: the button below them and in the App Home."""

from collections.abc import Awaitable, Callable
from typing import Protocol

from slack_bolt.async_app import AsyncAck, AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from homeward.actions.ledger import LedgerError
from homeward.actions.requests import Person

from . import ids
from .aside import answering
from .listeners import Kind, Listener
from .pressed import Body, Pressed, pressed
from .slack import Posters
from .supervisor import Supervisor, Tell
from .views.decided import gone_message, ledger_trouble
from .views.notices import OFF, ON, quiet_message


class Hushing(Protocol):
    """`actions.desk.Desk`, as far as it is used here. It raises `LedgerError` and nothing else."""

    async def quiet(self, person: Person, *, on: bool) -> None: ...


Redraw = Callable[[Pressed, AsyncWebClient], Awaitable[None]]
"""Shows somebody's App Home anew, from where they pressed the button."""


class Notices:
    """`desk` is None where nothing can be asked for, and so nobody is told anything."""

    def __init__(
        self, desk: Hushing | None, *, supervisor: Supervisor, posters: Posters, redraw: Redraw | None = None
    ) -> None:
        self._desk = desk
        self._supervisor = supervisor
        self._posters = posters
        self._redraw = redraw

    def listeners(self) -> tuple[Listener, ...]:
        return (Listener(Kind.ACTION, ids.QUIET, self.quiet),)

    async def quiet(self, ack: AsyncAck, body: Body, client: AsyncWebClient, respond: AsyncRespond) -> None:
        """ "No direct messages", and the button that turns them on again."""
        await ack()
        press = pressed(body)
        poster = self._posters(client, respond, press.team, press.thread)
        tell = answering(poster, press, "Direct messages")
        self._supervisor.start(self._quiet(press, client, tell), name="direct messages", tell=tell, changes=True)

    async def _quiet(self, press: Pressed, client: AsyncWebClient, tell: Tell) -> None:
        if self._desk is None or press.value not in (OFF, ON):
            await tell(gone_message())
            return
        quiet = press.value == OFF
        try:
            await self._desk.quiet(Person(press.home or press.team, press.user), on=quiet)
        except LedgerError as error:
            await tell(ledger_trouble(error))
            return
        # Above the App Home there is no place for a button: it stands in there.
        in_home = bool(press.view_id)
        await tell(quiet_message(quiet=quiet, offers=not in_home))
        if in_home and self._redraw is not None:
            await self._redraw(press, client)
