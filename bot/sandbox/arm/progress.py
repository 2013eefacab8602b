"""What time does to reprotects: jobs end, items replicate back, and are ready to fail back."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from ..estate.reprotects import ENDS, Fate, ReprotectJob

if TYPE_CHECKING:
    from datetime import datetime

    from ..estate import Estate
    from ..estate.model import ProtectedItem

STILL_PERCENT = 37
"""How far a replication is that stands still."""


def settle(estate: Estate) -> None:
    """Lets everything happen that is due by the estate's clock; asking twice changes nothing more."""
    now = estate.clock()
    for item in list(estate.vault.items):
        job = item.job
        if job and not job.settled and job.ends <= now and job.state(now) in ENDS:
            job.settled = True
            _finish(estate, item, job)
        if item.stage == "replicating-back" and item.replicating_since and _share(item, now) >= 1:
            item.stage = "ready-to-fail-back"


def _finish(estate: Estate, item: ProtectedItem, job: ReprotectJob) -> None:
    if job.fate.item_vanishes:
        estate.vault.items.remove(item)
    if job.state(job.ends) != "Succeeded":
        return  # it stays committed, and may be started again [inferred]
    item.stage = "replicating-back"
    item.replicating_since = job.ends
    if job.fate.new_id:
        item.renamed = job.new_item


def begin(estate: Estate, item: ProtectedItem, name: str, *, body: dict[str, object] | None) -> ReprotectJob:
    """A job for the item, with its next fate; `body` None where somebody else started it."""
    fate = item.fates.pop(0) if item.fates else Fate()
    job = ReprotectJob(
        name=name,
        item=item.id_name,
        machine=item.name,
        started=estate.clock(),
        fate=fate,
        speed=estate.speed,
        body=body,
        commits=item.stage == "failed-over",
        new_item=f"{item.id_name}-new" if fate.new_id else "",
    )
    item.job = job
    estate.vault.jobs.append(job)
    return job


def running(estate: Estate, item: ProtectedItem) -> ReprotectJob | None:
    """The job that the item is busy with."""
    now = estate.clock()
    return item.job if item.job and item.job.started <= now and item.job.runs(now) else None


def percent(estate: Estate, item: ProtectedItem) -> int:
    """How far its replication back is."""
    if item.stage == "ready-to-fail-back":
        return 100
    if item.replicating_since is None:
        return STILL_PERCENT
    return max(0, min(99, int(100 * _share(item, estate.clock()))))


def _share(item: ProtectedItem, now: datetime) -> float:
    fate, speed = (item.job.fate, item.job.speed) if item.job else (Fate(), 1)
    whole = timedelta(minutes=fate.replication_minutes / speed)
    since = item.replicating_since or now
    return (now - since) / whole if whole else 1.0
