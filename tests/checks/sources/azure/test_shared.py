"""One read for many."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest

from homeward.checks.sources.azure.shared import Shared


def _start(work: Coroutine[Any, Any, int]) -> "asyncio.Task[int]":
    return asyncio.get_running_loop().create_task(work)


class Source:
    """Counts its reads; each waits to be let go."""

    def __init__(self) -> None:
        self.reads = 0
        self.now = 0.0
        self.go = asyncio.Event()
        self.failure: Exception | None = None
        self.shared = Shared(self._read, ttl=5, clock=lambda: self.now, start=_start)

    async def _read(self) -> int:
        self.reads += 1
        number = self.reads
        await self.go.wait()
        if self.failure is not None:
            raise self.failure
        return number


@pytest.fixture
def source() -> Source:
    return Source()


async def test_readers_at_once_share_one_read(source: Source) -> None:
    readers = [asyncio.create_task(source.shared.get()) for _ in range(10)]
    await asyncio.sleep(0)
    source.go.set()
    assert await asyncio.gather(*readers) == [1] * 10


async def test_a_value_is_kept_for_its_time_and_no_longer(source: Source) -> None:
    source.go.set()
    assert await source.shared.get() == 1
    source.now = 4.9
    assert await source.shared.get() == 1
    source.now = 5.0
    assert await source.shared.get() == 2


async def test_its_time_counts_from_the_beginning_of_the_read(source: Source) -> None:
    reader = asyncio.create_task(source.shared.get())
    await asyncio.sleep(0)
    source.now = 6.0
    source.go.set()
    assert await reader == 1
    assert await source.shared.get() == 2


async def test_a_reader_that_gives_up_does_not_take_the_others_along(source: Source) -> None:
    first, second = (asyncio.create_task(source.shared.get()) for _ in range(2))
    await asyncio.sleep(0)
    first.cancel()
    source.go.set()
    assert await second == 1
    assert first.cancelled()
    assert source.reads == 1


async def test_a_failure_reaches_all_its_readers_and_is_not_kept(source: Source) -> None:
    source.failure = ValueError("no")
    readers = [asyncio.create_task(source.shared.get()) for _ in range(3)]
    await asyncio.sleep(0)
    source.go.set()
    assert [type(result) for result in await asyncio.gather(*readers, return_exceptions=True)] == [ValueError] * 3
    source.failure = None
    assert await source.shared.get() == 2


async def test_after_forgetting_a_read_under_way_is_not_shared_any_more(source: Source) -> None:
    old = asyncio.create_task(source.shared.get())
    await asyncio.sleep(0)
    source.shared.forget()
    new = asyncio.create_task(source.shared.get())
    await asyncio.sleep(0)
    source.go.set()
    assert (await old, await new) == (1, 2)
    assert await source.shared.get() == 2
