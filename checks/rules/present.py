"""The parts of the facts that rules speak of, or the reason why there is nothing to say or no way to tell."""

from collections.abc import Iterable, Iterator
from typing import TypeVar

from homeward.checks.facts import (
    ABSENT,
    Datastore,
    Facts,
    Host,
    Item,
    MasterTarget,
    Missing,
    NotKnown,
    ReplicationGroup,
    ReprotectAgent,
    Topology,
    VirtualDisk,
    VirtualMachine,
    known,
)
from homeward.checks.model import NotApplicable

T = TypeVar("T")
Label = TypeVar("Label")

GIB = 1024**3


def item_of(facts: Facts) -> Item:
    """The protected item; a missing one is the finding of `item-migrated-or-gone` alone."""
    item = known(facts.item)
    if item is ABSENT:
        raise NotApplicable("There is no such protected item.")
    return item


def group_of(facts: Facts) -> ReplicationGroup:
    group = known(facts.group)
    if group is ABSENT:
        raise NotApplicable("The machine is in no replication group.")
    return group


def target_of(facts: Facts) -> MasterTarget:
    """The chosen master target; its absence is the finding of `master-target-missing` or `-wrong-os`."""
    target = known(facts.target)
    if target is ABSENT:
        raise NotApplicable("There is no master target.")
    return target


def agent_of(facts: Facts) -> ReprotectAgent:
    """The chosen reprotect agent; its absence is the finding of `appliance-missing`."""
    agent = known(facts.agent)
    if agent is ABSENT:
        raise NotApplicable("There is no replication appliance.")
    return agent


def target_name(facts: Facts) -> str:
    """The name of the master target or, in the modernized stack, of the appliance."""
    return agent_of(facts).name if facts.topology is Topology.MODERNIZED else target_of(facts).server.name


def target_vm_of(facts: Facts) -> VirtualMachine:
    """The VM of the master target or appliance. One that no vCenter shows cannot be judged, so nobody knows."""
    name = target_name(facts)
    vm = known(facts.target_vm)
    if vm is ABSENT:
        raise NotKnown(f"the VM of {name} was not found in {known(facts.vcenter).name}")
    return vm


def target_host_of(facts: Facts) -> Host:
    """The ESXi host of the master target or appliance."""
    target_vm_of(facts)
    return known(facts.target_host)


def source_vm_of(facts: Facts) -> VirtualMachine:
    """The machine's own VM on-premises."""
    vm = known(facts.source_vm)
    if vm is ABSENT:
        raise NotApplicable("It has no VM on-premises, so it returns to an alternate location.")
    return vm


def datastores_of(facts: Facts) -> tuple[Datastore, ...]:
    """The datastores the machine would return to: at least one, or nobody knows."""
    datastores = known(facts.datastores)
    if not datastores:
        raise NotKnown("it has no VM on-premises and no datastore is chosen: choose one and check again")
    return datastores


def disks_of(vm: VirtualMachine) -> tuple[VirtualDisk, ...]:
    return known(vm.disks)


def known_first(pairs: Iterable[tuple[Label, T | Missing]]) -> Iterator[tuple[Label, T]]:
    """Those that were read, and only then the first that was not: one thing wrong is enough to fail."""
    unknown: Missing | None = None
    for label, fact in pairs:
        if isinstance(fact, Missing):
            unknown = unknown or fact
        else:
            yield label, fact
    if unknown is not None:
        raise NotKnown(unknown.reason)


def gib(size: int) -> str:
    """A size in words: "12.5 GiB"."""
    return f"{size / GIB:.1f} GiB"
