"""A process that shares a queue: `python replica.py URL REQUEST`, with "" to wake none.

Writes "ready", and the request of each pass it begins. A pass never ends: this process is there to be killed.
"""

import asyncio
import sys

from homeward.actions.ports import Work
from homeward.actions.schedulers.queue import Queue
from tests.actions.schedulers.seen import Due, Log, now, passes


async def hang(request_id: str) -> None:
    print(request_id, flush=True)  # noqa: T201 # what its test reads
    await asyncio.Event().wait()


async def main(url: str, request_id: str) -> None:
    async with Queue(passes(hang), Due(), url, log=Log()) as queue:
        print("ready", flush=True)  # noqa: T201 # what its test reads
        if request_id:
            await queue.wake(Work.ADVANCE, request_id, now())
        await asyncio.Event().wait()


asyncio.run(main(*sys.argv[1:]))
