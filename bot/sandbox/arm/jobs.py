"""Jobs: the one that each busy item names, with its tasks only when asked for alone."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from .refusals import no_resource, unknown_filter
from .routing import Listing
from .wire import FIRST_DAY, guid, moment

if TYPE_CHECKING:
    from ..estate.model import ProtectedItem
    from .names import Names
    from .routing import Call
    from .wire import Body

KIND = "Microsoft.RecoveryServices/vaults/replicationJobs"
STARTED_MINUTES = 3
"""How long ago a job of the sandbox began."""

_ENDED = {"Succeeded", "Failed", "Cancelled"}
_DESCRIPTIONS = {"Succeeded": "Completed"}


def list_jobs(call: Call) -> Listing:
    if call.query.get("$filter"):
        raise unknown_filter(call.query["$filter"])
    busy = [item for item in call.estate.vault.items if item.job_id]
    return Listing(partial(_job, call.names, item, tasks=[]) for item in busy)


def get_job(call: Call) -> Body:
    for item in call.estate.vault.items:
        if item.job_id and call.is_named("job", item.job_id):
            return _job(call.names, item, tasks=_tasks(call.names, item))
    raise no_resource(KIND, call.parts["job"])


def _job(names: Names, item: ProtectedItem, *, tasks: list[Body]) -> Body:
    ended = item.job_state in _ENDED
    end: Body = {"endTime": moment(names.estate.ago(1))} if ended else {}
    return {
        "id": names.job(item.job_id),
        "name": item.job_id,
        "type": KIND,
        "properties": {
            "activityId": f"{guid('activity', item.job_id)} ActivityId: {guid('activity', item.id_name)}",
            "scenarioName": "SwitchReplicationGroupProtection",
            "friendlyName": "Reprotect",
            "state": item.job_state,
            "stateDescription": _DESCRIPTIONS.get(item.job_state, item.job_state),
            "tasks": tasks,
            "errors": [],
            "startTime": moment(names.estate.ago(STARTED_MINUTES)),
            **end,
            "allowedActions": [] if ended else ["Cancel"],
            "targetObjectId": guid("item", item.id_name),
            "targetObjectName": item.name,
            "targetInstanceType": "ProtectionEntity",
            "customDetails": {
                "instanceType": "SwitchProtectionJobDetails",
                "newReplicationProtectedItemId": names.item(item).lower(),
                "affectedObjectDetails": {"primaryVmName": item.name, "recoveryVmName": item.name},
            },
        },
    }


def _tasks(names: Names, item: ProtectedItem) -> list[Body]:
    started = moment(names.estate.ago(STARTED_MINUTES))
    child = {
        **_task("EnableDr", item.name, item.job_state, started),
        "taskType": "JobTaskDetails",
        "customDetails": {
            "instanceType": "JobTaskDetails",
            "jobTask": {
                "jobId": names.job(guid("job", item.job_id)),
                "jobFriendlyName": "Enable replication",
                "targetObjectName": item.name,
                "targetInstanceType": "Vm",
                "jobScenarioName": "EnableDr",
            },
        },
    }
    skipped = {
        **_task("CommitFailoverTask", "Committing failover", "Other", FIRST_DAY),
        "stateDescription": "Skipped",
        "endTime": FIRST_DAY,
    }
    return [
        _task("SwitchReplicationGroupProtectionPreflightTask", "Prerequisite check", "Succeeded", started),
        skipped,
        _task("DiscoverReplicaTask", "Discovering replica virtual machine", "Succeeded", started),
        _task("GetSwitchProtectionRequirementsTask", "Getting reprotection requirements", "Succeeded", started),
        {
            **_task("ProtectReplicaTask", "Reprotecting virtual machine (1)", item.job_state, started),
            "taskType": "GroupTaskDetails",
            "customDetails": None,
            "groupTaskCustomDetails": {"instanceType": "GroupTaskDetails", "childTasks": [child]},
        },
    ]


def _task(task_id: str, title: str, state: str, started: str) -> Body:
    return {
        "taskId": task_id,
        "name": task_id,
        "startTime": started,
        "endTime": started if state in _ENDED else FIRST_DAY,
        "allowedActions": [],
        "friendlyName": title,
        "state": state,
        "stateDescription": _DESCRIPTIONS.get(state, state),
        "taskType": "TaskDetails",
        "customDetails": {"instanceType": "TaskDetails"},
        "groupTaskCustomDetails": None,
        "errors": [],
    }
