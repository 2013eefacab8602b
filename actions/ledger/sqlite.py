"""SQLite as the ledger needs it: transactions that begin when they say so, and connections that end when told."""

import asyncio
import sqlite3
from collections.abc import Callable
from functools import partial
from typing import Any

import aiosqlite
from sqlalchemy import Connection, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.pool import ConnectionPoolEntry

WRITES = "homeward_writes"
"""The execution option of an engine whose transactions take SQLite's write lock at their begin."""


class StopsOnce(aiosqlite.Connection):
    """A connection whose thread is asked once to end.

    aiosqlite's thread answers the first `stop` and is gone. SQLAlchemy gives a connection up by `close`, and by `stop`
    when its task is cancelled in the middle of that: whoever then waits for the second answer waits for ever, and with
    it the event loop's end.
    """

    def __init__(self, connector: Callable[[], sqlite3.Connection]) -> None:
        super().__init__(connector, iter_chunk_size=64)
        # As SQLAlchemy has it: an engine that nobody closed must not keep the process.
        self._thread.daemon = True
        self._stopped: asyncio.Future[Any] | None = None

    def stop(self) -> asyncio.Future[Any] | None:
        if self._stopped is None:
            self._stopped = super().stop()  # pyright: ignore[reportUnknownMemberType] # a future of no stated type
        return self._stopped


def prepare(engine: AsyncEngine) -> None:
    """To be called before the engine connects for the first time."""
    event.listen(engine.sync_engine, "do_connect", _connects)
    event.listen(engine.sync_engine, "connect", _connected)
    event.listen(engine.sync_engine, "begin", _begins)


def _connects(_dialect: object, _entry: object, _arguments: object, options: dict[str, Any]) -> None:
    options["async_creator_fn"] = _connection


def _connection(*where: Any, **options: Any) -> StopsOnce:
    return StopsOnce(partial(sqlite3.connect, *where, **options))


def _connected(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    # The driver must not begin transactions by itself: `_begins` does.
    connection.isolation_level = None
    cursor = connection.cursor()
    # Other processes only read (audit) or copy; a write of ours waits for them that long.
    for pragma in ("busy_timeout = 5000", "journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begins(connection: Connection) -> None:
    # A transaction that begins as a reader and wants to write later can't wait for the lock, it fails.
    writes = connection.get_execution_options().get(WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
