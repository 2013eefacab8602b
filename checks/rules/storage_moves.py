"""Whether the disks of the VM that receives the returning disks may move, or have moved."""

from collections.abc import Iterator
from datetime import datetime

from homeward.checks.facts import ABSENT, NOT_ASKED, Facts, Missing, NotKnown, known
from homeward.checks.limits import MOVES_REMEMBERED
from homeward.checks.model import Sentence

from .ages import ago
from .present import item_of, looked_for, target_host_of, target_vm_of


def storage_moves(facts: Facts) -> Iterator[Sentence]:
    """A finding for each automated datastore cluster that holds its disks and does not exempt it."""
    vm = target_vm_of(facts)
    own = set(known(vm.datastores))
    datastores = [each for each in known(target_host_of(facts).datastores) if each.name in own]
    for datastore in datastores:
        cluster = looked_for(datastore.cluster)
        if cluster is not ABSENT and cluster.automated and not cluster.target_excluded:
            yield f"Storage DRS of {cluster.name} may move {vm.name}'s disks on {datastore.name} by itself."


def moved_since(facts: Facts) -> Iterator[Sentence]:
    """A finding for each move of its disks after the reprotect; one that may have been before it is not knowing.

    No source tells when the reprotect was: after the failover, and before any recovery point of the way back.
    """
    moves = facts.moves
    if moves is NOT_ASKED:
        raise NotKnown("the storage moves of the receiving VM were not asked for")
    failover, replicated = item_of(facts).last_failover, _replicated_by(facts)
    doubtful = ""
    for move in sorted(known(moves), key=lambda each: each.at):
        if isinstance(failover, datetime) and move.at <= failover:
            continue
        told = f"{move.vm}: its disks were moved to another datastore {ago(move.at, facts.now)}"
        if replicated is not None and move.at >= replicated:
            yield f"{told}, after the reprotect."
        else:
            doubtful = doubtful or told
    if doubtful:
        raise NotKnown(f"{doubtful}, and whether {facts.machine} was reprotected before that is not told")
    began = _reprotect_job(facts) or (failover if isinstance(failover, datetime) else None)
    if began is not None and began < facts.now - MOVES_REMEMBERED:
        raise NotKnown(
            f"vCenter forgets moves after {MOVES_REMEMBERED.days} days, and {facts.machine} may have been reprotected "
            "before that"
        )


def _replicated_by(facts: Facts) -> datetime | None:
    """A moment by which the reprotect is known to have begun."""
    points, job = facts.points, _reprotect_job(facts)
    known_by = [] if job is None else [job]
    if not isinstance(points, Missing) and points is not NOT_ASKED:
        known_by += [point.at for point in points if isinstance(point.at, datetime)]
    return min(known_by, default=None)


def _reprotect_job(facts: Facts) -> datetime | None:
    """When the reprotect began, if the item still names its job."""
    job = facts.job
    if isinstance(job, Missing) or job is ABSENT or not _reprotects(job.scenario):
        return None
    return job.started if isinstance(job.started, datetime) else None


def _reprotects(scenario: str) -> bool:
    return any(word in scenario.casefold() for word in ("reprotect", "switchreplicationgroupprotection"))
