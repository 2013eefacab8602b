"""A request's life told to a reporter, over a real ledger and the sandbox's Slack, with one clock for all of them."""

from collections.abc import AsyncGenerator, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from ssl import SSLContext

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from homeward.actions.approval import Policy
from homeward.actions.ledger import Ledger, opened
from homeward.actions.posts import Post
from homeward.actions.requests import Asked, Change, Event, EventKind, Happened, Person, Request, Where
from homeward.actions.states import Operation, State
from homeward.bot.sandbox.slack import APPROVALS, APPROVERS, LENA, MAYA, WAR_ROOM, Message, SandboxSlack
from homeward.bot.sandbox.slack.people import User
from homeward.checks.subjects import Wishes
from homeward.handlers import SlackRefused
from homeward.handlers.audience import Outside
from homeward.handlers.directs import Directs
from homeward.handlers.newer_blocks import NewerBlocks
from homeward.handlers.reporter import Reporter, Views
from homeward.handlers.threads import Mark, SlackThreads, Threads
from homeward.handlers.views import blocks
from homeward.handlers.views.blocks import built, section
from tests.actions.making import KEY, VirtualClock, checked, plan

TEAM = MAYA.team_id
POLICY = Policy(APPROVALS.id, (LENA.id,), (APPROVERS.id,), 1, timedelta(hours=2))
SILENT = {EventKind.CLAIMED}
"""Events that nobody reads of."""


def card(request: Request, *, now: datetime, moved: str, went_on: str) -> blocks.Message:
    told = (f" moved: {moved}" if moved else "") + (f" went on: {went_on}" if went_on else "")
    text = f"{request.id} {request.state.value} v{request.version}{told}"
    return blocks.Message(text, built(section(text)))


def approval(request: Request, *, policy: Policy, now: datetime) -> blocks.Message:
    text = f"approve {request.id}? {request.state.value}"
    return blocks.Message(text, built(section(f"<!subteam^{policy.usergroups[0]}> {text}")))


def reminder(request: Request, *, policy: Policy, now: datetime) -> blocks.Message:
    return blocks.Message(f"still waiting: {request.id}", ())


def direct(request: Request, *, policy: Policy, now: datetime) -> blocks.Message:
    text = f"in person: {request.id} {request.state.value}"
    return blocks.Message(text, built(section(text)))


def nudge(request: Request, *, user: str, now: datetime) -> blocks.Message:
    return blocks.Message(f"<@{user}> still waiting: {request.id}", ())


def reply(event: Event, request: Request) -> blocks.Message | None:
    if event.happened.kind in SILENT:
        return None
    text = f"{event.seq} {event.happened.kind.value} {event.happened.machine}".strip()
    return blocks.Message(text, built(section(text)))


VIEWS = Views(card, approval, reply, reminder)


@dataclass
class FakeLog:
    lines: list[dict[str, object]] = field(default_factory=list[dict[str, object]])

    def error(self, event: str, **values: object) -> None:
        self.lines.append({"event": event, **values})


class Stop(BaseException):
    """The process ends here."""


Effect = Callable[[str], None]
"""Told of each effect right after it; it may raise `Stop`, or let time pass."""


def unseen(_: str) -> None:
    pass


@dataclass
class Absent:
    """Those who may approve and are not in the channel; `refused` is what Slack says once instead."""

    people: tuple[str, ...] = ()
    more: int = 0
    refused: SlackRefused | None = None

    async def __call__(self, policy: Policy, where: Where, *, but: Collection[str], asked: int) -> Outside:
        if refused := self.refused:
            self.refused = None
            raise refused
        return Outside(tuple(one for one in self.people if one not in but)[: 20 - asked], self.more)


class Watched:
    """Slack's threads, with each effect told; `blind` never finds what it looks for."""

    def __init__(self, threads: Threads, effect: Effect, *, blind: bool = False) -> None:
        self._threads = threads
        self._effect = effect
        self._blind = blind

    async def post(self, channel: str, message: blocks.Message, *, thread: str, mark: Mark) -> str:
        ts = await self._threads.post(channel, message, thread=thread, mark=mark)
        self._effect(f"post {mark.key}")
        return ts

    async def update(self, channel: str, ts: str, message: blocks.Message) -> None:
        await self._threads.update(channel, ts, message)
        self._effect("update")

    async def find(self, mark: Mark, *, channel: str, thread: str, since: float) -> str:
        ts = await self._threads.find(mark, channel=channel, thread=thread, since=since)
        self._effect(f"find {mark.key}")
        return "" if self._blind else ts

    async def direct(self, user: str) -> str:
        place = await self._threads.direct(user)
        self._effect("direct")
        return place


