"""A request as the ledger holds it: who asked for what, its machines, its decisions, and what happened to it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from homeward.checks.subjects import Wishes

from .plan import Checked, NotPrepared, Plan, PlannedItem
from .states import ItemState, Operation, State


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in Slack. A name says nothing: people are told apart by these two ids."""

    team_id: str
    user_id: str


@dataclass(frozen=True, slots=True)
class Where:
    """The channel that a request is shown in. `enterprise_id` is "" outside Enterprise Grid.

    `thread` is the message (its ts) below which it is shown: the card of the request that began the machines' way.
    """

    team_id: str
    enterprise_id: str
    channel: str
    thread: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody asked for, as they said it: enough to prepare it again after a restart."""

    operation: Operation
    subject: str
    wishes: Wishes
    reason: str
    requester: Person
    where: Where
    point: str = ""
    """The recovery point of a failback as it was said: "latest", "app-consistent" or an id; "" for the advice."""
    at: datetime | None = None
    """When it is to start, if not as soon as it is approved."""
    zone: str = ""
    """The time zone in which that was said, by its IANA name."""


@dataclass(frozen=True, slots=True)
class AzureError:
    """An error that Azure told of a job. Codes are "" where there is none; the rest is in Azure's own words."""

    service_code: str
    provider_code: str
    message: str
    causes: str
    action: str


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a machine is, as last read. `percent` is 0 to 100, None where Azure does not tell.

    `step` is the job's present task, or Azure's word for the state of the replication.
    """

    step: str = ""
    percent: int | None = None
    read_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class AtHome:
    """The machine's VM on-premises as vCenter shows it after a failback. `power` as in vCenter, "" if not told.

    `tools` tells that VMware Tools run, None if vCenter does not say; `address` is "" until Tools tell one. `why` says
    why it could not be looked at, "" if it could.
    """

    vm: str = ""
    host: str = ""
    power: str = ""
    tools: bool | None = None
    address: str = ""
    why: str = ""
    final: bool = False
    """Looking again would tell nothing else."""

    @property
    def is_up(self) -> bool:
        """It runs, and its guest has an address."""
        return self.power == "poweredOn" and self.tools is True and self.address != ""


@dataclass(frozen=True, slots=True)
class RequestItem:
    """A machine of a request. `item_id` is its item's id now: a job may change it.

    `job` is the job's name (a guid), "" before there is one; `adopted` tells that somebody else may have started it.
    `given_up` frees the machines that wait for a failed one: a person decided to go on without it.
    `why` is a clause about its last state, for people.
    """

    place: int
    planned: PlannedItem
    item_id: str
    state: ItemState = ItemState.PENDING
    attempt: int = 1
    job: str = ""
    adopted: bool = False
    given_up: bool = False
    claimed_at: datetime | None = None
    submitted_at: datetime | None = None
    ended_at: datetime | None = None
    why: str = ""
    progress: Progress = Progress()
    errors: tuple[AzureError, ...] = ()
    """What made it fail."""
    warnings: tuple[AzureError, ...] = ()
    """What Azure complained of while it went on, or inside a success."""
    arrived_at: datetime | None = None
    """Since when it stands where the operation leads: of a failback its VM is then looked at in vCenter."""
    at_home: AtHome | None = None

    @property
    def machine(self) -> str:
        return self.planned.machine


class Vote(Enum):
    APPROVE = "approve"
    REJECT = "reject"


@dataclass(frozen=True, slots=True)
class Decision:
    """One person's vote, at most one for each request. `attested` are the rules whose attestation they confirmed."""

    person: Person
    vote: Vote
    at: datetime
    digest: str
    reason: str = ""
    attested: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Request:
    """A request at one moment. `version` grows with every write; `why` is a sentence about its present state.

    `obstacle` is why there is no plan. `quorum` is how many must approve. `reminded` tells that the approvers were
    reminded; `stopping`, that a cancel came while jobs ran: nothing more is submitted. `unread_since` is since when the
    checks before a start could not be read. `due_at` is when the next pass has something to do.
    """

    id: str
    asked: Asked
    state: State
    version: int
    created_at: datetime
    expires_at: datetime
    due_at: datetime
    quorum: int
    why: str = ""
    plan: Plan | None = None
    checked: Checked | None = None
    obstacle: NotPrepared | None = None
    items: tuple[RequestItem, ...] = ()
    decisions: tuple[Decision, ...] = ()
    reminded: bool = False
    stopping: bool = False
    unread_since: datetime | None = None
    ended_at: datetime | None = None

    @property
    def approvals(self) -> tuple[Decision, ...]:
        return tuple(one for one in self.decisions if one.vote is Vote.APPROVE)


