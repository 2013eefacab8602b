"""Joining what the sources told into each machine's `Facts`."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from homeward.checks import offers
from homeward.checks.facts import (
    ABSENT,
    NOT_ASKED,
    Absent,
    AzureVm,
    Choice,
    ConfigurationServer,
    Discovered,
    Facts,
    GuestProbe,
    Item,
    Job,
    LogStorage,
    Member,
    Missing,
    NotAsked,
    Policy,
    Provider,
    RecoveryPoint,
    RegisteredVCenter,
    ReplicationGroup,
    Topology,
    VirtualMachine,
)
from homeward.checks.names import fold
from homeward.checks.way import Operation

from .azure import Fabric
from .choose import classic
from .find import group_key
from .group import past, returning
from .machines import LOST_FABRIC, OTHER_STACK, Machine
from .vcenter import OnPremises

NOTHING_BESIDE: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Around:
    """What the sources told beyond the items, by folded id: of the job, the Azure VM, the account, the item."""

    jobs: Mapping[str, Job | Absent | Missing]
    azure_vms: Mapping[str, AzureVm | Absent | Missing]
    log_storage: Mapping[str, LogStorage | Absent | Missing]
    guests: Mapping[str, GuestProbe | Missing] | NotAsked
    """By folded Azure VM id."""
    on_premises: Mapping[str, OnPremises]
    vcenters: tuple[RegisteredVCenter, ...] | Missing
    policies: tuple[Policy, ...] | Missing
    asked: frozenset[str]
    """The vCenters that were asked: their names and hosts in the settings, folded."""
    points: Mapping[str, tuple[RecoveryPoint, ...] | Missing] | NotAsked = NOT_ASKED


def facts_of(
    machines: Sequence[Machine],
    everything: Iterable[Item],
    around: Around,
    now: datetime,
    *,
    operation: Operation = Operation.REPROTECT,
    beside: Mapping[str, str] = NOTHING_BESIDE,
) -> tuple[Facts, ...]:
    """The facts of each machine. `everything` are all items of the vault, for the replication groups.

    `beside` are machines that the same request covers and that are not judged now: their targets' names by item id.
    """
    chosen_for = {fold(id): target for id, target in beside.items()}
    chosen_for |= {fold(machine.item.id): machine.choice.target for machine in machines}
    groups = _groups(everything, chosen_for, _names_of_targets(machines), operation)
    coming = _disks_to_come(machines)
    return tuple(_facts(machine, groups, coming, around, now) for machine in machines)


def nothing_known(name: str, reason: str, now: datetime) -> Facts:
    """The facts of a machine whose vault could not be read."""
    return _blank(name, Missing(reason), Missing(reason), now)


def gone(name: str, now: datetime) -> Facts:
    """The facts of a machine that the vault does not have (any more)."""
    return _blank(name, ABSENT, Missing("the vault has no such protected item"), now)


def _facts(
    machine: Machine,
    groups: Mapping[str, ReplicationGroup],
    coming: Mapping[tuple[str, str], int | Missing],
    around: Around,
    now: datetime,
) -> Facts:
    item, fabric = machine.item, machine.fabric
    classic = item.topology is Topology.CLASSIC
    other = Missing(OTHER_STACK)
    vcenters = _vcenters(item, around.vcenters)
    here = _on_premises(item, vcenters, around)
    return Facts(
        now=now,
        machine=machine.label,
        topology=item.topology,
        item=item,
        job=_job(item, around),
        group=groups.get(group_key(item), ABSENT),
        choice=_at_home(machine, here.source_vm),
        provider=_provider(item, fabric),
        configuration_server=_configuration_server(fabric) if classic else other,
        process_servers=machine.process_servers if classic or machine.operation is Operation.TO_AZURE else other,
        master_targets=(fabric if isinstance(fabric, Missing) else fabric.master_targets) if classic else other,
        target=machine.target,
        agents=other if classic else fabric if isinstance(fabric, Missing) else fabric.agents,
        agent=machine.agent,
        log_storage=_log_storage(machine.choice.log_storage, around),
        vcenters=vcenters,
        policies=around.policies,
        azure_vm=_azure_vm(item, around),
        guest=NOT_ASKED
        if isinstance(around.guests, NotAsked)
        else around.guests.get(fold(item.azure_vm_id), Missing("no command was run in its Azure VM")),
        vcenter=here.vcenter,
        source_vm=here.source_vm,
        target_vm=here.target_vm,
        target_host=here.target_host,
        datastores=here.datastores,
        disks_to_come=coming.get(_seat(machine), Missing("no target is chosen")),
        points=_points(item, around),
        moves=here.moves,
    )


def _provider(item: Item, fabric: Fabric | Missing) -> Provider | Missing:
    """The one that the item names; if it names none, the fabric's, of which the one in trouble comes first."""
    providers = fabric if isinstance(fabric, Missing) else fabric.providers
    if isinstance(providers, Missing):
        return providers
    if item.provider_id:
        named = (one for one in providers if fold(one.id) == fold(item.provider_id))
        return next(named, Missing("the vault does not list the provider that the item names"))
    return next(iter(providers), Missing("the vault lists no provider for the machine's fabric"))


