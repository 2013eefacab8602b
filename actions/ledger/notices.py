"""What the ledger remembers of notices: who wants none in person, and which days were told."""

from datetime import date, datetime

from sqlalchemy import delete, exists, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from homeward.actions.requests import Person

from .tables import quiet_people, told_days


async def quiet_in(connection: AsyncConnection, team_id: str) -> frozenset[str]:
    query = select(quiet_people.c.user_id).where(quiet_people.c.team_id == team_id)
    return frozenset((await connection.execute(query)).scalars())


async def hush(connection: AsyncConnection, person: Person, at: datetime) -> None:
    """A broken constraint where that is so already."""
    await connection.execute(insert(quiet_people).values(team_id=person.team_id, user_id=person.user_id, since=at))


async def unhush(connection: AsyncConnection, person: Person) -> None:
    its = (quiet_people.c.team_id == person.team_id, quiet_people.c.user_id == person.user_id)
    await connection.execute(delete(quiet_people).where(*its))


async def was_told(connection: AsyncConnection, channel: str, day: date) -> bool:
    its = (told_days.c.channel == channel, told_days.c.day == day.isoformat())
    return bool((await connection.execute(select(exists().where(*its)))).scalar_one())


async def take_day(connection: AsyncConnection, channel: str, day: date, at: datetime) -> None:
    """A broken constraint where somebody took it already."""
    await connection.execute(insert(told_days).values(channel=channel, day=day.isoformat(), at=at))
