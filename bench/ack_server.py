"""The two commands behind aiohttp in a process of their own, which ends with its standard input."""

import asyncio
import json
import sys
from contextlib import AsyncExitStack

from aiohttp import web

from .listening import MODES, listening

EVENTS = "/slack/events"


async def serve() -> None:
    """Prints what the client needs, as one line of JSON, when an app for each of Bolt's modes is up."""
    async with AsyncExitStack() as stack:
        doors: dict[str, dict[str, object]] = {}
        for mode in MODES:
            app, secret = await stack.enter_async_context(listening(mode))
            runner = web.AppRunner(app.web_app(EVENTS), access_log=None)
            await runner.setup()
            stack.push_async_callback(runner.cleanup)
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            doors[mode] = {"url": f"http://127.0.0.1:{runner.addresses[0][1]}{EVENTS}", "secret": secret}
        print(json.dumps(doors), flush=True)
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(serve())
