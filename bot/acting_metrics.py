"""What Prometheus may know of requests: how many are open, how passes and start calls end; never a name."""

import time
from collections.abc import Callable
from datetime import datetime

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from homeward.actions.ledger import Ledger
from homeward.actions.plan import PlannedItem
from homeward.actions.ports import (
    Accepted,
    ItemSeen,
    JobSeen,
    NotSent,
    Pass,
    Refused,
    SiteRecovery,
    Unanswered,
    Unreadable,
    Work,
)
from homeward.actions.requests import RequestItem
from homeward.actions.states import Operation, State
from homeward.checks.facts import Absent

from .metrics import SECONDS

OUTCOMES: dict[type[object], str] = {
    Accepted: "accepted",
    Refused: "refused",
    Unanswered: "unanswered",
    NotSent: "not sent",
}


class ActingMetrics:
    """Counts in a registry what is done with requests."""

    def __init__(self, registry: CollectorRegistry, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._registry = registry
        self._clock = clock
        self._open = Gauge("homeward_open_requests", "Requests that have not ended", ["state"], registry=registry)
        self._failed = Counter(
            "homeward_pass_failures", "Passes that did not come to their end", ["work"], registry=registry
        )
        self._seconds = Histogram(
            "homeward_pass_seconds", "Time of a pass", ["work"], buckets=SECONDS, registry=registry
        )
        self._starts = Counter(
            "homeward_azure_starts", "Start calls to Azure, by what came back", ["outcome"], registry=registry
        )
        self._unread = Counter(
            "homeward_azure_unread", "Reads of jobs and items that failed", ["what"], registry=registry
        )

    def measured(self, work: Work, do: Pass) -> Pass:
        async def measured(request_id: str) -> datetime | None:
            began = self._clock()
            try:
                due = await do(request_id)
            except BaseException:  # a time limit comes as a cancellation
                self._failed.labels(work.value).inc()
                raise
            finally:
                self._seconds.labels(work.value).observe(self._clock() - began)
            return due

        return measured

    def azure(self, azure: SiteRecovery) -> SiteRecovery:
        return _MeasuredAzure(azure, self._starts, self._unread)

    async def look(self, ledger: Ledger) -> None:
        """Reads anew how many requests are open. Raises LedgerError."""
        for state in State:
            if not state.ended:
                self._open.labels(state.value).set(await ledger.count(state))

    def withdraw(self) -> None:
        """Takes its metrics out of the registry again."""
        for metric in (self._open, self._failed, self._seconds, self._starts, self._unread):
            self._registry.unregister(metric)


class _MeasuredAzure:
    def __init__(self, azure: SiteRecovery, starts: Counter, unread: Counter) -> None:
        self._azure = azure
        self._starts = starts
        self._unread = unread

    async def start(
        self, vault: str, operation: Operation, planned: PlannedItem, item_id: str, *, still: Callable[[], bool]
    ) -> Accepted | Refused | Unanswered | NotSent:
        answer = await self._azure.start(vault, operation, planned, item_id, still=still)
        self._starts.labels(OUTCOMES[type(answer)]).inc()
        return answer

    async def job(self, vault: str, name: str) -> JobSeen | Absent:
        try:
            return await self._azure.job(vault, name)
        except Unreadable:
            self._unread.labels("job").inc()
            raise

    async def item(self, vault: str, operation: Operation, item: RequestItem) -> ItemSeen | Absent:
        try:
            return await self._azure.item(vault, operation, item)
        except Unreadable:
            self._unread.labels("item").inc()
            raise

    async def find_job(
        self, vault: str, operation: Operation, item: RequestItem, *, since: datetime
    ) -> JobSeen | Absent:
        try:
            return await self._azure.find_job(vault, operation, item, since=since)
        except Unreadable:
            self._unread.labels("jobs").inc()
            raise
