"""What a database's errors mean, in one sentence for people."""

import re
import sqlite3
from collections.abc import Generator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, IntegrityError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from .errors import LedgerDown

FULL = "The disk of the ledger's database is full: nothing was written, and nothing is started that can't be recorded."
LOCKED = "The ledger's database is locked by somebody else: nothing was written."
DAMAGED = "The ledger's database is damaged: restore it from a backup."
READ_ONLY = "The ledger's database may not be written to: nothing was written."
BUSY = "The ledger's database is too busy to answer: nothing was written."
UNREADABLE = "The file of the ledger's database can't be opened, read or written."
NO_TABLES = "The ledger's tables are not there: Homeward has not been started with this database yet."
SILENT = "The ledger's database does not answer."
FATAL = re.compile(r"FATAL:\s*(.+)")
"""How PostgreSQL says why it lets nobody in; a password is never part of it."""

SQLITE = {
    sqlite3.SQLITE_FULL: FULL,
    sqlite3.SQLITE_BUSY: LOCKED,
    sqlite3.SQLITE_LOCKED: LOCKED,
    sqlite3.SQLITE_CORRUPT: DAMAGED,
    sqlite3.SQLITE_NOTADB: DAMAGED,
    sqlite3.SQLITE_READONLY: READ_ONLY,
    sqlite3.SQLITE_CANTOPEN: UNREADABLE,
    sqlite3.SQLITE_IOERR: UNREADABLE,
}
POSTGRES = {
    "53100": FULL,  # disk_full
    "55P03": BUSY,  # lock_not_available
    "57014": BUSY,  # query_canceled, by our time limits
    "40P01": BUSY,  # deadlock_detected
    "53300": BUSY,  # too_many_connections
    "25006": READ_ONLY,  # read_only_sql_transaction: a standby
    "42P01": NO_TABLES,  # undefined_table
    "42501": READ_ONLY,  # insufficient_privilege
}


def told(error: BaseException) -> str:
    """One sentence about an error of the database, without anything of its URL."""
    if isinstance(error, PoolTimeout):
        return BUSY
    cause = error.orig if isinstance(error, DBAPIError) else error
    code = getattr(cause, "sqlite_errorcode", None)
    if isinstance(code, int):
        # The lower eight bits are the error, the others tell it more exactly.
        missing = NO_TABLES if "no such table" in str(cause) else SILENT
        return SQLITE.get(code & 0xFF, missing)
    known = POSTGRES.get(str(getattr(cause, "sqlstate", "")))
    refused = FATAL.search(str(cause))
    if known is None and refused is not None:
        return f"The ledger's database refuses the connection: {refused[1].strip().rstrip('.')}."
    return known or SILENT


@contextmanager
def ledger_down() -> Generator[None]:
    """Turns what a database does into `LedgerDown`; a broken constraint is left to who knows its meaning."""
    try:
        yield
    except IntegrityError:
        raise
    except (SQLAlchemyError, OSError) as error:
        raise LedgerDown(told(error)) from error
