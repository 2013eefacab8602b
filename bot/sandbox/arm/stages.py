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
    way_back: bool = False
    """Its provider is the one of the way from Azure on-premises."""


_REPLICATES = ("InitialReplicationInProgress", "Initial replication is in progress", "Primary", ("DisableProtection",))

# The modernized stages from the failover to the failback are recorded. Those of the classic stack are inferred from
# them, and those after a failback, of both, from those after a failover.
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
    "replicating-back": Stage(*_REPLICATES, way_back=True),
    "ready-to-fail-back": Stage(
        "Protected", "Protected", "Primary", ("PlannedFailover", "DisableProtection"), way_back=True
    ),
    "home": Stage(
        "PlannedFailoverCommitPendingStatesBegin",
        "Planned failover finished",
        "Recovery",
        ("Commit", "CancelFailover", "DisableProtection"),
        way_back=True,
    ),
    "home-committed": Stage(
        "PlannedFailoverCommitted",
        "Planned failover committed",
        "Recovery",
        ("SwitchProtection", "DisableProtection"),
        way_back=True,
    ),
    "replicating-to-azure": Stage(*_REPLICATES),
}
_CLASSIC = {
    "ready-to-fail-back": Stage(
        "Protected", "Protected", "Primary", ("UnplannedFailover", "DisableProtection"), way_back=True
    ),
    "home": Stage(
        "UnplannedFailoverCommitPendingStatesBegin",
        "Failover completed",
        "Recovery",
        ("Commit", "DisableProtection"),
        way_back=True,
    ),
    "home-committed": Stage(
        "UnplannedFailoverCommitted",
        "Failover committed",
        "Recovery",
        ("SwitchProtection", "DisableProtection"),
        way_back=True,
    ),
}


def stage_of(item: ProtectedItem) -> Stage:
    classic = _CLASSIC.get(item.stage) if item.topology == "classic" else None
    return classic or _STAGES[item.stage]


def failed_over(item: ProtectedItem) -> bool:
    """It runs in Azure and does not replicate back yet."""
    return item.stage in {"failed-over", "committed"}


def at_home(item: ProtectedItem) -> bool:
    """It came back, and does not replicate to Azure yet."""
    return item.stage in {"home", "home-committed"}


def provider_of(item: ProtectedItem) -> str:
    """Its provider's instance type."""
    classic, modernized = ("InMage", "InMageRcmFailback") if stage_of(item).way_back else ("InMageAzureV2", "InMageRcm")
    return item.provider or (classic if item.topology == "classic" else modernized)
