"""One machine's place in the plan of a reprotect, made from its facts: every value as the start call needs it."""

from homeward.actions.plan import Download, PlannedDisk, PlannedItem
from homeward.actions.states import Operation
from homeward.checks import offers
from homeward.checks.facts import (
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

from .values import Value, chosen, read, there_is


def planned(facts: Facts, item: Item, choice: Choice, stage: int) -> PlannedItem:
    """The machine as it would run; a value that is open, or that is not there, is "".

    A datastore that an appliance does not list stays: a rule judges that, and knows how old the list is.
    """
    classic = item.topology is Topology.CLASSIC
    target, target_id = _target(facts)

    def there(value: Value) -> tuple[Offer, ...]:
        return there_is(Operation.REPROTECT, facts, item, value)

    server = only(choice.process_server, there(Value.PROCESS_SERVER)) if classic else None
    policy = only(choice.policy, there(Value.POLICY))
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
        datastore=_there(choice.datastore, there(Value.DATASTORE)) or ("" if classic else choice.datastore),
        retention=_there(choice.retention, there(Value.RETENTION)) if classic else "",
        log_storage_id="" if classic else _log_storage_id(facts, choice),
        policy=policy.shown if policy else "",
        policy_id=policy.value if policy else "",
        disks=tuple(_disk(disk) for disk in disks if choice.takes(disk)),
        excluded=tuple(_disk(disk) for disk in disks if not choice.takes(disk)),
        source_vm=vm.name if isinstance(vm, VirtualMachine) else "",
        original_location=elsewhere is False,
        download=_download(facts, choice, elsewhere),
    )


def _target(facts: Facts) -> tuple[str, str]:
    target = chosen(facts)
    if isinstance(target, MasterTarget):
        return target.server.name, target.server.id
    return (target.name, target.id) if isinstance(target, ReprotectAgent) else ("", "")


def only(name: str, there: tuple[Offer, ...]) -> Offer | None:
    """The one that is meant: of two that nobody can tell apart, neither."""
    found = offers.meant(name, offers.fitting(there))
    return found[0] if len(found) == 1 else None


def _there(name: str, there: tuple[Offer, ...]) -> str:
    """As Azure spells it; "" if it is not there."""
    return next((offer.value for offer in offers.meant(name, offers.fitting(there))), "")


def _server_id(facts: Facts, choice: Choice) -> str:
    wanted = fold(choice.process_server)
    found = [one for one in read(facts.process_servers) if wanted in {fold(one.server.name), fold(one.server.id)}]
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
