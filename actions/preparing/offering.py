"""What somebody may choose who starts something: for each machine its values, what else there is, and what not."""

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from homeward.actions.plan import NotPrepared, Obstacle
from homeward.actions.states import Operation
from homeward.checks import offers
from homeward.checks.facts import Choice, Facts, Item, LogStorage, Missing, RecoveryPoint, Topology
from homeward.checks.model import BOTH
from homeward.checks.names import last_segment
from homeward.checks.offers import Offer
from homeward.checks.subjects import Choices, Collected, NoMatch, Subject, Wishes
from homeward.checks.way import BEGINS, Stand, stand

from .collecting import ReadForStart
from .details import datastore, detail
from .points import CONSISTENT, about, listed
from .unfound import unfound
from .values import Value, accounts_of, offered, required, taken, word

NAME_LIMIT = 140
"""A name that is longer is told of and not offered."""
FRESH = 20.0
"""Seconds for which what was read is offered again: whoever turns a page waits for nothing."""
KEPT = 16


@dataclass(frozen=True, slots=True)
class Possible:
    """One of the things there are. `wish` is the name that means it alone; `told` are clauses about it.

    `why_not` says why it can't be chosen, "" if it can.
    """

    wish: str
    shown: str
    told: tuple[str, ...] = ()
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class ForValue:
    """A value of a machine. `chosen` are the wishes that would be used, none where it is open.

    `unread` says why what there is could not be read, "" if it was.
    """

    value: Value
    word: str
    chosen: tuple[Possible, ...]
    there: tuple[Possible, ...]
    required: bool
    unread: str = ""

    @property
    def fitting(self) -> tuple[Possible, ...]:
        return tuple(one for one in self.there if not one.why_not)

    @property
    def unfit(self) -> tuple[Possible, ...]:
        return tuple(one for one in self.there if one.why_not)


@dataclass(frozen=True, slots=True)
class ForMachine:
    """A machine with the values that its start takes; `trouble` is why nothing can be told of it, "" if it can.

    `elsewhere` is where it stands where that is known, and not where the operation begins.
    """

    machine: str
    topology: Topology
    values: tuple[ForValue, ...] = ()
    trouble: str = ""
    elsewhere: Stand | None = None


@dataclass(frozen=True, slots=True)
class Points:
    """The recovery points of a failback. `listed` are those that may be chosen by their ids (classic).

    `inconsistent` says why an application-consistent one can't be had, "" if it can.
    """

    listed: tuple[Possible, ...] = ()
    inconsistent: str = ""


@dataclass(frozen=True, slots=True)
class Offered:
    """What there is for everybody. `points` is None for what is no failback."""

    subject: Subject
    operation: Operation
    machines: tuple[ForMachine, ...]
    points: Points | None = None


class Offering:
    """Reads what there is. It judges nothing: what is asked for in the end is prepared and checked as ever."""

    def __init__(self, read: ReadForStart, clock: Callable[[], float] = time.monotonic) -> None:
        self._read = read
        self._clock = clock
        self._recent: OrderedDict[tuple[Operation, str, Wishes], tuple[float, Offered]] = OrderedDict()

    async def __call__(self, operation: Operation, subject: str, wishes: Wishes) -> Offered | NotPrepared:
        """With these wishes in place of what would be chosen. Does not raise for what the outside does."""
        key = operation, subject, wishes
        if (kept := self._recent.get(key)) and self._clock() - kept[0] < FRESH:
            return kept[1]
        answer = await self._read.for_start(subject, wishes, operation)
        if isinstance(answer, NoMatch | Choices):
            return unfound(answer)
        if not answer.machines:
            why = f"The {answer.subject.kind.value} {answer.subject.name} has no machine in it."
            return NotPrepared(Obstacle.NOT_FOUND, why)
        made = _offered(operation, answer)
        if not any(one.trouble for one in made.machines):
            self._recent[key] = self._clock(), made
            while len(self._recent) > KEPT:
                self._recent.popitem(last=False)
        return made


def _offered(operation: Operation, collected: Collected) -> Offered:
    stores = (facts.log_storage.id for facts in collected.machines if isinstance(facts.log_storage, LogStorage))
    accounts = accounts_of(collected.machines, stores)
    machines = tuple(_machine(operation, facts, accounts) for facts in collected.machines)
    points = _points(collected) if operation is Operation.FAILBACK else None
    return Offered(collected.subject, operation, machines, points)


