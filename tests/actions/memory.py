"""A ledger that forgets: the real one's rules over a dictionary, for tests that live many lives."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from homeward.actions.ledger import ClaimTaken, Ledger, NoRequest, Stale, writing
from homeward.actions.posts import Post, PostState
from homeward.actions.requests import Asked, Change, Event, EventKind, Happened, Refusal, Request, RequestItem
from homeward.actions.states import ItemState, check_item
from tests.actions.making import VirtualClock


class Memory(Ledger):
    """Only what the reconciler and the desk use."""

    def __init__(self, clock: VirtualClock) -> None:
        self.at = clock
        self.held: dict[str, Request] = {}
        self.told: list[Event] = []
        self.claims: set[tuple[str, int, int]] = set()
        self.sent: dict[tuple[str, str], Post] = {}

    async def now(self) -> datetime:
        return max([self.at.now, *(event.at for event in self.told[-1:])])

    async def open(self, asked: Asked, *, id: str, quorum: int, expires_at: datetime) -> Request:
        self.held[id] = writing.new(asked, id=id, quorum=quorum, expires_at=expires_at, now=await self.now())
        return self.held[id]

    async def load(self, request_id: str) -> Request:
        if request_id not in self.held:
            raise NoRequest(request_id)
        return self.held[request_id]

    async def write(self, request: Request, change: Change) -> Request:
        if self.held[request.id].version != request.version:
            raise Stale(request.id)
        after = writing.changed(request, change, await self.now())
        self.told += [Event(len(self.told) + 1, await self.now(), after.id, each, "") for each in change.events]
        self.held[request.id] = after
        return after

    async def amend(self, request_id: str, make: Callable[[Request, datetime], Change | Refusal]) -> Request | Refusal:
        request = await self.load(request_id)
        change = make(request, await self.now())
        return change if isinstance(change, Refusal) else await self.write(request, change)

    async def claim(self, request: Request, item: RequestItem) -> Request:
        key = (request.id, item.place, item.attempt)
        if key in self.claims:
            raise ClaimTaken(item.machine)
        self.claims.add(key)
        check_item(item.state, ItemState.CLAIMED)
        claimed = replace(item, state=ItemState.CLAIMED, claimed_at=await self.now())
        told = Happened(EventKind.CLAIMED, item.machine, {"attempt": item.attempt})
        return await self.write(request, Change(request.due_at, items=(claimed,), events=(told,)))

    async def events(self, request_id: str) -> tuple[Event, ...]:
        return tuple(event for event in self.told if event.request_id == request_id)

    async def posts(self, request_id: str) -> tuple[Post, ...]:
        return tuple(post for (id, _), post in self.sent.items() if id == request_id)

    async def begin_post(self, request_id: str, key: str, *, channel: str, thread: str, digest: str) -> Post | None:
        post = Post(request_id, key, channel, thread, "", digest, PostState.SENDING, 1, await self.now())
        return self.sent.setdefault((request_id, key), post)

    async def posted(self, post: Post, *, ts: str, digest: str) -> Post:
        sent = replace(post, ts=ts, digest=digest, state=PostState.SENT)
        self.sent[post.request_id, post.key] = sent
        return sent
