"""`register(app, settings)`: the one place that attaches Homeward to a host's app."""

import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from types import TracebackType
from typing import TYPE_CHECKING, Self

from prometheus_client import CollectorRegistry
from slack_bolt.app.async_app import AsyncApp

from homeward.actions.preparing import Offering
from homeward.actions.requests import Person, Where
from homeward.checks import RULES_OF
from homeward.checks.catalogue import lookup, search
from homeward.checks.sources.collect import Collector
from homeward.checks.sources.inventory import KeptInventory
from homeward.handlers.approvals import Approvals
from homeward.handlers.attach import attach
from homeward.handlers.clients import AppClients
from homeward.handlers.commands import Commands
from homeward.handlers.errors import Errors
from homeward.handlers.failback import Failback
from homeward.handlers.home import Home
from homeward.handlers.home_drawing import HomeDrawing, Viewer
from homeward.handlers.home_keeper import HomeKeeper
from homeward.handlers.looking import Looking
from homeward.handlers.newer_blocks import NewerBlocks
from homeward.handlers.notices import Notices
from homeward.handlers.onward import Onward
from homeward.handlers.picking import Picker
from homeward.handlers.preflight import Preflight
from homeward.handlers.problems import Problem
from homeward.handlers.reprotect import Reprotect
from homeward.handlers.shortcuts import Shortcuts
from homeward.handlers.slack import SlackPosters
from homeward.handlers.start_form import StartForm
from homeward.handlers.steps import Steps
from homeward.handlers.supervisor import Supervisor

from .acting import Acting
from .acting_metrics import ActingMetrics
from .compose import build_collector
from .logs import logger
from .metrics import MeasuredCollect
from .settings import Settings, SettingsError
from .settings_file import load

if TYPE_CHECKING:
    from homeward.handlers.listeners import Listener

NO_APPROVERS = "No approvers are configured: add [approvals] to Homeward's settings."


class Homeward:
    """The plugin in a host's bot: an async context manager for its start and stop.

    `async with` opens the ledger where approvers are configured, and goes on with its requests (raising `LedgerError`,
    one sentence, where it can't be opened), and begins to read what there is to pick from. At the end it tells the
    people whose checks are still running, ends those, and closes every connection.
    """

    def __init__(
        self,
        collector: Collector,
        inventory: KeptInventory,
        supervisor: Supervisor,
        acting: Acting | None = None,
        *,
        homes: HomeKeeper,
    ) -> None:
        self._collector = collector
        self._inventory = inventory
        self._supervisor = supervisor
        self._acting = acting
        self._homes = homes

    async def __aenter__(self) -> Self:
        if self._acting:
            try:
                await self._acting.open()
            except BaseException:
                await self.close()
                raise
        self._inventory.known()  # which begins to read in the background: who types first shall find names
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def idle(self) -> None:
        """Waits until no check is running; for tests and for a stop without haste."""
        await self._supervisor.idle()

    async def ready(self) -> bool:
        """Whether it can do its work now: the ledger, if there is one, answers."""
        return self._acting is None or await self._acting.ready()

    async def home_blocks(self, user: str, team: str, enterprise: str = "") -> list[dict[str, object]]:
        """What Homeward's App Home shows this person now, for a Home of your own; the buttons in it are answered.

        At most 60 blocks, whose ids start with `homeward.`. They stay as they are until you publish them anew. It
        does not raise for what the outside does: what can't be read is said in the blocks.
        """
        return list(await self._homes.blocks(Viewer(team, user, enterprise)))

    async def close(self) -> None:
        """The same as leaving `async with`; safe to call twice."""
        if self._acting:
            await self._acting.pause()
        await self._homes.close()
        await self._supervisor.close()
        if self._acting:
            await self._acting.close()
        await self._inventory.close()
        await self._collector.close()


