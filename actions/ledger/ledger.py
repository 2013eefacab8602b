"""The ledger's reading and writing, each write in one transaction with its events."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Collection
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import func, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from homeward.actions.board import Board
from homeward.actions.news import is_news
from homeward.actions.posts import Post, PostState
from homeward.actions.requests import (
    Asked,
    Change,
    Event,
    EventKind,
    Happened,
    Person,
    Refusal,
    Request,
    RequestItem,
)
from homeward.actions.states import ItemState, State, WrongTurn, check_item

from . import memory, notices, writing
from .chain import Head, append, event, fits, read_head
from .engine import is_sqlite, open_engine, reading
from .engine import writing as transaction
from .errors import ClaimTaken, Held, LedgerError, Stale
from .reading import read, read_all
from .tables import events, items, lookup_key, requests

MIN_KEY = 16
"""Bytes of the audit chain's key."""
SLEW = timedelta(minutes=1)
"""How far a clock may go back without being seen to."""


def nothing(_: str) -> None:
    pass


class Ledger:
    """Every write repeats the version that was read and appends its events to the audit chain in its transaction."""

    def __init__(
        self,
        engine: AsyncEngine,
        *,
        key: bytes,
        clock: Callable[[], datetime] | None = None,
        committed: Callable[[str], None] = nothing,
    ) -> None:
        """`clock` None: the database's on PostgreSQL, which several processes share, this machine's on SQLite.

        `committed` is told the method's name right after each commit: what it raises comes out of the method.
        """
        if len(key) < MIN_KEY:
            raise LedgerError(f"The key of the audit chain must have at least {MIN_KEY} bytes.")
        self._engine = engine
        self._key = key
        self._clock = clock
        self._committed = committed
        # SQLite has one writer at a time; in here they queue fairly, at its file they would poll for it.
        self._last: datetime | None = None
        """The last event's time, where no other process writes any."""
        self._turn: AbstractAsyncContextManager[object] = asyncio.Lock() if is_sqlite(engine) else nullcontext()

    @asynccontextmanager
    async def _reading(self) -> AsyncGenerator[AsyncConnection]:
        async with reading(self._engine) as connection:
            yield connection

    @asynccontextmanager
    async def _writing(self, what: str) -> AsyncGenerator[AsyncConnection]:
        async with self._turn, transaction(self._engine) as connection:
            yield connection
        self._committed(what)

    # --- time ---
    async def now(self) -> datetime:
        """The ledger's time: of the database where several processes share it. It does not go back behind an event,
        but where the clock was set back by more than `SLEW`."""
        if self._last is not None and is_sqlite(self._engine):
            return _not_behind(self._last, self._clock() if self._clock else datetime.now(UTC))
        async with self._reading() as connection:
            return await self._now(connection, await read_head(connection))

    async def _now(self, connection: AsyncConnection, head: Head) -> datetime:
        self._last = max(head.moment, self._last or head.moment)
        if self._clock is not None:
            at = self._clock()
        elif is_sqlite(self._engine):
            at = datetime.now(UTC)
        else:
            at = (await connection.execute(select(func.clock_timestamp()))).scalar_one()
        return _not_behind(head.moment, at)

    # --- requests ---
    async def open(self, asked: Asked, *, id: str, quorum: int, expires_at: datetime) -> Request:
        """A new request in CHECKING, due now."""
        asking = {"operation": asked.operation.value, "subject": asked.subject, "reason": asked.reason}
        try:
            async with self._writing("open") as connection:
                head = await read_head(connection, to_write=True)
                now = await self._now(connection, head)
                request = writing.new(asked, id=id, quorum=quorum, expires_at=expires_at, now=now)
                await writing.add(connection, request, head.seq + 1)
                first = Happened(EventKind.REQUESTED, data=asking, actor=asked.requester)
                self._last = (await append(connection, self._key, head, now, id, (first,))).moment
        except IntegrityError as error:
            raise LedgerError(f"There is a request {id} already.") from error
        return request

    async def load(self, request_id: str) -> Request:
        """Raises `NoRequest`."""
        async with self._reading() as connection:
            return await read(connection, request_id)

    async def write(self, request: Request, change: Change) -> Request:
        """Writes what a pass that read `request` changed; the new request. If it is news, the report is due now.

        Raises `Stale` if it was written meanwhile, `Held` if the change brings a plan (to AWAITING_APPROVAL) one of
        whose items is in another open request, `WrongTurn` for what the transition tables don't allow. Items of a
        request that ended, and its finished items, hold nothing.
        """
        async with self._changing("write") as connection:
            return await self._change(connection, await read_head(connection, to_write=True), request, change)

    async def amend(self, request_id: str, make: Callable[[Request, datetime], Change | Refusal]) -> Request | Refusal:
        """Reads, asks the pure `make` with the ledger's time, writes; nobody else writes meanwhile.

        Raises `NoRequest`, `Held`, `WrongTurn`.
        """
        async with self._changing("amend") as connection:
            head = await read_head(connection, to_write=True)
            request = await read(connection, request_id)
            change = make(request, await self._now(connection, head))
            if isinstance(change, Refusal):
                return change
            return await self._change(connection, head, request, change)

    @asynccontextmanager
    async def _changing(self, what: str) -> AsyncGenerator[AsyncConnection]:
        """Writes; what breaks the rule that one open request has a machine comes out as `Held`."""
        try:
            async with self._writing(what) as connection:
                yield connection
        except writing.Clash as clash:
            async with self._reading() as connection:
                found = await writing.holder(connection, clash.request)
            if found is None:
                # Whoever held it let go in between.
                raise Stale(f"{clash.request.id} could not be written; try again.") from clash
            raise Held(*found) from clash

    async def _change(self, connection: AsyncConnection, head: Head, request: Request, change: Change) -> Request:
        now = await self._now(connection, head)
        after = writing.changed(request, change, now)
        await writing.put(connection, request, after, now, news=is_news(request, after, change))
        self._last = (await append(connection, self._key, head, now, request.id, change.events)).moment
        return after

    async def claim(self, request: Request, item: RequestItem) -> Request:
        """Takes the one start call of the item's present attempt, in a committed transaction of its own: the item is
        CLAIMED, with its event. Raises `ClaimTaken`, `Stale`."""
        if request.state is not State.RUNNING or request.stopping:
            raise WrongTurn(f"{request.id} may not start anything now")
        if item not in request.items:
            raise WrongTurn(f"{request.id} does not have {item.machine} like this")
        try:
            async with self._writing("claim") as connection:
                head = await read_head(connection, to_write=True)
                now = await self._now(connection, head)
                await writing.take(connection, request, item, now)
                check_item(item.state, ItemState.CLAIMED)
                claimed = replace(item, state=ItemState.CLAIMED, claimed_at=now, ended_at=None, why="")
                event = Happened(EventKind.CLAIMED, item.machine, {"attempt": item.attempt})
                change = Change(due_at=request.due_at, items=(claimed,), events=(event,))
                return await self._change(connection, head, request, change)
        except IntegrityError as error:
            raise ClaimTaken(f"The start of {item.machine} is claimed already.") from error

    async def requests(self, *, open_only: bool = False, limit: int = 50) -> tuple[Request, ...]:
        """The newest first."""
        query = select(requests).order_by(requests.c.number.desc()).limit(limit)
        if open_only:
            query = query.where(requests.c.ended_at.is_(None))
        async with self._reading() as connection:
            return await read_all(connection, query)

    async def board(self, *, unless: int, most: int, ended: int) -> Board | None:
        """The newest `most` of what is open and what ended last; None where nothing was written since that mark."""
        # Requests are never taken away and their versions only grow, so this sum tells every write of any process.
        marking = select(func.coalesce(func.sum(requests.c.version), 0) + func.count())
        is_open = requests.c.ended_at.is_(None)
        newest = select(requests).where(is_open).order_by(requests.c.number.desc()).limit(most)
        latest = select(requests).where(~is_open).order_by(requests.c.ended_at.desc(), requests.c.number.desc())
        async with self._reading() as connection:
            # First of all: what is written meanwhile is then read twice, and never missed.
            mark = (await connection.execute(marking)).scalar_one()
            if mark == unless:
                return None
            now = await self._now(connection, await read_head(connection))
            count = (await connection.execute(select(func.count()).where(is_open))).scalar_one()
            return Board(
                int(mark),
                now,
                await read_all(connection, newest),
                count,
                await read_all(connection, latest.limit(ended)),
            )

    async def of_machine(self, name: str) -> tuple[Request, ...]:
        """The requests that have a machine (or a subject) of that name, without case; newest first, at most 10."""
        key = lookup_key(name)
        theirs = select(items.c.request_id).where(items.c.machine_key == key)
        query = select(requests).where(or_(requests.c.subject_key == key, requests.c.id.in_(theirs)))
        async with self._reading() as connection:
            return await read_all(connection, query.order_by(requests.c.number.desc()).limit(10))

    async def of_subject(self, subject: str, states: Collection[State], *, since: datetime) -> tuple[Request, ...]:
        """The requests for a subject of that name, without case, that were made since then and are in one of these
        states; newest first, at most 10."""
        query = select(requests).where(
            requests.c.subject_key == lookup_key(subject),
            requests.c.state.in_([state.value for state in states]),
            requests.c.created_at >= since,
        )
        async with self._reading() as connection:
            return await read_all(connection, query.order_by(requests.c.number.desc()).limit(10))

    # --- due times ---
    async def due(self, until: datetime) -> tuple[tuple[str, datetime], ...]:
        """Requests that have not ended, with their due times, of those due until then (soonest first)."""
        query = select(requests.c.id, requests.c.due_at).where(
            requests.c.ended_at.is_(None), requests.c.due_at <= until
        )
        async with self._reading() as connection:
            rows = await connection.execute(query.order_by(requests.c.due_at))
            return tuple((row.id, row.due_at) for row in rows)

    async def reports_due(self, until: datetime) -> tuple[tuple[str, datetime], ...]:
        query = select(requests.c.id, requests.c.report_due_at).where(requests.c.report_due_at <= until)
        async with self._reading() as connection:
            rows = await connection.execute(query.order_by(requests.c.report_due_at))
            return tuple((row.id, row.report_due_at) for row in rows)

    async def reported(self, request: Request, again_at: datetime | None) -> None:
        """The reporter has shown this version. Where it was written meanwhile, the report stays due."""
        same = (requests.c.id == request.id, requests.c.version == request.version)
        async with self._writing("reported") as connection:
            await connection.execute(update(requests).where(*same).values(report_due_at=again_at))

    # --- events ---
    async def events(self, request_id: str) -> tuple[Event, ...]:
        query = select(events).where(events.c.request_id == request_id).order_by(events.c.seq)
        async with self._reading() as connection:
            return tuple(event(row) for row in (await connection.execute(query)).mappings())

    # --- what Slack shows ---
    async def posts(self, request_id: str) -> tuple[Post, ...]:
        async with self._reading() as connection:
            return await memory.of_request(connection, request_id)

    async def begin_post(self, request_id: str, key: str, *, channel: str, thread: str, digest: str) -> Post | None:
        """A new post in SENDING, committed; None if there is one of that key already."""
        try:
            async with self._writing("begin_post") as connection:
                now = await self._now(connection, await read_head(connection))
                post = Post(request_id, key, channel, thread, "", digest, PostState.SENDING, 1, now)
                await memory.begin(connection, post)
                return post
        except IntegrityError:
            await self.load(request_id)
            return None

    async def retake_post(self, post: Post) -> Post | None:
        """Begins sending it once more (tries + 1, SENDING); None if somebody else did since it was read."""
        async with self._writing("retake_post") as connection:
            now = await self._now(connection, await read_head(connection))
            return await memory.turn(connection, post, now, state=PostState.SENDING.value, tries=post.tries + 1)

    async def posted(self, post: Post, *, ts: str, digest: str) -> Post:
        """It is in Slack, and shows this. Where sending it was begun anew meanwhile, that stands."""
        async with self._writing("posted") as connection:
            now = await self._now(connection, await read_head(connection))
            sent = {"state": PostState.SENT.value, "ts": ts, "digest": digest, "why": ""}
            return await memory.turn(connection, post, now, **sent) or await memory.one(connection, post)

    async def post_refused(self, post: Post, why: str) -> Post:
        """Slack refused it for good."""
        async with self._writing("post_refused") as connection:
            now = await self._now(connection, await read_head(connection))
            refused = {"state": PostState.REFUSED.value, "why": why}
            return await memory.turn(connection, post, now, **refused) or await memory.one(connection, post)

    # --- notices ---
    async def quiet(self, person: Person, *, on: bool) -> None:
        """From now on, `on`: this person gets no direct messages."""
        try:
            async with self._writing("quiet") as connection:
                if on:
                    await notices.hush(connection, person, await self._now(connection, await read_head(connection)))
                else:
                    await notices.unhush(connection, person)
        except IntegrityError:
            return  # it was so already

    async def quiet_people(self, team_id: str) -> frozenset[str]:
        """The ids of those in a workspace who want no direct messages."""
        async with self._reading() as connection:
            return await notices.quiet_in(connection, team_id)

    async def was_told(self, channel: str, day: date) -> bool:
        async with self._reading() as connection:
            return await notices.was_told(connection, channel, day)

    async def take_day(self, channel: str, day: date) -> bool:
        """Takes the one telling of a day in a channel, committed; False if it is somebody's already."""
        try:
            async with self._writing("take_day") as connection:
                now = await self._now(connection, await read_head(connection))
                await notices.take_day(connection, channel, day, now)
        except IntegrityError:
            return False
        return True

    async def count(self, *states: State) -> int:
        """How many requests are in these states; for metrics."""
        query = select(func.count()).where(requests.c.state.in_([state.value for state in states]))
        async with self._reading() as connection:
            return (await connection.execute(query)).scalar_one()


def _not_behind(last: datetime, at: datetime) -> datetime:
    at = at.astimezone(UTC)
    # Were it believed for ever that the clock had been right when it was far ahead, nothing would be due until then.
    return at if last - at > SLEW else max(at, last)


@asynccontextmanager
async def opened(
    url: str,
    *,
    key: bytes,
    clock: Callable[[], datetime] | None = None,
    committed: Callable[[str], None] = nothing,
) -> AsyncGenerator[Ledger]:
    """The ledger at a URL, with this version's tables, held for this process on SQLite. Raises `LedgerError`."""
    async with open_engine(url) as engine:
        ledger = Ledger(engine, key=key, clock=clock, committed=committed)
        async with reading(engine) as connection:
            if not fits(key, await read_head(connection)):
                raise LedgerError(
                    "The key of the audit chain is not the one that the ledger was written with, "
                    "or the end of the chain was changed: see homeward audit verify."
                )
        yield ledger
