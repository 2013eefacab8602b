"""How old a report of a server may be, and how its age is said."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from homeward.checks.facts import NEVER, Missing, Moment, known
from homeward.checks.model import Sentence

from .present import moment

DISCOVERY_LIMIT = timedelta(minutes=30)
"""Ours: discovery runs about every 15 minutes (a new drive "takes up to 15 minutes" to appear), so two were missed."""

AHEAD_LIMIT = timedelta(minutes=15)
"""Ours: a moment further ahead of the check's own proves no life, only that one of the two clocks is wrong."""


def late(what: str, told: Moment | Missing, now: datetime, limit: timedelta) -> bool | Missing:
    """Whether it is longer ago than the limit; what never happened is late. `what` as in "cs01: last heartbeat"."""
    if isinstance(told, Missing):
        return told
    if told is NEVER:
        return True
    if told - now > AHEAD_LIMIT:
        minutes = int((told - now).total_seconds() // 60)
        return Missing(f"{what} lies {minutes} minutes in the future: its clock is ahead of ours")
    return now - told > limit


def overdue(what: str, told: Moment | Missing, now: datetime, limit: timedelta) -> Iterator[Sentence]:
    """A sentence if it is late."""
    if known(late(what, told, now, limit)):
        size, unit = (limit.days * 24, "hours") if limit.days else (limit.seconds // 60, "minutes")
        yield f"{what} {ago(moment(told), now)} (limit {size} {unit})."


def ago(moment: Moment, now: datetime) -> str:
    """The age in words: "47 minutes ago", "3 days ago", "never"."""
    if moment is NEVER:
        return "never"
    minutes = int((now - moment).total_seconds() // 60)
    for size, word in ((1440, "day"), (60, "hour"), (1, "minute")):
        if minutes >= 2 * size:
            return f"{minutes // size} {word}s ago"
    return "just now" if minutes < 1 else "1 minute ago"
