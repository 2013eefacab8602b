"""The recovery point of a failback: what was said, as each machine's start call takes it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from homeward.actions.plan import NotPrepared, Obstacle, OpenValue, PlannedItem
from homeward.checks.facts import Facts, Item, Missing, RecoveryPoint, ReplicationGroup, Topology
from homeward.checks.names import fold, last_segment
from homeward.checks.rules.ages import ago

LATEST, CONSISTENT = "latest", "app-consistent"
CUSTOM = "Custom"
_LATEST = {Topology.CLASSIC: "LatestTime", Topology.MODERNIZED: "CrashConsistent"}
_CONSISTENT = {Topology.CLASSIC: "LatestTag", Topology.MODERNIZED: "ApplicationConsistent"}
"""The calls' words (SDK: RecoveryPointType, InMageRcmFailbackRecoveryPointType)."""
SAME = timedelta(seconds=1)
"""Points of one moment of a replication group are made machine by machine."""
MOST = 10
"""How many points are told to choose from: the newest."""

_Machines = Sequence[tuple[Facts, Item]]


@dataclass(frozen=True, slots=True)
class Point:
    """`kind` is the call's word; `id` that of a chosen point, else ""; `at` is its time, as far as it is known."""

    kind: str
    id: str = ""
    at: datetime | None = None


NO_POINT = Point("")
"""Of what is no failback."""


def points_for(said: str, subject: str, machines: _Machines) -> Mapping[str, Point] | NotPrepared:
    """The point of each machine, by its name."""
    wanted = said.strip().casefold()
    if wanted in {"", LATEST}:
        return {facts.machine: _newest(_LATEST, item, _read(facts)) for facts, item in machines}
    if wanted == CONSISTENT:
        return _consistent(machines)
    return _chosen(said.strip(), subject, machines)


def why_unread(facts: Facts, planned: PlannedItem) -> str:
    """Why it can't be told whether the planned point is still there, "" if it can or if the newest is meant."""
    if planned.point in {"", *_LATEST.values()} or isinstance(facts.points, tuple):
        return ""
    return _why(facts)


def still(facts: Facts, planned: PlannedItem) -> Point:
    """The planned point as it is to be had now. The newest one moves on, and stays as it was planned."""
    point = Point(planned.point, planned.point_id, planned.point_at)
    if not isinstance(facts.points, tuple):
        return point
    if planned.point == CUSTOM:
        there = any(fold(one.id) == fold(planned.point_id) for one in facts.points)
        return point if there else Point(CUSTOM)
    lost = planned.point in _CONSISTENT.values() and not any(one.application_consistent for one in facts.points)
    return NO_POINT if lost else point


def _newest(kinds: Mapping[Topology, str], item: Item, points: Iterable[RecoveryPoint]) -> Point:
    times = [one.at for one in points if isinstance(one.at, datetime)]
    return Point(kinds.get(item.topology, ""), at=max(times, default=None))


def _consistent(machines: _Machines) -> Mapping[str, Point] | NotPrepared:
    if unread := _unread(machines):
        return unread
    made: dict[str, Point] = {}
    for facts, item in machines:
        those = [one for one in _read(facts) if one.application_consistent]
        if not those:
            why = f"{facts.machine} has no application-consistent recovery point: leave out --point, or say latest."
            return NotPrepared(Obstacle.WRONG_VALUE, why, without=_WITHOUT)
        made[facts.machine] = _newest(_CONSISTENT, item, those)
    return made


def _chosen(said: str, subject: str, machines: _Machines) -> Mapping[str, Point] | NotPrepared:
    """A point by its id: of one machine, or of a replication group the one that all of its machines share."""
    for facts, item in machines:
        if item.topology is not Topology.CLASSIC:
            why = (
                f"{facts.machine} can't have a recovery point of its own choice: the {item.topology.value} stack takes "
                f"{LATEST} or {CONSISTENT} only."
            )
            return NotPrepared(Obstacle.WRONG_VALUE, why, (LATEST, CONSISTENT), without=_WITHOUT)
    if unread := _unread(machines):
        return unread
    own = _meant(said, machines)
    named = [point for points in own.values() for point in points]
    if not named:
        return _wrong(f"{subject} has no recovery point {said}", machines)
    if any(len(points) > 1 for points in own.values()) or not all(_together(named[0], one) for one in named):
        return _wrong(f"More than one recovery point of {subject} begins with {said}", machines)
    point = named[0]
    if len(machines) == 1:
        return {machine: Point(CUSTOM, point.id, _time(point)) for machine in own}
    return _shared(point, subject, machines)


