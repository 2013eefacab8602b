"""The desk as the handlers have it: attached before the ledger is open, and still attached after it is closed."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from homeward.actions.approval import Click
from homeward.actions.board import Board
from homeward.actions.desk import Desk
from homeward.actions.ledger import LedgerDown
from homeward.actions.posts import Post
from homeward.actions.requests import Asked, Person, Refusal, Request

STARTING = "Homeward is still starting; try again in a moment."
STOPPED = "Homeward is being stopped or restarted; try again in a moment."


class LateDesk:
    """Every method is the desk's; while there is none, each raises `LedgerDown` with the reason."""

    def __init__(self) -> None:
        self._desk: Desk | None = None
        self._why = STARTING

    def open(self, desk: Desk) -> None:
        self._desk = desk

    def close(self) -> None:
        self._desk = None
        self._why = STOPPED

    def _now(self) -> Desk:
        if self._desk is None:
            raise LedgerDown(self._why)
        return self._desk

    async def ask(self, asked: Asked, follows: str = "") -> Request | Refusal:
        return await self._now().ask(asked, follows)

    async def approve(self, click: Click) -> Request | Refusal:
        return await self._now().approve(click)

    async def reject(self, click: Click, reason: str) -> Request | Refusal:
        return await self._now().reject(click, reason)

    async def cancel(self, request_id: str, person: Person, reason: str = "") -> Request | Refusal:
        return await self._now().cancel(request_id, person, reason)

    async def retry(self, request_id: str, machine: str, person: Person) -> Request | Refusal:
        return await self._now().retry(request_id, machine, person)

    async def go_on_without(self, request_id: str, machine: str, person: Person) -> Request | Refusal:
        return await self._now().go_on_without(request_id, machine, person)

    async def find(self, text: str) -> tuple[Request, ...]:
        return await self._now().find(text)

    async def open_requests(self) -> tuple[Request, ...]:
        return await self._now().open_requests()

    async def board(self, unless: int = -1) -> Board | None:
        return await self._now().board(unless)

    async def may_decide(self, person: Person, found: Sequence[Request], now: datetime) -> Mapping[str, Refusal | None]:
        return await self._now().may_decide(person, found, now)

    async def card(self, request_id: str) -> Post | None:
        return await self._now().card(request_id)

    async def quiet(self, person: Person, *, on: bool) -> None:
        await self._now().quiet(person, on=on)

    async def is_quiet(self, person: Person) -> bool:
        return await self._now().is_quiet(person)
