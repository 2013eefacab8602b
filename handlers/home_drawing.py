"""Drawing the App Home: what was read once for everybody, put together for one person."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from homeward.actions.board import Board
from homeward.actions.ledger import LedgerError
from homeward.actions.posts import Post
from homeward.actions.requests import Person, Refusal, Request
from homeward.checks.subjects import Estate, Inventory

from .escape import mrkdwn
from .problems import SlackRefused
from .slack import Poster
from .views.blocks import Json
from .views.home import Sorted, home_blocks, sorted_for, to_decide
from .views.notices import notices_blocks

OLD = timedelta(minutes=5)
"""The estate's age from which it is looked at again."""
COARSE = 600
"""Seconds: that a part was read anew is shown in such steps, or every home would change every minute."""
LINKING = 2.0
"""Seconds that addresses may take: the home is worth more than they are."""
MOST_LINKS = 2000
UNREAD = -1


class HomeDesk(Protocol):
    """What a home shows of `actions.desk.Desk`. Its methods raise `LedgerError` and nothing else."""

    async def board(self, unless: int = UNREAD) -> Board | None: ...

    async def may_decide(
        self, person: Person, found: Sequence[Request], now: datetime
    ) -> Mapping[str, Refusal | None]: ...

    async def card(self, request_id: str) -> Post | None: ...

    async def is_quiet(self, person: Person) -> bool: ...


@dataclass(frozen=True, slots=True)
class Viewer:
    """Somebody who looks at their Home in a workspace."""

    team: str
    user: str
    enterprise: str = ""

    @property
    def person(self) -> Person:
        return Person(self.team, self.user)


class HomeDrawing:
    """`desk` is None where nothing can be started; `missing` says why then. `command` is what one lists requests by."""

    def __init__(
        self,
        desk: HomeDesk | None,
        inventory: Inventory,
        *,
        missing: str,
        command: str,
        clock: Callable[[], datetime],
    ) -> None:
        self._desk = desk
        self._inventory = inventory
        self._missing = missing
        self._command = command
        self._clock = clock
        self._reading = asyncio.Lock()
        self._board: Board | None = None
        self._estate = Estate()
        self._shape: object = None
        self._trouble = ""
        self._version = 0
        self._links: dict[str, str] = {}

    async def look(self, *, anew: bool = False) -> int:
        """Reads what homes show; a number that grows when that changed, `UNREAD` where the ledger can't be read.

        With `anew` the estate's times are those of this moment.
        """
        async with self._reading:
            changed = [await self._look_at_requests(), self._look_at_estate(anew=anew)]
            self._version += any(changed)
            return UNREAD if self._trouble else self._version

    async def _look_at_requests(self) -> bool:
        if self._desk is None:
            return False
        try:
            board = await self._desk.board(self._board.mark if self._board else UNREAD)
        except LedgerError as error:
            self._trouble = f"The requests could not be read: {mrkdwn(str(error), 400)}"
            return False
        self._trouble = ""
        self._board = board or self._board
        return board is not None

    def _look_at_estate(self, *, anew: bool) -> bool:
        held, now = self._estate, self._clock()
        if not anew and held.read_at is not None and not held.unread and now - held.read_at < OLD:
            return False
        found = self._inventory.known()
        shape = _shape(found)
        changed = shape != self._shape
        if changed or anew:
            self._estate, self._shape = found, shape
        return changed

    async def blocks(self, viewer: Viewer, poster: Poster | None) -> tuple[Json, ...]:
        """What `look` read, for this person; `poster` tells the addresses of cards."""
        requests = await self._requests(viewer)
        links = await self._known_links(requests.shown, poster) if isinstance(requests, Sorted) else {}
        return home_blocks(
            requests,
            self._estate,
            links=links,
            command=self._command,
            starts=self._desk is not None,
            notices=await self._notices(viewer),
        )

    async def _requests(self, viewer: Viewer) -> Sorted | str:
        board = self._board
        if self._desk is None:
            return self._missing
        if self._trouble or board is None:
            return self._trouble or "The requests are being read."
        here = [one for one in board.open if one.asked.where.team_id == viewer.team]
        over = [one for one in board.ended if one.asked.where.team_id == viewer.team]
        now = self._clock()
        try:
            may = await self._desk.may_decide(viewer.person, to_decide(here, viewer.person), now)
        except LedgerError as error:
            return f"The requests could not be read: {mrkdwn(str(error), 400)}"
        beyond = board.count - len(board.open)
        return sorted_for(viewer.person, here, over, may, at=now, beyond=beyond)

    async def _notices(self, viewer: Viewer) -> Sequence[Json]:
        """Nobody is told anything where nothing can be asked for."""
        try:
            return notices_blocks(await self._desk.is_quiet(viewer.person)) if self._desk else ()
        except LedgerError:
            return ()

    async def _known_links(self, found: Sequence[Request], poster: Poster | None) -> dict[str, str]:
        """The addresses of these cards, as far as they are known or Slack tells them at once; kept for the next."""
        new = [one.id for one in found if one.id not in self._links]
        if new and poster is not None:
            asking = [asyncio.create_task(self._ask_link(id, poster)) for id in new]
            try:
                await asyncio.wait(asking, timeout=LINKING)
            finally:
                for task in asking:
                    task.cancel()
                await asyncio.gather(*asking, return_exceptions=True)
        return {one.id: self._links[one.id] for one in found if one.id in self._links}

    async def _ask_link(self, id: str, poster: Poster) -> None:
        try:
            card = await self._desk.card(id) if self._desk else None
            address = await poster.link(card.channel, card.ts) if card else ""
        except (SlackRefused, LedgerError):
            return
        if address:
            while len(self._links) >= MOST_LINKS:
                del self._links[next(iter(self._links))]
            self._links[id] = address


def _shape(estate: Estate) -> object:
    """What of the estate is worth drawing every home again for."""
    parts = tuple(
        (one.name, one.kind, one.trouble, one.read_at and int(one.read_at.timestamp()) // COARSE)
        for one in estate.parts
    )
    return parts, estate.unread, estate.read_at is None
