"""The vCenter, its licence and privileges, and the ESXi host that a machine returns to."""

from collections.abc import Iterator
from datetime import timedelta

from homeward.checks.facts import (
    ABSENT,
    Facts,
    Host,
    Licence,
    Missing,
    NotKnown,
    RegisteredVCenter,
    ReprotectAgent,
    Topology,
    known,
)
from homeward.checks.model import BOTH, Sentence, Severity, rule

from . import azure_errors, pages
from .ages import DISCOVERY_LIMIT, overdue
from .present import (
    agent_of,
    all_of,
    gib,
    item_of,
    looked_for,
    present,
    returns_elsewhere,
    target_host_of,
    target_name,
    target_vm_of,
)

AREAS = ("vcenter", "esxi", "target", "host")

FREE_EDITION = "esxbasic"
"""The licence edition of the free ESXi and vSphere Hypervisor."""
EVALUATION = "eval"
"""The edition of the evaluation, which has the API. vCenter lists it beside bought licences, too."""
API_FEATURE = "vsphereapi"
"""The licence feature that lets a program change anything; the free editions lack it."""
BAD_DISCOVERY = ("fail", "error", "invalid")
"""Parts of the words that a failed discovery is told with."""
GOOD_DISCOVERY = frozenset(
    {"completed", "discovered", "discoverycompleted", "discoverysucceeded", "succeeded", "success"}
)
"""Words for a discovery that worked. Azure documents none: any other ("Pending" was recorded) proves nothing."""
VM_DISCOVERY_LIMIT = timedelta(hours=24)
"""Ours: Azure renews what it tells of a single VM less often; an age over an hour was recorded in a healthy site."""


@rule(
    id="vcenter-not-discovered",
    title="Site Recovery discovers the vCenter",
    severity=Severity.BLOCKER,
    topologies=BOTH,
    hint="Connect the vCenter to Site Recovery again with a valid account and wait for a discovery; "
    "for an alternate vCenter, let it and the master target in it be discovered too.",
    docs=pages.REPROTECT,
)
def vcenter_not_discovered(facts: Facts) -> Iterator[Sentence]:
    registered = known(facts.vcenters)
    if facts.topology is Topology.MODERNIZED:
        agent = agent_of(facts)
        own = tuple(each for each in registered if each.id.casefold() == agent.vcenter_id.casefold())
        yield from all_of(_blind(agent, facts), _unseen(facts), _any_undiscovered(own or registered, facts))
        return
    if not registered:
        yield f"No vCenter is registered with the configuration server of {facts.machine}."
    yield from _any_undiscovered(registered, facts)


def _blind(agent: ReprotectAgent, facts: Facts) -> Iterator[Sentence]:
    """The appliance does not discover."""
    if agent.vcenter_id:
        yield from overdue(f"{agent.name}: last discovery", agent.last_discovery, facts.now, DISCOVERY_LIMIT)
    else:
        yield f"{agent.name} has no vCenter."


def _unseen(facts: Facts) -> Iterator[Sentence]:
    """The machine's VM exists, and is not discovered any more."""
    discovered = looked_for(item_of(facts).discovered)
    if discovered is ABSENT or discovered.is_deleted or facts.source_vm is ABSENT:
        return
    what = f"{facts.machine}: its VM was last discovered"
    yield from overdue(what, discovered.last_discovery, facts.now, VM_DISCOVERY_LIMIT)


def _any_undiscovered(registered: tuple[RegisteredVCenter, ...], facts: Facts) -> Iterator[Sentence]:
    """Of several, any may be the machine's: nobody knows, unless all are well or all are broken."""
    broken = [wrong for each in registered if (wrong := _first_fault(each, facts))]
    if 0 < len(broken) < len(registered):
        raise NotKnown(f"{' '.join(broken)} Which of {len(registered)} vCenters {facts.machine} belongs to is not told")
    yield from all_of(*(_undiscovered(each, facts) for each in registered))


def _first_fault(vcenter: RegisteredVCenter, facts: Facts) -> Sentence:
    try:
        return next(_undiscovered(vcenter, facts), "")
    except NotKnown:
        return ""


def _undiscovered(vcenter: RegisteredVCenter, facts: Facts) -> Iterator[Sentence]:
    yield from all_of(
        _discovery(vcenter),
        overdue(f"{vcenter.name}: last heartbeat", vcenter.last_heartbeat, facts.now, DISCOVERY_LIMIT),
        azure_errors.critical(vcenter.name, vcenter.health_errors),
    )


def _discovery(vcenter: RegisteredVCenter) -> Iterator[Sentence]:
    status = vcenter.discovery_status.casefold()
    if any(word in status for word in BAD_DISCOVERY):
        yield f"{vcenter.name}: its discovery is told as {vcenter.discovery_status}."
    elif status not in GOOD_DISCOVERY:
        told = f"only {vcenter.discovery_status}" if status else "nothing"
        raise NotKnown(f"Azure tells {told} of whether {vcenter.name} is discovered")


