"""The failed-over VM in Azure, its agents, and the network that leads back."""

from collections.abc import Iterable, Iterator

from homeward.checks.facts import ABSENT, NEVER, AzureVm, Facts, GuestProbe, NotKnown, Topology, known
from homeward.checks.limits import HEARTBEAT_LIMIT
from homeward.checks.model import BOTH, CLASSIC, MODERNIZED, NotApplicable, Sentence, Severity, rule
from homeward.checks.way import Stand, stand

from . import pages
from .ages import overdue
from .item import never_failed_over
from .present import asked, item_of, looked_for, moment, present

AREAS = ("azure-vm", "mobility", "network")

UNTOLD = "The classic stack does not tell which VM in Azure is the machine's, once that has been reprotected."
_WAY_BACK = frozenset({Stand.REPLICATING_BACK, Stand.READY, Stand.HOME, Stand.COMMITTED})


def untold(facts: Facts) -> bool:
    """Whether the stack has no word for its VM in Azure: the classic one on its way back, which fails back without it.

    (SDK: InMageReplicationDetails, which names the VM on-premises only.)
    """
    item = item_of(facts)
    return item.topology is Topology.CLASSIC and not item.azure_vm_id and stand(item) in _WAY_BACK


def vm_of(facts: Facts) -> AzureVm:
    """The machine's VM in Azure."""
    if untold(facts):
        raise NotApplicable(UNTOLD)
    return present(facts.azure_vm, "There is no VM in Azure.")


@rule(
    id="azure-vm-missing",
    title="The failed-over VM exists in Azure",
    severity=Severity.BLOCKER,
    topologies=BOTH,
    hint="Look in the activity log for who deleted or moved the VM, and move it back to the failover's resource group.",
    docs=pages.REPROTECT,
)
def azure_vm_missing(facts: Facts) -> Iterator[Sentence]:
    if never_failed_over(item_of(facts)):
        raise NotApplicable("It has not been failed over.")
    if untold(facts):
        raise NotApplicable(UNTOLD)
    if looked_for(facts.azure_vm) is ABSENT:
        yield f"Azure has no VM for {facts.machine}: it was deleted, or moved to another resource group."


@rule(
    id="azure-vm-not-running",
    title="The Azure VM is running",
    severity=Severity.BLOCKER,
    topologies=BOTH,
    hint="Start the VM in Azure, wait up to 15 minutes for its agent, then check again.",
    docs=pages.TROUBLESHOOT,
)
def azure_vm_not_running(facts: Facts) -> Iterator[Sentence]:
    vm = vm_of(facts)
    if not vm.power:
        raise NotKnown(f"Azure does not tell whether {vm.name} is running")
    if vm.power.casefold() != "running":
        yield f"{vm.name} is not running ({vm.power})."


@rule(
    id="azure-vm-not-off",
    title="The machine's VM in Azure is off or gone, and nobody works with it any more",
    severity=Severity.ATTESTATION,
    topologies=CLASSIC,
    hint="Look in Azure for the VM that the machine ran in, and ask its users which of the two they work with.",
    docs=pages.FAILBACK,
)
def azure_vm_not_off(facts: Facts) -> Iterable[Sentence]:
    if not untold(facts):
        raise NotApplicable("Azure tells which VM is the machine's.")
    return ()


@rule(
    id="azure-vm-agent-not-ready",
    title="The VM agent in the Azure VM is ready",
    severity=Severity.WARNING,
    topologies=BOTH,
    hint="If the VM runs, look at its boot diagnostics and restart the Azure VM agent inside it.",
    docs=pages.TROUBLESHOOT,
)
def azure_vm_agent_not_ready(facts: Facts) -> Iterator[Sentence]:
    vm = vm_of(facts)
    status = known(vm.agent_status)
    if status.casefold() != "ready":
        yield f"{vm.name}: its VM agent reports {status or 'nothing'}, Ready is needed."


@rule(
    id="mobility-agent-silent",
    title="The mobility agent in the Azure VM reports",
    severity=Severity.WARNING,
    topologies=BOTH,
    hint="Wait 15 minutes after the VM's start; if it stays silent, check its network path back "
    "and start the mobility service inside it.",
    docs=pages.TROUBLESHOOT,
)
def mobility_agent_silent(facts: Facts) -> Iterator[Sentence]:
    heartbeat = moment(item_of(facts).agent_heartbeat)
    if heartbeat is NEVER:
        raise NotKnown(f"Azure has no heartbeat of the agent in {facts.machine}")
    yield from overdue(f"{facts.machine}: last heartbeat of its agent", heartbeat, facts.now, HEARTBEAT_LIMIT)


def _probe(facts: Facts) -> GuestProbe:
    return asked(facts.guest, "Looking inside the Azure VM is switched off.")


@rule(
    id="mobility-service-stopped",
    title="The mobility service runs and starts by itself in the Azure VM",
    severity=Severity.BLOCKER,
    topologies=CLASSIC,
    hint='Sign in to the VM, start the service "InMage Scout Application Service" (Linux: vxagent), '
    "and set its start type to Automatic.",
    docs=pages.TROUBLESHOOT,
)
def mobility_service_stopped(facts: Facts) -> Iterator[Sentence]:
    probe = _probe(facts)
    if not probe.mobility_service_running:
        yield f"{facts.machine}: the mobility service is not running."
    if not probe.mobility_service_automatic:
        yield f"{facts.machine}: the mobility service does not start by itself."


@rule(
    id="network-port-closed",
    title="The Azure VM reaches the ports on-premises",
    severity=Severity.BLOCKER,
    topologies=CLASSIC,
    hint="Open ports 443 (configuration server) and 9443 (process server) from the VM's network through the VPN "
    "or ExpressRoute's private peering.",
    docs=pages.TROUBLESHOOT,
)
def network_port_closed(facts: Facts) -> Iterator[Sentence]:
    probe = _probe(facts)
    for port, server, reached in ((443, "configuration", probe.reaches_443), (9443, "process", probe.reaches_9443)):
        if not reached:
            yield f"{facts.machine} does not reach the {server} server on port {port}."


@rule(
    id="network-path",
    title="A VPN or ExpressRoute's private peering leads back from Azure, with ports 443 and 9443 and enough bandwidth",
    severity=Severity.ATTESTATION,
    topologies=CLASSIC,
    hint="Ask the network's owner whether the link carries traffic from the VM's network to the configuration "
    "and process servers; public peering does not.",
    docs=pages.EXPRESSROUTE,
)
def network_path(_: Facts) -> Iterable[Sentence]:
    return ()


@rule(
    id="network-path-appliance",
    title="The Azure VM reaches Site Recovery and the appliance on ports 443 and 9443",
    severity=Severity.ATTESTATION,
    topologies=MODERNIZED,
    hint="Ask the network's owner whether the VM's network reaches the appliance on ports 443 and 9443.",
    docs=pages.MODERNIZED,
)
def network_path_appliance(_: Facts) -> Iterable[Sentence]:
    return ()
