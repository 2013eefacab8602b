"""Opening a ledger: its tables, one process on SQLite, and what is said where it can't be."""

import asyncio
import sqlite3
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncEngine

from bench.postgres import Postgres
from homeward.actions.ledger import Ledger, LedgerDown, LedgerError, look_into, opened
from homeward.actions.ledger.engine import open_engine, parsed, writing
from homeward.actions.ledger.tables import metadata
from tests.actions.making import KEY, REQUESTER, VirtualClock, ask, running

ROOT = Path(__file__).parents[3]
HOLDING = """
import asyncio, sys
from homeward.actions.ledger import opened

async def hold():
    async with opened(sys.argv[1], key=sys.argv[2].encode()):
        print("held", flush=True)
        sys.stdin.read()

asyncio.run(hold())
"""
"""A process that opens the ledger and keeps it."""


async def test_the_migrations_make_exactly_the_tables(ledger: Ledger, ledger_url: str) -> None:
    def differences(connection: Connection) -> object:
        return compare_metadata(MigrationContext.configure(connection), metadata)

    async with look_into(ledger_url) as engine, engine.connect() as connection:
        assert await connection.run_sync(differences) == []


async def test_a_ledger_is_found_again_as_it_was_left(ledger_url: str, clock: VirtualClock) -> None:
    async with opened(ledger_url, key=KEY, clock=clock) as ledger:
        request = await running(ledger)
    async with opened(ledger_url, key=KEY, clock=clock) as ledger:
        assert await ledger.load(request.id) == request


async def test_a_transaction_that_is_cancelled_twice_lets_the_loop_end(sqlite_url: str) -> None:
    slow = text("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300000) SELECT max(i) FROM n")
    begun = asyncio.Event()

    async def work(engine: AsyncEngine) -> None:
        async with writing(engine) as connection:
            begun.set()
            await connection.execute(slow)

    async with open_engine(sqlite_url) as engine:
        task = asyncio.create_task(work(engine))
        await begun.wait()
        for _ in range(2):
            await asyncio.sleep(0)
            task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        left = asyncio.all_tasks() - {asyncio.current_task()}
        for other in left:
            other.cancel()  # as the event loop does at its end
        _, waiting = await asyncio.wait(left, timeout=5) if left else ((), ())
        assert not waiting


async def test_replicas_that_start_at_once_do_not_collide(postgres_url: str) -> None:
    async def start(number: int) -> None:
        async with opened(postgres_url, key=KEY) as ledger:
            await ask(ledger, f"R-{number}")

    await asyncio.gather(*(start(number) for number in range(4)))
    async with opened(postgres_url, key=KEY) as ledger:
        assert len(await ledger.requests()) == 4


async def test_a_ledger_of_a_newer_version_is_told(ledger_url: str) -> None:
    async with opened(ledger_url, key=KEY):
        pass
    async with look_into(ledger_url) as engine, engine.begin() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(LedgerError, match=r"newer version of Homeward \(revision 9999\)"):
        async with opened(ledger_url, key=KEY):
            pass


async def test_a_second_opening_of_sqlite_is_refused(sqlite_ledger: Ledger, sqlite_url: str) -> None:
    with pytest.raises(LedgerError, match=r"used by another Homeward process\. SQLite serves one process"):
        async with opened(sqlite_url, key=KEY):
            pass
    assert await sqlite_ledger.requests() == ()


