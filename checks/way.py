"""The way home: where a machine stands on it, which operation leads on, and what Azure must allow for that."""

from collections.abc import Mapping
from enum import Enum

from .facts import Item, Topology


class Operation(Enum):
    """What a request does to every machine of its plan."""

    REPROTECT = "reprotect"
    """From Azure: replicate back on-premises."""
    FAILBACK = "failback"
    """Shut down in Azure, start on-premises."""
    COMMIT = "commit"
    """Of a failback: no other recovery point, no way back to the VM in Azure."""
    CANCEL = "cancel"
    """Of a failback that is not committed (modernized): the machine runs in Azure again."""
    TO_AZURE = "reprotect-to-azure"
    """From on-premises: replicate to Azure again."""


class Stand(Enum):
    """Where a machine is."""

    IN_AZURE = "in Azure"
    REPLICATING_BACK = "replicating back"
    READY = "ready to fail back"
    HOME = "home, not committed"
    COMMITTED = "home, committed"
    PROTECTING = "replicating to Azure"
    PROTECTED = "protected"
    """At home and protected toward Azure: the way's end, and where it was before the disaster."""
    UNKNOWN = "unknown"
    """Azure's word for its state is not one of those that are known."""


NEXT: Mapping[Stand, Operation] = {
    Stand.IN_AZURE: Operation.REPROTECT,
    Stand.READY: Operation.FAILBACK,
    Stand.HOME: Operation.COMMIT,
    Stand.COMMITTED: Operation.TO_AZURE,
}
"""The operation that leads on. Elsewhere there is nothing to do but wait, or nothing at all."""

BEGINS: Mapping[Operation, Stand] = {operation: stand for stand, operation in NEXT.items()} | {
    Operation.CANCEL: Stand.HOME
}
"""Where a machine must stand for the operation."""

PASSES: Mapping[Operation, Stand | None] = {
    Operation.REPROTECT: Stand.REPLICATING_BACK,
    Operation.FAILBACK: None,
    Operation.COMMIT: None,
    Operation.CANCEL: Stand.REPLICATING_BACK,
    Operation.TO_AZURE: Stand.PROTECTING,
}
"""Where it stands after the operation's job until it has come through, where there is such a time."""

GOAL: Mapping[Operation, Stand] = {
    Operation.REPROTECT: Stand.READY,
    Operation.FAILBACK: Stand.HOME,
    Operation.COMMIT: Stand.COMMITTED,
    Operation.CANCEL: Stand.READY,
    Operation.TO_AZURE: Stand.PROTECTED,
}
"""Where it stands when the operation has come through."""

BACK_PROVIDERS = frozenset({"inmagercmfailback", "inmage"})
"""The instance types of an item whose way leads from Azure on-premises."""
_SWITCH = frozenset({"switchprotection", "reversereplicate"})
_FAILBACK: Mapping[Topology, str] = {Topology.MODERNIZED: "plannedfailover", Topology.CLASSIC: "unplannedfailover"}
_COMMIT = "commit"


def stand(item: Item) -> Stand:
    """Where it is, by its provider and Azure's word for its protection state.

    The words after a failback are inferred from those recorded after a failover (ADR 9).
    """
    state = item.protection_state.casefold()
    allowed = {each.casefold() for each in item.allowed_operations}
    if item.provider.casefold() in BACK_PROVIDERS:
        return _on_the_way_back(item, state, allowed)
    if "failover" in state:
        return Stand.IN_AZURE
    if state == "protected":
        return Stand.PROTECTED
    return Stand.PROTECTING if _replicates(state) else Stand.UNKNOWN


def _on_the_way_back(item: Item, state: str, allowed: set[str]) -> Stand:
    if "failover" in state:
        # A failback that failed and may be tried again: it still runs in Azure.
        again = "failed" in state and _FAILBACK.get(item.topology) in allowed
        if item.topology is Topology.CLASSIC:
            # A classic item may have this provider in Azure already, before its reprotect: it tells where it runs
            # (SDK: InMageReplicationDetails.activeSiteType). Its active location says nothing.
            site = item.active_site.casefold()
            if site == "azure":
                return Stand.READY if again else Stand.IN_AZURE
            if site != "onprem" or again:
                return Stand.UNKNOWN
        if _COMMIT in allowed or "commitpending" in state:
            return Stand.HOME
        if again:
            return Stand.READY
        return Stand.COMMITTED if state.endswith("committed") else Stand.UNKNOWN
    if state == "protected":
        return Stand.READY
    return Stand.REPLICATING_BACK if _replicates(state) else Stand.UNKNOWN


def _replicates(state: str) -> bool:
    return any(word in state for word in ("replication", "resync", "protection", "enabling"))


def allows(item: Item, operation: Operation) -> bool:
    """Whether the machine stands where the operation begins, and Azure offers it there."""
    if stand(item) is not BEGINS[operation]:
        return False
    allowed = {each.casefold() for each in item.allowed_operations}
    if operation in {Operation.REPROTECT, Operation.TO_AZURE}:
        return bool(allowed & _SWITCH)
    if operation is Operation.FAILBACK:
        return _FAILBACK.get(item.topology) in allowed
    if operation is Operation.COMMIT:
        return _COMMIT in allowed
    # Azure's documented list of operations names a cancellation, its recordings do not: what may be committed may still
    # be cancelled where the service has that at all.
    return item.topology is Topology.MODERNIZED and bool(allowed & {_COMMIT, "cancelfailover"})
