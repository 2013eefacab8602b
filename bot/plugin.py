"""`register(app, settings)`: the one place that attaches Homeward to a host's app."""

import secrets
from types import TracebackType
from typing import Self

from prometheus_client import CollectorRegistry
from slack_bolt.app.async_app import AsyncApp

from homeward.checks import RULES
from homeward.checks.catalogue import lookup, search
from homeward.checks.sources.collect import Collector
from homeward.handlers.attach import attach
from homeward.handlers.commands import Commands
from homeward.handlers.errors import Errors
from homeward.handlers.preflight import Preflight
from homeward.handlers.problems import Problem
from homeward.handlers.slack import SlackPosters
from homeward.handlers.supervisor import Supervisor

from .compose import build_collector
from .logs import logger
from .metrics import MeasuredCollect
from .settings import Settings
from .settings_file import load


class Homeward:
    """The plugin in a host's bot: an async context manager for its start and stop.

    `async with` opens nothing by itself (Azure and vCenter are reached by the first check) and, at the end, tells the
    people whose checks are still running, ends those, and closes every connection.
    """

    def __init__(self, collector: Collector, supervisor: Supervisor) -> None:
        self._collector = collector
        self._supervisor = supervisor

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def idle(self) -> None:
        """Waits until no check is running; for tests and for a stop without haste."""
        await self._supervisor.idle()

    async def close(self) -> None:
        """The same as leaving `async with`; safe to call twice."""
        await self._supervisor.close()
        await self._collector.close()


def register(app: AsyncApp, settings: Settings | None = None, *, registry: CollectorRegistry | None = None) -> Homeward:
    """Adds Homeward's commands and buttons to the app, and nothing else: no middleware, no error handler.

    `settings` are read from the file and the environment if they are not given; with a Prometheus `registry`,
    Homeward's metrics are kept in it. Raises `SettingsError` for wrong settings and `CommandTaken` if another listener
    of the app answers one of the commands, or if Homeward is registered already; then nothing was added.
    """
    settings = settings or load()
    log = logger()
    supervisor = Supervisor(log=log, new_id=lambda: secrets.token_hex(4))
    posters = SlackPosters()
    collector = build_collector(settings)
    measured = MeasuredCollect(collector, registry) if registry else None
    try:
        attach(
            app,
            Commands(settings.slack.reprotect_check_command, settings.slack.failback_errors_command),
            preflight=Preflight(measured or collector, RULES, supervisor=supervisor, posters=posters),
            errors=Errors(search, lookup, supervisor=supervisor, posters=posters),
        )
    except Problem:
        if measured:
            measured.withdraw()
        raise
    return Homeward(collector, supervisor)
