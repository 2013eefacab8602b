"""In what condition a ledger is: seen beside whoever works with it, and without changing anything."""

import asyncio
from dataclasses import dataclass

from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection

from .chain import fits, read_head
from .engine import look_into, reading
from .migrations import revisions


@dataclass(frozen=True, slots=True)
class Condition:
    """`revision` is that of its tables, "" where it has none yet, `newest` this version's.

    `events` counts them; `fits` tells whether the audit chain's end was written with the key.
    """

    revision: str
    newest: str
    events: int = 0
    fits: bool = True


async def condition(url: str, key: bytes) -> Condition:
    """Raises `LedgerError` where it can't be read, also where its file does not exist."""
    newest = (await asyncio.to_thread(revisions)).get_current_head() or ""
    async with look_into(url) as engine, reading(engine) as connection:
        revision = await connection.run_sync(_revision)
        if revision != newest:
            return Condition(revision, newest)
        head = await read_head(connection)
    return Condition(revision, newest, head.seq, fits(key, head))


def _revision(connection: Connection) -> str:
    return ", ".join(sorted(MigrationContext.configure(connection).get_current_heads()))
