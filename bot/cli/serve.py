"""`homeward serve`: the standalone bot, with its health and its metrics."""

import asyncio
import logging
import signal
import sys
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack

import aiohttp
import click
import structlog
from aiohttp import web
from prometheus_client import CollectorRegistry, generate_latest
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.errors import SlackApiError

from homeward.bot.plugin import register
from homeward.bot.settings import Settings, SettingsError, load
from homeward.bot.slack_app import bolt_app, connected
from homeward.handlers.problems import CommandTaken

from . import ExitCode

EVENTS = "/slack/events"


def run(config: str | None) -> int:
    """Runs until SIGINT or SIGTERM; returns the exit code."""
    _log_to_stderr()
    try:
        asyncio.run(serve(load(config)))
    except (SettingsError, CommandTaken) as error:
        click.echo(str(error), err=True)
        return ExitCode.USAGE
    except SlackApiError as error:
        click.echo(f"Slack refused to start: {error.response['error']}", err=True)
        return ExitCode.FAILED
    except (aiohttp.ClientError, OSError) as error:
        click.echo(f"Could not start: {error}", err=True)
        return ExitCode.FAILED
    return ExitCode.OK


async def serve(settings: Settings, *, started: Callable[[int], None] | None = None) -> None:
    """Serves until a signal. `started` is told the port when everything is up."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stop.set)
    log = structlog.get_logger("homeward")
    registry = CollectorRegistry()
    app = bolt_app(settings)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(register(app, settings, registry=registry))
        is_connected = await _connect(app, settings, stack)
        port = await _listen(app, settings, registry, is_connected, stop, stack)
        log.info("homeward.started", mode=settings.slack.mode, port=port, vaults=len(settings.vaults))
        if started:
            started(port)
        await stop.wait()
        log.info("homeward.stopping")


async def _connect(app: AsyncApp, settings: Settings, stack: AsyncExitStack) -> Callable[[], Awaitable[bool]]:
    """Opens Socket Mode, if that is the mode; returns how to ask whether Slack is connected."""
    if settings.slack.mode == "http":

        async def listening() -> bool:
            return True

        return listening
    handler = await stack.enter_async_context(connected(app, settings))
    return handler.client.is_connected


async def _listen(
    app: AsyncApp,
    settings: Settings,
    registry: CollectorRegistry,
    is_connected: Callable[[], Awaitable[bool]],
    stop: asyncio.Event,
    stack: AsyncExitStack,
) -> int:
    async def healthz(_request: web.Request) -> web.Response:
        return web.Response(text="ok\n")

    async def readyz(_request: web.Request) -> web.Response:
        ready = not stop.is_set() and await is_connected()
        return web.Response(text="ready\n" if ready else "not connected to Slack\n", status=200 if ready else 503)

    async def metrics(_request: web.Request) -> web.Response:
        return web.Response(body=generate_latest(registry), headers={"Content-Type": "text/plain; version=0.0.4"})

    site = app.web_app(EVENTS) if settings.slack.mode == "http" else web.Application()
    site.router.add_get("/healthz", healthz)
    site.router.add_get("/readyz", readyz)
    site.router.add_get("/metrics", metrics)
    runner = web.AppRunner(site, access_log=None)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    await web.TCPSite(runner, port=settings.slack.port).start()
    return int(runner.addresses[0][1])


def _log_to_stderr() -> None:
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(file=sys.stderr))
