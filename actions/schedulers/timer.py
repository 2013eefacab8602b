"""The scheduler of one process: a timer over the ledger's due times, for a ledger that nobody else shares."""

import asyncio
import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from types import TracebackType
from typing import Self

from homeward.actions.ended import ended
from homeward.actions.ledger import LedgerError
from homeward.actions.ports import Pass, Work

from .lane import Lane
from .running import DEADLINE, FARTHEST, FOREVER, PAUSES, Again, DueTimes, Failed, Log, due_times, pause, run

AT_ONCE = 16
"""Passes of one sort at a time. Each sort has its own: while reports wait for Slack, the work goes on."""
SWEEP_SECONDS = 30.0
"""How often the ledger's due times are read anew: for a wake that was lost, a clock that jumped."""
PATIENCE = 5.0
"""Seconds that running passes have to end by themselves at the stop."""


class Timer:
    """A `Scheduler`: an async context manager, or `start` and `close`. `passes` may be filled until the start.

    Waits are measured by the monotonic clock; nothing is polled but the ledger, once for each sweep.
    """

    def __init__(
        self,
        passes: Mapping[Work, Pass],
        ledger: DueTimes,
        *,
        log: Log,
        at_once: int = AT_ONCE,
        sweep: float = SWEEP_SECONDS,
        deadline: float = DEADLINE,
        pauses: tuple[float, ...] = PAUSES,
        patience: float = PATIENCE,
    ) -> None:
        self._passes = passes
        self._ledger = ledger
        self._log = log
        self._sweep = sweep
        self._deadline = deadline
        self._pauses = pauses
        self._patience = patience
        self._lanes = {work: Lane(partial(self._once, work), at_once=at_once) for work in Work}
        self._failures: dict[tuple[Work, str], int] = {}
        self._own: tuple[asyncio.Task[None], ...] = ()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def start(self) -> None:
        """Fills itself from the ledger and begins. Raises LedgerError where that can't be read."""
        await self._fill()
        coroutines = [lane.drive() for lane in self._lanes.values()] + [self._sweeping()]
        self._own = tuple(asyncio.create_task(one, name="homeward timer") for one in coroutines)

    async def close(self) -> None:
        """Starts nothing more, gives running passes a little time, then cancels them. Safe to call twice."""
        await ended(self._own)
        await asyncio.gather(*(lane.finish(self._patience) for lane in self._lanes.values()))

    async def wake(self, work: Work, request_id: str, at: datetime) -> None:
        """See `Scheduler`; the earlier of two times counts. Never raises: what is lost, the sweep finds."""
        try:
            now = await self._ledger.now()
        except LedgerError:
            now = at
        self._put(work, request_id, at, now)

    def _put(self, work: Work, request_id: str, at: datetime, now: datetime) -> None:
        ahead = at - now
        wait = timedelta() if ahead > FARTHEST else max(ahead, timedelta())
        self._lanes[work].put(request_id, time.monotonic() + wait.total_seconds())

    async def _once(self, work: Work, request_id: str) -> None:
        ended = await run(self._passes[work], work, request_id, log=self._log, deadline=self._deadline)
        key = (work, request_id)
        if isinstance(ended, Failed):
            self._failures[key] = failures = self._failures.get(key, 0) + 1
            self._lanes[work].put(request_id, time.monotonic() + pause(failures, self._pauses))
            return
        self._failures.pop(key, None)
        if isinstance(ended, Again):
            await self.wake(work, request_id, ended.at)

    async def _sweeping(self) -> None:
        while True:
            await asyncio.sleep(self._sweep)
            try:
                await self._fill()
            except LedgerError as error:
                self._log.warning("homeward.ledger_unread", why=str(error))

    async def _fill(self) -> None:
        """Takes over the ledger's due times; those of passes that fail keep their pause."""
        now = await self._ledger.now()
        for work, due in due_times(self._ledger):
            for request_id, at in await due(now + FOREVER):
                if (work, request_id) not in self._failures:
                    self._put(work, request_id, at, now)
