"""One pass: its time limit, and what follows when it fails. Both schedulers run their passes through this."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import PurePath
from traceback import extract_tb
from typing import Protocol

from homeward.actions.ledger import LedgerError, NoRequest, Stale
from homeward.actions.ports import Pass, Work
from homeward.checks.redact import redact

DEADLINE = 60.0
"""Seconds that a pass may take: waiting is a due time, not a coroutine."""
PAUSES = (1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 60.0)
"""Seconds until the next try, after each failure in a row; the last one again and again."""

FARTHEST = timedelta(minutes=15)
"""No due time lies further ahead: one that does was written by a clock that has gone back since, and is due now."""
FOREVER = timedelta(days=3650)


class Log(Protocol):
    """The part of a structlog logger that is used."""

    def info(self, event: str, **values: object) -> object: ...

    def warning(self, event: str, **values: object) -> object: ...

    def error(self, event: str, **values: object) -> object: ...


class DueTimes(Protocol):
    """What a scheduler asks of the ledger."""

    async def now(self) -> datetime: ...

    async def due(self, until: datetime) -> tuple[tuple[str, datetime], ...]: ...

    async def reports_due(self, until: datetime) -> tuple[tuple[str, datetime], ...]: ...


@dataclass(frozen=True, slots=True)
class Again:
    """The pass is due again at this time of the ledger."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Failed:
    """The pass did not come to its end: it is tried again after a pause."""


async def run(do: Pass, work: Work, request_id: str, *, log: Log, deadline: float = DEADLINE) -> Again | Failed | None:
    """Runs one pass; None when there is nothing more to do. Raises nothing but a cancellation."""
    clock = asyncio.timeout(deadline)
    try:
        async with clock:
            at = await do(request_id)
    except NoRequest:
        return None
    except Stale:
        # Somebody else wrote meanwhile: nothing is wrong, and the next try sees what they wrote.
        return Failed()
    except LedgerError as error:
        log.warning("homeward.pass_waits", work=work.value, request=request_id, why=str(error))
        return Failed()
    except Exception as error:  # noqa: BLE001 # the edge of a pass: a fault of ours must not end the others
        late = isinstance(error, TimeoutError) and clock.expired()
        log.error(
            "homeward.pass_failed",
            work=work.value,
            request=request_id,
            error=f"took longer than {deadline:g} s" if late else type(error).__name__,
            said="" if late else redact(str(error))[:500],
            at=_where(error),
        )
        return Failed()
    return None if at is None else Again(at)


def pause(failures: int, pauses: tuple[float, ...] = PAUSES) -> float:
    """Seconds to wait after so many failures in a row (1, 2, ...)."""
    return pauses[min(failures, len(pauses)) - 1]


def due_times(
    ledger: DueTimes,
) -> tuple[tuple[Work, Callable[[datetime], Awaitable[tuple[tuple[str, datetime], ...]]]], ...]:
    """Where the ledger holds the due times of each sort of work."""
    return ((Work.ADVANCE, ledger.due), (Work.REPORT, ledger.reports_due))


def _where(error: BaseException) -> str:
    """The innermost lines of the error, without values."""
    frames = extract_tb(error.__traceback__)[-6:]
    return " < ".join(f"{PurePath(f.filename).name}:{f.lineno} {f.name}" for f in reversed(frames))
