"""The machines of a reading: each with its fabric, and what is wished or chosen for it."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from homeward.checks import offers
from homeward.checks.facts import (
    ABSENT,
    Absent,
    Choice,
    Item,
    MasterTarget,
    Missing,
    Policy,
    ProcessServer,
    ReprotectAgent,
    Topology,
)
from homeward.checks.limits import MOVES_REMEMBERED
from homeward.checks.names import fold, last_segment
from homeward.checks.offers import NOBODY, ForOne
from homeward.checks.way import Operation

from .azure import Fabric
from .choose import choice, classic, master_target, process_server, reprotect_agent
from .vcenter import VmQuery, Wanted

T = TypeVar("T")

OTHER_STACK = "the machine is protected by the other stack"
UNPLACED = Missing("the places of its process servers were not read")
LOST_FABRIC = Missing("the vault's list of fabrics does not have the machine's")


_WITH_PROCESS_SERVER = frozenset({Operation.REPROTECT, Operation.TO_AZURE})


@dataclass(frozen=True, slots=True)
class Machine:
    """One machine of the check with what was chosen for it. `label` names it alone within the check."""

    label: str
    item: Item
    fabric: Fabric | Missing
    process_servers: tuple[ProcessServer, ...] | Missing
    target: MasterTarget | Absent | Missing
    agent: ReprotectAgent | Absent | Missing
    choice: Choice
    wished: ForOne = NOBODY
    operation: Operation = Operation.REPROTECT

    @property
    def chosen(self) -> MasterTarget | ReprotectAgent | Absent | Missing:
        """The master target or appliance, whichever this machine's stack uses."""
        return self.target if self.item.topology is Topology.CLASSIC else self.agent


def machine(
    label: str,
    item: Item,
    fabrics: Mapping[str, Fabric] | Missing,
    policies: tuple[Policy, ...] | Missing,
    now: datetime,
    *,
    accounts: Iterable[str] = (),
    wished: ForOne = NOBODY,
    together: Sequence[tuple[Item, ForOne]] = (),
    returning_by: Iterable[str] = (),
) -> Machine:
    """A machine with the target and values that are wished or the sensible choice for it. `fabrics` by folded id.

    `together` are the other machines of the check that are in its replication group: one target serves them all.
    `returning_by` are the ids of the targets that bring machines of its group already. `accounts` are the ids of known
    log storage accounts. Its process server is chosen by `placed`, when their places
    are known.
    """
    fabric = fabric_of(item, fabrics)
    target: MasterTarget | Absent | Missing = Missing(OTHER_STACK)
    agent: ReprotectAgent | Absent | Missing = Missing(OTHER_STACK)
    said = ""
    theirs = tuple(value for _, other in together for value in other.own(other.wishes.target))
    if isinstance(fabric, Missing):
        target, agent = (fabric, agent) if classic(item) else (target, fabric)
    elif classic(item):
        there = offers.master_targets(item, fabric.master_targets)
        said = wished.pick(wished.wishes.target, there, together=theirs, otherwise=returning_by)
        target = (
            _called(said, there, fabric.master_targets) if said else master_target(item, fabric.master_targets, now)
        )
    elif item.topology is Topology.MODERNIZED:
        there = offers.reprotect_agents(fabric.agents)
        said = wished.pick(wished.wishes.target, there, together=theirs, otherwise=returning_by)
        members = (item, *(other for other, _ in together if fold(other.fabric_id) == fold(item.fabric_id)))
        agent = _called(said, there, fabric.agents) if said else reprotect_agent(members, fabric.agents, now)
    chosen = target if classic(item) else agent
    servers = fabric if isinstance(fabric, Missing) else UNPLACED
    picked = choice(item, target=chosen, policies=policies, accounts=accounts, wished=wished)
    if said and chosen is ABSENT:
        picked = replace(picked, target=said)  # it is told that there is no such thing
    return Machine(label, item, fabric, servers, target, agent, picked, wished)


def _called(name: str, there: Sequence[offers.Offer], those: Sequence[T]) -> T | Absent:
    return next((one for offer, one in zip(there, those, strict=True) if offer.value == name), ABSENT)


