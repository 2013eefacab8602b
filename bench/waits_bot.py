"""The bot whose waiting is measured, alone in its process: it tells its memory, its time and its loop's lag when asked.

It ends with its standard input. Each line there is answered by one line of JSON about the time since the one before.
"""

import asyncio
import json
import sys
import time
from contextlib import AsyncExitStack

from prometheus_client import CollectorRegistry

from homeward.bot import logs
from homeward.bot.plugin import register
from homeward.bot.settings_file import load
from homeward.bot.slack_app import bolt_app, connected

from .bots import memory
from .figures import Times

TICK = 0.010


class Lag:
    """How long anything that became ready at some moment had to wait for the event loop."""

    def __init__(self) -> None:
        self._late: list[float] = []

    async def watch(self) -> None:
        due = time.perf_counter() + TICK
        while True:
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            now = time.perf_counter()
            # All the ticks that fell into one long wait were late, each by its own time.
            while due <= now:
                self._late.append(now - due)
                due += TICK

    def take(self) -> list[float]:
        late, self._late = self._late, []
        return late


async def serve() -> None:
    logs.to_stderr()
    settings = load()
    app = bolt_app(settings)
    commands = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(commands), sys.stdin)
    async with AsyncExitStack() as stack:
        lag = Lag()
        watching = asyncio.create_task(lag.watch())
        stack.callback(watching.cancel)
        began, used = time.perf_counter(), time.process_time()
        await stack.enter_async_context(register(app, settings, registry=CollectorRegistry()))
        await stack.enter_async_context(connected(app, settings))
        print("up", flush=True)
        while await commands.readline():
            now, cpu = time.perf_counter(), time.process_time()
            late = lag.take() or [0.0]
            told = {
                "memory": memory(),
                "cpu": (cpu - used) / (now - began),
                "lag_median": Times.of(late).median,
                "lag_p99": Times.of(late).p99,
                "lag_most": max(late),
            }
            print(json.dumps(told), flush=True)
            began, used = now, cpu


if __name__ == "__main__":
    asyncio.run(serve())
