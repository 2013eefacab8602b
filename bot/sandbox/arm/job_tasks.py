"""The tasks of a reprotect's job, as they were recorded, moving with its time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..estate.reprotects import ENDS
from .wire import FIRST_DAY, guid, moment

if TYPE_CHECKING:
    from datetime import datetime

    from ..estate.reprotects import ReprotectJob
    from .names import Names
    from .wire import Body

DESCRIPTIONS = {"Succeeded": "Completed"}
GROUP = 0.3
"""The share of its time after which the job reprotects; the rest of it is that. [The shares are inferred.]"""
CHILD_ENDS = 0.9
_TASKS = (
    ("SwitchReplicationGroupProtectionPreflightTask", "Prerequisite check", 0.0, 0.05),
    ("CommitFailoverTask", "Committing failover", 0.05, 0.1),
    ("DiscoverReplicaTask", "Discovering replica virtual machine", 0.1, 0.2),
    ("GetSwitchProtectionRequirementsTask", "Getting reprotection requirements", 0.2, GROUP),
    ("ProtectReplicaTask", "Reprotecting virtual machine (1)", GROUP, 1.0),
)


def tasks(names: Names, job: ReprotectJob, at: datetime, errors: list[Body]) -> list[Body]:
    """All of them; those that wait are NotStarted [inferred: the recording ends with the one that runs]."""
    listed: list[Body] = []
    for task_id, title, begins, ends in _TASKS:
        if task_id == "CommitFailoverTask" and not job.commits:
            skipped = _task(job, task_id, title, "Other", begins, ends)
            never: Body = {"stateDescription": "Skipped", "startTime": FIRST_DAY, "endTime": FIRST_DAY}
            listed.append({**skipped, **never})
            continue
        state = _state(job, at, begins, ends)
        body = _task(job, task_id, title, state, begins, ends)
        if task_id == "ProtectReplicaTask":
            group: Body = {"instanceType": "GroupTaskDetails", "childTasks": [_child(names, job, at)]}
            body |= {
                "taskType": "GroupTaskDetails",
                "customDetails": None,
                "groupTaskCustomDetails": group,
                "errors": errors,
            }
        listed.append(body)
    return listed


def _state(job: ReprotectJob, at: datetime, begins: float, ends: float) -> str:
    done = job.done(at)
    if ends < 1 and done >= ends:
        return "Succeeded"
    return "NotStarted" if done < begins else job.state(at)


def _child(names: Names, job: ReprotectJob, at: datetime) -> Body:
    state = _state(job, at, GROUP, 1.0 if job.state(at) in ENDS else CHILD_ENDS)
    return {
        **_task(job, "EnableDr", job.machine, state, GROUP, CHILD_ENDS),
        "taskType": "JobTaskDetails",
        "customDetails": {
            "instanceType": "JobTaskDetails",
            "jobTask": {
                "jobId": names.job(guid("job", job.name)),
                "jobFriendlyName": "Enable replication",
                "targetObjectId": guid("item", job.item),
                "targetObjectName": job.machine,
                "targetInstanceType": "Vm",
                "jobScenarioName": "EnableDr",
            },
        },
    }


def _task(job: ReprotectJob, task_id: str, title: str, state: str, begins: float, ends: float) -> Body:
    whole = job.ends - job.started
    return {
        "taskId": task_id,
        "name": task_id,
        "startTime": FIRST_DAY if state == "NotStarted" else moment(job.started + whole * begins),
        "endTime": moment(job.started + whole * ends) if state in ENDS else FIRST_DAY,
        "allowedActions": [],
        "friendlyName": title,
        "state": state,
        "stateDescription": DESCRIPTIONS.get(state, state),
        "taskType": "TaskDetails",
        "customDetails": {"instanceType": "TaskDetails"},
        "groupTaskCustomDetails": None,
        "errors": [],
    }