async def test_another_process_is_refused_and_let_in_after_a_kill(sqlite_url: str) -> None:
    """The lock belongs to the system: it goes with the process, however that ends."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        HOLDING,
        sqlite_url,
        KEY.decode(),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    assert await process.stdout.readline() == b"held\n"
    with pytest.raises(LedgerError, match="another Homeward process"):
        async with opened(sqlite_url, key=KEY):
            pass
    process.kill()
    await process.wait()
    async with opened(sqlite_url, key=KEY) as ledger:
        assert await ledger.requests() == ()


async def test_sqlite_writes_what_it_promised_before_it_says_so(sqlite_ledger: Ledger, sqlite_url: str) -> None:
    async with look_into(sqlite_url) as engine, engine.connect() as connection:
        pragmas = {
            name: (await connection.execute(text(f"PRAGMA {name}"))).scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 5000}


async def test_postgresql_ends_the_transaction_of_a_process_that_was_stopped(
    postgres_ledger: Ledger, postgres_url: str
) -> None:
    async with look_into(postgres_url) as engine, engine.connect() as connection:
        limit = await connection.execute(text("SHOW idle_in_transaction_session_timeout"))
        assert limit.scalar_one() == "5s"
        assert (await connection.execute(text("SHOW TimeZone"))).scalar_one() == "UTC"


SECRET = "hunter2-of-the-ledger"


@pytest.mark.parametrize(
    "url",
    [
        f"nonsense {SECRET}",
        f"postgresql://homeward:{SECRET}@db/homeward",
        f"postgresql+psycopg://homeward:{SECRET}@db:port/homeward",
        f"mysql://homeward:{SECRET}@db/homeward",
        "sqlite+aiosqlite://",
        "sqlite+aiosqlite:///:memory:",
    ],
)
def test_a_url_that_can_be_no_ledger_is_told_without_its_password(url: str) -> None:
    with pytest.raises(LedgerError, match=r"^The ledger's URL ") as caught:
        parsed(url)
    assert SECRET not in repr(caught.value)
    assert caught.value.__cause__ is None


async def test_a_database_that_is_not_there_is_told_without_its_password(tmp_path: Path) -> None:
    url = f"postgresql+psycopg://homeward:{SECRET}@/homeward?host={tmp_path}"
    with pytest.raises(LedgerDown, match="does not answer") as caught:
        async with opened(url, key=KEY):
            pass
    assert SECRET not in f"{caught.value!r}{caught.value.__cause__!r}"


async def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    with pytest.raises(LedgerError, match="can't be opened"):
        async with opened(f"sqlite+aiosqlite:///{file}/homeward.db", key=KEY):
            pass


async def test_a_file_that_is_no_database_is_told(sqlite_url: str, tmp_path: Path) -> None:
    (tmp_path / "homeward.db").write_bytes(b"Dear diary, " * 1000)
    with pytest.raises(LedgerDown, match="damaged"):
        async with opened(sqlite_url, key=KEY):
            pass


async def test_looking_into_a_ledger_that_is_not_there_makes_none(sqlite_url: str, tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="There is no ledger at"):
        async with look_into(sqlite_url):
            pass
    assert not (tmp_path / "homeward.db").exists()


async def test_a_database_without_tables_is_told(ledger_url: str, tmp_path: Path) -> None:
    if ledger_url.startswith("sqlite"):
        sqlite3.connect(tmp_path / "homeward.db").close()
        (tmp_path / "homeward.db").touch()
    async with look_into(ledger_url) as engine:
        with pytest.raises(LedgerDown, match="has not been started with this database"):
            await Ledger(engine, key=KEY).requests()


async def test_a_lost_connection_is_told_and_made_anew(
    postgres_ledger: Ledger, postgres_url: str, postgres: Postgres
) -> None:
    request = await running(postgres_ledger)
    name = str(parsed(postgres_url).database)
    end_all = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"  # noqa: S608 # our own words
    postgres.run(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false", end_all)
    with pytest.raises(LedgerDown, match=r"refuses the connection: .*not currently accepting connections"):
        await postgres_ledger.claim(request, request.items[0])
    postgres.run(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
    assert await postgres_ledger.load(request.id) == request


async def test_a_connection_lost_in_between_is_made_anew_unseen(
    postgres_ledger: Ledger, postgres_url: str, postgres: Postgres
) -> None:
    request = await ask(postgres_ledger)
    name = str(parsed(postgres_url).database)
    postgres.run(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")  # noqa: S608 # our own words
    assert await postgres_ledger.load(request.id) == request


async def test_without_a_clock_the_time_is_the_databases_or_this_machines(ledger_url: str) -> None:
    async with opened(ledger_url, key=KEY) as ledger:
        before = datetime.now(UTC)
        now = await ledger.now()
        assert before <= now <= datetime.now(UTC)
        assert now.tzinfo is UTC


async def test_times_come_back_in_utc(ledger: Ledger) -> None:
    request = await ask(ledger)
    loaded = await ledger.load(request.id)
    assert loaded.created_at.tzinfo is UTC
    assert (await ledger.events(request.id))[0].at.utcoffset() == loaded.created_at.utcoffset()
    assert (await ledger.due(loaded.due_at))[0][1].tzinfo is UTC
    assert loaded.asked.requester == REQUESTER


def test_the_migrations_ship_with_the_package() -> None:
    """Setuptools takes every folder of modules that is a package."""
    folders = {path.parent for path in (ROOT / "actions" / "ledger").rglob("*.py")}
    assert ROOT / "actions" / "ledger" / "migrations" / "versions" in folders
    assert all((folder / "__init__.py").is_file() for folder in folders)
