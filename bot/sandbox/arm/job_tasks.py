"""The tasks of a job, moving with its time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from homeward.checks.way import Operation

from ..estate.reprotects import ENDS
from .job_kinds import COMMIT_TASK, GROUP, GROUP_TASK, kind_of
from .wire import FIRST_DAY, guid, moment

if TYPE_CHECKING:
    from datetime import datetime

    from ..estate.reprotects import Job
    from .names import Names
    from .wire import Body

DESCRIPTIONS = {"Succeeded": "Completed"}
CHILD_ENDS = 0.9
"""When a reprotect's child task ends [inferred]."""


def tasks(names: Names, job: Job, at: datetime, errors: list[Body]) -> list[Body]:
    """All of them; those that wait are NotStarted [inferred: the recording ends with the one that runs]."""
    kind = kind_of(job)
    listed: list[Body] = []
    for task in kind.tasks:
        if task.id == COMMIT_TASK and job.operation is not Operation.COMMIT and not job.commits:
            skipped = _task(job, task.id, task.title, "Other", task.begins, task.ends)
            never: Body = {"stateDescription": "Skipped", "startTime": FIRST_DAY, "endTime": FIRST_DAY}
            listed.append({**skipped, **never})
            continue
        body = _task(job, task.id, task.title, _state(job, at, task.begins, task.ends), task.begins, task.ends)
        if task.id == GROUP_TASK:
            group: Body = {"instanceType": "GroupTaskDetails", "childTasks": [_child(names, job, at)]}
            body |= {"taskType": "GroupTaskDetails", "customDetails": None, "groupTaskCustomDetails": group}
        if task.id == kind.works:
            body["errors"] = [{**error, "taskId": task.id} for error in errors]
        listed.append(body)
    return listed


def _state(job: Job, at: datetime, begins: float, ends: float) -> str:
    done = job.done(at)
    if ends < 1 and done >= ends:
        return "Succeeded"
    return "NotStarted" if done < begins else job.state(at)


def _child(names: Names, job: Job, at: datetime) -> Body:
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


def _task(job: Job, task_id: str, title: str, state: str, begins: float, ends: float) -> Body:
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
