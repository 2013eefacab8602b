"""Whether the disks of the VM that receives the returning disks may move, or have moved."""

from collections.abc import Iterator
from datetime import datetime

from homeward.checks.facts import ABSENT, NOT_ASKED, Facts, Missing, NotKnown, known
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


def _replicated_by(facts: Facts) -> datetime | None:
    """A moment by which the reprotect is known to have begun."""
    job, points = facts.job, facts.points
    known_by: list[datetime] = []
    if not isinstance(points, Missing) and points is not NOT_ASKED:
        known_by += [point.at for point in points if isinstance(point.at, datetime)]
    if not isinstance(job, Missing) and job is not ABSENT and _reprotects(job.scenario):
        known_by += [job.started] if isinstance(job.started, datetime) else []
    return min(known_by, default=None)


def _reprotects(scenario: str) -> bool:
    return any(word in scenario.casefold() for word in ("reprotect", "switchreplicationgroupprotection"))
