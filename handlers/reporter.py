"""Makes Slack match the ledger: a request's card, its approval message, and one reply for each thing that happened.

A pass compares what the ledger says with what was last sent, so it may run at any time, after any crash.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from homeward.actions.approval import Policy
from homeward.actions.ledger import Ledger, NoRequest
from homeward.actions.posts import Post, PostState
from homeward.actions.requests import Event, EventKind, Request
from homeward.actions.states import Operation, State

from .directs import Directs
from .pacing import Monotonic, Pace, Patience
from .places import (
    APPROVAL,
    APPROVAL_AGAIN,
    CARD,
    ELSEWHERE,
    GONE,
    CardPlace,
    approval_key,
    card_place,
    reminder_key,
    reply_key,
    thread_of,
)
from .problems import SlackRefused
from .showing import PASSING, Down, Later, Means, Showing
from .supervisor import Log
from .threads import Threads
from .views.blocks import Message
from .views.checklist import changes_in

GIVE_UP = timedelta(days=1)
"""After a request's end: what Slack would not take until then is not shown any more."""

Workspaces = Callable[[str, str], Awaitable[Threads]]
"""Gives the threads of a workspace (its team and enterprise); raises `SlackRefused`."""


class CardView(Protocol):
    def __call__(self, request: Request, *, now: datetime, moved: str, went_on: str) -> Message: ...


class ApprovalView(Protocol):
    def __call__(self, request: Request, *, policy: Policy, now: datetime) -> Message: ...


class ReplyView(Protocol):
    def __call__(self, event: Event, request: Request) -> Message | None: ...


@dataclass(frozen=True, slots=True)
class Views:
    """What the messages look like. A reply of None is not told; `moved` is why the card is not in its channel.

    `went_on` is the id of the request that was asked for after this one had ended, "" for none.
    """

    card: CardView
    approval: ApprovalView
    reply: ReplyView
    reminder: ApprovalView


class Reporter:
    """`sole` tells that no other process reports. Without `directs` nobody is asked in person."""

    def __init__(
        self,
        ledger: Ledger,
        workspaces: Workspaces,
        views: Views,
        policies: Mapping[Operation, Policy],
        *,
        monotonic: Monotonic,
        log: Log,
        sole: bool,
        directs: Directs | None = None,
    ) -> None:
        self._ledger = ledger
        self._directs = directs
        self._workspaces = workspaces
        self._views = views
        self._policies = policies
        self._monotonic = monotonic
        self._log = log
        self._means = Means(
            ledger,
            monotonic,
            log,
            sole,
            posting=Pace(monotonic, every=1.0, at_once=3),
            calling=Pace(monotonic, every=2.0, at_once=10),
            patience=Patience(monotonic, first=5.0, longest=60.0),
        )

    async def report(self, request_id: str) -> datetime | None:
        """One pass; when it is due again, None for not before something happens."""
        started = self._monotonic()
        try:
            request = await self._ledger.load(request_id)
            events = await self._ledger.events(request_id)
            # Once more, after the events: a reply must not tell of an event with the machines of before it. What is
            # reported as shown is the version from before them, of which no event can be missing.
            latest = await self._ledger.load(request_id)
        except NoRequest:
            return None
        now = await self._ledger.now()
        wait = await self._shown(latest, events, now, started)
        if (passes := changes_in(latest, now)) is not None:
            wait = passes if wait is None else min(wait, passes)
        again = None if wait is None else now + timedelta(seconds=self._monotonic() - started + wait)
        if again and request.ended_at and again - request.ended_at > GIVE_UP:
            self._log.error("homeward.unreported", request=request_id)
            again = None
        await self._ledger.reported(request, again)
        return again

    async def _shown(self, request: Request, events: tuple[Event, ...], now: datetime, started: float) -> float | None:
        """Shows what it can; the seconds until something is due, None for nothing."""
        where, patience = request.asked.where, self._means.patience
        if wait := patience.wait(where.team_id):
            return wait
        posts = {post.key: post for post in await self._ledger.posts(request.id)}
        try:
            threads = await self._workspaces(where.team_id, where.enterprise_id)
        except SlackRefused:
            return patience.failed(where.team_id)
        showing = Showing(self._means, threads, request, posts, now=now, started=started)
        policy = self._policies[request.asked.operation]
        one = _Pass(request, events, now, showing, threads, self._views, policy, self._directs)
        try:
            await one.run()
        except Down:
            showing.later(patience.failed(where.team_id))
        return showing.wait


