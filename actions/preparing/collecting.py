"""What preparing needs read: the port that the sources' collector fills."""

from collections.abc import Mapping
from typing import Protocol

from homeward.checks.subjects import Answer, Collected, Subject, Wishes
from homeward.checks.way import Operation


class ReadForStart(Protocol):
    """Reads what a start is made from. Neither method raises for what the outside does: that is `Missing` facts."""

    async def for_start(self, name: str, wishes: Wishes, operation: Operation = Operation.REPROTECT) -> Answer:
        """Finds the subject (a machine of a replication group stands for its whole group) and reads it."""
        ...

    async def again(
        self,
        subject: Subject,
        names: Mapping[str, str],
        beside: Mapping[str, str],
        wishes: Wishes,
        operation: Operation = Operation.REPROTECT,
    ) -> Collected:
        """Reads machines of a frozen plan anew, past every cache. `names` are the plan's, by item id; `beside` the
        targets of the plan's other machines by theirs."""
        ...