def _machine(operation: Operation, facts: Facts, accounts: tuple[str, ...]) -> ForMachine:
    item, choice = facts.item, facts.choice
    if not isinstance(item, Item) or isinstance(choice, Missing):
        reason = next((one.reason for one in (item, choice) if isinstance(one, Missing)), "the vault does not have it")
        return ForMachine(facts.machine, facts.topology, trouble=reason)
    if item.topology not in BOTH:
        return ForMachine(facts.machine, facts.topology, trouble="neither of the VMware stacks protects it")
    carried = taken(operation, item.topology)
    needed = required(operation, item.topology)
    values = tuple(
        _value(operation, facts, item, choice, value, accounts, needed=value in needed)
        for value in Value
        if value in carried
    )
    stands = stand(item)
    elsewhere = None if stands in (BEGINS[operation], Stand.UNKNOWN) else stands
    return ForMachine(facts.machine, facts.topology, values, elsewhere=elsewhere)


def _value(
    operation: Operation,
    facts: Facts,
    item: Item,
    choice: Choice,
    value: Value,
    accounts: tuple[str, ...],
    *,
    needed: bool,
) -> ForValue:
    called = word(operation, value)
    said = _chosen(facts, choice, value)
    found = offered(operation, facts, item, value, accounts)
    if isinstance(found, Missing):
        return ForValue(value, called, tuple(Possible(name, name) for name in said), (), needed, found.reason)
    made = [_possible(facts, item, value, offer, found) for offer in found]
    chosen = tuple(
        one for offer, one in zip(found, made, strict=True) if any(offers.meant(name, (offer,)) for name in said)
    )
    if value is Value.DATASTORE and said and not chosen and item.topology is Topology.MODERNIZED:
        # Where its VM lies is kept, listed or not: the appliance's list may be old, and the checks judge that.
        told = datastore(facts, said[0])
        why = told.why_not or ("" if _carried(said[0]) else _UNSAYABLE)
        chosen = (Possible(said[0], said[0], (*told.told, "not in the appliance's list"), why),)
        made = [*chosen, *made]
    return ForValue(value, called, chosen, tuple(made), needed)


_UNSAYABLE = "no form can carry its name: name it in the command"


def _possible(facts: Facts, item: Item, value: Value, offer: Offer, all_: tuple[Offer, ...]) -> Possible:
    there = detail(facts, item, value, offer)
    wish = next((name for name in (offer.shown, offer.value) if _alone(name, offer, all_)), "")
    why = offer.unfit or there.why_not or ("" if wish else _UNSAYABLE)
    return Possible(wish, offer.shown, there.told, why)


def _alone(name: str, offer: Offer, all_: tuple[Offer, ...]) -> bool:
    return _carried(name) and offers.meant(name, offers.fitting(all_)) == (offer,)


def _carried(name: str) -> bool:
    """Whether it goes through a form's option and back as it is."""
    return 0 < len(name) <= NAME_LIMIT and name.isprintable()


def _chosen(facts: Facts, choice: Choice, value: Value) -> tuple[str, ...]:
    if value is Value.EXCLUDE_DISK:
        return choice.excluded
    name = {
        Value.TARGET: choice.target,
        Value.PROCESS_SERVER: choice.process_server,
        Value.DATASTORE: choice.datastore,
        Value.RETENTION: choice.retention,
        Value.LOG_STORAGE: facts.log_storage.id if isinstance(facts.log_storage, LogStorage) else choice.log_storage,
        Value.POLICY: choice.policy,
    }[value]
    return (name,) if name else ()


def _points(collected: Collected) -> Points:
    present = [(facts, facts.item) for facts in collected.machines if isinstance(facts.item, Item)]
    why = next(filter(None, (_inconsistent(facts) for facts, _ in present)), "")
    if not present or any(item.topology is not Topology.CLASSIC for _, item in present):
        return Points(inconsistent=why)
    now = present[0][0].now
    told = tuple(Possible(last_segment(one.id), about(one, now)) for one in listed(present))
    return Points(tuple(one for one in told if _carried(one.wish)), why)


def _inconsistent(facts: Facts) -> str:
    """Why it can't go to an application-consistent point, "" where it can."""
    if isinstance(facts.points, Missing):
        return f"the recovery points of {facts.machine} could not be read: {facts.points.reason}"
    points: tuple[RecoveryPoint, ...] = facts.points if isinstance(facts.points, tuple) else ()
    if any(one.application_consistent for one in points):
        return ""
    return f"{facts.machine} has no {CONSISTENT} recovery point"
