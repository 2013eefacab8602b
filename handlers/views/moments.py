"""Moments and spans of time in words, coarse enough that a message changes at most once a minute."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo


def when(moment: datetime) -> str:
    """A moment in the reader's own time zone; for those who can't see that, in UTC."""
    return f"<!date^{int(moment.timestamp())}^{{date_short_pretty}} at {{time}}|{spoken(moment)}>"


def spoken(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")


def agreed(moment: datetime, zone: str) -> str:
    """ "2026-11-24 22:00 Europe/Berlin": as people said it; in UTC where nobody named a zone that there is."""
    try:
        return f"{moment.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M} {zone}" if zone else spoken(moment)
    except (KeyError, ValueError, OSError):
        return spoken(moment)


def agreed_when(moment: datetime, zone: str) -> str:
    """The same, and in the reader's own time zone."""
    told = agreed(moment, zone)
    return when(moment) if told == spoken(moment) else f"{told} (for you {when(moment)})"


def since(begin: datetime, now: datetime) -> str:
    """A span that still grows, in steps that grow with it: many messages show one, and each step changes them all."""
    seconds, step = _grown(begin, now)
    return span(begin, begin + timedelta(seconds=seconds // step * step))


def until_next(begin: datetime, now: datetime) -> float:
    """The seconds until `since` says something else."""
    seconds, step = _grown(begin, now)
    return step - seconds % step


def _grown(begin: datetime, now: datetime) -> tuple[float, int]:
    """The span's seconds, and the step that it grows by at this age."""
    seconds = max(0.0, (now - begin).total_seconds())
    return seconds, 60 if seconds < 600 else 300 if seconds < 3600 else 900 if seconds < 6 * 3600 else 3600


def span(begin: datetime, end: datetime) -> str:
    """ "under a minute", "12 min", "3 h 5 min", "2 days 4 h"."""
    minutes = max(0, int((end - begin).total_seconds() // 60))
    if minutes < 1:
        return "under a minute"
    if minutes < 60:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 48:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    days, hours = divmod(hours, 24)
    return f"{days} days {hours} h" if hours else f"{days} days"
