"""How the sources of one check stand: each has one deadline a stage, and whoever watches is told."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import TypeVar

from homeward.checks.facts import Missing
from homeward.checks.subjects import SourceReading, SourceState, Watch

from .access import SourceError

T = TypeVar("T")


class Readings:
    """The sources of one check by name, in the order they were expected. `clock` gives monotonic seconds.

    All reads of a source within a stage share one deadline, `timeout` seconds after the first of them began, so that
    waiting for a turn counts too and many reads take no longer than one. `timeouts` are other limits of some sources.
    """

    def __init__(
        self,
        watch: Watch,
        *,
        timeout: float,
        clock: Callable[[], float],
        timeouts: Mapping[str, float] | None = None,
    ) -> None:
        self._watch = watch
        self._timeout = timeout
        self._timeouts = timeouts or {}
        self._clock = clock
        self._deadlines: dict[str, float] = {}
        self._readings: dict[str, SourceReading] = {}
        self._under_way: dict[str, int] = {}
        self._started: dict[str, float] = {}

    def expect(self, *sources: str) -> None:
        """Shows sources as being read before the first of their reads begins."""
        for source in sources:
            self._readings.setdefault(source, SourceReading(source, SourceState.READING, "", 0.0))
        self._watch(self.all())

    def skip(self, source: str, why: str) -> None:
        """A source that this check has no use for, or can't ask."""
        self._readings[source] = SourceReading(source, SourceState.SKIPPED, why, 0.0)
        self._watch(self.all())

    def next_stage(self) -> None:
        """What is read from now on has its own deadlines. Everything read before must have ended."""
        self._deadlines.clear()

    def all(self) -> tuple[SourceReading, ...]:
        return tuple(self._readings.values())

    async def read(self, source: str, reading: Awaitable[T]) -> T | Missing:
        """The value read, or Missing with the reason. A source is read only when all of its reads went well."""
        if source not in self._readings:
            self.expect(source)
        self._started.setdefault(source, self._clock())
        self._under_way[source] = self._under_way.get(source, 0) + 1
        timeout = self._timeouts.get(source, self._timeout)
        deadline = self._deadlines.setdefault(source, asyncio.get_running_loop().time() + timeout)
        failure = ""
        try:
            async with asyncio.timeout_at(deadline):
                return await reading
        except SourceError as error:
            failure = error.reason
        except TimeoutError:
            failure = f"{source} did not answer within {timeout:g} s"
        finally:
            self._under_way[source] -= 1
            self._settle(source, failure)
        return Missing(failure)

    def _settle(self, source: str, failure: str) -> None:
        seconds = self._clock() - self._started[source]
        before = self._readings.get(source)
        if before is not None and before.state is SourceState.FAILED:
            reading = SourceReading(source, SourceState.FAILED, before.detail, seconds)
        elif failure:
            reading = SourceReading(source, SourceState.FAILED, failure, seconds)
        elif self._under_way[source]:
            return
        else:
            reading = SourceReading(source, SourceState.READ, "", seconds)
        self._readings[source] = reading
        self._watch(self.all())