def _vcenters(
    item: Item, registered: tuple[RegisteredVCenter, ...] | Missing
) -> tuple[RegisteredVCenter, ...] | Missing:
    """The machine's own vCenter where Azure tells it, else all of its fabric."""
    if isinstance(registered, Missing):
        return registered
    prefix = fold(item.fabric_id) + "/"
    here = tuple(one for one in registered if fold(one.id).startswith(prefix))
    own = tuple(one for one in here if fold(item.vcenter_id) in set(map(fold, one.ids))) if item.vcenter_id else ()
    return own or here


def _on_premises(item: Item, vcenters: tuple[RegisteredVCenter, ...] | Missing, around: Around) -> OnPremises:
    """What vCenter told. That it has no such VM is believed only where its VM would have been seen."""
    here = around.on_premises.get(fold(item.id)) or _unread("vCenter was not asked")
    if here.source_vm is not ABSENT or item.physical is True:
        return here
    doubt = _doubt(item, vcenters, around.asked)
    return here if doubt is None else replace(here, source_vm=doubt, datastores=doubt)


def _doubt(item: Item, vcenters: tuple[RegisteredVCenter, ...] | Missing, asked: frozenset[str]) -> Missing | None:
    """Why the VM may be there though no configured vCenter shows it; None if it is gone."""
    if isinstance(item.discovered, Missing):
        return item.discovered
    if isinstance(item.discovered, Discovered):
        gone = item.discovered.is_deleted
        return None if gone else Missing("Azure says its VM exists, but no configured vCenter shows it")
    if item.topology is not Topology.CLASSIC:
        return None
    if isinstance(vcenters, Missing):
        return vcenters
    # Azure does not tell of a classic machine whether its VM exists, only which vCenters it may be in.
    unasked = [one for one in vcenters if asked.isdisjoint({fold(one.name), fold(one.address)})]
    if not unasked:
        return None
    one = unasked[0]
    name = one.name if fold(one.name) == fold(one.address) else f"{one.name} ({one.address})"
    return Missing(f"its VM may be in {name}, which is not one of the configured vCenters by name or host")


def _job(item: Item, around: Around) -> Job | Absent | Missing:
    if not item.job_id:
        return ABSENT
    job = around.jobs.get(fold(item.job_id), Missing("its job was not read"))
    return Missing("the vault does not find the job that the item names") if job is ABSENT else job


def _points(item: Item, around: Around) -> tuple[RecoveryPoint, ...] | NotAsked | Missing:
    if isinstance(around.points, NotAsked):
        return NOT_ASKED
    return around.points.get(fold(item.id), Missing(f"{item.name} is not on its way back: it has no point to bring"))


def _log_storage(id: str, around: Around) -> LogStorage | Absent | Missing:
    if not id:
        return Missing("Azure does not tell which log storage account it uses")
    return around.log_storage.get(fold(id), Missing("its log storage account was not read"))


