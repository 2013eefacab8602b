"""Ending tasks."""

import asyncio
from collections.abc import Iterable

AGAIN = 1.0
"""Seconds after which a task that goes on is cancelled once more."""


async def ended(tasks: Iterable[asyncio.Task[object]], *, again: float = AGAIN) -> None:
    """Cancels the tasks, as often as it takes, and waits until they have ended. What they raised is nobody's business.

    Below Python 3.12 `asyncio.wait_for` loses a cancellation that comes in the moment of its result, and the pool of
    connections waits by it: a task that loops would go on for ever, and its end be awaited for ever.
    """
    tasks = tuple(tasks)
    while pending := [task for task in tasks if not task.done()]:
        for task in pending:
            task.cancel()
        await asyncio.wait(pending, timeout=again)
    await asyncio.gather(*tasks, return_exceptions=True)
