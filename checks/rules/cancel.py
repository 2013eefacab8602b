"""The cancellation of a failback that is not committed: the machine runs in Azure again (modernized only)."""

from collections.abc import Iterable, Iterator

from homeward.checks.facts import Facts, Topology
from homeward.checks.model import BOTH, MODERNIZED, Sentence, Severity, rule
from homeward.checks.way import Operation, Stand, stand

from . import pages
from .order import out_of_order, said
from .present import item_of

AREAS = ("cancel",)


@rule(
    id="cancel-classic",
    title="The machine is protected by the modernized stack",
    severity=Severity.BLOCKER,
    topologies=BOTH,
    hint="Mend what is wrong on-premises and commit, or fail over to Azure anew once it is protected again: "
    "in the classic stack a failback cannot be cancelled.",
    docs=pages.FAILBACK,
)
def cancel_classic(facts: Facts) -> Iterator[Sentence]:
    item = item_of(facts)
    if item.topology is not Topology.CLASSIC:
        return
    here = stand(item)
    if here in {Stand.HOME, Stand.UNKNOWN}:
        yield f"{facts.machine} is protected by the classic stack, whose failback cannot be cancelled."
    else:
        yield f"{facts.machine} {said(item, Operation.CANCEL)}."


@rule(
    id="cancel-not-offered",
    title="A failback of the machine waits for its commit and can be cancelled",
    severity=Severity.BLOCKER,
    topologies=MODERNIZED,
    hint="Take the step that the finding names, then check again.",
    docs=pages.MODERNIZED,
)
def cancel_not_offered(facts: Facts) -> Iterator[Sentence]:
    yield from out_of_order(facts, Operation.CANCEL)


@rule(
    id="cancel-loses-changes",
    title="Nothing that was written on-premises since the failback is needed",
    severity=Severity.ATTESTATION,
    topologies=MODERNIZED,
    hint="Ask the application's owner what was written since the machine came home, and save it elsewhere first.",
    docs=pages.MODERNIZED,
)
def cancel_loses_changes(_: Facts) -> Iterable[Sentence]:
    return ()
