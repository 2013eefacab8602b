"""The commit of a failback, after which there is no way back to the VM in Azure."""

from collections.abc import Iterable, Iterator

from homeward.checks.facts import Facts, NotKnown, known
from homeward.checks.model import BOTH, Sentence, Severity, rule
from homeward.checks.way import Operation

from . import pages
from .azure_vm import vm_of as azure_vm_of
from .failback import said_power
from .order import out_of_order
from .present import home_vm_of

AREAS = ("commit",)

OFF = frozenset({"deallocated", "stopped"})
"""Azure's words for a VM that does not run; one that stops or deallocates still may."""


@rule(
    id="commit-not-offered",
    title="A failback of the machine waits for its commit",
    severity=Severity.BLOCKER,
    topologies=BOTH,
    hint="Take the step that the finding names, then check again.",
    docs=pages.FAILBACK,
)
def commit_not_offered(facts: Facts) -> Iterator[Sentence]:
    yield from out_of_order(facts, Operation.COMMIT)


@rule(
    id="commit-vm-not-running",
    title="The machine's VM runs on-premises",
    severity=Severity.WARNING,
    topologies=BOTH,
    hint="Start the VM on-premises and test it before you commit: afterwards there is no other recovery point.",
    docs=pages.FAILBACK,
)
def commit_vm_not_running(facts: Facts) -> Iterator[Sentence]:
    vm = home_vm_of(facts)
    power = known(vm.power)
    if power.casefold() != "poweredon":
        yield f"The on-premises VM {vm.name} is {said_power(power)}."
    elif not known(vm.tools_running):
        yield f"The on-premises VM {vm.name} is powered on, but VMware Tools does not run in it (yet)."


@rule(
    id="commit-azure-vm-running",
    title="The machine's VM in Azure is shut down",
    severity=Severity.WARNING,
    topologies=BOTH,
    hint="Find out who started the VM in Azure and what it wrote: all that is lost with the commit. Then stop it.",
    docs=pages.FAILBACK,
)
def commit_azure_vm_running(facts: Facts) -> Iterator[Sentence]:
    yield from runs_in_azure(facts)


def runs_in_azure(facts: Facts) -> Iterator[Sentence]:
    """A finding when the machine's VM in Azure is not known to be off."""
    vm = azure_vm_of(facts)
    if not vm.power:
        raise NotKnown(f"Azure does not tell whether {vm.name} is running")
    if vm.power.casefold() not in OFF:
        yield f"The VM {vm.name} in Azure is {vm.power}."


@rule(
    id="commit-not-tested",
    title="The application was tried out on-premises and works",
    severity=Severity.ATTESTATION,
    topologies=BOTH,
    hint="Ask the application's owner whether it works at home with the data that it came home with.",
    docs=pages.FAILBACK,
)
def commit_not_tested(_: Facts) -> Iterable[Sentence]:
    return ()
