"""Wishes that can't be granted: what was given, why not, and what there is instead."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from homeward.actions.plan import NotPrepared, Obstacle, OpenValue
from homeward.actions.states import Operation
from homeward.checks import offers
from homeward.checks.facts import Facts, Item, Missing, Topology
from homeward.checks.names import fold, names_of
from homeward.checks.offers import Offer
from homeward.checks.subjects import Wish, Wishes

from .values import Value, accounts_of, offered, taken, takes, word

_CALLED = {
    Operation.REPROTECT: "A reprotect",
    Operation.FAILBACK: "A failback",
    Operation.COMMIT: "A commit",
    Operation.CANCEL: "Cancelling a failback",
    Operation.TO_AZURE: "A reprotect to Azure",
}

_Present = tuple[tuple[Facts, Item], ...]
"""The machines that the vault has."""


@dataclass(frozen=True, slots=True)
class _Machine:
    """A machine that the vault has, with one value's wishes for it by its name and what there is for it."""

    operation: Operation
    label: str
    item: Item
    own: tuple[str, ...]
    offers: tuple[Offer, ...] | Missing
    """Missing where it could not be read; none where its stack takes no such value."""

    def fits(self, said: str) -> tuple[Offer, ...]:
        return offers.meant(said, offers.fitting(_read(self.offers)))


def untaken(operation: Operation, wishes: Wishes, point: str) -> NotPrepared | None:
    """What the operation takes for no machine at all, told in one sentence; None if nothing such was given."""
    given = [
        OpenValue(wish.machine, value.value, ())
        for value, each in _by_value(wishes)
        for wish in each
        if not takes(operation, value)
    ]
    if point and operation is not Operation.FAILBACK:
        given.append(OpenValue("", "point", ()))
    if not given:
        return None
    options = " and no ".join(dict.fromkeys(f"--{value.option}" for value in given))
    why = f"{_CALLED[operation]} takes no {options}."
    return NotPrepared(Obstacle.WRONG_VALUE, why, without=tuple(dict.fromkeys(given)))


def ungranted(operation: Operation, wishes: Wishes, subject: str, machines: tuple[Facts, ...]) -> NotPrepared | None:
    """The first wish that can't be granted, told in one sentence; None if all can."""
    return next(_ungranted(operation, wishes, subject, machines), None)


def _ungranted(
    operation: Operation, wishes: Wishes, subject: str, machines: tuple[Facts, ...]
) -> Iterator[NotPrepared]:
    labels = frozenset(fold(facts.machine) for facts in machines)
    present = tuple((facts, facts.item) for facts in machines if isinstance(facts.item, Item))
    for value, given in _by_value(wishes):
        for wish in given:
            yield from _meaning_nobody(wish, subject, machines, labels)
            yield from _not_taken(operation, value, wish, subject, present, labels)
        accounts = accounts_of(machines, (wish.value for wish in given))
        those = tuple(
            _Machine(
                operation,
                facts.machine,
                item,
                offers.for_one(given, facts.machine, names_of(item), labels),
                offered(operation, facts, item, value, accounts) if value in taken(operation, item.topology) else (),
            )
            for facts, item in present
        )
        for machine in those:
            yield from _own(value, machine)
        shared = offers.for_all(given)
        if value is Value.EXCLUDE_DISK and len(machines) > 1:
            yield from (_of_which(said, those) for said in shared)
        else:
            for said in shared:
                yield from _for_nobody(value, said, subject, those)
            yield from _several(value, shared, those)
        if value is Value.EXCLUDE_DISK:
            yield from _nothing_left(shared if len(machines) == 1 else (), those)


def _by_value(wishes: Wishes) -> tuple[tuple[Value, tuple[Wish, ...]], ...]:
    return (
        (Value.TARGET, wishes.target),
        (Value.PROCESS_SERVER, wishes.process_server),
        (Value.DATASTORE, wishes.datastore),
        (Value.RETENTION, wishes.retention),
        (Value.LOG_STORAGE, wishes.log_storage),
        (Value.POLICY, wishes.policy),
        (Value.EXCLUDE_DISK, wishes.exclude_disk),
    )


def _meaning_nobody(
    wish: Wish, subject: str, machines: tuple[Facts, ...], labels: frozenset[str]
) -> Iterator[NotPrepared]:
    if not wish.machine or fold(wish.machine) in labels:
        return
    items = [facts.item for facts in machines if isinstance(facts.item, Item)]
    count = sum(fold(wish.machine) in names_of(item) for item in items)
    if count != 1:
        which = "No machine" if not count else "More than one machine"
        yield _wrong(f"{which} of {subject} is called {wish.machine}", tuple(facts.machine for facts in machines))


def _not_taken(
    operation: Operation, value: Value, wish: Wish, subject: str, present: _Present, labels: frozenset[str]
) -> Iterator[NotPrepared]:
    """A wish for machines whose stack takes no such value at all: no other name would do."""
    those = [
        (facts.machine, item.topology)
        for facts, item in present
        if not wish.machine or offers.means(wish.machine, facts.machine, names_of(item), labels)
    ]
    if not those or any(_takes(operation, stack, value) for _, stack in those):
        return
    who = those[0][0] if len(those) == 1 else subject
    stacks = dict.fromkeys(stack for _, stack in those)
    if value is Value.EXCLUDE_DISK and Topology.MODERNIZED in stacks:
        why = f"{who} can't {_do(operation, value, wish.value)}: {offers.NO_EXCLUSION}."
    else:
        why = f"{who} takes no --{value.value}: its protection is {' and '.join(stack.value for stack in stacks)}."
    without = (OpenValue(wish.machine, value.value, ()),)
    yield NotPrepared(Obstacle.WRONG_VALUE, why, without=without)


