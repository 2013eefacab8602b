"""Facts of machines for preparing, and a reader that hands out what a test collected."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from homeward.checks.facts import ABSENT, Disk, Facts, Item, LogStorage
from homeward.checks.subjects import Answer, Collected, Kind, Subject, Wishes
from homeward.checks.way import Operation
from tests.checks.changing import changed
from tests.checks.ready import GIB, NOW, READY_CLASSIC, READY_MODERNIZED

SYSTEM = Disk("\\\\.\\PHYSICALDRIVE0", 64 * GIB, "Disk0", system=True)
SECOND = Disk("\\\\.\\PHYSICALDRIVE1", 900 * GIB, "Disk1")
THIRD = Disk("\\\\.\\PHYSICALDRIVE2", 100 * GIB, "Disk2")

CLASSIC = changed(READY_CLASSIC, {"item.disks": (SYSTEM, SECOND), "group": ABSENT})
MODERNIZED = READY_MODERNIZED


def named(facts: Facts, name: str) -> Facts:
    """Another machine of the same facts."""
    assert isinstance(facts.item, Item)
    id = facts.item.id.replace("web01", name)
    return replace(facts, machine=name, item=replace(facts.item, id=id, name=name, azure_vm_id=""))


def collected(*machines: Facts, kind: Kind = Kind.MACHINE, name: str = "web01", vault: str = "prod-dr") -> Collected:
    return Collected(Subject(name, kind, vault), NOW, machines, (), tuple(0 for _ in machines))


def account(facts: Facts) -> str:
    assert isinstance(facts.log_storage, LogStorage)
    return facts.log_storage.id


@dataclass
class Reader:
    """Answers every reading alike, and keeps what it was asked."""

    answer: Answer
    wishes: list[Wishes] = field(default_factory=list[Wishes])
    names: list[Mapping[str, str]] = field(default_factory=list[Mapping[str, str]])
    beside: list[Mapping[str, str]] = field(default_factory=list[Mapping[str, str]])
    operations: list[Operation] = field(default_factory=list[Operation])

    async def for_start(self, name: str, wishes: Wishes, operation: Operation = Operation.REPROTECT) -> Answer:
        del name
        self.operations.append(operation)
        self.wishes.append(wishes)
        return self.answer

    async def again(
        self,
        subject: Subject,
        names: Mapping[str, str],
        beside: Mapping[str, str],
        wishes: Wishes,
        operation: Operation = Operation.REPROTECT,
    ) -> Collected:
        self.operations.append(operation)
        assert isinstance(self.answer, Collected)
        self.wishes.append(wishes)
        self.names.append(names)
        self.beside.append(beside)
        return replace(self.answer, subject=subject)
