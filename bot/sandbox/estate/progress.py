"""What time does to the machines on their way: jobs end, items replicate, machines boot."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from homeward.checks.way import Operation

from .reprotects import ENDS, Fate, Job
from .returning import booted, end_of, shut_down

if TYPE_CHECKING:
    from datetime import datetime

    from .model import Estate, ProtectedItem

STILL_PERCENT = 37
"""How far a replication is that stands still."""
SHUT_DOWN = 0.3
"""The share of a failback's time after which its VM in Azure is shut down [inferred]."""
_REPLICATED = {"replicating-back": "ready-to-fail-back", "replicating-to-azure": "protected"}


def settle(estate: Estate) -> None:
    """Lets everything happen that is due by the estate's clock; asking twice changes nothing more."""
    now = estate.clock()
    for item in list(estate.vault.items):
        job = item.job
        if job and not job.settled:
            if job.ends <= now and job.state(now) in ENDS:
                job.settled = True
                _finish(estate, item, job)
            elif job.operation is Operation.FAILBACK and job.done(now) >= SHUT_DOWN:
                shut_down(item)
        if item.stage in _REPLICATED and item.replicating_since and _share(item, now) >= 1:
            item.stage = _REPLICATED[item.stage]
        if job and job.operation is Operation.FAILBACK and item.stage == "home" and _is_up(job, now):
            booted(estate, item)


def _finish(estate: Estate, item: ProtectedItem, job: Job) -> None:
    if job.fate.item_vanishes:
        estate.vault.items.remove(item)
    state = job.state(job.ends)
    end_of(estate, item, job, state)
    if state == "Succeeded" and job.fate.new_id:
        item.renamed = job.new_item


def _is_up(job: Job, now: datetime) -> bool:
    boot = job.fate.boot_minutes
    return boot is not None and now >= job.ends + timedelta(minutes=boot / job.speed)


def begin(
    estate: Estate,
    item: ProtectedItem,
    name: str,
    operation: Operation,
    *,
    body: dict[str, object] | None,
) -> Job:
    """A job for the item, with its next fate; `body` None where somebody else started it."""
    fate = item.fates.pop(0) if item.fates else Fate()
    job = Job(
        name=name,
        item=item.id_name,
        machine=item.name,
        started=estate.clock(),
        fate=fate,
        speed=estate.speed,
        body=body,
        commits=item.stage == "failed-over",
        operation=operation,
        classic=item.topology == "classic",
        new_item=f"{item.id_name}-new" if fate.new_id else "",
    )
    item.job = job
    estate.vault.jobs.append(job)
    return job


def running(estate: Estate, item: ProtectedItem) -> Job | None:
    """The job that the item is busy with."""
    now = estate.clock()
    return item.job if item.job and item.job.started <= now and item.job.runs(now) else None


def percent(estate: Estate, item: ProtectedItem) -> int:
    """How far its replication is, back or to Azure."""
    if item.stage not in _REPLICATED:
        return 100
    if item.replicating_since is None:
        return STILL_PERCENT
    return max(0, min(99, int(100 * _share(item, estate.clock()))))


def ready_since(item: ProtectedItem) -> datetime | None:
    """When its replication was through; None if that was before the sandbox began."""
    return item.replicating_since + _whole(item) if item.replicating_since else None


def _share(item: ProtectedItem, now: datetime) -> float:
    whole = _whole(item)
    since = item.replicating_since or now
    return (now - since) / whole if whole else 1.0


def _whole(item: ProtectedItem) -> timedelta:
    """The time that the replication takes."""
    return timedelta(minutes=item.replication_minutes)
