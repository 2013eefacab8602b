"""When something shall start, as people say it: "22:00", "tomorrow 06:30", "2026-11-24 22:00", in a time zone."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from difflib import get_close_matches
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from homeward.actions.requests import Person, Where

from .arguments import Usage, bare

Zones = Callable[[Person, Where], Awaitable[str]]
"""The IANA name of somebody's time zone as Slack has it, "" where it does not tell one. Does not raise."""

FARTHEST = timedelta(days=7)
FORMS = '22:00, "tomorrow 06:30" or "2026-11-24 22:00"'

_DASHES = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"))
_DAY = r"(?P<day>today|tomorrow|\d{4}-\d{1,2}-\d{1,2})"
_CLOCK = r"(?P<hour>\d{1,2})[:.](?P<minute>\d{2})(?::00)?"
_OFFSET = r"(?: ?(?P<offset>z|[+-]\d{2}:?\d{2}))?"
_FORMS = (
    re.compile(rf"(?:{_DAY}[ t]{{1,3}})?{_CLOCK}{_OFFSET}"),
    re.compile(rf"{_CLOCK}{_OFFSET} {_DAY}"),
)
_MORE = re.compile(
    r"\d{1,2}[:.]\d{2}\S*|\d{4}-\S+|\d{1,2}[./]\d{1,2}[./]?\S*|[+-]\d\S*|at|on|next|today|tomorrow|tonight"
    r"|(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?|[ap]\.?m\.?|h|hrs?|hours?|z|utc|gmt|noon|midnight"
    r"|o'clock|[a-z]+/[a-z_/+-]+",
    re.IGNORECASE,
)
_ABBREVIATED = re.compile(r"[CEW]ES?T|EES?T|WES?T|MSK|BST|IST|JST|KST|SGT|HKT|A[CEW][SD]T|NZ[SD]T|[ECMP][SD]?T")
"""What people put after a time, and what tells no zone alone: IST is three of them."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """A moment as it was said. `day` is a date, how many days from today, or None where none was said.

    `offset` is from UTC, None where none was said.
    """

    day: date | int | None
    clock: time
    offset: timedelta | None = None


def belongs(word: str) -> bool:
    """Whether a word after a moment is still about it: "22:00 tomorrow" must never become tonight."""
    return bool(_MORE.fullmatch(word.strip(",;").translate(_DASHES)) or _ABBREVIATED.fullmatch(word))


def spoken(said: str) -> Spoken | Usage:
    """What was said, as far as it can be told without a clock and a zone."""
    text = " ".join(bare(said).translate(_DASHES).replace(",", " ").casefold().split())
    match = next((found for form in _FORMS if (found := form.fullmatch(text))), None)
    wrong = Usage(f"--at takes a time such as {FORMS}, not “{_short(said)}”; a time zone goes after --zone.")
    if match is None:
        return wrong
    day, offset = match["day"], match["offset"]
    try:
        clock = time(int(match["hour"]), int(match["minute"]))
        when = {"today": 0, "tomorrow": 1}.get(day) if day else None
        if day and when is None:
            year, month, number = map(int, day.split("-"))
            return Spoken(date(year, month, number), clock, _offset(offset))
        return Spoken(when, clock, _offset(offset))
    except ValueError:
        return Usage(f"There is no such time as “{_short(said)}”: --at takes one such as {FORMS}.")


def moment(said: Spoken, zone: ZoneInfo, now: datetime) -> datetime | Usage:
    """The instant that is meant, in UTC. Without a day it is the next one at that time."""
    place: tzinfo = zone if said.offset is None else timezone(said.offset)
    today = now.astimezone(place).date()
    if said.day is None:
        # The day after next is never needed: a time of today that is over comes again tomorrow.
        later = [_at(today + timedelta(days), said.clock, place) for days in (0, 1)]
        found = next(one for one in later if not one.over(now))
    else:
        day = today + timedelta(said.day) if isinstance(said.day, int) else said.day
        if not date(2000, 1, 1) < day < date(9000, 1, 1):
            return Usage(f"{day.isoformat()} is not within the next {FARTHEST.days} days.")
        found = _at(day, said.clock, place)
    name = f"{found.local:%H:%M} on {found.local:%A} {found.local.day} {found.local:%B %Y}"
    if found.over(now):
        return Usage(f"{name} is over: it is {now.astimezone(place):%H:%M on %A} in {_place(zone, said)} now.")
    if found.missing:
        return Usage(
            f"{name} does not exist in {zone.key}: clocks go forward over it there. Say a time before or after."
        )
    if found.first != found.last:
        each = " or ".join(one.astimezone(place).isoformat(timespec="minutes") for one in (found.first, found.last))
        return Usage(f"{name} comes twice in {zone.key}, where clocks go back then: say {each}.")
    if found.first > now + FARTHEST:
        return Usage(f"{name} is too far away: at most {FARTHEST.days} days ahead.")
    return found.first


def time_zone(said: str) -> ZoneInfo | Usage:
    """The zone of a name, whatever its capitals. It reads files: not for the event loop."""
    name = "_".join(bare(said).split())
    known = _zones().get(name.casefold())
    if known:
        return ZoneInfo(known)
    folded = name.casefold()
    places = [zone for zone in _zones() if "/" in zone]
    cities = {zone.rpartition("/")[2]: zone for zone in places}
    near = cities.get(folded) or next(iter(get_close_matches(folded, places, n=1, cutoff=0.6)), "")
    if not near and (city := get_close_matches(folded, list(cities), n=1, cutoff=0.8)):
        near = cities[city[0]]
    asked = f"Did you mean {_zones()[near]}?" if near else "Say one such as Europe/Berlin or America/New_York."
    return Usage(f"There is no time zone “{_short(said)}”. {asked}")


@dataclass(frozen=True, slots=True)
class _Found:
    """A local time. Where clocks go back it comes twice; where they go forward it may be missing."""

    local: datetime
    first: datetime
    last: datetime
    missing: bool

    def over(self, now: datetime) -> bool:
        """Whether its clock has gone past it; past a time that clocks leave out as soon as they have gone forward."""
        if self.missing:
            return now.astimezone(self.local.tzinfo).replace(tzinfo=None) > self.local.replace(tzinfo=None)
        return self.last <= now


def _at(day: date, clock: time, place: tzinfo) -> _Found:
    local = datetime.combine(day, clock, place)
    before, after = local.utcoffset(), local.replace(fold=1).utcoffset()
    # Of a time that clocks leave out, Python takes the offset before them first, and that is the smaller one.
    missing = before is not None and after is not None and before < after
    first, last = local.astimezone(UTC), local.replace(fold=1).astimezone(UTC)
    return _Found(local, min(first, last), max(first, last), missing)


def _place(zone: ZoneInfo, said: Spoken) -> str:
    return zone.key if said.offset is None else f"UTC{timezone(said.offset).tzname(None).removeprefix('UTC')}"


def _offset(text: str | None) -> timedelta | None:
    if text is None:
        return None
    if text == "z":
        return timedelta()
    hours, minutes = int(text[1:3]), int(text[-2:])
    if hours > 14 or minutes > 59:
        raise ValueError(text)
    return timedelta(hours=hours, minutes=minutes) * (-1 if text[0] == "-" else 1)


@cache
def _zones() -> dict[str, str]:
    """Every zone's name by itself without capitals."""
    return {name.casefold(): name for name in sorted(available_timezones())}


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:59]}…"
