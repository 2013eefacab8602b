"""A recovery point of a protected item as a `RecoveryPoint`, and the order of several."""

from collections.abc import Iterable
from datetime import UTC, datetime

from homeward.checks.facts import NEVER, RecoveryPoint

from .wire import Wire

_LONG_AGO = datetime.min.replace(tzinfo=UTC)


def recovery_point(raw: object) -> RecoveryPoint:
    wire = Wire(raw)
    told = wire.part("properties")
    return RecoveryPoint(
        id=wire.text("id"),
        at=told.moment("recoveryPointTime") or NEVER,
        kind=told.text("recoveryPointType"),
        shared=told.part("providerSpecificDetails").flag("isMultiVmSyncPoint") is True,
    )


def newest_first(points: Iterable[RecoveryPoint]) -> tuple[RecoveryPoint, ...]:
    """Azure promises no order. Points whose time it does not tell come last."""
    return tuple(sorted(points, key=_time, reverse=True))


def _time(point: RecoveryPoint) -> datetime:
    return point.at if isinstance(point.at, datetime) else _LONG_AGO
