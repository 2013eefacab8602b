"""What a platform asks the standalone bot: does it live, is it ready, how is it doing."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

CLOSING_SECONDS = 5.0
"""How long an answer that is under way at the stop may take; aiohttp would wait a minute."""


class Health:
    """/healthz, /readyz and /metrics. Until somebody sets `ready`, the bot is not."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._registry = registry
        self.ready: Callable[[], Awaitable[bool]] = _not_yet

    def site(self) -> web.Application:
        site = web.Application()
        site.router.add_get("/healthz", self._healthz)
        site.router.add_get("/readyz", self._readyz)
        site.router.add_get("/metrics", self._metrics)
        return site

    async def _healthz(self, _request: web.Request) -> web.Response:
        return web.Response(text="ok\n")

    async def _readyz(self, _request: web.Request) -> web.Response:
        ready = await self.ready()
        return web.Response(text="ready\n" if ready else "not connected to Slack\n", status=200 if ready else 503)

    async def _metrics(self, _request: web.Request) -> web.Response:
        return web.Response(body=generate_latest(self._registry), headers={"Content-Type": CONTENT_TYPE_LATEST})


async def _not_yet() -> bool:
    return False


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
