"""The queue's own tables: in a schema of their own beside the ledger's, made once by whoever comes first."""

import hashlib

from procrastinate.schema import SchemaManager
from psycopg import AsyncConnection
from psycopg.rows import TupleRow
from psycopg.sql import SQL, Identifier
from sqlalchemy.engine import make_url

SCHEMA = "homeward_queue_" + hashlib.sha256(SchemaManager.get_schema().encode()).hexdigest()[:8]
"""Named after what is in it: another version of the queue's library makes its own, so nothing is ever migrated.

It may start empty, because the queue holds nothing that the ledger does not know.
"""
LOCK = int.from_bytes(hashlib.sha256(b"homeward queue schema").digest()[:8], signed=True)
"""The advisory lock under which it is made."""

Connection = AsyncConnection[TupleRow]


def conninfo(url: str) -> str:
    """The address for libpq, of one for SQLAlchemy."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


async def using(connection: Connection) -> None:
    """Lets a connection find the queue's tables, and those only."""
    await connection.execute(SQL("SET search_path TO {}").format(Identifier(SCHEMA)))
    await connection.commit()


async def prepared(info: str) -> None:
    """Makes the tables if they are not there. Several replicas that start together wait for one another."""
    async with await AsyncConnection.connect(info) as connection:
        await connection.execute("SELECT pg_advisory_xact_lock(%s)", (LOCK,))
        await connection.execute(SQL("SET LOCAL search_path TO {}").format(Identifier(SCHEMA)))
        found = await (await connection.execute("SELECT to_regclass('procrastinate_jobs')")).fetchone()
        if found is None or found[0] is None:
            await connection.execute(SQL("CREATE SCHEMA IF NOT EXISTS {}").format(Identifier(SCHEMA)))
            await connection.execute(SchemaManager.get_schema())
