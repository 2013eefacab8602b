"""What a platform asks the standalone bot: does it live, is it ready, how is it doing."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

CLOSING_SECONDS = 5.0
"""How long an answer that is under way at the stop may take; aiohttp would wait a minute."""


class Health:
    """/healthz, /readyz and /metrics. `waits_for` tells what keeps the bot from working; "" where it is ready."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._registry = registry
        self.waits_for: Callable[[], Awaitable[str]] = _starting

    def site(self) -> web.Application:
        site = web.Application()
        site.router.add_get("/healthz", self._healthz)
        site.router.add_get("/readyz", self._readyz)
        site.router.add_get("/metrics", self._metrics)
        return site

    async def _healthz(self, _request: web.Request) -> web.Response:
        return web.Response(text="ok\n")

    async def _readyz(self, _request: web.Request) -> web.Response:
        why = await self.waits_for()
        return web.Response(text=f"{why or 'ready'}\n", status=503 if why else 200)

    async def _metrics(self, _request: web.Request) -> web.Response:
        return web.Response(body=generate_latest(self._registry), headers={"Content-Type": CONTENT_TYPE_LATEST})


async def _starting() -> str:
    return "not connected to Slack"


@asynccontextmanager
async def listening(site: web.Application, *, host: str, port: int) -> AsyncGenerator[int]:
    """Serves the site for the time of the context; yields the port, which is a free one where 0 was asked for."""
    runner = web.AppRunner(site, access_log=None, shutdown_timeout=CLOSING_SECONDS)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
        yield int(runner.addresses[0][1])
    finally:
        await runner.cleanup()