@dataclass(frozen=True, slots=True)
class _Pass:
    """What is shown of one request at one moment, and in what order."""

    request: Request
    events: tuple[Event, ...]
    now: datetime
    showing: Showing
    threads: Threads
    views: Views
    policy: Policy
    directs: Directs | None

    async def run(self) -> None:
        """What can't be shown yet holds up only what comes after it in the same thread."""
        card: tuple[CardPlace, Post] | None = None
        with suppress(Later):
            card = await self._card()
        with suppress(Later):
            await self._approval()
        if card:
            with suppress(Later):
                await self._replies(*card)
        if self.directs:
            await self._in_person(self.directs)

    async def _card(self) -> tuple[CardPlace, Post] | None:
        """Where the card stands; None where it can stand nowhere."""
        posts = self.showing.posts
        while place := card_place(posts):
            message = self.views.card(self.request, now=self.now, moved=place.moved, went_on=_went_on(self.events))
            post = await self.showing.show(place.key, await self._channel(place), self._below(place), message)
            if post.state is not PostState.SENT:
                continue
            why = await self.showing.change(post, message)
            if not why:
                return place, posts[place.key]
            await self.showing.refuse(post, why)
        return None

    def _below(self, place: CardPlace) -> str:
        """The message that the card replies to. Where that, or the card, is gone, it stands in the channel itself."""
        return self.request.asked.where.thread if place.key == CARD else ""

    async def _channel(self, place: CardPlace) -> str:
        """Where the channel can't be reached it is the requester's own."""
        if not place.moved:
            return self.request.asked.where.channel
        if known := self.showing.posts.get(place.key):
            return known.channel
        person = self.request.asked.requester.user_id
        try:
            return await self.threads.direct(person)
        except SlackRefused as refused:
            if refused.error in PASSING:
                raise Down from refused
            # Sending it there is refused in turn, and that is written down.
            return person

    async def _approval(self) -> None:
        awaiting = self.request.state is State.AWAITING_APPROVAL
        key = approval_key(self.showing.posts)
        if not awaiting and key not in self.showing.posts:
            return
        message = self.views.approval(self.request, policy=self.policy, now=self.now)
        channel = self.policy.channel
        post = await self.showing.show(key, channel, "", message, still=awaiting)
        if post.state is not PostState.SENT:
            return
        if why := await self.showing.change(post, message):
            if awaiting and key == APPROVAL and why in GONE:
                await self.showing.show(APPROVAL_AGAIN, channel, "", message)
            elif not awaiting:
                await self.showing.refuse(post, why)
        elif awaiting:
            await self._reminders(post)

    async def _in_person(self, directs: Directs) -> None:
        """Nobody is asked in person before the request stands in the approvers' channel."""
        approval = self.showing.posts.get(approval_key(self.showing.posts))
        put = approval is not None and approval.state is PostState.SENT
        put = put and self.request.state is State.AWAITING_APPROVAL
        await directs.show(self.request, self.events, self.policy, self.showing, self.threads, now=self.now, put=put)

    async def _reminders(self, approval: Post) -> None:
        for event in self.events:
            if event.happened.kind is EventKind.REMINDED:
                message = self.views.reminder(self.request, policy=self.policy, now=self.now)
                await self.showing.show(reminder_key(event.seq), approval.channel, approval.ts, message)

    async def _replies(self, place: CardPlace, card: Post) -> None:
        for event in self.events:
            key = reply_key(event.seq, place.key, self.showing.posts)
            if not key or (message := self.views.reply(event, self.request)) is None:
                continue
            post = await self.showing.show(key, card.channel, thread_of(card), message)
            if post.state is PostState.REFUSED and post.why in ELSEWHERE:
                # The next pass finds another place for the card, and this reply below it.
                raise self.showing.later(0.0)


def _went_on(events: Sequence[Event]) -> str:
    """The newest request that goes on where this one ended, "" for none."""
    ids = [one.happened.data.get("request") for one in events if one.happened.kind is EventKind.WENT_ON]
    return str(ids[-1]) if ids else ""
