"""Opening the ledger's database: SQLite for one process, which a file lock holds, or PostgreSQL for several."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from filelock import FileLock, Timeout
from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from .errors import LedgerError
from .migrations import migrate, revisions
from .sqlite import WRITES, prepare
from .trouble import ledger_down

SQLITE = "sqlite+aiosqlite"
POSTGRES = "postgresql+psycopg"

# A process that was stopped in the middle of a transaction must not keep the others waiting: the database ends it.
SESSION = {
    "TimeZone": "UTC",
    "idle_in_transaction_session_timeout": "5s",
    "lock_timeout": "10s",
    "statement_timeout": "20s",
}


def parsed(url: str) -> URL:
    """Raises `LedgerError` for what is no URL of a ledger; its message never has the URL, which may hold a password."""
    try:
        known = make_url(url)
    except (ArgumentError, ValueError):
        raise LedgerError("The ledger's URL can't be read.") from None
    if known.drivername not in {SQLITE, POSTGRES}:
        raise LedgerError(f"The ledger's URL must begin with {SQLITE}:/// or {POSTGRES}://, not {known.drivername}:.")
    if known.drivername == SQLITE and (known.database or ":memory:") == ":memory:":
        raise LedgerError(f"The ledger's URL must name a file: {SQLITE}:///homeward.db.")
    return known


def make_engine(url: str) -> AsyncEngine:
    """An engine for the URL; nothing is connected yet."""
    known = parsed(url)
    try:
        if known.drivername == SQLITE:
            engine = create_async_engine(known, hide_parameters=True, pool_size=5, max_overflow=0, pool_timeout=30)
            prepare(engine)
            return engine
        return create_async_engine(
            known,
            hide_parameters=True,
            # Three replicas stay far below PostgreSQL's 100 connections.
            pool_size=5,
            max_overflow=10,
            pool_timeout=30,
            pool_pre_ping=True,
            connect_args={
                "connect_timeout": 10,
                "application_name": "homeward",
                "options": " ".join(f"-c {name}={value}" for name, value in SESSION.items()),
                # A database that vanished without a word is noticed.
                "keepalives_idle": 10,
                "keepalives_interval": 5,
                "keepalives_count": 3,
                "tcp_user_timeout": 20_000,
            },
        )
    except (ImportError, NoSuchModuleError):
        raise LedgerError("A ledger in PostgreSQL needs the extra: install homeward[postgres].") from None


def is_sqlite(engine: AsyncEngine) -> bool:
    return engine.dialect.name == "sqlite"


@asynccontextmanager
async def reading(engine: AsyncEngine) -> AsyncGenerator[AsyncConnection]:
    """A transaction that sees the ledger as it stood at one moment."""
    level = {} if is_sqlite(engine) else {"isolation_level": "REPEATABLE READ"}
    with ledger_down():
        async with engine.execution_options(**level).connect() as connection, connection.begin():
            yield connection


@asynccontextmanager
async def writing(engine: AsyncEngine) -> AsyncGenerator[AsyncConnection]:
    """A transaction that is committed at its end. A broken constraint comes out as SQLAlchemy's `IntegrityError`."""
    with ledger_down():
        async with engine.execution_options(**{WRITES: True}).begin() as connection:
            yield connection


@asynccontextmanager
async def open_engine(url: str) -> AsyncGenerator[AsyncEngine]:
    """The ledger's database, held (SQLite) and brought to this version's tables. Raises `LedgerError`."""
    known = parsed(url)
    held = await asyncio.to_thread(_hold, known) if known.drivername == SQLITE else None
    try:
        engine = make_engine(url)
        try:
            scripts = await asyncio.to_thread(revisions)
            async with writing(engine) as connection:
                await connection.run_sync(migrate, scripts)
            yield engine
        finally:
            await engine.dispose()
    finally:
        if held is not None:
            await asyncio.to_thread(held.release)


@asynccontextmanager
async def look_into(url: str) -> AsyncGenerator[AsyncEngine]:
    """The ledger's database as it is, beside a process that works with it: to read only. Raises `LedgerError`."""
    known = parsed(url)
    if known.drivername == SQLITE and not _is_there(known):
        raise LedgerError(f"There is no ledger at {known.database}.")
    engine = make_engine(url)
    try:
        yield engine
    finally:
        await engine.dispose()


def _is_there(url: URL) -> bool:
    return Path(str(url.database)).is_file()


def _hold(url: URL) -> FileLock:
    database = Path(str(url.database)).resolve()
    # The lock would make missing folders: a mistyped path would be a new, empty ledger.
    if not database.parent.is_dir():
        raise LedgerError(f"{database} can't be opened: its folder does not exist.")
    # The lock belongs to the process, whatever thread asks.
    lock = FileLock(f"{database}.lock", thread_local=False)
    try:
        lock.acquire(blocking=False)
    except Timeout:
        raise LedgerError(
            f"{database} is used by another Homeward process. SQLite serves one process; several need PostgreSQL."
        ) from None
    except OSError as error:
        raise LedgerError(f"{database} can't be opened: {error.strerror or 'no access'}.") from error
    return lock
