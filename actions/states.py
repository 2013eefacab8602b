"""The states of a request and of its machines, and the one table of how they may change."""

from collections.abc import Mapping
from enum import Enum

from homeward.checks.way import Operation

__all__ = ["ITEM_TRANSITIONS", "TRANSITIONS", "ItemState", "Operation", "State", "WrongTurn", "check", "check_item"]


class State(Enum):
    """Where a request is."""

    CHECKING = "checking"
    AWAITING_APPROVAL = "awaiting_approval"
    APPROVED = "approved"
    RUNNING = "running"
    NEEDS_ATTENTION = "needs_attention"
    """Nothing more happens before a person decides."""
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    """At least one machine did not come through; the others did, or were not tried."""
    BLOCKED = "blocked"
    """The checks, the name or an open value ended it before anybody was asked."""
    REJECTED = "rejected"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    VOIDED = "voided"
    """What was (to be) approved is not what would run any more, or the approvers could not be reached."""

    @property
    def ended(self) -> bool:
        return not TRANSITIONS[self]


class ItemState(Enum):
    """Where a machine of a request is."""

    PENDING = "pending"
    CLAIMED = "claimed"
    """Its one start call may have been sent; whether Azure took it is not known yet."""
    SUBMITTED = "submitted"
    """Its job runs."""
    JOB_SUCCEEDED = "job_succeeded"
    """The job ended well; the machine is not where the operation leads yet."""
    REPLICATING = "replicating"
    """The operation's effect is seen: of a reprotect, in either direction, the initial replication."""
    DONE = "done"
    FAILED = "failed"
    UNKNOWN = "unknown"
    """Nobody can tell whether its start call was taken: a person decides."""
    SKIPPED = "skipped"
    """It was never started, and will not be."""

    @property
    def ended(self) -> bool:
        """Nothing more happens to it by itself."""
        return self in {ItemState.DONE, ItemState.FAILED, ItemState.UNKNOWN, ItemState.SKIPPED}

    @property
    def in_flight(self) -> bool:
        """A start call may have been taken, and its job has not ended yet."""
        return self in {ItemState.CLAIMED, ItemState.SUBMITTED}


TRANSITIONS: Mapping[State, frozenset[State]] = {
    State.CHECKING: frozenset({State.AWAITING_APPROVAL, State.BLOCKED, State.CANCELLED, State.VOIDED}),
    State.AWAITING_APPROVAL: frozenset({State.APPROVED, State.REJECTED, State.EXPIRED, State.CANCELLED, State.VOIDED}),
    State.APPROVED: frozenset({State.RUNNING, State.CANCELLED, State.VOIDED}),
    State.RUNNING: frozenset({State.SUCCEEDED, State.FAILED, State.NEEDS_ATTENTION, State.CANCELLED, State.VOIDED}),
    State.NEEDS_ATTENTION: frozenset({State.RUNNING, State.FAILED, State.CANCELLED}),
    State.SUCCEEDED: frozenset(),
    State.FAILED: frozenset(),
    State.BLOCKED: frozenset(),
    State.REJECTED: frozenset(),
    State.EXPIRED: frozenset(),
    State.CANCELLED: frozenset(),
    State.VOIDED: frozenset(),
}
"""From each state of a request, the states it may go to."""

ITEM_TRANSITIONS: Mapping[ItemState, frozenset[ItemState]] = {
    # A machine that is tried again is looked at first: its former job may have turned up, or nothing can be started.
    ItemState.PENDING: frozenset(
        {
            ItemState.CLAIMED,
            ItemState.SKIPPED,
            ItemState.SUBMITTED,
            ItemState.JOB_SUCCEEDED,
            ItemState.REPLICATING,
            ItemState.FAILED,
        }
    ),
    # Without a job to be found, the machine itself may tell that the call was taken.
    ItemState.CLAIMED: frozenset(
        {
            ItemState.SUBMITTED,
            ItemState.JOB_SUCCEEDED,
            ItemState.REPLICATING,
            ItemState.FAILED,
            ItemState.UNKNOWN,
        }
    ),
    ItemState.SUBMITTED: frozenset(
        {ItemState.JOB_SUCCEEDED, ItemState.REPLICATING, ItemState.DONE, ItemState.FAILED, ItemState.UNKNOWN}
    ),
    ItemState.JOB_SUCCEEDED: frozenset({ItemState.REPLICATING, ItemState.DONE, ItemState.FAILED, ItemState.UNKNOWN}),
    ItemState.REPLICATING: frozenset({ItemState.DONE, ItemState.FAILED, ItemState.UNKNOWN}),
    ItemState.DONE: frozenset(),
    # A person may have it tried again, as a further attempt under a claim of its own.
    ItemState.FAILED: frozenset({ItemState.PENDING}),
    # A job that turns up late, or a machine that turns out to have come on its way, ends the doubt too.
    ItemState.UNKNOWN: frozenset(
        {
            ItemState.PENDING,
            ItemState.SUBMITTED,
            ItemState.JOB_SUCCEEDED,
            ItemState.FAILED,
            ItemState.REPLICATING,
        }
    ),
    ItemState.SKIPPED: frozenset(),
}
"""From each state of a machine, the states it may go to."""


class WrongTurn(Exception):
    """A change that the tables do not allow: a fault of ours, never of a user."""


def check(before: State, after: State) -> None:
    """Raises `WrongTurn` unless a request may go this way; staying where it is is no turn."""
    if before is not after and after not in TRANSITIONS[before]:
        raise WrongTurn(f"a request can't go from {before.value} to {after.value}")


def check_item(before: ItemState, after: ItemState) -> None:
    """The same for a machine."""
    if before is not after and after not in ITEM_TRANSITIONS[before]:
        raise WrongTurn(f"a machine can't go from {before.value} to {after.value}")
