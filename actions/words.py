"""What an operation means for its machines, in the few words that the ledger keeps of it; and what follows it."""

from collections.abc import Mapping
from dataclasses import dataclass

from homeward.checks.way import GOAL, NEXT, Operation


@dataclass(frozen=True, slots=True)
class Words:
    """`came_through` is a sentence about all machines of a request, the others are clauses about one."""

    came_through: str
    astray: str
    """It is not seen where the operation leads: it may stand elsewhere, or under a word that is not known."""
    already: str
    """There is no job to be found, but the machine tells that the call was taken."""


WORDS: Mapping[Operation, Words] = {
    Operation.REPROTECT: Words(
        came_through="Every machine is protected and may fail back.",
        astray="it does not replicate home",
        already="it replicates already",
    ),
    Operation.FAILBACK: Words(
        came_through="Every machine is home, and not committed yet.",
        astray="Azure does not show that it is home",
        already="it is home already",
    ),
    Operation.COMMIT: Words(
        came_through="Every machine is home for good: its failback is committed.",
        astray="Azure does not show that its failback is committed",
        already="its failback is committed already",
    ),
    Operation.CANCEL: Words(
        came_through="Every machine is back in Azure: its failback is cancelled, and it may fail back again.",
        astray="Azure does not show that its failback is cancelled",
        already="its failback is cancelled already",
    ),
    Operation.TO_AZURE: Words(
        came_through="Every machine is at home and protected to Azure again.",
        astray="Azure does not show that it replicates there",
        already="it replicates to Azure already",
    ),
}


def following(operation: Operation) -> Operation | None:
    """What may be asked next for a machine that came through; None at the end of the way."""
    return NEXT.get(GOAL[operation])