def placed(machine: Machine, servers: tuple[ProcessServer, ...], now: datetime) -> Machine:
    """The machine with its process servers, and the one of them that is the sensible choice where one is needed."""
    if machine.operation not in _WITH_PROCESS_SERVER:
        return replace(machine, process_servers=servers)
    wished = machine.wished.pick(machine.wished.wishes.process_server, offers.process_servers(servers))
    from_azure = machine.operation is Operation.REPROTECT
    chosen = replace(machine.choice, process_server=wished or process_server(servers, now, sends_from_azure=from_azure))
    return replace(machine, process_servers=servers, choice=chosen)


def peers(machine: Machine) -> tuple[str, str]:
    """The addresses that the agent in the Azure VM has to reach: control (443) and data (9443), "" if not known."""
    fabric = machine.fabric
    if isinstance(fabric, Missing):
        return "", ""
    if machine.item.topology is Topology.CLASSIC:
        control = fabric.configuration_server
        data = [one for one in _servers(machine) if fold(one.server.name) == fold(machine.choice.process_server)]
        return "" if isinstance(control, Absent) else control.server.ip_address, _address(data)
    # An appliance is many servers in one: its process server has the id of its reprotect agent.
    id = fold(machine.agent.id) if isinstance(machine.agent, ReprotectAgent) else ""
    address = _address([one for one in fabric.process_servers if id and fold(one.server.id) == id])
    return address, address


def _servers(machine: Machine) -> tuple[ProcessServer, ...]:
    return () if isinstance(machine.process_servers, Missing) else machine.process_servers


def _address(servers: Sequence[ProcessServer]) -> str:
    return servers[0].server.ip_address if servers else ""


def labels(items: Iterable[Item], lost: Iterable[str]) -> Mapping[str, str]:
    """A name for each machine of a check by its folded item id, no two alike. `lost` are ids of items that are gone.

    Names that several share get their resource names beside them, then their fabrics', then their whole ids.
    """
    names = {
        fold(item.id): (
            item.name,
            f"{item.name} ({last_segment(item.id)})",
            f"{item.name} ({last_segment(item.id)}, {item.fabric_name or last_segment(item.fabric_id)})",
            f"{item.name} ({item.id})",
        )
        for item in items
    } | {fold(id): (last_segment(id), f"{last_segment(id)} (gone)", f"{last_segment(id)} ({id})") for id in lost}
    depth = dict.fromkeys(names, 0)
    while True:
        found = {id: names[id][depth[id]] for id in names}
        count = Counter(map(fold, found.values()))
        deeper = [id for id, name in found.items() if count[fold(name)] > 1 and depth[id] + 1 < len(names[id])]
        if not deeper:
            return found
        for id in deeper:
            depth[id] += 1


def wanted(machine: Machine, now: datetime) -> Wanted:
    """What to look for in vCenter for the machine."""
    item, chosen = machine.item, machine.chosen
    source = VmQuery() if item.physical is True else at_home(item)
    target: VmQuery | None = None
    if isinstance(chosen, MasterTarget):
        server = chosen.server
        target = VmQuery(name=server.name, host_name=server.name, ip=server.ip_address)
    elif isinstance(chosen, ReprotectAgent):
        target = VmQuery(instance_uuid=chosen.vsphere_id, name=chosen.name, host_name=chosen.fqdn)
    modernized = item.topology is Topology.MODERNIZED
    since = moves_since(item, now) if machine.operation is Operation.FAILBACK else None
    return Wanted(fold(item.id), source, target, machine.choice.datastore, modernized=modernized, moves_since=since)


def at_home(item: Item) -> VmQuery:
    """Its own VM on-premises. Of one on its way back Azure tells the VM's name and no UUID (modernized, recorded)."""
    return VmQuery(instance_uuid=item.vsphere_id, name=item.home_vm or item.name)


def moves_since(item: Item, now: datetime) -> datetime:
    """Since when moves of what brings it home matter: Azure tells the failover's time, not the reprotect's."""
    oldest = now - MOVES_REMEMBERED
    return max(item.last_failover, oldest) if isinstance(item.last_failover, datetime) else oldest


def fabric_of(item: Item, fabrics: Mapping[str, Fabric] | Missing) -> Fabric | Missing:
    if isinstance(fabrics, Missing):
        return fabrics
    return fabrics.get(fold(item.fabric_id)) or LOST_FABRIC
