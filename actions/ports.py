"""What the reconciler needs from outside, as narrow ports; Azure, the scheduler, the tests' fakes stand behind."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Protocol

from homeward.checks.facts import Absent

from .plan import NotPrepared, Plan, PlannedItem, Prepared
from .requests import Asked, AtHome, AzureError, RequestItem
from .states import Operation


class Unreadable(Exception):
    """Azure could not be read now. `reason` is a clause for people; `retry_after` the seconds to wait (0: not told)."""

    def __init__(self, reason: str, retry_after: float = 0.0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class Accepted:
    """Azure took the start call. `job` is the job's name."""

    job: str


@dataclass(frozen=True, slots=True)
class Refused:
    """Azure clearly refused the call (a 4xx): nothing was started. `code` and `why` are Azure's own words.

    `conflict` marks a 409: usually a job runs already.
    """

    code: str
    why: str
    conflict: bool = False


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A time-out, a reset, a 5xx: it may have been taken. Whoever has this looks, and never posts again."""

    why: str


@dataclass(frozen=True, slots=True)
class NotSent:
    """The call was certainly not sent (no connection could be made, or the claim was too old): the claim stands,
    and it is looked for all the same."""

    why: str


class JobState(Enum):
    RUNNING = "running"
    """Also for words that are not known: they are never an end."""
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class JobSeen:
    """A job as read. `word` is Azure's own word for its state, `step` its present task ("" if not told).

    `new_item_id` is the item's id from now on, "" if it stays.
    """

    name: str
    state: JobState
    word: str
    step: str
    errors: tuple[AzureError, ...]
    started: datetime | None
    ended: datetime | None
    new_item_id: str


@dataclass(frozen=True, slots=True)
class ItemSeen:
    """A protected item as read, with an operation in mind. `ready`: it stands where the operation leads.
    `replicating`: the operation took effect, and it is on its way there. `may_start`: the operation is allowed now.

    `state` is Azure's word for its protection state, `percent` of the initial replication None where it is not told.
    `job` is the name of the job it is busy with or was last, "" for none. `trouble` are its critical health errors.
    """

    id: str
    state: str
    ready: bool
    replicating: bool
    may_start: bool
    percent: int | None
    job: str
    trouble: tuple[AzureError, ...]


class SiteRecovery(Protocol):
    """Azure Site Recovery. Reads raise `Unreadable`; `start` never raises for what the outside does.

    `vault` is its name in the settings.
    """

    async def start(
        self, vault: str, operation: Operation, planned: PlannedItem, item_id: str, *, still: Callable[[], bool]
    ) -> Accepted | Refused | Unanswered | NotSent:
        """The one POST. It asks `still` at the last moment before sending, and gives `NotSent` if that is false."""
        ...

    async def job(self, vault: str, name: str) -> JobSeen | Absent: ...

    async def item(self, vault: str, operation: Operation, item: RequestItem) -> ItemSeen | Absent:
        """By its present id, or, where that is gone, by the id the vault lists it under now."""
        ...

    async def find_job(
        self, vault: str, operation: Operation, item: RequestItem, *, since: datetime
    ) -> JobSeen | Absent:
        """A job of this operation on this item that began at or after `since`: the item's own, else in the list."""
        ...


class Prepare(Protocol):
    """Makes the plan of what was asked, judged by the checks. Does not raise for what the outside does."""

    async def __call__(self, asked: Asked) -> Prepared | NotPrepared: ...

    async def again(self, plan: Plan, machines: frozenset[str]) -> Prepared | NotPrepared:
        """The same plan read and judged anew, past every cache: with the plan's own values as they would run now,
        and judged on `machines` only (the others may run already)."""
        ...


class LookAtHome(Protocol):
    """Looks in vCenter for the VM of a machine that failed back. Does not raise for what the outside does."""

    async def __call__(self, vault: str, item: RequestItem) -> AtHome: ...


class Work(Enum):
    ADVANCE = "advance"
    """A pass of the reconciler."""
    REPORT = "report"
    """A pass of the reporter."""


class Scheduler(Protocol):
    """Runs `advance(request_id)` and `report(request_id)`; one at a time for each request and sort of work."""

    async def wake(self, work: Work, request_id: str, at: datetime) -> None:
        """Lets a pass run at `at` or a little later. A crash may lose it: the ledger's due times are what counts."""
        ...


Pass = Callable[[str], Awaitable[datetime | None]]
"""One idempotent pass over a request: when it is due again, None for never."""
Now = Callable[[], Awaitable[datetime]]
"""The ledger's time, with zone."""
