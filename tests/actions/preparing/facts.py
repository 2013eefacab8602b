"""Facts of machines for preparing, and a reader that hands out what a test collected."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta

from homeward.checks.facts import ABSENT, Disk, Facts, Item, LogStorage, Policy, RecoveryPoint, ReplicationGroup
from homeward.checks.subjects import Answer, Collected, Kind, Subject, Wishes
from homeward.checks.way import Operation
from tests.checks.changing import changed
from tests.checks.ready import AGENT, GIB, MASTER_TARGET, NOW, PROCESS_SERVER, READY_CLASSIC, READY_MODERNIZED

SYSTEM = Disk("\\\\.\\PHYSICALDRIVE0", 64 * GIB, "Disk0", system=True)
SECOND = Disk("\\\\.\\PHYSICALDRIVE1", 900 * GIB, "Disk1")
THIRD = Disk("\\\\.\\PHYSICALDRIVE2", 100 * GIB, "Disk2")

CLASSIC = changed(READY_CLASSIC, {"item.disks": (SYSTEM, SECOND), "group": ABSENT})
MODERNIZED = READY_MODERNIZED


def _policies(facts: Facts) -> tuple[Policy, ...]:
    assert isinstance(facts.policies, tuple)
    return facts.policies


def point(name: str, minutes: int, *, consistent: bool = False, shared: bool = False) -> RecoveryPoint:
    """One that was made so many minutes ago."""
    kind = "ApplicationConsistent" if consistent else "CrashConsistent"
    return RecoveryPoint(f"/vaults/prod-dr/recoveryPoints/{name}", NOW - timedelta(minutes=minutes), kind, shared)


_BACK: Mapping[str, object] = {
    "item.protection_state": "Protected",
    "points": (point("c3", 3), point("a12", 12, consistent=True), point("c60", 60)),
    "moves": (),
}
_HOME: Mapping[str, object] = {
    "source_vm.power": "poweredOn",
    "source_vm.tools_running": True,
    "azure_vm.power": "deallocated",
}
BACK_MODERNIZED = changed(
    MODERNIZED,
    {
        **_BACK,
        "item.provider": "InMageRcmFailback",
        "item.allowed_operations": ("PlannedFailover", "DisableProtection"),
        "item.target_id": AGENT.id,
    },
)
"""Ready to fail back."""
BACK_CLASSIC = changed(
    CLASSIC,
    {
        **_BACK,
        "item.provider": "InMage",
        "item.allowed_operations": ("UnplannedFailover", "DisableProtection"),
        "item.target_id": MASTER_TARGET.server.id,
    },
)
HOME_MODERNIZED = changed(
    BACK_MODERNIZED,
    {
        **_HOME,
        "item.protection_state": "PlannedFailoverCommitPendingStatesBegin",
        "item.allowed_operations": ("Commit", "CancelFailover", "DisableProtection"),
    },
)
"""Failed back, not committed."""
HOME_CLASSIC = changed(
    BACK_CLASSIC,
    {
        **_HOME,
        "item.protection_state": "UnplannedFailoverCommitPendingStatesBegin",
        "item.allowed_operations": ("Commit", "DisableProtection"),
        "item.active_site": "OnPrem",
    },
)
FORWARD = Policy("/policies/24h-to-azure", "24h-to-azure", "InMageRcm")
SENDER = replace(PROCESS_SERVER, server=replace(PROCESS_SERVER.server, name=AGENT.name, id=AGENT.id))
COMMITTED_MODERNIZED = changed(
    HOME_MODERNIZED,
    {
        "item.protection_state": "PlannedFailoverCommitted",
        "item.allowed_operations": ("SwitchProtection", "DisableProtection"),
        "process_servers": (SENDER,),
        "policies": (FORWARD, *_policies(MODERNIZED)),
        "choice.process_server": AGENT.name,
        "choice.policy": FORWARD.id,
    },
)
COMMITTED_CLASSIC = changed(
    HOME_CLASSIC,
    {
        "item.protection_state": "UnplannedFailoverCommitted",
        "item.allowed_operations": ("SwitchProtection", "DisableProtection"),
        "choice.policy": "24h",
    },
)


def grouped(facts: Facts, name: str, points: tuple[RecoveryPoint, ...]) -> Facts:
    """A machine of that name in the replication group payroll, with points of its own."""
    return replace(named(facts, name), group=ReplicationGroup("group-1", "payroll", ()), points=points)


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
