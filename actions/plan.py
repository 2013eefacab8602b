"""What would run, frozen: the plan that is put to the approvers, what the checks said, and why there is no plan."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from functools import cache

from pydantic import TypeAdapter

from homeward.checks.facts import Topology
from homeward.checks.report import Verdict

from .states import Operation


class Download(Enum):
    """What the machine's data needs on the way home."""

    CHANGES = "changes"
    """The VM at home is still there: only what differs is sent."""
    FULL = "full"
    """Every disk is sent in full, to new disks at home."""
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class PlannedDisk:
    """`id` as Azure names it in calls, `capacity_bytes` 0 where it is not told."""

    id: str
    name: str
    capacity_bytes: int


@dataclass(frozen=True, slots=True)
class PlannedItem:
    """One machine with every value that its start call carries. Ids are ARM ids (a master target's its own id).

    `machine` names it alone within the plan; `stage` is its group in the recovery plan's order, 0 first; `group` is
    its replication group, "" for none. Fields that its stack has no use for are "".
    `source_vm` is the VM on-premises, "" where it is gone or its physical server is meant.
    `target` is what receives the machine: to Azure it is the appliance that sends it.
    Of a failback: `point` is the recovery point's kind in the call's word (CrashConsistent, ApplicationConsistent,
    LatestTime, LatestTag, Custom), `point_id` the ARM id of a chosen one, `point_at` its time; `linux` tells that the
    usual after-effects on Linux have to be expected.
    `azure_vm` is the name of the VM in Azure (a failback shuts it down), "" to Azure and where Site Recovery does not
    tell it: of a classic machine on its way back.
    """

    machine: str
    item_id: str
    topology: Topology
    stage: int
    group: str
    target: str = ""
    target_id: str = ""
    process_server: str = ""
    process_server_id: str = ""
    datastore: str = ""
    retention: str = ""
    log_storage_id: str = ""
    policy: str = ""
    policy_id: str = ""
    disks: tuple[PlannedDisk, ...] = ()
    excluded: tuple[PlannedDisk, ...] = ()
    source_vm: str = ""
    original_location: bool = False
    download: Download = Download.UNKNOWN
    point: str = ""
    point_id: str = ""
    point_at: datetime | None = None
    linux: bool = False
    azure_vm: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a request runs, whole. `vault` is its name in the settings, `kind` as in `checks.subjects.Kind`."""

    operation: Operation
    vault: str
    subject: str
    kind: str
    items: tuple[PlannedItem, ...]
    not_before: datetime | None = None
    """When it starts, if not as soon as it is approved."""
    zone: str = ""
    """The time zone in which people said that, by its IANA name."""

    @property
    def digest(self) -> str:
        """SHA-256 of the plan's canonical JSON, in hex."""
        # A name out of Azure may hold half of a surrogate pair, which is no text that could be encoded otherwise.
        return hashlib.sha256(
            canonical(_plans().dump_python(self, mode="json")).encode("utf-8", "surrogatepass")
        ).hexdigest()


@dataclass(frozen=True, slots=True)
class Found:
    """One finding of the checks, as it stood when it was judged: it is shown again when the rules have changed."""

    rule: str
    title: str
    machines: tuple[str, ...]
    details: tuple[str, ...]
    hint: str
    docs: str


@dataclass(frozen=True, slots=True)
class Checked:
    """What the checks said of the plan's machines. `unread_blockers` is what makes a verdict UNKNOWN."""

    verdict: Verdict
    at: datetime
    passed: int
    blockers: tuple[Found, ...]
    warnings: tuple[Found, ...]
    unread_blockers: tuple[Found, ...]
    unread_warnings: tuple[Found, ...]
    attestations: tuple[Found, ...]
    """What no API can tell; whoever approves confirms each."""


class Obstacle(Enum):
    """Why there is no plan."""

    NOT_FOUND = "not found"
    SEVERAL = "several"
    OPEN = "open"
    """A value has no one sensible choice."""
    WRONG_VALUE = "wrong value"
    """A value that was given does not exist, or does not fit, or the operation takes no such value."""
    HELD = "held"
    """Another open request has one of the machines; its id is the candidate."""
    UNREADABLE = "unreadable"
    """What the plan is made from could not be read."""


@dataclass(frozen=True, slots=True)
class OpenValue:
    """A value that somebody has to choose: the option that sets it ("target", "datastore", ...) and what there is."""

    machine: str
    option: str
    candidates: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A plan, and what the checks say of it. It may be BLOCKED: then nobody is asked."""

    plan: Plan
    checked: Checked


@dataclass(frozen=True, slots=True)
class NotPrepared:
    """`why` is one sentence for the person who asked; `candidates` are names or ids to say instead, best first.

    `open` are the values to choose: those that are open, or the one that was given and does not fit. `without` are
    those that were given and have to be left out, by the machine as it was said; they have no candidates.
    `details` tell the candidates apart, one for each, where their names or ids do not.
    """

    obstacle: Obstacle
    why: str
    candidates: tuple[str, ...] = ()
    open: tuple[OpenValue, ...] = ()
    without: tuple[OpenValue, ...] = ()
    details: tuple[str, ...] = ()


def as_json(value: object) -> object:
    """A frozen value of this folder as plain JSON values."""
    return TypeAdapter[object](type(value)).dump_python(value, mode="json")


@cache
def _plans() -> TypeAdapter[Plan]:
    return TypeAdapter(Plan)


def canonical(value: object) -> str:
    """The one text of plain JSON values: sorted keys, no spaces, no escapes."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
