"""When passes and reports are due, and what time it is."""

from datetime import UTC, timedelta

import pytest
from sqlalchemy import Connection, event, text
from sqlalchemy.ext.asyncio import AsyncEngine

from homeward.actions.ledger import Ledger, look_into
from homeward.actions.ledger.engine import open_engine
from homeward.actions.requests import Change, EventKind, Happened
from homeward.actions.states import State
from tests.actions.making import KEY, START, VirtualClock, ask, go, ids


async def test_the_soonest_is_due_first_and_the_later_not_yet(ledger: Ledger) -> None:
    for number, minutes in enumerate((9, 3, 6), 1):
        request = await ask(ledger, f"R-{number}")
        await ledger.write(request, Change(START + timedelta(minutes=minutes)))
    assert await ledger.due(START + timedelta(minutes=6)) == (
        ("R-2", START + timedelta(minutes=3)),
        ("R-3", START + timedelta(minutes=6)),
    )


async def test_a_request_that_ended_is_never_due_but_its_report_is(ledger: Ledger) -> None:
    request = await go(ledger, await ask(ledger), State.BLOCKED)
    assert request.ended_at == START
    assert await ledger.due(START + timedelta(days=1)) == ()
    assert await ledger.reports_due(START) == ((request.id, START),)


async def test_a_report_of_this_version_is_done(ledger: Ledger) -> None:
    request = await ask(ledger)
    await ledger.reported(request, None)
    assert await ledger.reports_due(START + timedelta(days=1)) == ()
    later = START + timedelta(seconds=3)
    await ledger.reported(request, later)
    assert await ledger.reports_due(START) == ()
    assert await ledger.reports_due(later) == ((request.id, later),)


async def test_a_report_of_an_older_version_stays_due(ledger: Ledger, clock: VirtualClock) -> None:
    request = await ask(ledger)
    written = clock.ahead(seconds=5)
    await ledger.write(request, Change(request.due_at, why="meanwhile"))
    await ledger.reported(request, None)
    assert await ledger.reports_due(written) == ((request.id, written),)


async def test_time_does_not_go_back_a_little_behind_an_event(ledger: Ledger, clock: VirtualClock) -> None:
    await ask(ledger)
    clock.ahead(seconds=-30)
    assert await ledger.now() == START


async def test_a_clock_set_back_is_believed_and_events_keep_their_order(ledger: Ledger, clock: VirtualClock) -> None:
    """Else nothing would be due until the wrong time came again."""
    request = await ask(ledger)
    clock.ahead(hours=-2)
    assert await ledger.now() == START - timedelta(hours=2)
    after = await ledger.write(request, Change(START, events=(Happened(EventKind.REMINDED),)))
    assert [event.at for event in await ledger.events(after.id)] == [START, START]
    clock.ahead(hours=2, seconds=1)
    assert await ledger.now() == START + timedelta(seconds=1)


async def test_the_newest_requests_come_first(ledger: Ledger) -> None:
    for number in range(1, 5):
        await ask(ledger, f"R-{number}")
    await go(ledger, await ledger.load("R-3"), State.CANCELLED)
    assert ids(await ledger.requests()) == ["R-4", "R-3", "R-2", "R-1"]
    assert ids(await ledger.requests(open_only=True, limit=2)) == ["R-4", "R-2"]
    assert await ledger.count(State.CHECKING) == 3
    assert await ledger.count(State.CHECKING, State.CANCELLED) == 4
    assert await ledger.count() == 0


async def many(engine: AsyncEngine, count: int) -> None:
    """Copies of R-000001, without their events: only the scans are looked at."""
    columns = "state, version, created_at, expires_at, due_at, report_due_at, quorum, subject_key, why, reminded"
    columns += ", stopping, asked"
    numbers = f"WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < {count}) "  # noqa: S608 # our own words
    copies = f"INSERT INTO requests (id, number, {columns}) {numbers} SELECT 'R-' || i, i, {columns} FROM n, requests"  # noqa: S608 # our own words
    async with engine.begin() as connection:
        await connection.execute(text(copies + " WHERE id = 'R-000001'"))


@pytest.mark.parametrize("index", ["ix_requests_open_due", "ix_requests_report_due"])
async def test_a_thousand_open_requests_are_scanned_by_one_query_over_an_index(
    sqlite_url: str, clock: VirtualClock, index: str
) -> None:
    asked: list[tuple[str, object]] = []

    def keep(_: Connection, __: object, statement: str, parameters: object, *___: object) -> None:
        asked.append((statement, parameters))

    async with open_engine(sqlite_url) as engine:
        ledger = Ledger(engine, key=KEY, clock=clock)
        await ask(ledger)
        await many(engine, 1000)
        event.listen(engine.sync_engine, "before_cursor_execute", keep)
        scan = ledger.due if index == "ix_requests_open_due" else ledger.reports_due
        assert await scan(START - timedelta(seconds=1)) == ()
        assert len(await scan(START)) == 1000
    queries = [statement for statement, _ in asked if statement.startswith("SELECT")]
    assert len(queries) == 2
    async with look_into(sqlite_url) as engine, engine.connect() as connection:
        plan = await connection.exec_driver_sql(
            f"EXPLAIN QUERY PLAN {queries[0]}", (START.astimezone(UTC).isoformat(),)
        )
        told = [row["detail"] for row in plan.mappings()]
    assert len(told) == 1
    assert index in told[0]
