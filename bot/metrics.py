"""What Prometheus may know: how checks end and how long each source takes; never a machine's name."""

import time
from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Histogram

from homeward.actions.states import Operation
from homeward.checks import Answer, Collect, Collected, SourceState, Watch

SECONDS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0, 40.0)


class MeasuredCollect:
    """A `Collect` that counts what it does in a registry."""

    def __init__(
        self, collect: Collect, registry: CollectorRegistry, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._collect = collect
        self._registry = registry
        self._clock = clock
        self._answers = Counter("homeward_checks", "Checks read, by kind of answer", ["answer"], registry=registry)
        self._seconds = Histogram(
            "homeward_check_seconds", "Reading time of a check", buckets=SECONDS, registry=registry
        )
        self._sources = Histogram(
            "homeward_source_seconds", "Reading time of a source", ["source"], buckets=SECONDS, registry=registry
        )
        self._failures = Counter(
            "homeward_source_failures", "Sources that could not be read", ["source"], registry=registry
        )

    async def __call__(self, name: str, watch: Watch, operation: Operation = Operation.REPROTECT) -> Answer:
        started = self._clock()
        answer = await self._collect(name, watch, operation)
        self._seconds.observe(self._clock() - started)
        self._answers.labels(type(answer).__name__.lower()).inc()
        if isinstance(answer, Collected):
            for reading in answer.sources:
                if reading.state is not SourceState.SKIPPED:
                    self._sources.labels(reading.name).observe(reading.seconds)
                if reading.state is SourceState.FAILED:
                    self._failures.labels(reading.name).inc()
        return answer

    def withdraw(self) -> None:
        """Takes its metrics out of the registry again."""
        for metric in (self._answers, self._seconds, self._sources, self._failures):
            self._registry.unregister(metric)
