"""Recovery points: made by the policy's clock while a machine replicates, listed with the oldest first.

The answer's shape is published; that the two providers of the way back list their points like this is inferred, as
are the details' type (the SDK knows none for them) and how a point shared by a replication group is marked.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from ..estate.progress import ready_since
from .items import find_item
from .refusals import Refusal, no_resource
from .routing import Listing
from .wire import guid, moment, yes_no

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..estate.model import Estate, ProtectedItem
    from .names import Names
    from .routing import Call
    from .wire import Body

KIND = (
    "Microsoft.RecoveryServices/vaults/replicationFabrics/replicationProtectionContainers/replicationProtectedItems"
    "/recoveryPoints"
)
CRASH, APPLICATION = "CrashConsistent", "ApplicationConsistent"
_EVERY = {CRASH: timedelta(minutes=5), APPLICATION: timedelta(hours=1)}
_KEPT = {CRASH: timedelta(hours=2), APPLICATION: timedelta(hours=24)}
_START = datetime(2020, 1, 1, tzinfo=UTC)
"""The policy's clock counts from here: the machines of a replication group make their points together."""
_SETTLING = timedelta(minutes=1)
"""A point is there so long after its moment."""


@dataclass(frozen=True, slots=True)
class Point:
    name: str
    at: datetime
    kind: str
    shared: bool
    """All machines of its replication group have one of this moment."""


def list_points(call: Call) -> Listing:
    item = find_item(call)
    return Listing(partial(_body, call.names, item, point) for point in points_of(call.estate, item))


def get_point(call: Call) -> Body:
    item = find_item(call)
    for point in points_of(call.estate, item):
        if call.is_named("point", point.name):
            return _body(call.names, item, point)
    raise no_resource(KIND, call.parts["point"])


def points_of(estate: Estate, item: ProtectedItem) -> list[Point]:
    """The oldest first."""
    if item.stage not in {"ready-to-fail-back", "protected"} or item.newest_point_minutes is None:
        return []
    newest = estate.clock() - max(_SETTLING, timedelta(minutes=item.newest_point_minutes))
    made = {(at, kind) for kind in _EVERY for at in _moments(estate, item, kind, newest)}
    return [
        Point(guid("point", f"{item.id_name} {kind} {at}"), at, kind, _is_shared(estate, item, at))
        for at, kind in sorted(made)
    ]


def _is_shared(estate: Estate, item: ProtectedItem, at: datetime) -> bool:
    members = [one for one in estate.vault.items if item.group and one.group == item.group]
    began = [since for one in members if (since := ready_since(one))]
    return bool(members) and at > max(began, default=_START)


def _moments(estate: Estate, item: ProtectedItem, kind: str, newest: datetime) -> Iterator[datetime]:
    """One when the replication was through, then by the clock."""
    since = ready_since(item)
    oldest = estate.clock() - _KEPT[kind]
    if since and oldest <= since:
        yield since
        oldest = since
    at = newest - (newest - _START) % _EVERY[kind]
    while at > oldest:
        yield at
        at -= _EVERY[kind]


def chosen_point(call: Call, item: ProtectedItem, kind: str, point_id: str) -> str:
    """The ARM id of the point that a failback brings home; it is refused when there is no such point."""
    there = points_of(call.estate, item)
    if kind == "Custom":
        there = [one for one in there if _id(call.names, item, one).casefold() == point_id.casefold()]
    elif kind in {"LatestTag", APPLICATION}:
        there = [one for one in there if one.kind == APPLICATION]
    if not there:
        raise Refusal(400, "RecoveryPointNotFound", f"The protected item '{item.name}' has no such recovery point.")
    return _id(call.names, item, there[-1])


def _id(names: Names, item: ProtectedItem, point: Point) -> str:
    return f"{names.item(item)}/recoveryPoints/{point.name}"


def _body(names: Names, item: ProtectedItem, point: Point) -> Body:
    return {
        "id": _id(names, item, point),
        "name": point.name,
        "type": KIND,
        "properties": {
            "recoveryPointTime": moment(point.at),
            "recoveryPointType": point.kind,
            "providerSpecificDetails": {
                "instanceType": "InMageAzureV2" if item.topology == "classic" else "InMageRcm",
                "isMultiVmSyncPoint": yes_no(point.shared),
            },
        },
    }
