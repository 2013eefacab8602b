"""Tasks that are to end."""

import asyncio
from contextlib import suppress

from homeward.actions.ended import ended


async def test_a_task_that_lost_its_cancellation_is_cancelled_again() -> None:
    begun, lost = asyncio.Event(), 0

    async def goes_on() -> None:
        nonlocal lost
        with suppress(asyncio.CancelledError):
            begun.set()
            await asyncio.Event().wait()
        lost += 1
        await asyncio.Event().wait()

    task = asyncio.create_task(goes_on())
    await begun.wait()
    async with asyncio.timeout(5):
        await ended((task,), again=0.01)
    assert (task.cancelled(), lost) == (True, 1)


async def test_what_a_task_raised_while_it_ended_is_not_raised_again() -> None:
    async def fails() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            raise ValueError("while it ended")

    task = asyncio.create_task(fails())
    await asyncio.sleep(0)
    async with asyncio.timeout(5):
        await ended((task,))
    assert task.done()
