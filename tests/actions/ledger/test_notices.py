"""Who wants no direct messages, and which days were told: kept by the ledger."""

import asyncio
from datetime import date

from homeward.actions.ledger import Ledger, opened
from homeward.actions.requests import Person
from tests.actions.making import KEY, VirtualClock

LENA, OMAR = Person("T1", "U1"), Person("T1", "U2")
DAY = date(2026, 3, 29)


async def test_whoever_turns_direct_messages_off_is_quiet_until_they_turn_them_on(ledger: Ledger) -> None:
    assert await ledger.quiet_people("T1") == frozenset()
    await ledger.quiet(LENA, on=True)
    await ledger.quiet(OMAR, on=True)
    assert await ledger.quiet_people("T1") == {"U1", "U2"}
    await ledger.quiet(LENA, on=False)
    assert await ledger.quiet_people("T1") == {"U2"}


async def test_turning_them_off_or_on_twice_changes_nothing_more(ledger: Ledger) -> None:
    for on in (True, True, False, False):
        await ledger.quiet(LENA, on=on)
    await asyncio.gather(*(ledger.quiet(OMAR, on=True) for _ in range(5)))
    assert await ledger.quiet_people("T1") == {"U2"}


async def test_somebody_of_another_workspace_with_that_id_is_somebody_else(ledger: Ledger) -> None:
    await ledger.quiet(Person("T2", "U1"), on=True)
    assert await ledger.quiet_people("T1") == frozenset()


async def test_of_twenty_that_would_tell_a_day_one_may(ledger: Ledger) -> None:
    assert not await ledger.was_told("C1", DAY)
    taken = await asyncio.gather(*(ledger.take_day("C1", DAY) for _ in range(20)))
    assert sum(taken) == 1
    assert await ledger.was_told("C1", DAY)
    assert await ledger.take_day("C2", DAY)
    assert await ledger.take_day("C1", date(2026, 3, 30))


async def test_a_restart_forgets_neither(ledger_url: str, clock: VirtualClock) -> None:
    async with opened(ledger_url, key=KEY, clock=clock) as ledger:
        await ledger.quiet(LENA, on=True)
        await ledger.take_day("C1", DAY)
    async with opened(ledger_url, key=KEY, clock=clock) as ledger:
        assert await ledger.quiet_people("T1") == {"U1"}
        assert not await ledger.take_day("C1", DAY)