class EventKind(Enum):
    """What can happen to a request. The comment names what `Happened.data` holds beside nothing."""

    REQUESTED = "requested"  # operation, subject, reason
    BLOCKED = "blocked"  # why
    PUT_FORWARD = "put_forward"  # digest, verdict, quorum, expires_at
    APPROVED_BY = "approved_by"  # votes, quorum, attested (rule ids)
    APPROVED = "approved"
    REJECTED = "rejected"  # reason
    REMINDED = "reminded"  # expires_at
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    STOPPING = "stopping"  # running (machines whose jobs go on)
    VOIDED = "voided"  # why
    RECHECKED = "rechecked"  # verdict
    RECHECK_UNREAD = "recheck_unread"  # why; told once for each time it begins
    STARTED = "started"  # the first pass after approval
    SCHEDULED = "scheduled"  # at (ISO), zone: approved, and waits for its time
    CLAIMED = "claimed"  # attempt
    SUBMITTED = "submitted"  # job, attempt
    ADOPTED = "adopted"  # job, why
    REFUSED = "refused"  # code, why (Azure's own words)
    NO_ANSWER = "no_answer"  # why
    UNKNOWN = "unknown"  # why
    WARNED = "warned"  # errors: list of AzureError as JSON
    JOB_SUCCEEDED = "job_succeeded"  # warnings
    REPLICATING = "replicating"  # percent (or null)
    PROGRESS = "progress"  # percent
    WENT_ON = "went_on"  # request, operation: the next step was asked for
    AT_HOME = "at_home"  # the fields of AtHome: how its VM stands on-premises after a failback
    DONE = "done"
    ITEM_FAILED = "item_failed"  # why, errors
    WAITS = "waits"  # of the machine that failed: waiting (machines)
    SKIPPED = "skipped"  # why
    RETRY = "retry"  # attempt
    GIVEN_UP = "given_up"
    NEEDS_ATTENTION = "needs_attention"  # why, machines
    RESUMED = "resumed"
    SUCCEEDED = "succeeded"  # done
    FAILED = "failed"  # done, failed, skipped


@dataclass(frozen=True, slots=True)
class Happened:
    """Something to be written as an event. `actor` is None where Homeward itself acted; `machine` "" for the whole."""

    kind: EventKind
    machine: str = ""
    data: Mapping[str, object] = field(default_factory=dict[str, object])
    actor: Person | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """One link of the audit chain. `seq` counts all events of the ledger from 1 without gaps."""

    seq: int
    at: datetime
    request_id: str
    happened: Happened
    hash: str


@dataclass(frozen=True, slots=True)
class Change:
    """What one pass or one press of a button changes, written in one transaction; what is None stays as it is.

    `items` are those that changed, whole. `hold` takes the plan's machines for this request alone (see the ledger).
    """

    due_at: datetime
    state: State | None = None
    why: str | None = None
    plan: Plan | None = None
    checked: Checked | None = None
    obstacle: NotPrepared | None = None
    items: tuple[RequestItem, ...] = ()
    decision: Decision | None = None
    reminded: bool | None = None
    stopping: bool | None = None
    unread_since: datetime | None = None
    readable_again: bool = False
    """Clears `unread_since`."""
    events: tuple[Happened, ...] = ()


@dataclass(frozen=True, slots=True)
class Refusal:
    """A press of a button that changes nothing. `code` tells the reason to programs, `why` to the person."""

    code: str
    why: str
