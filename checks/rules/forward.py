"""Protection toward Azure again, of a machine that is home for good."""

from collections.abc import Iterator

from homeward.checks.facts import Facts, ServerHealth, known
from homeward.checks.limits import FORWARD_PROVIDERS, HEARTBEAT_LIMIT
from homeward.checks.model import BOTH, MODERNIZED, NotApplicable, Sentence, Severity, rule
from homeward.checks.way import Operation

from . import azure_errors, pages
from .ages import overdue
from .commit import runs_in_azure
from .failback import said_power
from .order import out_of_order
from .present import all_of, home_vm_of, item_of
from .process_server import named, usable_process_servers

AREAS = ("forward",)


@rule(
    id="forward-not-offered",
    title="The machine's failback is committed, and Site Recovery offers to protect it toward Azure",
    severity=Severity.BLOCKER,
    topologies=BOTH,
    hint="Take the step that the finding names, then check again.",
    docs=pages.FAILBACK,
)
def forward_not_offered(facts: Facts) -> Iterator[Sentence]:
    yield from out_of_order(facts, Operation.TO_AZURE)


@rule(
    id="forward-vm-not-running",
    title="The machine runs on-premises",
    severity=Severity.BLOCKER,
    topologies=BOTH,
    hint="Start the machine's VM on-premises, wait up to 15 minutes until its agent has registered, then check again.",
    docs=pages.FAILBACK,
)
def forward_vm_not_running(facts: Facts) -> Iterator[Sentence]:
    vm = home_vm_of(facts)
    power = known(vm.power)
    if power.casefold() != "poweredon":
        yield f"The on-premises VM {vm.name} is {said_power(power)}."


@rule(
    id="forward-azure-vm-running",
    title="The machine does not run in Azure as well",
    severity=Severity.BLOCKER,
    topologies=BOTH,
    hint="Find out which of the two people work with; if it is the one on-premises, stop (deallocate) the VM in Azure.",
    docs=pages.FAILBACK,
)
def forward_azure_vm_running(facts: Facts) -> Iterator[Sentence]:
    yield from runs_in_azure(facts)


@rule(
    id="forward-agent-silent",
    title="The mobility agent on the machine reports",
    severity=Severity.WARNING,
    topologies=BOTH,
    hint="Wait up to 15 minutes after the machine's start; if it stays silent, start the mobility service in it and "
    "let it reach the configuration server or appliance on port 443.",
    docs=pages.FAILBACK,
)
def forward_agent_silent(facts: Facts) -> Iterator[Sentence]:
    item = item_of(facts)
    what = f"{facts.machine}: last heartbeat of its agent"
    yield from overdue(what, item.agent_heartbeat, facts.now, HEARTBEAT_LIMIT)


@rule(
    id="forward-policy",
    title="The vault has a replication policy toward Azure",
    severity=Severity.BLOCKER,
    topologies=BOTH,
    hint="Create a replication policy for VMware machines toward Azure in the vault, or name another one.",
    docs=pages.FAILBACK,
)
def forward_policy(facts: Facts) -> Iterator[Sentence]:
    policies = [each for each in known(facts.policies) if each.provider.casefold() == FORWARD_PROVIDERS[facts.topology]]
    wanted = known(facts.choice).policy
    if not policies:
        yield f"The vault has no replication policy toward Azure for {facts.machine}."
    elif wanted and not any(wanted.casefold() in {each.id.casefold(), each.name.casefold()} for each in policies):
        yield f"The vault has no replication policy {wanted} toward Azure for {facts.machine}."


@rule(
    id="forward-appliance-missing",
    title="There is a replication appliance that sends the machine to Azure",
    severity=Severity.BLOCKER,
    topologies=MODERNIZED,
    hint="Start the replication appliance on-premises, or deploy one and register it with this vault.",
    docs=pages.MODERNIZED,
)
def forward_appliance_missing(facts: Facts) -> Iterator[Sentence]:
    if not named(facts):
        wanted = known(facts.choice).process_server
        which = f"the chosen appliance {wanted}" if wanted else "any appliance"
        yield f"The vault does not list {which} that could send {facts.machine} to Azure."


@rule(
    id="forward-appliance-unhealthy",
    title="The replication appliance that sends the machine reports and is healthy",
    severity=Severity.BLOCKER,
    topologies=MODERNIZED,
    hint="Sign in to the appliance, start its services, mend what Azure names, or choose a healthy appliance.",
    docs=pages.MODERNIZED,
)
def forward_appliance_unhealthy(facts: Facts) -> Iterator[Sentence]:
    yield from all_of(*(_ill(each.server, facts) for each in usable_process_servers(facts)))


def _ill(server: ServerHealth, facts: Facts) -> Iterator[Sentence]:
    yield from all_of(
        overdue(f"{server.name}: last heartbeat", server.last_heartbeat, facts.now, HEARTBEAT_LIMIT),
        azure_errors.critical(server.name, server.health_errors, health=server.health),
    )


@rule(
    id="forward-values-missing",
    title="Every value that the start toward Azure needs is chosen",
    severity=Severity.BLOCKER,
    topologies=MODERNIZED,
    hint="Give the missing values in the request: each machine of a plan needs its own.",
    docs=pages.MODERNIZED,
)
def forward_values_missing(facts: Facts) -> Iterator[Sentence]:
    """What InMageRcmFailbackReprotectInput requires; of InMageAzureV2ReprotectInput everything is optional."""
    choice = known(facts.choice)
    if not choice.asked:
        raise NotApplicable("Nobody asked for a start.")
    for name, value in {"replication appliance": choice.process_server, "replication policy": choice.policy}.items():
        if not value:
            yield f"{facts.machine} has no {name} chosen."
