"""A full disk stops the ledger, not the truth: nothing is half written, and it goes on when there is room."""

import pytest
from sqlalchemy import event
from sqlalchemy.engine.interfaces import DBAPIConnection

from homeward.actions.ledger import Ledger, LedgerDown, Verified, verify
from homeward.actions.ledger.engine import open_engine
from homeward.actions.requests import Change, EventKind, Happened
from homeward.actions.states import ItemState
from tests.actions.making import KEY, VirtualClock, plan, running

PLENTY = 1_000_000


class Disk:
    """Room for the database as SQLite itself limits it: its error is the real one."""

    def __init__(self) -> None:
        self.pages = PLENTY

    def limit(self, connection: DBAPIConnection, *_: object) -> None:
        cursor = connection.cursor()
        # Below the pages that there are, it means: not one more.
        cursor.execute(f"PRAGMA max_page_count = {self.pages}")
        cursor.close()


async def test_a_full_disk_is_told_and_nothing_is_half_written(sqlite_url: str, clock: VirtualClock) -> None:
    disk = Disk()
    committed: list[str] = []
    async with open_engine(sqlite_url) as engine:
        event.listen(engine.sync_engine.pool, "checkout", disk.limit)
        ledger = Ledger(engine, key=KEY, clock=clock, committed=committed.append)
        request = await running(ledger)
        before = await ledger.events(request.id)
        commits = len(committed)
        disk.pages = 1
        much = Happened(EventKind.NO_ANSWER, "web02", {"why": "x" * 100_000})
        with pytest.raises(LedgerDown, match="full: nothing was written"):
            await ledger.write(request, Change(request.due_at, why="half?", events=(much,)))
        assert await ledger.load(request.id) == request
        assert await ledger.events(request.id) == before
        assert len(committed) == commits
        disk.pages = PLENTY
        claimed = await ledger.claim(request, request.items[0])
        assert claimed.items[0].state is ItemState.CLAIMED
        assert isinstance(await verify(engine, KEY), Verified)


async def fill(ledger: Ledger, request_id: str) -> None:
    """Uses up the free pages, all but what is too small for these events."""
    while True:
        request = await ledger.load(request_id)
        much = Happened(EventKind.NO_ANSWER, data={"why": "x" * 20_000})
        try:
            await ledger.write(request, Change(request.due_at, events=(much,)))
        except LedgerDown:
            return


async def test_a_claim_that_finds_no_room_is_no_claim(sqlite_url: str, clock: VirtualClock) -> None:
    """What can't be recorded first is not started: of many claims those that came through are kept, and no other."""
    disk = Disk()
    machines = [f"web{number:03}" for number in range(100)]
    async with open_engine(sqlite_url) as engine:
        event.listen(engine.sync_engine.pool, "checkout", disk.limit)
        ledger = Ledger(engine, key=KEY, clock=clock)
        request = await running(ledger, made=plan(*machines))
        disk.pages = 1
        await fill(ledger, request.id)
        request = await ledger.load(request.id)
        taken: list[str] = []
        full = False
        for item in request.items:
            try:
                request = await ledger.claim(request, item)
            except LedgerDown:
                full = True
                break
            taken.append(item.machine)
        assert full
        claimed = [item for item in (await ledger.load(request.id)).items if item.state is ItemState.CLAIMED]
        assert [item.machine for item in claimed] == taken
        told = [one.happened.machine for one in await ledger.events(request.id) if one.happened.machine]
        assert told == taken


async def test_a_locked_file_is_told(sqlite_url: str, clock: VirtualClock) -> None:
    async with open_engine(sqlite_url) as engine:
        ledger = Ledger(engine, key=KEY, clock=clock)
        request = await running(ledger)

        def impatient(connection: DBAPIConnection, *_: object) -> None:
            cursor = connection.cursor()
            cursor.execute("PRAGMA busy_timeout = 1")
            cursor.close()

        event.listen(engine.sync_engine.pool, "checkout", impatient)
        async with engine.connect() as other:
            await other.exec_driver_sql("ROLLBACK")
            await other.exec_driver_sql("BEGIN IMMEDIATE")
            with pytest.raises(LedgerDown, match="locked"):
                await ledger.claim(request, request.items[0])
        assert await ledger.claim(request, request.items[0])
