"""Protection toward Azure again, of a machine that is home for good."""

from collections.abc import Iterator

from homeward.checks.facts import Facts, known
from homeward.checks.limits import FORWARD_PROVIDERS, HEARTBEAT_LIMIT
from homeward.checks.model import BOTH, MODERNIZED, NotApplicable, Sentence, Severity, rule
from homeward.checks.way import Operation

from . import pages
from .ages import overdue
from .commit import runs_in_azure
from .failback import said_power
from .order import out_of_order
from .present import item_of, present

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
    vm = present(facts.source_vm, "vCenter shows no VM of it on-premises.")
    power = known(vm.power)
    if power.casefold() != "poweredon":
        yield f"{vm.name} is {said_power(power)} on-premises."


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
    for name, value in {"replication appliance": choice.target, "replication policy": choice.policy}.items():
        if not value:
            yield f"{facts.machine} has no {name} chosen."
