"""A ledger of due times only, passes that keep what they were asked for, and a log that is kept."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from homeward.actions.ledger.errors import LedgerDown
from homeward.actions.ports import Pass, Work


def now() -> datetime:
    return datetime.now(UTC)


@dataclass
class Due:
    """A ledger of which only the due times are known."""

    advances: dict[str, datetime] = field(default_factory=dict[str, datetime])
    reports: dict[str, datetime] = field(default_factory=dict[str, datetime])
    down: bool = False

    async def now(self) -> datetime:
        if self.down:
            raise LedgerDown("The database does not answer.")
        return now()

    async def due(self, until: datetime) -> tuple[tuple[str, datetime], ...]:
        if self.down:
            raise LedgerDown("The database does not answer.")
        return tuple((id, at) for id, at in self.advances.items() if at <= until)

    async def reports_due(self, until: datetime) -> tuple[tuple[str, datetime], ...]:
        return tuple((id, at) for id, at in self.reports.items() if at <= until)


@dataclass
class Log:
    lines: list[tuple[str, dict[str, object]]] = field(default_factory=list[tuple[str, dict[str, object]]])
    written: asyncio.Event = field(default_factory=asyncio.Event)

    def info(self, event: str, **values: object) -> None:
        self.lines.append((event, values))
        self.written.set()

    warning = error = info


@dataclass
class Seen:
    """A pass that keeps what it was asked for, and does what it is told."""

    do: Callable[[str], Awaitable[datetime | None]] | None = None
    calls: list[str] = field(default_factory=list[str])
    _called: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self, request_id: str) -> datetime | None:
        self.calls.append(request_id)
        self._called.set()
        return await self.do(request_id) if self.do else None

    async def times(self, count: int) -> None:
        async with asyncio.timeout(5):
            while len(self.calls) < count:
                self._called.clear()
                await self._called.wait()


def passes(advance: Pass, report: Pass | None = None) -> dict[Work, Pass]:
    return {Work.ADVANCE: advance, Work.REPORT: report or Seen()}
