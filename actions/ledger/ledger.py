"""The ledger's reading and writing, each write in one transaction with its events."""

from collections.abc import Callable
from datetime import datetime

from homeward.actions.plan import Plan
from homeward.actions.posts import Post
from homeward.actions.requests import Asked, Change, Event, Refusal, Request, RequestItem
from homeward.actions.states import State


class Ledger:
    """Every write repeats the version that was read and appends its events to the audit chain in its transaction."""

    # --- time ---
    async def now(self) -> datetime:
        """The ledger's time: of the database where several processes share it; it never goes back behind an event."""
        raise NotImplementedError

    # --- requests ---
    async def open(self, asked: Asked, *, id: str, quorum: int, expires_at: datetime) -> Request:
        """A new request in CHECKING, due now."""
        raise NotImplementedError

    async def load(self, request_id: str) -> Request:
        """Raises `NoRequest`."""
        raise NotImplementedError

    async def write(self, request: Request, change: Change) -> Request:
        """Writes what a pass that read `request` changed; the new request. Also: the report is due now.

        Raises `Stale` if it was written meanwhile, `Held` if the change brings a plan (to AWAITING_APPROVAL) one of
        whose items is in another open request, `WrongTurn` for what the transition tables don't allow. Items of a
        request that ended, and its finished items, hold nothing.
        """
        raise NotImplementedError

    async def amend(self, request_id: str, make: Callable[[Request, datetime], Change | Refusal]) -> Request | Refusal:
        """Reads, asks the pure `make` with the ledger's time, writes; reads again where somebody else was faster.

        Raises `NoRequest`.
        """
        raise NotImplementedError

    async def claim(self, request: Request, item: RequestItem) -> Request:
        """Takes the one start call of the item's present attempt, in a committed transaction of its own: the item is
        CLAIMED, with its event. Raises `ClaimTaken`, `Stale`."""
        raise NotImplementedError

    async def requests(self, *, open_only: bool = False, limit: int = 50) -> tuple[Request, ...]:
        """The newest first."""
        raise NotImplementedError

    async def of_machine(self, name: str) -> tuple[Request, ...]:
        """The requests that have a machine (or a subject) of that name, without case; newest first, at most 10."""
        raise NotImplementedError

    # --- due times ---
    async def due(self, until: datetime) -> tuple[tuple[str, datetime], ...]:
        """Requests that have not ended, with their due times, of those due until then (soonest first)."""
        raise NotImplementedError

    async def reports_due(self, until: datetime) -> tuple[tuple[str, datetime], ...]:
        raise NotImplementedError

    async def reported(self, request: Request, again_at: datetime | None) -> None:
        """The reporter has shown this version. Where it was written meanwhile, the report stays due."""
        raise NotImplementedError

    # --- events ---
    async def events(self, request_id: str) -> tuple[Event, ...]:
        raise NotImplementedError

    # --- what Slack shows ---
    async def posts(self, request_id: str) -> tuple[Post, ...]:
        raise NotImplementedError

    async def begin_post(self, request_id: str, key: str, *, channel: str, thread: str, digest: str) -> Post | None:
        """A new post in SENDING, committed; None if there is one of that key already."""
        raise NotImplementedError

    async def retake_post(self, post: Post) -> Post | None:
        """Begins sending it once more (tries + 1, SENDING); None if somebody else did since it was read."""
        raise NotImplementedError

    async def posted(self, post: Post, *, ts: str, digest: str) -> Post:
        """It is in Slack, and shows this."""
        raise NotImplementedError

    async def post_refused(self, post: Post, why: str) -> Post:
        """Slack refused it for good."""
        raise NotImplementedError

    async def count(self, *states: State) -> int:
        """How many requests are in these states; for metrics."""
        raise NotImplementedError


_ = Plan
