"""What drives requests, composed from the settings: the ledger, those who work on it, and the desk before it."""

import asyncio
import secrets
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack, suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from slack_bolt.app.async_app import AsyncApp
from structlog.stdlib import BoundLogger

from homeward.actions.approval import Policy
from homeward.actions.desk import Desk
from homeward.actions.ended import ended
from homeward.actions.ledger import Ledger, LedgerError, opened
from homeward.actions.passes.pace import Limits
from homeward.actions.ports import Pass, Work
from homeward.actions.preparing.preparer import Preparer
from homeward.actions.reconciler import Reconciler
from homeward.actions.schedulers.timer import Timer
from homeward.actions.site_recovery import AzureSiteRecovery
from homeward.actions.states import Operation, State
from homeward.checks import RULES_OF
from homeward.checks.sources.collect import Collector
from homeward.checks.subjects import Inventory
from homeward.handlers.audience import SlackAudience
from homeward.handlers.clients import AppClients
from homeward.handlers.directs import Directs
from homeward.handlers.newer_blocks import NewerBlocks
from homeward.handlers.people import SlackStandings
from homeward.handlers.portal import portal
from homeward.handlers.reporter import Reporter, Views
from homeward.handlers.slack import SlackPosters
from homeward.handlers.threads import SlackThreads
from homeward.handlers.views.approval import approval_message, reminder_message
from homeward.handlers.views.blocks import Message
from homeward.handlers.views.notices import direct_message, direct_reminder
from homeward.handlers.views.request_card import card
from homeward.handlers.views.thread import reply

from .acting_metrics import ActingMetrics
from .acting_settings import Approval, ApprovalsSettings
from .daily import Daily
from .late_desk import LateDesk
from .looking_home import HomeLook
from .settings import Settings

if TYPE_CHECKING:
    from homeward.actions.schedulers.queue import Queue

LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: nothing in an id reads like something else."""
LOOK_SECONDS = 30.0
"""How often the open requests are counted for the metrics."""


class Acting:
    """Everything between the desk and Azure. Building it reads the secrets it needs (SettingsError) and opens nothing.

    `open`, then `pause` (nothing is driven any more), then `close`.
    """

    def __init__(
        self,
        settings: Settings,
        approvals: ApprovalsSettings,
        app: AsyncApp,
        collector: Collector,
        inventory: Inventory,
        newer: NewerBlocks,
        *,
        log: BoundLogger,
        metrics: ActingMetrics | None,
        clock: Callable[[], datetime] | None = None,
    ) -> None:
        self._settings = settings
        self._url = settings.state_url()
        self._key = settings.audit_key().encode()
        self._policies = policies(approvals)
        self._collector = collector
        self._inventory = inventory
        self._clients = AppClients(app)
        self.standings = SlackStandings(self._clients)
        self._newer = newer
        self._log = log
        self._metrics = metrics
        self._clock = clock
        self._ledger: Ledger | None = None
        self._driving = AsyncExitStack()
        self._connections = AsyncExitStack()
        self.desk = LateDesk()

    async def open(self) -> None:
        """Opens the ledger, with this version's tables, and begins to drive its requests.

        Raises LedgerError, whose message is one sentence; then nothing stays open.
        """
        try:
            await self._open()
        except BaseException:
            await self.close()
            raise

    async def _open(self) -> None:
        ledger = await self._connections.enter_async_context(opened(self._url, key=self._key, clock=self._clock))
        azure = AzureSiteRecovery(self._settings.azure_access(), self._settings.vault_addresses())
        self._connections.push_async_callback(azure.close)
        passes: dict[Work, Pass] = {}
        sole = self._url.startswith("sqlite")
        scheduler = Timer(passes, ledger, log=self._log) if sole else self._queue(passes, ledger)
        reconciler = Reconciler(
            ledger,
            self._metrics.azure(azure) if self._metrics else azure,
            Preparer(self._collector, RULES_OF),
            scheduler,
            home=HomeLook(self._collector, sees=bool(self._settings.vcenters)),
            limits=self._limits(),
            monotonic=_seconds,
        )
        for work, do in ((Work.ADVANCE, reconciler.advance), (Work.REPORT, self._reporter(ledger, sole=sole).report)):
            passes[work] = self._metrics.measured(work, do) if self._metrics else do
        await self._driving.enter_async_context(scheduler)
        if self._metrics:
            looking = asyncio.create_task(self._look(ledger, self._metrics), name="homeward metrics")
            self._driving.push_async_callback(ended, (looking,))
        if daily := self._daily(ledger):
            telling = asyncio.create_task(daily.run(), name="homeward daily line")
            self._driving.push_async_callback(ended, (telling,))
        self._ledger = ledger
        self.desk.open(Desk(ledger, scheduler, self._policies, self.standings, new_id))

    async def pause(self) -> None:
        """Ends what drives the requests; the desk still answers. Safe to call twice."""
        await self._driving.aclose()

    async def close(self) -> None:
        """Closes the ledger and the connections. Safe to call twice."""
        self.desk.close()
        self._ledger = None
        await self._driving.aclose()
        await self._connections.aclose()

    async def ready(self) -> bool:
        """Whether the ledger answers."""
        try:
            return self._ledger is not None and await self._ledger.count(State.CHECKING) >= 0
        except LedgerError:
            return False

    def _queue(self, passes: Mapping[Work, Pass], ledger: Ledger) -> "Queue":
        try:
            # Only those who share the work have the extra.
            from homeward.actions.schedulers.queue import Queue
        except ImportError:
            raise LedgerError("A ledger in PostgreSQL needs its extra: pip install 'homeward[postgres]'") from None
        return Queue(passes, ledger, self._url, log=self._log)

    def _limits(self) -> Limits:
        limits = self._settings.limits
        return Limits(timedelta(seconds=limits.poll_interval), limits.max_parallel_items)

    def _daily(self, ledger: Ledger) -> Daily | None:
        notices = self._settings.notices
        if notices.daily is None:
            return None
        posters = SlackPosters(newer=self._newer)

        async def say(message: Message) -> None:
            client = await self._clients(notices.team, "")
            await posters(client, None, notices.team).post(notices.channel, message)

        return Daily(
            ledger,
            self._inventory,
            say,
            notices.channel,
            notices.daily,
            ZoneInfo(notices.zone),
            self._clock or _now,
            self._log,
        )

    def _reporter(self, ledger: Ledger, *, sole: bool) -> Reporter:
        slack = self._settings.slack
        command, failback = slack.reprotect_command, slack.failback_command
        pages = portal(self._settings.azure.cloud, self._settings.vault_addresses())
        return Reporter(
            ledger,
            SlackThreads(self._clients, self._newer),
            Views(
                card=partial(card, portal=pages, command=command, failback=failback),
                approval=partial(approval_message, portal=pages),
                reply=partial(
                    reply, portal=pages, command=command, failback=failback, errors=slack.failback_errors_command
                ),
                reminder=reminder_message,
            ),
            self._policies,
            monotonic=time.monotonic,
            log=self._log,
            sole=sole,
            directs=Directs(
                SlackAudience(self._clients, self.standings, log=self._log),
                partial(direct_message, portal=pages),
                direct_reminder,
                ledger,
                monotonic=time.monotonic,
                log=self._log,
            ),
        )

    async def _look(self, ledger: Ledger, metrics: ActingMetrics) -> None:
        while True:
            with suppress(LedgerError):
                await metrics.look(ledger)
            await asyncio.sleep(LOOK_SECONDS)


def policies(approvals: ApprovalsSettings) -> dict[Operation, Policy]:
    return {operation: _policy(approvals.of(operation)) for operation in Operation}


def _policy(approval: Approval) -> Policy:
    return Policy(approval.channel, approval.users, approval.usergroups, approval.quorum, approval.expires_after)


def _seconds() -> float:
    """A clock for how old a claim is: it must go on while a virtual machine is suspended, which monotonic does not."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if sys.platform == "linux" else time.monotonic()


def _now() -> datetime:
    return datetime.now(UTC)


def new_id() -> str:
    """A new request's id, such as R-7K2M9Q."""
    return "R-" + "".join(secrets.choice(LETTERS) for _ in range(6))
