"""The passes of one sort of work in this process: which request is due when, and so many at a time."""

import asyncio
import contextlib
import heapq
import time
from collections.abc import Callable, Coroutine
from functools import partial

from homeward.actions.ended import ended

Once = Callable[[str], Coroutine[object, object, None]]


class Lane:
    """Runs `once(request_id)`, which raises nothing, when a request is due: one at a time for each request.

    Times are the monotonic clock's. A thousand waiting requests are a thousand entries of a heap and one timer.
    """

    def __init__(self, once: Once, *, at_once: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._once = once
        self._at_once = at_once
        self._clock = clock
        self._due: dict[str, float] = {}
        self._heap: list[tuple[float, str]] = []
        """The same as `_due`, soonest first, beside entries that are no longer true."""
        self._running: dict[str, asyncio.Task[None]] = {}
        self._changed = asyncio.Event()

    def put(self, request_id: str, moment: float) -> None:
        """Lets it run at that moment; the earlier of two counts. One that runs now runs once more afterwards."""
        if self._due.get(request_id, float("inf")) <= moment:
            return
        self._due[request_id] = moment
        if request_id not in self._running:
            self._push(request_id)

    async def drive(self) -> None:
        """Until it is cancelled. What runs then goes on."""
        while True:
            self._changed.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._start_what_is_due()):
                    await self._changed.wait()

    async def finish(self, patience: float) -> None:
        """Gives what runs so many seconds to end, then cancels it."""
        running = tuple(self._running.values())
        if running:
            await asyncio.wait(running, timeout=patience)
            await ended(running)

    def _start_what_is_due(self) -> float | None:
        """Gives the seconds until the next is due; None where only a change can bring something to do."""
        while self._heap and len(self._running) < self._at_once:
            moment, request_id = self._heap[0]
            if request_id in self._running or self._due.get(request_id) != moment:
                heapq.heappop(self._heap)
                continue
            wait = moment - self._clock()
            if wait > 0:
                return wait
            heapq.heappop(self._heap)
            del self._due[request_id]
            task = asyncio.create_task(self._once(request_id), name=f"homeward pass {request_id}")
            self._running[request_id] = task
            task.add_done_callback(partial(self._ended, request_id))
        return None

    def _ended(self, request_id: str, _task: asyncio.Task[None]) -> None:
        del self._running[request_id]
        if request_id in self._due:
            self._push(request_id)
        self._changed.set()

    def _push(self, request_id: str) -> None:
        heapq.heappush(self._heap, (self._due[request_id], request_id))
        self._changed.set()
