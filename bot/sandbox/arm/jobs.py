"""Jobs: those that were started, and the one that a standing item names; with tasks only when asked for alone."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from ..estate.reprotects import ENDS, Fate, Job
from .job_kinds import kind_of
from .job_tasks import DESCRIPTIONS, tasks
from .refusals import no_resource, unknown_filter
from .routing import Listing
from .wire import guid, moment, parse

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ..estate import Estate
    from ..estate.model import ProtectedItem
    from .names import Names
    from .routing import Call
    from .wire import Body

KIND = "Microsoft.RecoveryServices/vaults/replicationJobs"
STARTED_MINUTES = 3
"""How long ago a job began that stands still."""
_CONDITION = re.compile(r"(\w+) eq '([^']*)'")
_FILTERS = {"starttime", "endtime", "jobstatus", "affectedobjecttypes", "fabricid", "jobname"}
"""The SDK's JobQueryParameter; how its fields are written into the filter is inferred."""


def list_jobs(call: Call) -> Listing:
    wanted = _conditions(call.query.get("$filter", ""))
    now = call.estate.clock()
    found = [job for job in _jobs(call.estate) if job.is_known(now) and _fits(call.names, job, wanted)]
    found.sort(key=lambda job: job.started, reverse=True)
    return Listing(partial(_job, call.names, job, alone=False) for job in found)


def get_job(call: Call) -> Body:
    for job in _jobs(call.estate):
        if call.is_named("job", job.name) and job.is_known(call.estate.clock()):
            return _job(call.names, job, alone=True)
    raise no_resource(KIND, call.parts["job"])


def _jobs(estate: Estate) -> Iterator[Job]:
    yield from estate.vault.jobs
    for item in estate.vault.items:
        if item.job_id:
            yield _standing(estate, item)


def _standing(estate: Estate, item: ProtectedItem) -> Job:
    fate = Fate(end=item.job_state, word=item.job_state)
    started = estate.ago(STARTED_MINUTES)
    return Job(item.job_id, item.id_name, item.name, started, fate)


def _conditions(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for part in text.split(" and ") if text else []:
        condition = _CONDITION.fullmatch(part.strip())
        if not condition or condition[1].casefold() not in _FILTERS:
            raise unknown_filter(text)
        found[condition[1].casefold()] = condition[2]
    for name in ("starttime", "endtime"):
        if name in found and parse(found[name]) is None:
            raise unknown_filter(text)
    return found


def _fits(names: Names, job: Job, wanted: Mapping[str, str]) -> bool:
    since, until = parse(wanted.get("starttime", "")), parse(wanted.get("endtime", ""))
    state = job.state(names.estate.clock())
    return (
        (since is None or job.started >= since)
        and (until is None or job.started <= until)
        and wanted.get("jobstatus", state).casefold() == state.casefold()
        and wanted.get("affectedobjecttypes", "any").casefold() in {"any", "protectionentity"}
        and wanted.get("jobname", job.name).casefold() == job.name.casefold()
    )


def _job(names: Names, job: Job, *, alone: bool) -> Body:
    now = names.estate.clock()
    kind = kind_of(job)
    state = job.state(now)
    ended = state in ENDS
    end: Body = {"endTime": moment(job.ends)} if ended else {}
    failed = ended and state != "Succeeded"
    errors = list(job.fate.errors) if failed or (job.fate.end == "Succeeded" and job.done(now) >= 0.5) else []
    return {
        "id": names.job(job.name),
        "name": job.name,
        "type": KIND,
        "properties": {
            "activityId": f"{guid('activity', job.name)} ActivityId: {guid('activity', job.item)}",
            "scenarioName": kind.scenario,
            "friendlyName": kind.title,
            "state": state,
            "stateDescription": DESCRIPTIONS.get(state, state),
            "tasks": tasks(names, job, now, errors) if alone else [],
            "errors": errors,
            "startTime": moment(job.started),
            **end,
            "allowedActions": [] if ended else ["Cancel"],
            "targetObjectId": guid("item", job.item),
            "targetObjectName": job.machine,
            "targetInstanceType": "ProtectionEntity",
            "customDetails": _details(names, job),
        },
    }


def _details(names: Names, job: Job) -> Body:
    kind = kind_of(job).details
    affected: Body = {
        "primaryVmId": guid("item", job.item),
        "primaryVmName": job.machine,
        "recoveryVmName": job.machine,
    }
    own: Body = {}
    if kind == "SwitchProtectionJobDetails":
        own["newReplicationProtectedItemId"] = _new_id(names, job).lower()
    if kind == "FailoverJobDetails":
        own["protectedItemDetails"] = [{"name": job.item, "friendlyName": job.machine}]
    return {"instanceType": kind, **own, "affectedObjectDetails": affected}


def _new_id(names: Names, job: Job) -> str:
    """Told from the job's beginning on, although an item of another id is there only at its end."""
    for item in names.estate.vault.items:
        if job.item in {item.id_name, item.original_id_name}:
            return f"{names.container(item.topology)}/replicationProtectedItems/{job.new_item or job.item}"
    return ""
