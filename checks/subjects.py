"""What a check is about and what collecting for it gives: a subject with its facts, a choice, or no match."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Protocol

from .facts import Facts
from .way import Operation, Stand


class Kind(Enum):
    """What was asked about."""

    MACHINE = "machine"
    GROUP = "replication group"
    PLAN = "recovery plan"


class SourceState(Enum):
    READING = "reading"
    READ = "read"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class SourceReading:
    """How reading one source went. `name` as people know it ("vault prod-dr", "vCenter vc01"); times in seconds."""

    name: str
    state: SourceState
    detail: str
    seconds: float

    def as_dict(self) -> dict[str, str | float]:
        return {"state": self.state.value, "detail": self.detail, "seconds": round(self.seconds, 3)}


@dataclass(frozen=True, slots=True)
class Subject:
    """What is judged. `vault` is the vault's name in the settings, "" when it was found in none."""

    name: str
    kind: Kind
    vault: str


@dataclass(frozen=True, slots=True)
class Wish:
    """A value that somebody asked for, by name; for the `machine` alone, or "" for every machine that it fits."""

    value: str
    machine: str = ""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What somebody who starts an operation asked for in place of the sensible choice. Empty: choose."""

    target: tuple[Wish, ...] = ()
    process_server: tuple[Wish, ...] = ()
    datastore: tuple[Wish, ...] = ()
    retention: tuple[Wish, ...] = ()
    log_storage: tuple[Wish, ...] = ()
    policy: tuple[Wish, ...] = ()
    exclude_disk: tuple[Wish, ...] = ()


@dataclass(frozen=True, slots=True)
class Collected:
    """What one check read: the subject, each machine's facts in the plan's order, and how each source did.

    `stages` tells for each machine its group in the recovery plan's order, 0 first (all 0 without a plan).
    """

    subject: Subject
    checked_at: datetime
    machines: tuple[Facts, ...]
    sources: tuple[SourceReading, ...]
    stages: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """One of several subjects of a name. `id` is its ARM id, which names it alone; `detail` tells it apart."""

    name: str
    kind: Kind
    id: str
    detail: str


@dataclass(frozen=True, slots=True)
class Choices:
    """The name fits several subjects; somebody has to choose."""

    name: str
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class NoMatch:
    """No subject has the name, and every vault was read. `nearest` are names that look like it, best first."""

    name: str
    nearest: tuple[str, ...]


Answer = Collected | Choices | NoMatch
Watch = Callable[[tuple[SourceReading, ...]], None]
"""Told how all sources stand each time one of them changes; must not block."""


class Collect(Protocol):
    """Finds the subject by a name, an ARM id, a plan's or a group's name and reads everything about it.

    It does not raise for what the outside does: a dead source is `Missing` facts and a failed reading.
    """

    async def __call__(self, name: str, watch: Watch, operation: Operation = Operation.REPROTECT) -> Answer:
        """`operation` is what the machines are read for: some facts are needed by one operation only."""
        ...


@dataclass(frozen=True, slots=True)
class Named:
    """Something to pick. `id` is its ARM id (a group's own id); `stand` is where a machine is, None for the others.

    `detail` tells it apart from others of its name, "" where nothing has to.
    """

    name: str
    kind: Kind
    id: str
    vault: str
    detail: str = ""
    stand: Stand | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the estate as it was last read: a vault, an appliance or server, a vCenter.

    `kind` is what people call it ("vault", "replication appliance", "vCenter", ...). `trouble` is a clause about what
    is wrong with it, "" for nothing; `read_at` None where it was never read.
    """

    name: str
    kind: str
    trouble: str
    read_at: datetime | None


@dataclass(frozen=True, slots=True)
class Estate:
    """What is known of the whole, as last read: `read_at` is the oldest vault's reading, None before every first one.

    `unread` are clauses, one for each vault that could not be read: names of it may be missing, or old.
    """

    named: tuple[Named, ...] = ()
    parts: tuple[Part, ...] = ()
    read_at: datetime | None = None
    unread: tuple[str, ...] = ()


class Inventory(Protocol):
    """The estate, kept: whoever types is answered from memory, never by a reading for each letter.

    Every method begins to read anew in the background where what is known is old; none raises for what the outside
    does.
    """

    def known(self) -> Estate:
        """What is known, at once."""
        ...

    async def read(self, within: float) -> Estate:
        """The same; where nothing is known yet, it waits for a first reading, at most so many seconds."""
        ...

    def search(self, text: str, most: int) -> tuple[Named, ...]:
        """Those that fit what somebody typed, best first; with "" the first by name. At once."""
        ...