def register(
    app: AsyncApp,
    settings: Settings | None = None,
    *,
    registry: CollectorRegistry | None = None,
    clock: Callable[[], datetime] | None = None,
) -> Homeward:
    """Adds Homeward's commands and buttons to the app, and nothing else: no middleware, no error handler.

    `settings` are read from the file and the environment if they are not given; with a Prometheus `registry`,
    Homeward's metrics are kept in it. `clock` is the ledger's, for tests. Raises `SettingsError` for wrong settings and
    `CommandTaken` if another listener of the app answers one of the commands, or if Homeward is registered already;
    then nothing was added.
    """
    settings = settings or load()
    log = logger()
    supervisor = Supervisor(log=log, new_id=lambda: secrets.token_hex(4))
    newer = NewerBlocks()
    posters = SlackPosters(newer=newer)
    collector = build_collector(settings)
    inventory = collector.inventory()
    measured = MeasuredCollect(collector, registry) if registry else None
    metrics = ActingMetrics(registry) if registry and settings.approvals else None
    slack = settings.slack
    try:
        acting = (
            Acting(
                settings, settings.approvals, app, collector, inventory, newer, log=log, metrics=metrics, clock=clock
            )
            if settings.approvals
            else None
        )
        desk = acting.desk if acting else None
        collect = measured or collector
        now = clock or _now
        preflight = Preflight(collect, RULES_OF, supervisor=supervisor, posters=posters)
        further: list[Listener] = []
        further += Picker(inventory).listeners()
        drawing = HomeDrawing(desk, inventory, missing=NO_APPROVERS, command=slack.reprotect_command, clock=now)
        keeper = HomeKeeper(drawing, AppClients(app), posters, log=log)
        home = Home(
            keeper,
            preflight,
            inventory,
            search,
            supervisor=supervisor,
            posters=posters,
            opens=slack.home,
            starts=desk is not None,
            errors=slack.failback_errors_command,
        )
        further += home.listeners()
        further += Notices(desk, supervisor=supervisor, posters=posters, redraw=home.redraw).listeners()
        zones = acting.standings.zone if acting else _no_zone
        forms = StartForm(
            desk,
            offers=Offering(collector),
            inventory=inventory,
            zones=zones,
            supervisor=supervisor,
            posters=posters,
            channels=slack.request_channels,
            missing=NO_APPROVERS,
            clock=now,
        )
        further += forms.listeners()
        further += Shortcuts(
            search,
            inventory,
            preflight,
            supervisor=supervisor,
            posters=posters,
            command=slack.failback_errors_command,
        ).listeners()
        further += Steps(search, collect, RULES_OF, supervisor=supervisor, log=log).listeners()
        yielded = attach(
            app,
            Commands(
                slack.reprotect_check_command,
                slack.failback_errors_command,
                slack.reprotect_command,
                slack.failback_command,
            ),
            preflight=preflight,
            errors=Errors(search, lookup, supervisor=supervisor, posters=posters),
            reprotect=Reprotect(
                desk,
                supervisor=supervisor,
                posters=posters,
                channels=slack.request_channels,
                missing=NO_APPROVERS,
                forms=forms,
                clock=now,
            ),
            failback=Failback(
                desk,
                preflight=preflight,
                looking=Looking(collect, desk, now),
                zones=zones,
                supervisor=supervisor,
                posters=posters,
                channels=slack.request_channels,
                missing=NO_APPROVERS,
                reprotect=slack.reprotect_command,
                forms=forms,
                clock=now,
            ),
            approvals=Approvals(desk, supervisor=supervisor, posters=posters),
            onward=Onward(
                desk,
                supervisor=supervisor,
                posters=posters,
                channels=slack.request_channels,
                reprotect=slack.reprotect_command,
                failback=slack.failback_command,
                clock=now,
            ),
            further=further,
        )
        if home.opening in yielded:
            home.give_way()
        for one in yielded:
            log.warning("homeward.yielded", kind=one.kind.value, id=one.id)
    except (Problem, SettingsError):
        for kept in (measured, metrics):
            if kept:
                kept.withdraw()
        raise
    return Homeward(collector, inventory, supervisor, acting, homes=keeper)


def _now() -> datetime:
    return datetime.now(UTC)


async def _no_zone(_: Person, __: Where) -> str:
    """Where nothing can be started, nobody's time zone is asked for."""
    return ""