def _takes(operation: Operation, stack: Topology, value: Value) -> bool:
    never = value is Value.EXCLUDE_DISK and stack is Topology.MODERNIZED
    return value in taken(operation, stack) and not never


def _own(value: Value, machine: _Machine) -> Iterator[NotPrepared]:
    if machine.own and isinstance(machine.offers, Missing):
        yield NotPrepared(Obstacle.UNREADABLE, f"What there is for {machine.label} could not be read: {_why(machine)}.")
        return
    for said in machine.own:
        if not machine.fits(said):
            why = f"{machine.label} can't {_do(machine.operation, value, said)}: {_why_not(value, said, machine)}"
            yield _wrong(why, _names((machine,)), value, machine.label)
    if value is not Value.EXCLUDE_DISK:
        yield from _one_only(value, machine, machine.own, machine.label)


def _for_nobody(value: Value, said: str, subject: str, machines: tuple[_Machine, ...]) -> Iterator[NotPrepared]:
    """A wish for all that fits none of them."""
    if not machines or any(machine.fits(said) for machine in machines):
        return
    unread = next((machine for machine in machines if isinstance(machine.offers, Missing)), None)
    if unread is not None:
        yield NotPrepared(Obstacle.UNREADABLE, f"What there is for {unread.label} could not be read: {_why(unread)}.")
        return
    takers = [machine for machine in machines if _takes(machine.operation, machine.item.topology, value)]
    closest = next((machine for machine in takers if offers.meant(said, _read(machine.offers))), takers[0])
    who = f"{closest.label} can't" if len(machines) == 1 else f"No machine of {subject} can"
    yield _wrong(
        f"{who} {_do(closest.operation, value, said)}: {_why_not(value, said, closest)}", _names(machines), value
    )


def _several(value: Value, shared: tuple[str, ...], machines: tuple[_Machine, ...]) -> Iterator[NotPrepared]:
    if value is not Value.EXCLUDE_DISK:
        for machine in machines:
            if not machine.own:
                yield from _one_only(value, machine, shared, "")


def _one_only(value: Value, machine: _Machine, said: Iterable[str], whose: str) -> Iterator[NotPrepared]:
    found = {offer.value: offer.shown for each in said for offer in machine.fits(each)}
    if len(found) > 1:
        several = " and ".join(found.values())
        why = f"{machine.label} can have one {word(machine.operation, value)}, and both {several} are given"
        yield _wrong(why, tuple(found.values()), value, whose)


def _of_which(said: str, machines: tuple[_Machine, ...]) -> NotPrepared:
    """A disk that stays behind is lost data if it is the wrong machine's."""
    having = tuple(f"{machine.label}={said}" for machine in machines if machine.fits(said))
    meant = next((machine for machine in machines if offers.meant(said, _read(machine.offers))), None)
    if meant and not having:
        why = _why_not(Value.EXCLUDE_DISK, said, meant)
        return _wrong(f"{meant.label} can't {_do(meant.operation, Value.EXCLUDE_DISK, said)}: {why}", ())
    return _wrong(f"It is not told which machine's disk {said} shall stay behind: say machine=disk", having)


def _nothing_left(shared: tuple[str, ...], machines: tuple[_Machine, ...]) -> Iterator[NotPrepared]:
    for machine in machines:
        left = {offer.value for said in (*machine.own, *shared) for offer in machine.fits(said)}
        if left and left >= {offer.value for offer in _read(machine.offers)}:
            yield _wrong(f"All disks of {machine.label} would stay behind", ())


def _do(operation: Operation, value: Value, said: str) -> str:
    leave = value is Value.EXCLUDE_DISK
    return f"leave the disk {said} behind" if leave else f"have the {word(operation, value)} {said}"


def _why_not(value: Value, said: str, machine: _Machine) -> str:
    stack = machine.item.topology
    if value is Value.EXCLUDE_DISK and stack is Topology.MODERNIZED:
        return offers.NO_EXCLUSION
    named = offers.meant(said, _read(machine.offers))
    if named:
        return named[0].unfit
    there = _names((machine,))
    return f"there {'are' if len(there) > 1 else 'is'} {', '.join(there) or 'none'}"


def _why(machine: _Machine) -> str:
    return machine.offers.reason if isinstance(machine.offers, Missing) else ""


def _read(there: tuple[Offer, ...] | Missing) -> tuple[Offer, ...]:
    return () if isinstance(there, Missing) else there


def _names(machines: tuple[_Machine, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.shown for each in machines for one in offers.fitting(_read(each.offers))))


def _wrong(why: str, candidates: tuple[str, ...], value: Value | None = None, whose: str = "") -> NotPrepared:
    """`value` is what was given wrongly, for the machine `whose` or ("") for all. Disks are too many to choose one."""
    instead = value is not None and value is not Value.EXCLUDE_DISK and candidates
    chosen = (OpenValue(whose, value.value, candidates),) if value and instead else ()
    return NotPrepared(Obstacle.WRONG_VALUE, f"{why}.", candidates, chosen)
