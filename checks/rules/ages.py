"""How old a report of a server may be, and how its age is said."""

from datetime import datetime, timedelta

from homeward.checks.facts import NEVER, Moment

HEARTBEAT_LIMIT = timedelta(minutes=15)
"""Microsoft: a server without a heartbeat for 15 minutes is critical (monitor the process server)."""

DISCOVERY_LIMIT = timedelta(minutes=30)
"""Ours: discovery runs about every 15 minutes (a new drive "takes up to 15 minutes" to appear), so two were missed."""


def stale(moment: Moment, now: datetime, limit: timedelta) -> bool:
    """Whether it is longer ago than the limit; what never happened is stale."""
    return moment is NEVER or now - moment > limit


def ago(moment: Moment, now: datetime) -> str:
    """The age in words: "47 minutes ago", "3 days ago", "never"."""
    if moment is NEVER:
        return "never"
    minutes = int((now - moment).total_seconds() // 60)
    for size, word in ((1440, "day"), (60, "hour"), (1, "minute")):
        if minutes >= 2 * size:
            return f"{minutes // size} {word}s ago"
    return "just now" if minutes < 1 else "1 minute ago"
