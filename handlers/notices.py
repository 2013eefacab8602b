"""Turning direct messages off and on: the button below them and in the App Home."""

from collections.abc import Awaitable, Callable
from typing import Protocol

from slack_bolt.async_app import AsyncAck, AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from homeward.actions.ledger import LedgerError
from homeward.actions.requests import Person

from . import ids
from .listeners import Kind, Listener
from .pressed import Body, Pressed, pressed
from .slack import Poster, Posters
from .supervisor import Supervisor
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
        work = self._quiet(press, client, poster)
        self._supervisor.start(work, name="direct messages", tell=poster.whisper, changes=True)

    async def _quiet(self, press: Pressed, client: AsyncWebClient, poster: Poster) -> None:
        if self._desk is None or press.value not in (OFF, ON):
            await poster.whisper(gone_message())
            return
        try:
            await self._desk.quiet(Person(press.home, press.user), on=press.value == OFF)
        except LedgerError as error:
            await poster.whisper(ledger_trouble(error))
            return
        if press.view_id:
            # The App Home has no way to answer in private: it shows it itself.
            if self._redraw is not None:
                await self._redraw(press, client)
            return
        await poster.whisper(quiet_message(quiet=press.value == OFF))