def _at_home(machine: Machine, vm: VirtualMachine | Absent | Missing) -> Choice:
    """The choice for a classic machine whose VM is there: its disks stay where they are, if its target sees that."""
    choice = machine.choice
    if machine.operation is not Operation.REPROTECT:
        return choice
    if not classic(machine.item) or not isinstance(vm, VirtualMachine) or isinstance(vm.datastores, Missing):
        return choice
    seen = offers.fitting(offers.datastores(machine.target))
    if machine.wished.pick(machine.wished.wishes.datastore, seen):
        return choice
    home = {fold(name) for name in vm.datastores}
    return replace(choice, datastore=next((one.value for one in seen if home & one.names), choice.datastore))


def _configuration_server(fabric: Fabric | Missing) -> ConfigurationServer | Absent | Missing:
    if isinstance(fabric, Missing):
        return ABSENT if fabric is LOST_FABRIC else fabric
    if isinstance(fabric.configuration_server, Absent):
        return Missing(f"the fabric {fabric.name} has no configuration server")
    return fabric.configuration_server


def _azure_vm(item: Item, around: Around) -> AzureVm | Absent | Missing:
    if not item.azure_vm_id:
        return Missing("Site Recovery does not tell which Azure VM is this machine's")
    return around.azure_vms.get(fold(item.azure_vm_id), Missing("its Azure VM was not asked for"))


def _names_of_targets(machines: Iterable[Machine]) -> Mapping[str, str]:
    """The master targets and appliances that the machines' fabrics have: their names by their folded own ids."""
    fabrics = [machine.fabric for machine in machines if not isinstance(machine.fabric, Missing)]
    servers = {fold(one.server.id): one.server.name for fabric in fabrics for one in fabric.master_targets}
    return servers | {fold(one.id): one.name for fabric in fabrics for one in fabric.agents}


def _groups(
    everything: Iterable[Item], chosen_for: Mapping[str, str], target_names: Mapping[str, str], operation: Operation
) -> Mapping[str, ReplicationGroup]:
    """All replication groups that have a machine of the check, with every member, by `group_key`."""

    def member(item: Item) -> Member:
        chosen = chosen_for.get(fold(item.id), "")
        target = target_names.get(fold(item.target_id), chosen) if returning(item) else chosen
        return Member(item.name, item.os, fold(item.id) in chosen_for or past(item, operation), target)

    members: dict[str, list[Item]] = {}
    for item in everything:
        if key := group_key(item):
            members.setdefault(key, []).append(item)
    return {
        key: ReplicationGroup(
            id=items[0].group_id,
            name=items[0].group_name or items[0].group_id,
            members=tuple(map(member, items)),
        )
        for key, items in members.items()
        if any(fold(item.id) in chosen_for for item in items)
    }


def _disks_to_come(machines: Iterable[Machine]) -> Mapping[tuple[str, str], int | Missing]:
    """How many disks each chosen target would get from all machines of the check together."""
    coming: dict[tuple[str, str], int | Missing] = {}
    for machine in machines:
        if not machine.choice.target:
            continue
        seat, disks = _seat(machine), machine.item.disks
        before = coming.get(seat, 0)
        if isinstance(disks, Missing):
            coming[seat] = disks
        elif not isinstance(before, Missing):
            coming[seat] = before + sum(map(machine.choice.takes, disks))
    return coming


def _seat(machine: Machine) -> tuple[str, str]:
    """Tells the chosen target apart: two fabrics may have targets of one name."""
    return fold(machine.item.fabric_id), fold(machine.choice.target)


def _unread(reason: str) -> OnPremises:
    missing = Missing(reason)
    return OnPremises(missing, missing, missing, missing, missing)


def _blank(name: str, item: Absent | Missing, rest: Missing, now: datetime) -> Facts:
    return Facts(
        now=now,
        machine=name,
        topology=Topology.UNKNOWN,
        item=item,
        job=rest,
        group=rest,
        choice=rest,
        provider=rest,
        configuration_server=rest,
        process_servers=rest,
        master_targets=rest,
        target=rest,
        agents=rest,
        agent=rest,
        log_storage=rest,
        vcenters=rest,
        policies=rest,
        azure_vm=rest,
        guest=rest,
        vcenter=rest,
        source_vm=rest,
        target_vm=rest,
        target_host=rest,
        datastores=rest,
        disks_to_come=rest,
    )
