"""A ledger with many requests that wait and many that run, written by those who write it in earnest.

The desk takes each request, the reconciler takes it through its states, the reporter shows it. Only what they would
ask of the outside is at hand here, and the time is made up: hours of a team's life take a minute.
"""

from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import uuid4

from sqlalchemy import event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

from homeward.actions.approval import Click, Policy, Standing
from homeward.actions.desk import Desk
from homeward.actions.ledger import Ledger
from homeward.actions.ledger.engine import open_engine
from homeward.actions.passes.pace import Limits
from homeward.actions.plan import Plan, PlannedItem, Prepared
from homeward.actions.ports import Accepted, ItemSeen, JobSeen, Prepare, Work
from homeward.actions.preparing.preparer import Preparer
from homeward.actions.reconciler import Reconciler
from homeward.actions.requests import Asked, AtHome, Person, Refusal, RequestItem, Where
from homeward.actions.states import Operation, State
from homeward.bot.acting import new_id, policies
from homeward.bot.compose import collector
from homeward.bot.logs import logger
from homeward.bot.sandbox.arm.names import Names
from homeward.bot.sandbox.estate import progress
from homeward.bot.sandbox.estate.reprotects import Fate
from homeward.bot.sandbox.run import Sandbox
from homeward.bot.sandbox.slack import LENA, MAYA, WAR_ROOM, Message
from homeward.bot.sandbox.slack.messages import version_of
from homeward.bot.settings import Settings
from homeward.checks import RULES_OF
from homeward.checks.facts import Absent
from homeward.checks.subjects import Wishes
from homeward.handlers.portal import portal
from homeward.handlers.reporter import Reporter, Views
from homeward.handlers.threads import Mark
from homeward.handlers.views import blocks
from homeward.handlers.views.approval import approval_message, reminder_message
from homeward.handlers.views.request_card import card
from homeward.handlers.views.thread import reply

AWAITING_SINCE, RUNNING_SINCE = timedelta(minutes=75), timedelta(minutes=45)
"""The oldest request that waits and the oldest that runs. The others came between that and now; no reminder is due."""
JOB_MINUTES = 120.0
CHANGED_AFTER = timedelta(seconds=4)
"""No message is changed sooner."""
REQUESTER, APPROVER = Person(MAYA.team_id, MAYA.id), Person(LENA.team_id, LENA.id)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Names of single machines that are ready. The first `exact` of those that wait are prepared by the checks
    themselves, so that they can be approved; the others are made like them."""

    awaiting: Sequence[str]
    running: Sequence[str]
    exact: int


async def fill(sandbox: Sandbox, settings: Settings, wanted: Wanted) -> list[Message]:
    """The messages to the approvers of those that can be approved."""
    async with AsyncExitStack() as stack:
        engine = await stack.enter_async_context(open_engine(settings.state_url()))
        await engine.dispose()
        event.listen(engine.sync_engine, "connect", _hurried)
        time = _Time(datetime.now(UTC) - AWAITING_SINCE)
        ledger = Ledger(engine, key=settings.audit_key().encode(), clock=time.now)
        collect = await stack.enter_async_context(collector(settings))
        preparing = _Preparing(Preparer(collect, RULES_OF), Names(sandbox.estate))
        slack = _Slack(sandbox)
        life = _Life(sandbox, settings, ledger, time, preparing, slack)
        for number, name in enumerate(wanted.awaiting):
            preparing.exactly = number < wanted.exact
            await life.ask(name)
            time.pass_((AWAITING_SINCE - RUNNING_SINCE) / len(wanted.awaiting))
        exact = slack.asked[: wanted.exact]
        preparing.exactly = False
        for name in wanted.running:
            await life.run(name)
            time.pass_(RUNNING_SINCE * 0.95 / len(wanted.running) - CHANGED_AFTER)
        return exact


def _hurried(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    # Nothing is lost if the power fails while a benchmark is being prepared.
    cursor = connection.cursor()
    cursor.execute("PRAGMA synchronous = OFF")
    cursor.close()


class _Time:
    def __init__(self, begin: datetime) -> None:
        self._now = begin
        self._seconds = 0.0

    def now(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        """Each look at it takes a while, so that nothing has to wait for Slack's pace."""
        self._seconds += 0.3
        return self._seconds

    def pass_(self, span: timedelta) -> None:
        self._now += span


class _Preparing:
    """A `Prepare` that asks once and then makes the others like the first."""

    def __init__(self, prepare: Prepare, names: Names) -> None:
        self._prepare = prepare
        self._names = names
        self._first: Prepared | None = None
        self.exactly = True

    async def __call__(self, asked: Asked) -> Prepared:
        if self._first is not None and not self.exactly:
            first = self._first
            its = (self._like(first.plan.items[0], asked.subject),)
            return replace(first, plan=replace(first.plan, subject=asked.subject, items=its))
        made = await self._prepare(asked)
        if not isinstance(made, Prepared):
            raise AssertionError(f"{asked.subject} is not ready: {made}")
        self._first = made
        return made

    async def again(self, plan: Plan, machines: frozenset[str]) -> Prepared:
        del machines
        if self._first is None:
            raise AssertionError("nothing was prepared yet")
        return replace(self._first, plan=plan)

    def _like(self, first: PlannedItem, name: str) -> PlannedItem:
        item_id = self._names.item(self._names.estate.vault.item(name))
        source = name if first.source_vm == first.machine else first.source_vm
        return replace(first, machine=name, item_id=item_id, source_vm=source)


