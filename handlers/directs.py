"""The approval message in person: to those who may approve and whom the approvers' channel does not reach.

Nothing else waits for it: it comes last in a pass, a few at a time, and what Slack does not tell or take ends it alone.
"""

from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from homeward.actions.approval import Policy
from homeward.actions.ledger import Ledger
from homeward.actions.posts import Post, PostState
from homeward.actions.requests import Event, EventKind, Request
from homeward.actions.states import State

from .audience import Audience
from .pacing import Monotonic, Pace
from .places import direct_key, direct_reminder_key, directly
from .problems import SlackRefused
from .showing import PASSING, Down, Later, Showing
from .supervisor import Log
from .threads import Threads
from .views.blocks import Message
from .web_api import SHORT

AT_ONCE = 5
"""New messages in one pass, so that a card does not wait long for its next turn."""
AGAIN = 15.0
"""Seconds until it is asked once more who is not in the channel, where Slack did not tell."""
FINAL = frozenset({"missing_scope"})
"""Of opening a conversation: it will not be otherwise before this request is over."""


class DirectView(Protocol):
    def __call__(self, request: Request, *, policy: Policy, now: datetime) -> Message: ...


class NudgeView(Protocol):
    def __call__(self, request: Request, *, user: str, now: datetime) -> Message: ...


class Directs:
    """What all requests share: who is asked in person, how it looks, and what is known of their conversations."""

    def __init__(
        self,
        audience: Audience,
        view: DirectView,
        nudge: NudgeView,
        ledger: Ledger,
        *,
        monotonic: Monotonic,
        log: Log,
    ) -> None:
        self._audience = audience
        self._view = view
        self._nudge = nudge
        self._ledger = ledger
        self._opening = Pace(monotonic, every=1.5, at_once=10)
        self._log = log

    async def show(
        self,
        request: Request,
        events: Sequence[Event],
        policy: Policy,
        showing: Showing,
        threads: Threads,
        *,
        now: datetime,
        put: bool,
    ) -> None:
        """`put` tells that the request stands before the approvers in their channel. May raise `Down`."""
        known = directly(showing.posts)
        if not known and not put:
            return
        one = _Telling(request, policy, showing, threads, now)
        message = self._view(request, policy=policy, now=now)
        quiet = await self._ledger.quiet_people(request.asked.where.team_id)
        for user, before in known.items():
            with suppress(Later):
                still = put and user not in quiet
                post = await showing.show(direct_key(user), before.channel, "", message, still=still)
                await one.kept(post, message)
                if still:
                    await self._nudged(one, user, post, events)
        if put:
            with suppress(Later):
                await self._new(one, message, known, quiet)

    async def _new(self, one: "_Telling", message: Message, known: Collection[str], quiet: frozenset[str]) -> None:
        where = one.request.asked.where
        voted = {decision.person.user_id for decision in one.request.decisions}
        but = {one.request.asked.requester.user_id, *known, *quiet, *voted}
        try:
            outside = await self._audience(one.policy, where, but=but, asked=len(known))
        except SlackRefused as refused:
            raise one.showing.later(max(refused.retry_after, AGAIN)) from refused
        if outside.more and not known:
            self._log.error("homeward.too_many_to_ask_in_person", request=one.request.id, left_out=outside.more)
        for count, user in enumerate(outside.people):
            if count == AT_ONCE:
                raise one.showing.later(0.0)
            if wait := self._opening.wait(where.team_id, one.request.id):
                raise one.showing.later(wait)
            with suppress(Later):
                await self._told(one, user, message)

    async def _told(self, one: "_Telling", user: str, message: Message) -> None:
        try:
            channel = await one.threads.direct(user)
        except SlackRefused as refused:
            if refused.error in SHORT:
                self._opening.hold(one.request.asked.where.team_id, refused.retry_after)
                raise one.showing.later(max(refused.retry_after, AGAIN)) from refused
            if refused.error in PASSING and refused.error not in FINAL:
                raise Down from refused
            await one.showing.unreachable(direct_key(user), user, refused.error)
            return
        await one.showing.show(direct_key(user), channel, "", message)

    async def _nudged(self, one: "_Telling", user: str, post: Post, events: Sequence[Event]) -> None:
        if post.state is not PostState.SENT or any(d.person.user_id == user for d in one.request.decisions):
            return
        for event in events:
            if event.happened.kind is EventKind.REMINDED:
                message = self._nudge(one.request, user=user, now=one.now)
                key = direct_reminder_key(user, event.seq)
                await one.showing.show(key, post.channel, post.ts, message)


@dataclass(frozen=True, slots=True)
class _Telling:
    """One request, in one pass."""

    request: Request
    policy: Policy
    showing: Showing
    threads: Threads
    now: datetime

    async def kept(self, post: Post, message: Message) -> None:
        """What is in Slack shows how it stands."""
        if post.state is not PostState.SENT:
            return
        why = await self.showing.change(post, message)
        if why and self.request.state is not State.AWAITING_APPROVAL:
            await self.showing.refuse(post, why)
