"""The daily line: once a day, in one channel, which machines are in Azure and could come home."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from homeward.checks.redact import redact
from homeward.checks.subjects import Estate, Inventory, Kind
from homeward.checks.way import Stand
from homeward.handlers.problems import SlackRefused
from homeward.handlers.supervisor import Log
from homeward.handlers.views.blocks import Message
from homeward.handlers.views.notices import daily_message

LATE = timedelta(hours=2)
"""A bot that was down since then says nothing more that day."""
LOOK_SECONDS = 30.0
READING_SECONDS = 60.0
"""How long it waits for the vaults to be read anew."""
OLD = timedelta(minutes=5)
"""A vault that was read longer ago is told as not read."""


class Days(Protocol):
    """The ledger, as far as it is used here."""

    async def was_told(self, channel: str, day: date) -> bool: ...

    async def take_day(self, channel: str, day: date) -> bool: ...


Say = Callable[[Message], Awaitable[None]]
"""Says it in the channel; raises `SlackRefused`."""


@dataclass(frozen=True, slots=True)
class Daily:
    """A day is told at most once, by one of the replicas. `clock` is that of the ledger, `wall` of the inventory."""

    days: Days
    inventory: Inventory
    say: Say
    channel: str
    at: time
    zone: ZoneInfo
    clock: Callable[[], datetime]
    log: Log
    wall: Callable[[], datetime] = lambda: datetime.now(UTC)
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep

    async def run(self) -> None:
        """Until it is cancelled."""
        while True:
            try:
                await self.look()
            except Exception as error:  # noqa: BLE001 # the edge of a task: it must not end for one bad day
                self.log.error("homeward.daily_not_told", error=type(error).__name__, said=redact(str(error))[:300])
            await self.sleep(LOOK_SECONDS)

    async def look(self) -> None:
        """Tells the day whose time it is, if nobody has."""
        day = due(self.clock(), self.at, self.zone)
        if day is None or await self.days.was_told(self.channel, day):
            return
        told = line(await self._read(), self.wall())
        # Written down before it is said: rather not told once than told twice.
        if await self.days.take_day(self.channel, day) and told is not None:
            try:
                await self.say(told)
            except SlackRefused as refused:
                self.log.error("homeward.daily_not_told", channel=self.channel, slack=refused.error)

    async def _read(self) -> Estate:
        """What is known of the vaults as they are now, as far as they can be read."""
        waited = 0.0
        while True:
            estate = await self.inventory.read(READING_SECONDS)
            if waited >= READING_SECONDS or not unread(estate, self.wall()):
                return estate
            await self.sleep(2.0)
            waited += 2.0


def due(now: datetime, at: time, zone: ZoneInfo) -> date | None:
    """The day whose time it is, in that zone: also a little late, and on days on which clocks are changed."""
    today = now.astimezone(zone).date()
    for day in (today, today - timedelta(days=1)):
        # A time that the clocks skip is taken as if they had not been changed; of one that comes twice, the first.
        moment = datetime.combine(day, at, zone).astimezone(UTC)
        if moment <= now < moment + LATE:
            return day
    return None


def line(estate: Estate, now: datetime) -> Message | None:
    """None where there is nothing to tell."""
    dark = unread(estate, now)
    away = [one for one in estate.named if one.kind is Kind.MACHINE and one.stand is Stand.IN_AZURE]
    names = sorted((one.name for one in away if one.vault not in dark), key=str.casefold)
    return daily_message(names, tuple(dark.values())) if names or dark else None


def unread(estate: Estate, now: datetime) -> dict[str, str]:
    """The vaults of which nothing is known as it is now, each with a clause about it."""
    vaults = (part for part in estate.parts if part.kind == "vault")
    return {
        part.name: _clause(part.name, part.trouble)
        for part in vaults
        if part.read_at is None or now - part.read_at > OLD
    }


def _clause(name: str, trouble: str) -> str:
    if name in trouble:
        return trouble
    return f"vault {name}: {trouble or 'it has not been read in time'}"
