"""The desk: what people do with requests. Each method judges by the ledger, writes once, and wakes who goes on."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from . import approval
from .approval import Click, Policy, Standing, Standings, Unasked
from .board import Board
from .ledger import Ledger, LedgerError, NoRequest
from .ports import Scheduler, Work
from .posts import Post
from .requests import Asked, Change, EventKind, Happened, Person, Refusal, Request
from .states import Operation, State
from .words import following

CARD = "card"
"""The key of the post that everybody in the channel sees."""
FARTHEST = timedelta(days=7)
"""How far ahead a start may be put."""
WAY = timedelta(days=14)
"""How old a request may be and still be what a new one of the same machines goes on from."""
MOST_OPEN = 500
"""What one look reads; more is counted."""
MOST_ENDED = 20
BEGUN = (State.RUNNING, State.NEEDS_ATTENTION, State.SUCCEEDED, State.FAILED)
LOOKALIKES = str.maketrans("OIL", "011")
"""Letters that Crockford's base 32 leaves out, read as the digits that people meant."""


class Desk:
    """Raises LedgerError where the ledger can't be read or written, and nothing else."""

    def __init__(
        self,
        ledger: Ledger,
        scheduler: Scheduler,
        policies: Mapping[Operation, Policy],
        standings: Standings,
        new_id: Callable[[], str],
    ) -> None:
        self._ledger = ledger
        self._scheduler = scheduler
        self._policies = policies
        self._standings = standings
        self._new_id = new_id

    async def ask(self, asked: Asked, follows: str = "") -> Request | Refusal:
        """A new request, to be checked by its first pass. It is refused only where its time is no time to start at.

        It is shown below the request that it goes on from: `follows`, or the last one of its subject in its channel.
        """
        policy = self._policies[asked.operation]
        now = await self._ledger.now()
        expires_at = now + policy.expires_after
        if asked.at is not None:
            if asked.at <= now:
                return Refusal("past", "The time to start at is over. Say a later one.")
            if asked.at > now + FARTHEST:
                return Refusal("too_far", f"The time to start at may be at most {FARTHEST.days} days ahead.")
            expires_at = min(expires_at, asked.at)
            asked = replace(asked, at=asked.at.astimezone(UTC))
        former = await self._former(asked, follows, now)
        if former and not asked.where.thread:
            asked = replace(asked, where=replace(asked.where, thread=await self._thread(former, asked)))
        request = await self._ledger.open(asked, id=self._new_id(), quorum=policy.quorum, expires_at=expires_at)
        await self._wake(request.id, now)
        if former and former.state.ended:
            await self._went_on(former, request)
        return request

    async def _went_on(self, former: Request, request: Request) -> None:
        """So that its card does not go on saying that the next step is still to be asked for."""
        data = {"request": request.id, "operation": request.asked.operation.value}
        event = Happened(EventKind.WENT_ON, data=data, actor=request.asked.requester)
        # The new request stands: what can't be written of the old one now is not worth a word to anybody.
        with suppress(LedgerError):
            await self._ledger.amend(former.id, lambda one, _: Change(one.due_at, events=(event,)))
            await self._scheduler.wake(Work.REPORT, former.id, await self._ledger.now())

    async def _former(self, asked: Asked, follows: str, now: datetime) -> Request | None:
        """The request that it goes on from."""
        former = await self._followed(asked, follows) or await self._last_of(asked, now)
        if former is None or (former.state is State.SUCCEEDED and following(former.asked.operation) is None):
            return None
        return former

    async def _thread(self, former: Request, asked: Asked) -> str:
        """The ts of the card that the way of its machines began with; "" where it begins one itself."""
        if former.asked.where.thread:
            return former.asked.where.thread
        card = await self.card(former.id)
        return card.ts if card is not None and card.channel == asked.where.channel else ""

    async def _followed(self, asked: Asked, follows: str) -> Request | None:
        if not follows:
            return None
        try:
            former = await self._ledger.load(follows)
        except NoRequest:
            return None
        return former if _same_channel(former, asked) else None

    async def _last_of(self, asked: Asked, now: datetime) -> Request | None:
        formers = await self._ledger.of_subject(asked.subject, BEGUN, since=now - WAY)
        return next((former for former in formers if _same_channel(former, asked)), None)

    async def approve(self, click: Click) -> Request | Refusal:
        return await self._decide(
            click.request_id, click.person, lambda request, who, now: approval.approve(request, click, who, now)
        )

    async def reject(self, click: Click, reason: str) -> Request | Refusal:
        return await self._decide(
            click.request_id, click.person, lambda request, who, now: approval.reject(request, click, reason, who, now)
        )

    async def cancel(self, request_id: str, person: Person, reason: str = "") -> Request | Refusal:
        return await self._decide(
            request_id, person, lambda request, who, now: approval.cancel(request, person, reason, who, now)
        )

    async def retry(self, request_id: str, machine: str, person: Person) -> Request | Refusal:
        return await self._decide(
            request_id, person, lambda request, who, now: approval.retry(request, machine, person, who, now)
        )

    async def go_on_without(self, request_id: str, machine: str, person: Person) -> Request | Refusal:
        return await self._decide(
            request_id, person, lambda request, who, now: approval.go_on_without(request, machine, person, who, now)
        )

    async def find(self, text: str) -> tuple[Request, ...]:
        """By an id, as people write it, or by the name of a machine or a subject; the newest first."""
        for id in _ids(text):
            try:
                return (await self._ledger.load(id),)
            except NoRequest:
                continue
        return await self._ledger.of_machine(text.strip())

    async def open_requests(self) -> tuple[Request, ...]:
        return await self._ledger.requests(open_only=True)

    async def board(self, unless: int = -1) -> Board | None:
        """Everything that is open and what ended lately; None where nothing was written since that mark."""
        return await self._ledger.board(unless=unless, most=MOST_OPEN, ended=MOST_ENDED)

    async def may_decide(self, person: Person, found: Sequence[Request], now: datetime) -> Mapping[str, Refusal | None]:
        """By request: why the person could not decide about it now, None where they could. A press is judged anew."""
        asked = dict.fromkeys((one.asked.operation, replace(one.asked.where, channel="", thread="")) for one in found)
        told = await asyncio.gather(*(self._standings(person, self._policies[each], where) for each, where in asked))
        standings = dict(zip(asked, told, strict=True))
        return {
            one.id: approval.may_decide(
                one,
                person,
                standings[one.asked.operation, replace(one.asked.where, channel="", thread="")],
                now,
            )
            for one in found
        }

    async def card(self, request_id: str) -> Post | None:
        """Where the request's card stands in its channel, if it does."""
        posts = await self._ledger.posts(request_id)
        return next((post for post in posts if post.key == CARD and post.ts), None)

    async def quiet(self, person: Person, *, on: bool) -> None:
        """From now on, `on`: this person gets no direct messages."""
        await self._ledger.quiet(person, on=on)

    async def is_quiet(self, person: Person) -> bool:
        return person.user_id in await self._ledger.quiet_people(person.team_id)

    async def _decide(
        self,
        request_id: str,
        person: Person,
        judge: Callable[[Request, Standing | Unasked, datetime], Change | Refusal],
    ) -> Request | Refusal:
        """Slack is asked first, outside of any transaction; then one reading and one writing decide."""
        try:
            request = await self._ledger.load(request_id)
            standing = await self._standings(person, self._policies[request.asked.operation], request.asked.where)
            decided = await self._ledger.amend(request_id, lambda now_is, now: judge(now_is, standing, now))
        except NoRequest:
            return Refusal("wrong_request", f"There is no request {request_id}.")
        if isinstance(decided, Request):
            await self._wake(request_id, decided.due_at)
        return decided

    async def _wake(self, request_id: str, at: datetime) -> None:
        await self._scheduler.wake(Work.ADVANCE, request_id, at)
        await self._scheduler.wake(Work.REPORT, request_id, await self._ledger.now())


def _same_channel(former: Request, asked: Asked) -> bool:
    return replace(former.asked.where, thread="") == replace(asked.where, thread="")


def _ids(text: str) -> tuple[str, ...]:
    """The ids that somebody may have meant: with or without "R-", in any case."""
    plain = text.strip().upper()
    plain = plain.removeprefix("R-")
    exact = f"R-{plain}"
    meant = f"R-{plain.translate(LOOKALIKES)}"
    return (exact,) if exact == meant else (exact, meant)
