"""The parts of the facts that rules speak of, or the reason why there is nothing to say or no way to tell."""

from collections.abc import Iterable, Iterator
from typing import TypeVar

from homeward.checks.facts import (
    ABSENT,
    NOT_ASKED,
    Absent,
    ConfigurationServer,
    Datastore,
    Facts,
    Host,
    Item,
    MasterTarget,
    Missing,
    Moment,
    NotAsked,
    NotKnown,
    ReplicationGroup,
    ReprotectAgent,
    Topology,
    VirtualDisk,
    VirtualMachine,
    known,
)
from homeward.checks.model import NotApplicable, Sentence
from homeward.checks.way import BACK_PROVIDERS

T = TypeVar("T")
Label = TypeVar("Label")

GIB = 1024**3


def looked_for(fact: T | Absent | Missing) -> T | Absent:
    """`known` for what may be absent (and a type checker that does not join `T` and `Absent`)."""
    if isinstance(fact, Missing):
        raise NotKnown(fact.reason)
    return fact


def present(fact: T | Absent | Missing, otherwise: str) -> T:
    """What is there; a rule about it has nothing to say about what is not."""
    found = looked_for(fact)
    if found is ABSENT:
        raise NotApplicable(otherwise)
    return found


def asked(fact: T | NotAsked | Missing, otherwise: str) -> T:
    """What an optional reading found; a rule about it has nothing to say where that is switched off."""
    if isinstance(fact, Missing):
        raise NotKnown(fact.reason)
    if fact is NOT_ASKED:
        raise NotApplicable(otherwise)
    return fact


def moment(fact: Moment | Missing) -> Moment:
    """`known` for moments."""
    if isinstance(fact, Missing):
        raise NotKnown(fact.reason)
    return fact


def item_of(facts: Facts) -> Item:
    """The protected item; a missing one is the finding of `item-migrated-or-gone` alone."""
    return present(facts.item, "There is no such protected item.")


def configuration_server_of(facts: Facts) -> ConfigurationServer:
    """The machine's configuration server. One that the vault does not list cannot be judged, so nobody knows."""
    server = looked_for(facts.configuration_server)
    if server is ABSENT:
        raise NotKnown(f"the vault does not list the configuration server of {facts.machine}")
    return server


def group_of(facts: Facts) -> ReplicationGroup:
    return present(facts.group, "The machine is in no replication group.")


def target_of(facts: Facts) -> MasterTarget:
    """The chosen master target; its absence is the finding of `master-target-missing` or `-wrong-os`."""
    return present(facts.target, "There is no master target.")


def agent_of(facts: Facts) -> ReprotectAgent:
    """The chosen reprotect agent; its absence is the finding of `appliance-missing`."""
    return present(facts.agent, "There is no replication appliance.")


def target_name(facts: Facts) -> str:
    """The name of the master target or, in the modernized stack, of the appliance."""
    return agent_of(facts).name if facts.topology is Topology.MODERNIZED else target_of(facts).server.name


def target_vm_of(facts: Facts) -> VirtualMachine:
    """The VM of the master target or appliance. One that no vCenter shows cannot be judged, so nobody knows."""
    name = target_name(facts)
    vm = looked_for(facts.target_vm)
    if vm is ABSENT:
        raise NotKnown(f"the VM of {name} was not found in {known(facts.vcenter).name}")
    return vm


def target_host_of(facts: Facts) -> Host:
    """The ESXi host of the master target or appliance."""
    target_vm_of(facts)
    return known(facts.target_host)


def source_vm_of(facts: Facts) -> VirtualMachine:
    """The machine's own VM on-premises."""
    return present(facts.source_vm, "It has no VM on-premises, so it returns to an alternate location.")


def home_vm_of(facts: Facts) -> VirtualMachine:
    """The VM that the machine came home as. It may be a new one, which Azure does not tell: what no vCenter shows under
    the old one's name or UUID cannot be judged, so nobody knows."""
    vm = looked_for(facts.source_vm)
    if vm is ABSENT:
        raise NotKnown(f"vCenter shows no VM of {facts.machine} on-premises")
    return vm


def returns_elsewhere(facts: Facts) -> bool:
    """Whether it returns to an alternate location: its VM is gone, or the chosen appliance cannot return to it.

    An appliance returns to a VM that Site Recovery has discovered, has not seen deleted, and in its own vCenter only.
    Of a machine that has been reprotected that is decided: it returns to the VM that is there.
    """
    if looked_for(facts.source_vm) is ABSENT:
        return True
    if facts.topology is not Topology.MODERNIZED or on_its_way(facts):
        return False
    discovered = looked_for(item_of(facts).discovered)
    if discovered is ABSENT or discovered.is_deleted:
        return True
    agent = agent_of(facts)
    if not agent.vcenter_id or not discovered.vcenter_id:
        raise NotKnown("Azure does not tell which vCenter the appliance or the machine belongs to")
    return agent.vcenter_id.casefold() != discovered.vcenter_id.casefold()


def on_its_way(facts: Facts) -> bool:
    """Whether it has been reprotected, so that its target and place are decided."""
    return facts.topology is Topology.MODERNIZED and item_of(facts).provider.casefold() in BACK_PROVIDERS


def datastores_of(facts: Facts) -> tuple[Datastore, ...]:
    """The datastores the machine would return to: at least one, or nobody knows."""
    datastores = known(facts.datastores)
    if facts.topology is Topology.MODERNIZED and facts.source_vm is not ABSENT and returns_elsewhere(facts):
        # Those that were read are its VM's: the chosen one is among the target host's.
        chosen = known(facts.choice).datastore.casefold()
        datastores = tuple(each for each in known(target_host_of(facts).datastores) if each.name.casefold() == chosen)
        if chosen and not datastores:
            name = known(facts.choice).datastore
            raise NotKnown(f"it returns to an alternate location, and the target's host does not list {name}")
    if not datastores and on_its_way(facts):
        raise NotKnown("its VM on-premises is not there, so it is not known which datastores it returns to")
    if not datastores:
        raise NotKnown("it returns to an alternate location and no datastore is chosen: choose one and check again")
    return datastores


def all_of(*looks: Iterator[Sentence]) -> Iterator[Sentence]:
    """What each look finds, and only then what the first could not know: one thing wrong is enough to fail."""
    unknown: NotKnown | None = None
    for look in looks:
        try:
            yield from look
        except NotKnown as left:
            unknown = unknown or left
    if unknown is not None:
        raise unknown


def not_in_state(name: str, part: str, state: str | Missing, wanted: str) -> Iterator[Sentence]:
    """A sentence if a part of a server ("service", "provider") is in another state than the wanted one."""
    told = known(state)
    if not told:
        raise NotKnown(f"Azure does not tell the state of {name}'s {part}")
    if told.casefold() != wanted:
        yield f"{name}: its {part} is {told}, not {wanted}."


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
