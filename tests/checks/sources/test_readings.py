"""How long the reads of one source may take, and what is told of them."""

import asyncio
from time import monotonic

import pytest

from homeward.checks.facts import Missing
from homeward.checks.sources.access import SourceError
from homeward.checks.sources.readings import Readings
from homeward.checks.subjects import SourceReading, SourceState

SHORT = 0.2


async def never() -> str:
    await asyncio.Event().wait()
    return "too late"


async def at_once() -> str:
    return "read"


async def refused() -> str:
    raise SourceError("Azure denies access")


@pytest.fixture
def heard() -> list[tuple[SourceReading, ...]]:
    return []


@pytest.fixture
def readings(heard: list[tuple[SourceReading, ...]]) -> Readings:
    return Readings(heard.append, timeout=SHORT, timeouts={"slow": 3 * SHORT}, clock=monotonic)


async def test_many_reads_of_a_silent_source_take_no_longer_than_one_though_they_wait_for_a_turn(
    readings: Readings,
) -> None:
    turn = asyncio.Semaphore(1)

    async def in_turn() -> str:
        async with turn:
            return await never()

    began = monotonic()
    read = await asyncio.gather(*(readings.read("vault", in_turn()) for _ in range(20)))
    assert read == [Missing(f"vault did not answer within {SHORT:g} s")] * 20
    assert monotonic() - began < 2 * SHORT


async def test_reads_one_after_another_share_the_deadline_of_their_stage(readings: Readings) -> None:
    began = monotonic()
    for _ in range(5):
        assert isinstance(await readings.read("vault", never()), Missing)
    assert monotonic() - began < 2 * SHORT
    readings.next_stage()
    assert await readings.read("vault", at_once()) == "read"


async def test_each_source_has_its_own_deadline_and_some_their_own_limit(readings: Readings) -> None:
    began = monotonic()
    assert isinstance(await readings.read("vault", never()), Missing)
    assert await readings.read("compute", at_once()) == "read"
    assert await readings.read("slow", never()) == Missing(f"slow did not answer within {3 * SHORT:g} s")
    assert monotonic() - began >= 4 * SHORT


async def test_a_source_nobody_expected_is_shown_from_its_first_read(
    readings: Readings, heard: list[tuple[SourceReading, ...]]
) -> None:
    await readings.read("network", at_once())
    assert [one[0].state for one in heard] == [SourceState.READING, SourceState.READ]


async def test_a_source_of_which_one_read_failed_has_failed_with_the_first_reason(readings: Readings) -> None:
    for read in (at_once(), refused(), never(), at_once()):
        await readings.read("vault", read)
    (one,) = readings.all()
    assert (one.state, one.detail) == (SourceState.FAILED, "Azure denies access")
