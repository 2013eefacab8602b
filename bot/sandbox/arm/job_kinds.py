"""What the vault calls the job of each operation, and the tasks that it consists of.

A reprotect's are recorded. Those of the other operations are inferred: from the words of the documentation, and from
how the recorded ones are made.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from homeward.checks.way import Operation

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..estate.reprotects import Job


@dataclass(frozen=True, slots=True)
class Task:
    """`begins`, `ends`: the shares of the job's time [inferred]."""

    id: str
    title: str
    begins: float
    ends: float


@dataclass(frozen=True, slots=True)
class JobKind:
    """`works` is the task that does it: what fails is told there."""

    scenario: str
    title: str
    details: str
    tasks: tuple[Task, ...]
    works: str


GROUP_TASK = "ProtectReplicaTask"
COMMIT_TASK = "CommitFailoverTask"
GROUP = 0.3
"""The share of its time after which a reprotect's job reprotects; the rest of it is that."""

_REPROTECT = JobKind(
    "SwitchReplicationGroupProtection",
    "Reprotect",
    "SwitchProtectionJobDetails",
    (
        Task("SwitchReplicationGroupProtectionPreflightTask", "Prerequisite check", 0.0, 0.05),
        Task(COMMIT_TASK, "Committing failover", 0.05, 0.1),
        Task("DiscoverReplicaTask", "Discovering replica virtual machine", 0.1, 0.2),
        Task("GetSwitchProtectionRequirementsTask", "Getting reprotection requirements", 0.2, GROUP),
        Task(GROUP_TASK, "Reprotecting virtual machine (1)", GROUP, 1.0),
    ),
    GROUP_TASK,
)


def _failback(scenario: str, title: str) -> JobKind:
    tasks = (
        Task(f"{scenario}PreflightTask", "Prerequisite check", 0.0, 0.1),
        Task("ShutdownSourceTask", "Shutting down the virtual machine", 0.1, 0.3),
        Task("SynchronizeTask", "Synchronizing the latest changes", 0.3, 0.7),
        Task("StartFailoverTask", "Starting failover", 0.7, 0.8),
        Task("StartReplicaTask", "Starting the replica virtual machine", 0.8, 1.0),
    )
    return JobKind(scenario, title, "FailoverJobDetails", tasks, "StartReplicaTask")


_UNPLANNED = _failback("UnplannedFailover", "Unplanned failover")
_KINDS: Mapping[Operation, JobKind] = {
    Operation.REPROTECT: _REPROTECT,
    Operation.TO_AZURE: _REPROTECT,
    Operation.FAILBACK: _failback("PlannedFailover", "Planned failover"),
    Operation.COMMIT: JobKind(
        "CommitFailover",
        "Commit",
        "AsrJobDetails",
        (
            Task("CommitFailoverPreflightTask", "Prerequisite check", 0.0, 0.2),
            Task(COMMIT_TASK, "Committing failover", 0.2, 1.0),
        ),
        COMMIT_TASK,
    ),
    Operation.CANCEL: JobKind(
        "CancelFailover",
        "Cancel failover",
        "AsrJobDetails",
        (
            Task("CancelFailoverPreflightTask", "Prerequisite check", 0.0, 0.1),
            Task("ShutdownReplicaTask", "Shutting down the replica virtual machine", 0.1, 0.4),
            Task("CancelFailoverTask", "Cancelling failover", 0.4, 0.7),
            Task("StartSourceTask", "Starting the virtual machine", 0.7, 1.0),
        ),
        "CancelFailoverTask",
    ),
}


def kind_of(job: Job) -> JobKind:
    return _UNPLANNED if job.classic and job.operation is Operation.FAILBACK else _KINDS[job.operation]
