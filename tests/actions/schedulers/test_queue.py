"""The queue that replicas share, on a real PostgreSQL."""

import asyncio
import gc
import sys
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import psycopg
import pytest

from homeward.actions.ledger.errors import LedgerDown
from homeward.actions.ports import Pass, Work
from homeward.actions.schedulers.queue import Queue
from homeward.actions.schedulers.queue_schema import SCHEMA, conninfo
from tests.actions.schedulers.seen import Due, Log, Seen, now, passes

FAR = timedelta(minutes=10)
ROOT = Path(__file__).parents[3]

NewQueue = Callable[[Pass], Queue]


@pytest.fixture
def ledger() -> Due:
    return Due()


@pytest.fixture
def log() -> Log:
    return Log()


@pytest.fixture
def queue(postgres_url: str, ledger: Due, log: Log) -> NewQueue:
    return lambda advance: Queue(
        passes(advance), ledger, postgres_url, log=log, pauses=(0.1, 0.3), patience=0.1, deadline=5
    )


async def said(url: str, query: str) -> object:
    """The one value that the database answers."""
    async with await psycopg.AsyncConnection.connect(conninfo(url), autocommit=True) as connection:
        await connection.execute(f"SET search_path TO {SCHEMA}".encode())
        row = await (await connection.execute(query.encode())).fetchone()
        return row[0] if row else None


async def test_several_replicas_that_start_together_make_the_tables_once(queue: NewQueue, postgres_url: str) -> None:
    advance = Seen()
    replicas = [queue(advance) for _ in range(4)]
    await asyncio.gather(*(replica.start() for replica in replicas))
    await replicas[0].wake(Work.ADVANCE, "R-1", now())
    await advance.times(1)
    await asyncio.gather(*(replica.close() for replica in replicas))
    assert await said(postgres_url, "SELECT count(*) FROM procrastinate_jobs") == 0


async def test_a_wake_for_now_is_not_held_up_by_one_that_was_queued_before_it_for_later(queue: NewQueue) -> None:
    advance = Seen()
    async with queue(advance) as one:
        await one.wake(Work.ADVANCE, "R-1", now() + FAR)
        await one.wake(Work.ADVANCE, "R-1", now() + timedelta(seconds=1))
        await one.wake(Work.ADVANCE, "R-1", now())
        await advance.times(2)


async def test_wakes_do_not_pile_up_and_finished_jobs_are_deleted(queue: NewQueue, postgres_url: str) -> None:
    due = now() + FAR
    go = asyncio.Event()

    async def do(_request_id: str) -> datetime:
        await go.wait()
        return due

    advance = Seen(do)
    async with queue(advance) as one, queue(advance) as other:
        await one.wake(Work.ADVANCE, "R-1", now())
        await advance.times(1)
        woken = now()
        for _ in range(20):
            await one.wake(Work.ADVANCE, "R-1", woken)
            await other.wake(Work.ADVANCE, "R-1", woken)
        assert len(advance.calls) == 1
        go.set()
        await advance.times(2)
    assert len(advance.calls) == 2
    # What is left is the one job for the time that both passes named.
    assert await said(postgres_url, "SELECT count(*) FROM procrastinate_jobs") == 1


async def test_a_job_that_was_taken_over_meanwhile_ends_without_a_word(queue: NewQueue, postgres_url: str) -> None:
    troubles: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, trouble: troubles.append(trouble))

    async def do(_request_id: str) -> None:
        await said(postgres_url, "WITH gone AS (DELETE FROM procrastinate_jobs RETURNING 1) SELECT count(*) FROM gone")
        taken.set()

    taken = asyncio.Event()
    advance = Seen(do)
    async with queue(advance) as one:
        await one.wake(Work.ADVANCE, "R-1", now())
        async with asyncio.timeout(5):
            await taken.wait()
        await one.wake(Work.ADVANCE, "R-2", now())
        await advance.times(2)
    gc.collect()
    assert troubles == []


async def test_one_pass_at_a_time_for_a_request_whoever_runs_it(queue: NewQueue) -> None:
    inside = 0

    async def do(_request_id: str) -> None:
        nonlocal inside
        inside += 1
        assert inside == 1
        for _ in range(20):
            await asyncio.sleep(0)
        inside -= 1

    advance = Seen(do)
    async with queue(advance) as one, queue(advance) as other:
        for tenth in range(6):
            at = now() - timedelta(seconds=tenth)
            await (one if tenth % 2 else other).wake(Work.ADVANCE, "R-1", at)
        await advance.times(6)


async def test_a_pass_that_fails_is_tried_again_after_growing_pauses(queue: NewQueue, ledger: Due, log: Log) -> None:
    moments: list[float] = []

    async def do(_request_id: str) -> None:
        moments.append(time.monotonic())
        if len(moments) < 3:
            raise LedgerDown("The disk is full.")

    advance = Seen(do)
    ledger.advances = {"R-1": now()}
    async with queue(advance):
        await advance.times(3)
    gaps = [after - before for before, after in pairwise(moments)]
    assert gaps[0] >= 0.1
    assert gaps[1] >= 0.3
    assert [event for event, _ in log.lines] == ["homeward.pass_waits"] * 2


async def test_a_request_that_is_overdue_without_a_job_is_found(queue: NewQueue, ledger: Due) -> None:
    advance = Seen()
    async with queue(advance):
        ledger.advances = {"R-1": now() - timedelta(minutes=1), "R-2": now() + FAR}
        await advance.times(1)
    assert set(advance.calls) == {"R-1"}


async def test_it_goes_on_when_the_database_has_dropped_every_connection(queue: NewQueue, postgres_url: str) -> None:
    advance = Seen()
    async with queue(advance) as one:
        await one.wake(Work.ADVANCE, "R-1", now())
        await advance.times(1)
        await said(
            postgres_url,
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
            " WHERE pid <> pg_backend_pid() AND datname = current_database()",
        )
        await one.wake(Work.ADVANCE, "R-2", now())
        await advance.times(2)


async def test_the_stop_cancels_what_does_not_end_and_is_safe_twice(queue: NewQueue, log: Log) -> None:
    ended = asyncio.Event()

    async def do(_request_id: str) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    advance = Seen(do)
    one = queue(advance)
    await one.start()
    await one.wake(Work.ADVANCE, "R-1", now())
    await advance.times(1)
    await one.close()
    assert ended.is_set()
    await one.close()
    await one.wake(Work.ADVANCE, "R-1", now())
    assert [event for event, _ in log.lines] == ["homeward.wake_lost"]


async def test_a_database_that_is_not_there_is_told_in_a_sentence(postgres_url: str, log: Log) -> None:
    url = postgres_url.replace("/test_", "/nowhere_")
    with pytest.raises(LedgerDown, match=r"The queue in the state database can't be opened: .*does not exist"):
        await Queue(passes(Seen()), Due(), url, log=log).start()


@asynccontextmanager
async def replica(url: str, request_id: str) -> AsyncGenerator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.actions.schedulers.replica",
        url,
        request_id,
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        assert await line(process) == "ready"
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def line(process: asyncio.subprocess.Process) -> str:
    assert process.stdout
    async with asyncio.timeout(20):
        return (await process.stdout.readline()).decode().strip()


async def test_the_work_of_a_killed_process_goes_on_in_another(postgres_url: str) -> None:
    async with replica(postgres_url, "R-1") as first:
        assert await line(first) == "R-1"
        async with replica(postgres_url, "") as second:
            killed_at = time.monotonic()
            first.kill()
            assert await line(second) == "R-1"
            assert time.monotonic() - killed_at < 12
