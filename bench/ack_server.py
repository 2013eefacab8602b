"""The two commands behind aiohttp in a process of their own, which ends with its standard input."""

import asyncio
import json
import sys

from aiohttp import web

from .listening import listening

EVENTS = "/slack/events"


async def serve(*, process_before_response: bool) -> None:
    """Prints the port and the signing secret as one line of JSON when it is up."""
    async with listening(process_before_response=process_before_response) as (app, secret):
        runner = web.AppRunner(app.web_app(EVENTS), access_log=None)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            print(json.dumps({"port": int(runner.addresses[0][1]), "secret": secret}), flush=True)
            await asyncio.to_thread(sys.stdin.read)
        finally:
            await runner.cleanup()


if __name__ == "__main__":
    asyncio.run(serve(process_before_response=sys.argv[1] == "process_before_response"))
