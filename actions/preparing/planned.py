"""One machine's place in the plan, made from its facts: every value as the start call needs it, or why it has none."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import TypeVar

from homeward.actions.plan import Download, OpenValue, PlannedDisk, PlannedItem
from homeward.checks import offers
from homeward.checks.facts import (
    Absent,
    Choice,
    Disk,
    Facts,
    Item,
    LogStorage,
    MasterTarget,
    Missing,
    NotKnown,
    ReplicationGroup,
    ReprotectAgent,
    Topology,
    VirtualMachine,
)
from homeward.checks.model import NotApplicable
from homeward.checks.names import fold
from homeward.checks.offers import Offer
from homeward.checks.rules.present import returns_elsewhere

T = TypeVar("T")


class Value(Enum):
    """The values of a start, by the options that set them."""

    TARGET = "target"
    PROCESS_SERVER = "process-server"
    DATASTORE = "datastore"
    RETENTION = "retention"
    LOG_STORAGE = "log-storage"
    POLICY = "policy"
    EXCLUDE_DISK = "exclude-disk"


WORDS = {
    Value.TARGET: "target",
    Value.PROCESS_SERVER: "process server",
    Value.DATASTORE: "datastore",
    Value.RETENTION: "retention volume",
    Value.LOG_STORAGE: "log storage account",
    Value.POLICY: "failback policy",
    Value.EXCLUDE_DISK: "disk",
}

TAKEN = {
    Topology.CLASSIC: frozenset(Value) - {Value.LOG_STORAGE},
    Topology.MODERNIZED: frozenset(Value) - {Value.PROCESS_SERVER, Value.RETENTION},
}
"""The values that may be wished for a machine of each stack: those that its start call carries (SDK:
InMageReprotectInput, InMageRcmReprotectInput), and excluded disks, of which none fits in the modernized stack."""
REQUIRED = {
    Topology.CLASSIC: (Value.TARGET, Value.PROCESS_SERVER, Value.DATASTORE, Value.RETENTION, Value.POLICY),
    Topology.MODERNIZED: (Value.TARGET, Value.DATASTORE, Value.LOG_STORAGE),
}
"""Those that it must carry."""


@dataclass(frozen=True, slots=True)
class Lacking:
    """Required values that a machine has not: those that are open, and why others could not be read."""

    open: tuple[OpenValue, ...]
    unread: tuple[str, ...]


def planned(facts: Facts, item: Item, choice: Choice, stage: int) -> PlannedItem:
    """The machine as it would run; a value that is open, or that is not there, is ""."""
    classic = item.topology is Topology.CLASSIC
    target, target_id = _target(facts)
    server = _only(choice.process_server, _offers(facts, item, Value.PROCESS_SERVER)) if classic else None
    policy = _only(choice.policy, _offers(facts, item, Value.POLICY))
    elsewhere = _elsewhere(facts)
    disks = () if isinstance(item.disks, Missing) else item.disks
    vm = facts.source_vm
    return PlannedItem(
        machine=facts.machine,
        item_id=item.id,
        topology=item.topology,
        stage=stage,
        group=facts.group.name if isinstance(facts.group, ReplicationGroup) else "",
        target=target,
        target_id=target_id,
        process_server=server.shown if server else "",
        process_server_id=_server_id(facts, choice) if server else "",
        datastore=_there(choice.datastore, _offers(facts, item, Value.DATASTORE)),
        retention=_there(choice.retention, _offers(facts, item, Value.RETENTION)) if classic else "",
        log_storage_id="" if classic else _log_storage_id(facts, choice),
        policy=policy.shown if policy else "",
        policy_id=policy.value if policy else "",
        disks=tuple(_disk(disk) for disk in disks if choice.takes(disk)),
        excluded=tuple(_disk(disk) for disk in disks if not choice.takes(disk)),
        source_vm=vm.name if isinstance(vm, VirtualMachine) else "",
        original_location=elsewhere is False,
        download=_download(facts, choice, elsewhere),
    )


def lacking(facts: Facts, item: Item, made: PlannedItem, accounts: tuple[str, ...]) -> Lacking:
    """The required values that the machine has not, with what there is to choose from."""
    open_: list[OpenValue] = []
    unread: list[str] = []
    for value in REQUIRED.get(item.topology, ()):
        if _held(made, value):
            continue
        if reason := _unread(facts, value):
            unread.append(reason)
        else:
            there = offers.fitting(_offers(facts, item, value, accounts))
            open_.append(OpenValue(facts.machine, value.value, tuple(offer.shown for offer in there)))
    return Lacking(tuple(open_), tuple(dict.fromkeys(unread)))


def accounts_of(machines: Iterable[Facts], said: Iterable[str] = ()) -> tuple[str, ...]:
    """The log storage accounts that are known: those that the machines use already, and those that were named."""
    chosen = (facts.choice.log_storage for facts in machines if isinstance(facts.choice, Choice))
    return tuple(offer.value for offer in offers.log_storages((id for id in chosen if "/" in id), said))


def offered(facts: Facts, item: Item, value: Value, accounts: tuple[str, ...]) -> tuple[Offer, ...] | Missing:
    """All that the machine could be given for the value, fit or not; missing where it could not be read."""
    reason = _unread(facts, value)
    return Missing(reason) if reason else _offers(facts, item, value, accounts)


def _held(made: PlannedItem, value: Value) -> bool:
    held = {
        Value.TARGET: made.target_id,
        Value.PROCESS_SERVER: made.process_server_id,
        Value.DATASTORE: made.datastore,
        Value.RETENTION: made.retention,
        Value.LOG_STORAGE: made.log_storage_id,
        Value.POLICY: made.policy_id,
    }
    return bool(held[value])


def _chosen(facts: Facts) -> MasterTarget | ReprotectAgent | Absent | Missing:
    return facts.target if facts.topology is Topology.CLASSIC else facts.agent


def _unread(facts: Facts, value: Value) -> str:
    """Why what there is of a value could not be read, "" if it was."""
    fact: object = None
    match value:
        case Value.TARGET:
            fact = facts.master_targets if facts.topology is Topology.CLASSIC else facts.agents
        case Value.PROCESS_SERVER:
            fact = facts.process_servers
        case Value.DATASTORE | Value.RETENTION:
            fact = _chosen(facts)
        case Value.POLICY:
            fact = facts.policies
        case Value.EXCLUDE_DISK if isinstance(facts.item, Item):
            fact = facts.item.disks
        case _:
            pass
    return fact.reason if isinstance(fact, Missing) else ""


def _offers(facts: Facts, item: Item, value: Value, accounts: tuple[str, ...] = ()) -> tuple[Offer, ...]:
    match value:
        case Value.TARGET if facts.topology is Topology.CLASSIC:
            return offers.master_targets(item, _read(facts.master_targets))
        case Value.TARGET:
            return offers.reprotect_agents(_read(facts.agents))
        case Value.PROCESS_SERVER:
            return offers.process_servers(_read(facts.process_servers))
        case Value.DATASTORE:
            return offers.datastores(_chosen(facts))
        case Value.RETENTION:
            return offers.retention_volumes(_chosen(facts))
        case Value.LOG_STORAGE:
            return offers.log_storages(accounts, ())
        case Value.POLICY:
            return offers.policies(item, _read(facts.policies))
        case Value.EXCLUDE_DISK:
            return offers.disks(item)


def _read(values: tuple[T, ...] | Missing) -> tuple[T, ...]:
    return () if isinstance(values, Missing) else values


def _target(facts: Facts) -> tuple[str, str]:
    chosen = _chosen(facts)
    if isinstance(chosen, MasterTarget):
        return chosen.server.name, chosen.server.id
    return (chosen.name, chosen.id) if isinstance(chosen, ReprotectAgent) else ("", "")


def _only(name: str, there: tuple[Offer, ...]) -> Offer | None:
    """The one that is meant: of two that nobody can tell apart, neither."""
    found = offers.meant(name, offers.fitting(there))
    return found[0] if len(found) == 1 else None


def _there(name: str, there: tuple[Offer, ...]) -> str:
    """As Azure spells it; "" if it is not there."""
    return next((offer.value for offer in offers.meant(name, offers.fitting(there))), "")


def _server_id(facts: Facts, choice: Choice) -> str:
    wanted = fold(choice.process_server)
    found = [one for one in _read(facts.process_servers) if wanted in {fold(one.server.name), fold(one.server.id)}]
    return found[0].server.id


def _log_storage_id(facts: Facts, choice: Choice) -> str:
    return facts.log_storage.id if isinstance(facts.log_storage, LogStorage) else choice.log_storage


def _disk(disk: Disk) -> PlannedDisk:
    return PlannedDisk(disk.key, disk.name, disk.capacity_bytes)


def _elsewhere(facts: Facts) -> bool | Missing:
    """Whether it returns to an alternate location."""
    try:
        return returns_elsewhere(facts)
    except NotKnown as unknown:
        return Missing(unknown.reason)
    except NotApplicable as nothing:
        return Missing(nothing.reason)


def _download(facts: Facts, choice: Choice, elsewhere: bool | Missing) -> Download:
    """What is sent. Classic leaves the disks of a VM that is there where they are, whatever datastore is named; of an
    appliance nobody documents what another datastore than the VM's means."""
    if isinstance(elsewhere, Missing):
        return Download.UNKNOWN
    if elsewhere:
        return Download.FULL
    vm = facts.source_vm
    if facts.topology is Topology.MODERNIZED:
        home = vm.datastores if isinstance(vm, VirtualMachine) else Missing("there is no VM")
        if isinstance(home, Missing) or fold(choice.datastore) not in set(map(fold, home)):
            return Download.UNKNOWN
    return Download.CHANGES
