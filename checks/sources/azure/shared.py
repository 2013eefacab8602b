"""One read for many: concurrent readers of a list share it while it runs, and for a few seconds after."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Generic, TypeVar

from homeward.checks.sources.access import SourceError

T = TypeVar("T")
Start = Callable[[Coroutine[Any, Any, T]], "asyncio.Task[T]"]
Clock = Callable[[], float]


class Shared(Generic[T]):
    """What `read` gives, not older than `ttl` seconds counted from when its reading began. A failure is not kept.

    A reader that is cancelled does not cancel the read for the others; a read that is ended is a `SourceError` to all.
    `start` makes the task and keeps hold of it.
    """

    def __init__(
        self, read: Callable[[], Coroutine[Any, Any, T]], *, ttl: float, clock: Clock, start: Start[T]
    ) -> None:
        self._read = read
        self._ttl = ttl
        self._clock = clock
        self._start = start
        self._task: asyncio.Task[T] | None = None
        self._began = 0.0

    async def get(self) -> T:
        task = self._task
        if task is None or self._stale(task):
            self._began = self._clock()
            task = self._task = self._start(self._read())
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            asker = asyncio.current_task()
            if task.cancelled() and not (asker and asker.cancelling()):
                raise SourceError("the reading was ended: the connection was closed") from None
            raise

    def forget(self) -> None:
        """The next reader reads anew, even while an older read is under way."""
        self._task = None

    def _stale(self, task: "asyncio.Task[T]") -> bool:
        if not task.done():
            return False
        if task.cancelled() or task.exception() is not None:
            return True
        return self._clock() - self._began >= self._ttl
