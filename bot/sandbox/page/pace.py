"""How fast Azure's minutes pass, for what is under way too."""

from datetime import datetime

from ..estate import Estate
from ..estate.reprotects import Job


def set_speed(estate: Estate, times: float) -> None:
    """From now on: what was done of a job or a replication stays done, the rest takes the new time."""
    now, factor = estate.clock(), estate.speed / times
    estate.speed = times
    for item in estate.vault.items:
        if item.replicating_since:
            done = max(0.0, (now - item.replicating_since).total_seconds() / 60)
            left = item.replication_minutes - done
            if left > 0:
                item.replication_minutes = done + left * factor
    for job in estate.vault.jobs:
        if now < job.ends:
            _hurry(job, now, factor)


def _hurry(job: Job, now: datetime, factor: float) -> None:
    """The job's start stays where it is, since whoever looks for it knows it by that."""
    done = (now - job.started).total_seconds() / 60 * job.speed
    fate = job.fate
    fate.job_minutes = done + (fate.job_minutes - done) * factor
    fate.replication_minutes *= factor
    if fate.boot_minutes is not None:
        fate.boot_minutes *= factor
