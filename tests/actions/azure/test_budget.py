"""Acting's share of Azure's reads: half, waited for a little, given up for now where it would take long."""

import asyncio

import pytest

from homeward.actions.budget import BURST, LONGEST_WAIT, PER_SECOND, Budget
from homeward.actions.ports import Unreadable


class Clock:
    def __init__(self) -> None:
        self.time = 1000.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.time

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def budget(clock: Clock) -> Budget:
    return Budget(clock=clock, sleep=clock.sleep)


async def spend(budget: Budget, count: int, subscription: str = "s") -> int:
    """How many of the reads got their turn."""
    for done in range(count):
        try:
            await budget.take(subscription)
        except Unreadable:
            return done
    return count


async def test_the_share_is_half_of_what_azure_grants(budget: Budget, clock: Clock) -> None:
    assert (BURST, PER_SECOND) == (125, 12.5)
    assert await spend(budget, 125) == 125
    assert clock.slept == []
    await budget.take("s")
    assert clock.slept == [pytest.approx(1 / 12.5)]


async def test_reads_wait_in_line_and_at_most_ten_seconds(budget: Budget, clock: Clock) -> None:
    granted = await spend(budget, 1000)
    assert granted == 125 + 125  # ten seconds' worth stand in line
    assert max(clock.slept) <= LONGEST_WAIT
    with pytest.raises(Unreadable) as error:
        await budget.take("s")
    assert 10 < error.value.retry_after < 10.2
    clock.time += 60
    assert await spend(budget, 125) == 125


async def test_an_hour_of_polling_never_reads_more_than_the_half(budget: Budget, clock: Clock) -> None:
    granted = 0
    for _ in range(360):
        granted += await spend(budget, 500)
        clock.time += 10
    assert granted <= 125 + 12.5 * 3600 + 125


async def test_each_subscription_has_its_own_share_whatever_its_case(budget: Budget) -> None:
    await spend(budget, 1000, "one")
    assert await spend(budget, 10, "ONE") == 0
    assert await spend(budget, 10, "two") == 10


async def test_azures_pause_is_kept(budget: Budget, clock: Clock) -> None:
    budget.answered("s", 429, {"Retry-After": "25"})
    with pytest.raises(Unreadable, match="no more reads") as error:
        await budget.take("s")
    assert error.value.retry_after == 25
    clock.time += 20
    await budget.take("s")
    assert clock.slept == [5]


async def test_a_pause_that_is_not_told_in_seconds_is_half_a_minute(budget: Budget) -> None:
    budget.answered("s", 429, {"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"})
    assert budget.pause("s") == 30


async def test_when_others_have_used_it_up_only_half_of_the_rest_is_taken(budget: Budget, clock: Clock) -> None:
    budget.answered("s", 200, {"x-ms-ratelimit-remaining-subscription-reads": "10"})
    assert await spend(budget, 5) == 5
    assert clock.slept == []
    await budget.take("s")
    assert clock.slept != []


async def test_a_read_that_is_cancelled_in_line_gives_its_turn_back(clock: Clock) -> None:
    waiting = asyncio.Event()

    async def sleep(seconds: float) -> None:
        waiting.set()
        await asyncio.Event().wait()

    budget = Budget(clock=clock, sleep=sleep)
    await spend(budget, 125)
    task = asyncio.create_task(budget.take("s"))
    await waiting.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    clock.time += 1 / 12.5
    await budget.take("s")  # at once: nobody stands before it
