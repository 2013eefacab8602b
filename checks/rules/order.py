"""Operations in their order: why one cannot begin where a machine stands, and what comes next there instead."""

from collections.abc import Iterator, Mapping

from homeward.checks.facts import Facts, Item, NotKnown, Topology
from homeward.checks.model import Sentence
from homeward.checks.way import BEGINS, Operation, Stand, allows, stand

from .present import item_of

_NAMES: Mapping[Operation, str] = {
    Operation.REPROTECT: "a reprotect",
    Operation.FAILBACK: "a failback",
    Operation.COMMIT: "a commit",
    Operation.CANCEL: "a cancellation",
    Operation.TO_AZURE: "a reprotect toward Azure",
}
_HERE: Mapping[Stand, Sentence] = {
    Stand.IN_AZURE: "runs in Azure and does not replicate back: reprotect it first",
    Stand.REPLICATING_BACK: "still replicates back: wait until it is ready, then fail it back",
    Stand.READY: "runs in Azure and is ready to fail back: fail it back first",
    Stand.HOME: "has been failed back, and that is not committed: commit it first",
    Stand.COMMITTED: "is home and committed: protect it toward Azure next",
    Stand.PROTECTING: "is home and replicates to Azure: nothing is left to do but wait",
    Stand.PROTECTED: "is home and protected toward Azure: nothing is left to do",
}
_INSTEAD: Mapping[tuple[Operation, Stand], Sentence] = {
    (Operation.COMMIT, Stand.REPLICATING_BACK): "still replicates back: there is no failback to commit yet",
    (Operation.COMMIT, Stand.COMMITTED): "is committed already: protect it toward Azure next",
    (Operation.CANCEL, Stand.IN_AZURE): "runs in Azure: there is no failback to cancel",
    (Operation.CANCEL, Stand.REPLICATING_BACK): "still replicates back: there is no failback to cancel",
    (Operation.CANCEL, Stand.READY): "runs in Azure and is ready to fail back: there is no failback to cancel",
    (Operation.CANCEL, Stand.COMMITTED): "is committed: what is committed cannot be cancelled any more",
    (Operation.CANCEL, Stand.PROTECTING): "is committed and replicates to Azure: there is nothing left to cancel",
    (Operation.CANCEL, Stand.PROTECTED): "is home and protected toward Azure: there is nothing to cancel",
}
"""What is said of one operation in place of `_HERE`."""


def out_of_order(facts: Facts, operation: Operation) -> Iterator[Sentence]:
    """A sentence when the operation cannot begin now: where the machine stands, and the right next step."""
    item = item_of(facts)
    if allows(item, operation):
        return
    here, name = stand(item), _NAMES[operation]
    if here is BEGINS[operation]:
        offered = f"only {', '.join(item.allowed_operations)}" if item.allowed_operations else "nothing"
        yield f"{facts.machine} is {here.value}, but Azure does not offer {name} ({offered}){_busy(item)}."
    elif here is Stand.UNKNOWN:
        state = item.state_description or item.protection_state or "none"
        if item.job_id:
            yield f"{facts.machine} is in the state {state}, where {name} cannot begin{_busy(item)}."
        else:
            raise NotKnown(f"Azure's word for the state of {facts.machine} ({state}) does not tell where it stands")
    else:
        yield f"{facts.machine} {said(item, operation)}."


def said(item: Item, operation: Operation) -> Sentence:
    """Where it stands and what comes next, as the rest of a sentence that begins with its name."""
    here = stand(item)
    if here is Stand.HOME and item.topology is Topology.MODERNIZED:
        return "has been failed back, and that is not committed: commit it or cancel it first"
    return _INSTEAD.get((operation, here), _HERE[here])


def _busy(item: Item) -> str:
    return ": a job may still be running" if item.job_id else ""
