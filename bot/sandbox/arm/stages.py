"""Where a protected item is on its way, in the vault's words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..estate.model import ProtectedItem


@dataclass(frozen=True, slots=True)
class Stage:
    state: str
    description: str
    active: str
    """"Primary" when the machine replicates back, although it still runs in Azure: the service's words mislead."""
    operations: tuple[str, ...]
    replicates_back: bool = False


# The modernized stages after failover are recorded; those of the classic stack are inferred from them.
_STAGES = {
    "protected": Stage("Protected", "Protected", "Primary", ("UnplannedFailover", "TestFailover", "DisableProtection")),
    "failed-over": Stage(
        "UnplannedFailoverCommitPendingStatesBegin",
        "Failover completed",
        "Recovery",
        ("CompleteMigration", "Commit", "DisableProtection", "ChangePit", "SwitchProtection"),
    ),
    "committed": Stage(
        "UnplannedFailoverCommitted",
        "Failover committed",
        "Recovery",
        ("CompleteMigration", "DisableProtection", "SwitchProtection"),
    ),
    "replicating-back": Stage(
        "InitialReplicationInProgress",
        "Initial replication is in progress",
        "Primary",
        ("DisableProtection",),
        replicates_back=True,
    ),
    "ready-to-fail-back": Stage(
        "Protected", "Protected", "Primary", ("PlannedFailover", "DisableProtection"), replicates_back=True
    ),
}
_CLASSIC_READY = Stage(
    "Protected", "Protected", "Primary", ("UnplannedFailover", "DisableProtection"), replicates_back=True
)


def stage_of(item: ProtectedItem) -> Stage:
    if item.topology == "classic" and item.stage == "ready-to-fail-back":
        return _CLASSIC_READY
    return _STAGES[item.stage]


def failed_over(item: ProtectedItem) -> bool:
    """It runs in Azure and does not replicate back yet."""
    return item.stage in {"failed-over", "committed"}
