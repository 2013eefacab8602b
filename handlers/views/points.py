"""The recovery points that a failback may bring home, each with its age and kind."""

from collections.abc import Callable
from datetime import datetime

from slack_sdk.models.blocks import Block

from homeward.checks.facts import Missing, RecoveryPoint

from ..escape import mrkdwn
from .blocks import Message, context, fitted, many, packed, section
from .moments import span, when

NAME = 80
SIZES = (40, 20, 10, 5, 2, 1)
Points = tuple[RecoveryPoint, ...] | Missing


def points_message(
    subject: str, machines: tuple[tuple[str, Points], ...], now: datetime, *, command: str = "/failback"
) -> Message:
    """Every machine with its points, the newest first."""
    name = mrkdwn(subject, NAME)
    known = sum(len(points) for _, points in machines if not isinstance(points, Missing))
    unread = sum(isinstance(points, Missing) for _, points in machines)
    head = f"{name}: {many(known, 'recovery point')}" if known or not unread else f"{name}: no point could be read"
    if known and unread:
        head += f"; those of {many(unread, 'machine')} could not be read"

    def blocks(size: int) -> list[Block]:
        shown = machines[:size]
        # What the names of many machines need is not left for their points.
        each = max(1, 2 * size // max(1, len(shown)))
        lines = [line for machine, points in shown for line in _machine(machine, points, now, each)]
        left = len(machines) - len(shown)
        more = [f"and {many(left, 'more machine')}: ask for one of them by its name"] if left else []
        return [
            section(f"*{head}*"),
            *(section(text) for text in packed([*lines, *more])),
            context(
                f"`{mrkdwn(command, 40)} start NAME` takes the advised point. `--point latest` and `--point "
                "app-consistent` work everywhere, `--point ID` with a classic machine only."
            ),
        ]

    return Message(head, fitted(blocks, SIZES))


def _machine(machine: str, points: Points, now: datetime, most: int) -> list[str]:
    name = mrkdwn(machine, NAME)
    if isinstance(points, Missing):
        return [f"*{name}*: ? could not be read: {mrkdwn(points.reason, 300)}"]
    if not points:
        return [f"*{name}*: ✗ it has no recovery point"]
    newest = sorted(points, key=_age(now))
    lines = [f"*{name}*: {many(len(points), 'point')}", *(_point(point, now) for point in newest[:most])]
    return [*lines, *([f"and {len(points) - most} older"] if len(points) > most else [])]


def _age(now: datetime) -> Callable[[RecoveryPoint], float]:
    """The seconds since a point, for sorting; those without a time last."""

    def age(point: RecoveryPoint) -> float:
        return (now - point.at).total_seconds() if isinstance(point.at, datetime) else float("inf")

    return age


def _point(point: RecoveryPoint, now: datetime) -> str:
    shared = ", shared by its replication group" if point.shared else ""
    at = f"{span(point.at, now)} old ({when(point.at)})" if isinstance(point.at, datetime) else "of an unknown time"
    return f"• {at}: {_kind(point)}{shared} · `{_id(point)}`"


def _kind(point: RecoveryPoint) -> str:
    if point.application_consistent:
        return "application-consistent"
    return "crash-consistent" if "crash" in point.kind.casefold() else mrkdwn(point.kind or "kind not told", NAME)


def _id(point: RecoveryPoint) -> str:
    """The last part of its ARM id, which tells it apart within its machine; nothing in it ends the code."""
    return mrkdwn(point.id.rstrip("/").rpartition("/")[2], NAME).replace("`", "'")