@rule(
    id="vcenter-privileges",
    title="Site Recovery's account has the privileges it needs in vCenter",
    severity=Severity.BLOCKER,
    topologies=BOTH,
    hint="Give the account a role with these privileges at the data center, propagating to its children; "
    "a read-only account lets a failover work and a reprotect fail.",
    docs=pages.VCENTER_ACCOUNT,
)
def vcenter_privileges(facts: Facts) -> Iterator[Sentence]:
    vcenter = known(facts.vcenter)
    missing = known(vcenter.missing_privileges)
    if missing:
        yield f"{vcenter.asr_account} lacks {len(missing)} privileges in {vcenter.name}: {', '.join(missing)}."


@rule(
    id="esxi-free-license",
    title="ESXi has a licence with the vSphere API",
    severity=Severity.BLOCKER,
    topologies=BOTH,
    hint="Upgrade the free ESXi to a paid or an evaluation licence: it lets a failover work and a failback fail.",
    docs=pages.REPROTECT,
)
def esxi_free_license(facts: Facts) -> Iterator[Sentence]:
    vcenter = known(facts.vcenter)
    licences = known(vcenter.licences)
    if not licences:
        raise NotKnown(f"{vcenter.name} tells no licence")
    hosts = [licence for licence in licences if licence.edition.casefold().startswith("esx")]
    if not hosts and not any(licence.edition.casefold() == EVALUATION for licence in licences):
        raise NotKnown(f"{vcenter.name} shows no licence of an ESXi host, only {licences[0].name}")
    if hosts and all(_free(licence) for licence in hosts):
        yield f"{vcenter.name} has only the free licence {hosts[0].name}, without the vSphere API."


def _free(licence: Licence) -> bool:
    free = licence.edition.casefold() == FREE_EDITION or "hypervisor" in licence.name.casefold()
    return free and API_FEATURE not in {feature.casefold() for feature in licence.features}


@rule(
    id="target-not-esxi",
    title="The target is VMware ESXi",
    severity=Severity.BLOCKER,
    topologies=BOTH,
    hint="Place the master target or appliance on VMware ESXi: no other hypervisor can take machines back.",
    docs=pages.FAILBACK_TYPES,
)
def target_not_esxi(facts: Facts) -> Iterator[Sentence]:
    host = target_host_of(facts)
    product = known(host.product)
    if "vmware esx" not in product.casefold():
        yield f"{host.name} runs {product or 'an unknown product'}, not VMware ESXi."


@rule(
    id="host-not-connected",
    title="The ESXi hosts of the target and of the machine's VM are connected and in service",
    severity=Severity.BLOCKER,
    topologies=BOTH,
    hint="Reconnect the host in vCenter or end its maintenance mode, or move the VM to another host.",
    docs=pages.PREPARE,
)
def host_not_connected(facts: Facts) -> Iterator[Sentence]:
    # Both stand on one host, as often as not.
    said: set[Sentence] = set()
    for sentence in all_of(_target_host_out(facts), _own_host_out(facts)):
        if sentence not in said:
            said.add(sentence)
            yield sentence


def _target_host_out(facts: Facts) -> Iterator[Sentence]:
    """The host may be known where its VM is not: vCenter tells nothing fresh of the VMs on a host that is gone."""
    target_name(facts)  # without a target there is no host to judge
    stale = isinstance(facts.target_vm, Missing) and isinstance(facts.target_host, Host)
    host = known(facts.target_host) if stale else target_host_of(facts)
    yield from _out_of_service(host.name, host.connection, host.in_maintenance)


def _own_host_out(facts: Facts) -> Iterator[Sentence]:
    vm = looked_for(facts.source_vm)
    if vm is ABSENT or returns_elsewhere(facts):
        return
    host = known(vm.standing)
    yield from _out_of_service(vm.host or f"The host of {vm.name}", host.connection, host.in_maintenance)


def _out_of_service(name: str, connection: str | Missing, in_maintenance: bool | Missing) -> Iterator[Sentence]:
    told = known(connection)
    if told.casefold() != "connected":
        yield f"{name} is {told or 'not connected'}."
    if known(in_maintenance):
        yield f"{name} is in maintenance mode."


@rule(
    id="host-low-memory",
    title="The ESXi host has memory for the machine",
    severity=Severity.WARNING,
    topologies=BOTH,
    hint="Free or add memory on the host, or move the VM to another host before the failback.",
    docs=pages.TROUBLESHOOT,
)
def host_low_memory(facts: Facts) -> Iterator[Sentence]:
    """The host on which failback starts it: where its VM stands, or the target's."""
    vm = present(facts.source_vm, "It has no VM on-premises: how much memory the new one will need is not known.")
    there = target_vm_of(facts) if returns_elsewhere(facts) else vm
    free, needed = known(known(there.standing).free_bytes), known(vm.memory_bytes)
    if free < needed:
        yield f"{there.host or 'Its host'} has {gib(max(0, free))} of free memory, {vm.name} needs {gib(needed)}."