class World:
    """One process after the other over one ledger's file and one Slack."""

    def __init__(self, slack: SandboxSlack, client: AsyncWebClient, folder: Path, clock: VirtualClock) -> None:
        self.slack = slack
        self.client = client
        self.clock = clock
        self.url = f"sqlite+aiosqlite:///{folder / 'homeward.db'}"
        self.log = FakeLog()
        self.absent = Absent()
        slack.allowed_mentions.add(APPROVERS.id)

    @asynccontextmanager
    async def process(
        self, *, views: Views = VIEWS, effect: Effect = unseen, blind: bool = False, sole: bool = True
    ) -> AsyncGenerator["Process"]:
        async with opened(self.url, key=KEY, clock=self.clock, committed=effect) as ledger:
            yield Process(self, ledger, lambda: self._reporter(ledger, views, effect, blind=blind, sole=sole))

    def _reporter(self, ledger: Ledger, views: Views, effect: Effect, *, blind: bool, sole: bool) -> Reporter:
        threads = SlackThreads(self._client, NewerBlocks())

        async def workspace(team: str, enterprise: str) -> Threads:
            return Watched(await threads(team, enterprise), effect, blind=blind)

        return Reporter(
            ledger,
            workspace,
            views,
            {Operation.REPROTECT: POLICY},
            monotonic=lambda: self.clock().timestamp(),
            log=self.log,
            sole=sole,
            directs=Directs(
                self.absent, direct, nudge, ledger, monotonic=lambda: self.clock().timestamp(), log=self.log
            ),
        )

    async def _client(self, team: str, enterprise: str) -> AsyncWebClient:
        return self.client

    async def threads(self) -> Threads:
        return await SlackThreads(self._client, NewerBlocks())(TEAM, "")

    # What is in Slack

    def card(self, where: str = WAR_ROOM.id) -> Message:
        """The one card in a channel."""
        (card,) = [m for m in self.slack.workspace.messages(where) if not m.thread_ts]
        return card

    def direct(self, user: User) -> list[str]:
        """What somebody was told in person, replies included."""
        return [m.text for m in self.slack.workspace.messages(self.slack.workspace.direct(user.id))]

    def thread(self, where: str = WAR_ROOM.id) -> list[str]:
        """The replies below the channel's one card."""
        return [m.text for m in self.slack.workspace.thread(where, self.card(where).ts)]

    def times(self, method: str) -> int:
        return sum(call.method == method for call in self.slack.calls)


class Process:
    def __init__(self, world: World, ledger: Ledger, reporter: Callable[[], Reporter]) -> None:
        self.world = world
        self.ledger = ledger
        self.reporter = reporter()
        self._another = reporter

    def beside(self) -> "Process":
        """Another one that knows nothing of this one but the ledger."""
        return Process(self.world, self.ledger, self._another)

    async def ask(self, id: str = "R-000001", *, channel: str = WAR_ROOM.id, thread: str = "") -> Request:
        where = Where(TEAM, "", channel, thread)
        asked = Asked(Operation.REPROTECT, "web02", Wishes(), "home", Person(TEAM, MAYA.id), where)
        now = await self.ledger.now()
        return await self.ledger.open(asked, id=id, quorum=1, expires_at=now + timedelta(hours=2))

    async def go(self, state: State | None, *kinds: EventKind, id: str = "R-000001", machine: str = "") -> Request:
        """One write: the request goes to this state, and these things happen."""
        request = await self.ledger.load(id)
        forward = state is State.AWAITING_APPROVAL
        events = tuple(Happened(kind, machine) for kind in kinds)
        change = Change(
            request.due_at,
            state=state,
            plan=plan() if forward else None,
            checked=checked() if forward else None,
            events=events,
        )
        return await self.ledger.write(request, change)

    async def report(self, id: str = "R-000001") -> float | None:
        """One pass; the seconds until the next."""
        again = await self.reporter.report(id)
        return None if again is None else (again - self.world.clock()).total_seconds()

    async def settle(self, id: str = "R-000001", *, most: int = 400) -> int:
        """Passes at their due times until nothing is due; how many."""
        for count in range(1, most):
            wait = await self.report(id)
            if wait is None:
                return count
            self.world.clock.ahead(seconds=max(wait, 0.0))
        raise AssertionError(f"still due after {most} passes")

    async def posts(self, id: str = "R-000001") -> dict[str, Post]:
        return {post.key: post for post in await self.ledger.posts(id)}


def told(kinds: Sequence[EventKind], first: int = 1) -> list[str]:
    """What the thread says of events that have these kinds, from this number on."""
    return [f"{seq} {kind.value}" for seq, kind in enumerate(kinds, first) if kind not in SILENT]


@asynccontextmanager
async def world(folder: Path, tls: SSLContext, trust: SSLContext) -> AsyncGenerator[World]:
    clock = VirtualClock()
    slack = SandboxSlack(ssl_context=tls, clock=lambda: clock().timestamp())
    async with slack, aiohttp.ClientSession() as session:
        client = AsyncWebClient(token=slack.token, base_url=slack.base_url, ssl=trust, session=session)
        yield World(slack, client, folder, clock)