def _shared(point: RecoveryPoint, subject: str, machines: _Machines) -> Mapping[str, Point] | NotPrepared:
    group = machines[0][0].group
    if not isinstance(group, ReplicationGroup) or any(
        not isinstance(facts.group, ReplicationGroup) or fold(facts.group.id) != fold(group.id) for facts, _ in machines
    ):
        why = (
            f"{subject} is more than one replication group, which have no recovery point in common: fail back one by "
            "one to choose their points."
        )
        return NotPrepared(Obstacle.WRONG_VALUE, why, without=_WITHOUT)
    made: dict[str, Point] = {}
    for facts, _ in machines:
        found = [one for one in _read(facts) if one.shared and _together(one, point)]
        if not found:
            why = f"{facts.machine} does not share the recovery point {last_segment(point.id)}"
            return _wrong(f"{why} with the replication group {group.name}", machines)
        made[facts.machine] = Point(CUSTOM, found[0].id, _time(found[0]))
    return made


def _meant(said: str, machines: _Machines) -> Mapping[str, list[RecoveryPoint]]:
    """Those that somebody may mean: by the whole id or its last part, and only if there is none by its beginning."""
    wanted = fold(said)

    def exact(point: RecoveryPoint) -> bool:
        return wanted in {fold(point.id), fold(last_segment(point.id))}

    def begun(point: RecoveryPoint) -> bool:
        return fold(last_segment(point.id)).startswith(wanted)

    fits = exact if any(exact(one) for facts, _ in machines for one in _read(facts)) else begun
    return {facts.machine: [one for one in _read(facts) if fits(one)] for facts, _ in machines}


def _together(one: RecoveryPoint, other: RecoveryPoint) -> bool:
    """Whether they are of one moment: points of both kinds may be made at once."""
    if one.application_consistent is not other.application_consistent:
        return False
    if isinstance(one.at, datetime) and isinstance(other.at, datetime):
        return abs(one.at - other.at) < SAME
    return fold(one.id) == fold(other.id)


def _wrong(why: str, machines: _Machines) -> NotPrepared:
    """With the points there are."""
    told = listed(machines)
    return NotPrepared(
        Obstacle.WRONG_VALUE,
        f"{why}.",
        tuple(last_segment(one.id) for one in told),
        details=tuple(about(one, machines[0][0].now) for one in told),
        without=() if told else _WITHOUT,
    )


def listed(machines: _Machines) -> tuple[RecoveryPoint, ...]:
    """The newest points that may be chosen: of several machines those that all of them share."""
    there = list(_read(machines[0][0])) if machines else []
    for other, _ in machines[1:]:
        there = [one for one in there if one.shared and any(_together(one, each) for each in _shares(other))]
    return tuple(there[:MOST])


def about(point: RecoveryPoint, now: datetime) -> str:
    """ "12 minutes ago · application-consistent"."""
    kind = "application-consistent" if point.application_consistent else "crash-consistent"
    return f"{ago(point.at, now)} · {kind}"


def _shares(facts: Facts) -> list[RecoveryPoint]:
    return [one for one in _read(facts) if one.shared]


def _unread(machines: _Machines) -> NotPrepared | None:
    for facts, _ in machines:
        if not isinstance(facts.points, tuple):
            why = f"The recovery points of {facts.machine} could not be read: {_why(facts)}."
            return NotPrepared(Obstacle.UNREADABLE, why)
    return None


def _why(facts: Facts) -> str:
    return facts.points.reason if isinstance(facts.points, Missing) else "its recovery points were not asked for"


def _read(facts: Facts) -> tuple[RecoveryPoint, ...]:
    return facts.points if isinstance(facts.points, tuple) else ()


def _time(point: RecoveryPoint) -> datetime | None:
    return point.at if isinstance(point.at, datetime) else None


_WITHOUT = (OpenValue("", "point", ()),)
