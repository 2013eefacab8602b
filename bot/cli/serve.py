"""`homeward serve`: the standalone bot, with its health and its metrics."""

import asyncio
import signal
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack
from dataclasses import dataclass

import click
from prometheus_client import CollectorRegistry

from homeward.actions.ended import ended
from homeward.actions.ledger import LedgerError
from homeward.bot import logs
from homeward.bot.connecting import Refused, come_up
from homeward.bot.health import Health, listening
from homeward.bot.plugin import register
from homeward.bot.settings import Settings, SettingsError
from homeward.bot.settings_file import load
from homeward.bot.slack_app import bolt_app, socket_mode
from homeward.handlers.problems import CommandTaken

from . import ExitCode

EVENTS = "/slack/events"


@dataclass(frozen=True, slots=True)
class Ports:
    """Where it listens: health and metrics, and Slack's deliveries (0 in socket mode, where there are none)."""

    health: int
    deliveries: int


def run(config: str | None) -> int:
    """Runs until SIGINT or SIGTERM; returns the exit code."""
    logs.to_stderr()
    try:
        asyncio.run(serve(load(config)))
    except (SettingsError, CommandTaken) as error:
        click.echo(str(error), err=True)
        return ExitCode.USAGE
    except (Refused, LedgerError) as error:
        click.echo(str(error), err=True)
        return ExitCode.FAILED
    except OSError as error:
        click.echo(f"Could not start: {error}", err=True)
        return ExitCode.FAILED
    return ExitCode.OK


async def serve(settings: Settings, *, started: Callable[[Ports], None] | None = None) -> None:
    """Serves until a signal. `started` is told the ports when it listens, which is before it is connected to Slack.

    Raises `Refused` where Slack refuses a token, and `LedgerError` where the state database can't be opened.
    """
    stop = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    log = logs.logger()
    registry = CollectorRegistry()
    app = bolt_app(settings)
    health = Health(registry)
    async with AsyncExitStack() as stack:
        port = await stack.enter_async_context(
            listening(health.site(), host=settings.serve.host, port=settings.serve.port)
        )
        homeward = await stack.enter_async_context(register(app, settings, registry=registry))
        handler, deliveries = None, 0
        if settings.slack.mode == "socket":
            handler = await stack.enter_async_context(socket_mode(app, settings))
        else:
            deliveries = await stack.enter_async_context(
                listening(app.web_app(EVENTS), host=settings.serve.host, port=settings.slack.port)
            )
        log.info("homeward.listening", host=settings.serve.host, port=port, deliveries=deliveries)
        if started:
            started(Ports(port, deliveries))
        if not await _before(stop, come_up(app.client, handler, log=log)):
            return

        async def waits_for() -> str:
            if stop.is_set() or (handler and not await handler.client.is_connected()):
                return "not connected to Slack"
            return "" if await homeward.ready() else "the state database does not answer"

        health.waits_for = waits_for
        log.info("homeward.started", mode=settings.slack.mode, vaults=len(settings.vaults))
        await stop.wait()
        log.info("homeward.stopping")


async def _before(stop: asyncio.Event, work: Coroutine[object, object, None]) -> bool:
    """Does the work unless the stop comes first; tells whether it was done."""
    doing, stopping = asyncio.create_task(work), asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({doing, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if not doing.done():
            return False
        doing.result()
        return True
    finally:
        await ended((doing, stopping))