class _Azure:
    """A `SiteRecovery` that only starts: each start makes the sandbox's job, long enough for the whole measurement."""

    def __init__(self, sandbox: Sandbox, now: Callable[[], datetime]) -> None:
        self._estate = sandbox.estate
        self._now = now

    async def start(
        self, vault: str, operation: Operation, planned: PlannedItem, item_id: str, *, still: Callable[[], bool]
    ) -> Accepted:
        del vault, operation, item_id, still
        item = self._estate.vault.item(planned.machine)
        item.fates.append(Fate(job_minutes=JOB_MINUTES))
        job = progress.begin(self._estate, item, str(uuid4()), Operation.REPROTECT, body={})
        job.started = self._now()
        return Accepted(job.name)

    async def job(self, vault: str, name: str) -> JobSeen | Absent:
        raise AssertionError("nothing is followed yet")

    async def item(self, vault: str, operation: Operation, item: RequestItem) -> ItemSeen | Absent:
        raise AssertionError("nothing is followed yet")

    async def find_job(
        self, vault: str, operation: Operation, item: RequestItem, *, since: datetime
    ) -> JobSeen | Absent:
        raise AssertionError("nothing is followed yet")


class _Slack:
    """`Threads` of the sandbox's workspace, without its network and its pace."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._workspace = sandbox.slack.workspace
        self._clock = sandbox.slack.clock
        self.asked: list[Message] = []
        """The messages to the approvers."""

    async def __call__(self, team: str, enterprise: str) -> "_Slack":
        del team, enterprise
        return self

    async def post(self, channel: str, message: blocks.Message, *, thread: str, mark: Mark) -> str:
        said = {"text": message.text, "blocks": list(message.blocks), "metadata": mark.as_metadata()}
        where = self._workspace.channel(channel)
        at = self._clock()
        posted = self._workspace.post(where, self._workspace.bot, version_of(said), at=at, thread_ts=thread or None)
        if mark.key == "approval":
            self.asked.append(posted)
        return posted.ts

    async def update(self, channel: str, ts: str, message: blocks.Message) -> None:
        said = {"text": message.text, "blocks": list(message.blocks)}
        known = self._workspace.message(channel, ts)
        if known is None:
            raise AssertionError("what is changed was said")
        self._workspace.edit(known, version_of(said))

    async def find(self, mark: Mark, *, channel: str, thread: str, since: float) -> str:
        raise AssertionError("nothing was interrupted")

    async def direct(self, user: str) -> str:
        raise AssertionError("the channels are there")


class _Nobody:
    """A `Scheduler` that wakes nobody: here everything is done in its turn."""

    async def wake(self, work: Work, request_id: str, at: datetime) -> None: ...


async def _may(person: Person, policy: Policy, where: Where) -> Standing:
    del policy, where
    return Standing(person, member=True)


async def _nowhere(vault: str, item: RequestItem) -> AtHome:
    raise AssertionError("nothing came home yet")


class _Life:
    """What happens to a request."""

    def __init__(
        self,
        sandbox: Sandbox,
        settings: Settings,
        ledger: Ledger,
        time: _Time,
        preparing: _Preparing,
        slack: _Slack,
    ) -> None:
        if settings.approvals is None:
            raise AssertionError("the sandbox has approvers")
        its = policies(settings.approvals)
        self._ledger = ledger
        self._time = time
        self._desk = Desk(ledger, _Nobody(), its, _may, new_id)
        self._reconciler = Reconciler(
            ledger,
            _Azure(sandbox, time.now),
            preparing,
            _Nobody(),
            home=_nowhere,
            limits=Limits(),
            monotonic=time.monotonic,
        )
        pages = portal(settings.azure.cloud, settings.vault_addresses())
        command = settings.slack.reprotect_command
        views = Views(
            card=partial(card, portal=pages, command=command),
            approval=partial(approval_message, portal=pages),
            reply=partial(reply, portal=pages, command=command),
            reminder=reminder_message,
        )
        self._reporter = Reporter(ledger, slack, views, its, monotonic=time.monotonic, log=logger(), sole=True)
        self._where = Where(MAYA.team_id, "", WAR_ROOM.id)

    async def ask(self, name: str) -> str:
        """Until it waits for approval."""
        asked = Asked(Operation.REPROTECT, name, Wishes(), "power is back in Rotterdam", REQUESTER, self._where)
        request = await self._desk.ask(asked)
        if isinstance(request, Refusal):
            raise AssertionError(f"{name} can't be asked for: {request.why}")
        await self._advance(request.id, State.AWAITING_APPROVAL)
        await self._show(request.id)
        return request.id

    async def run(self, name: str) -> None:
        """Until its job runs."""
        id = await self.ask(name)
        request = await self._ledger.load(id)
        if request.plan is None or request.checked is None:
            raise AssertionError("it was put forward")
        attested = tuple(found.rule for found in request.checked.attestations)
        await self._desk.approve(Click(APPROVER, id, request.plan.digest, attested))
        await self._advance(id, State.RUNNING)
        await self._advance(id, State.RUNNING)
        self._time.pass_(CHANGED_AFTER)
        await self._show(id)

    async def _advance(self, id: str, state: State) -> None:
        await self._reconciler.advance(id)
        is_now = (await self._ledger.load(id)).state
        if is_now is not state:
            raise AssertionError(f"{id} is {is_now.value} and not {state.value}")

    async def _show(self, id: str) -> None:
        """Until nothing is due but for the time that passes on a card."""
        while (again := await self._reporter.report(id)) and again - self._time.now() < CHANGED_AFTER:
            pass
