"""The audit chain read as a whole: does every event stand where it was written, and nothing after it was cut off?"""

import json
from collections.abc import AsyncGenerator
from dataclasses import asdict, dataclass

from sqlalchemy import RowMapping, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from homeward.actions.plan import canonical

from .chain import Head, find_head, fits, link
from .engine import reading
from .errors import LedgerError
from .tables import events

ROWS_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Verified:
    """Every event is as it was written. `head` names the last one: kept elsewhere, it proves that none was cut off."""

    count: int
    head: Head


@dataclass(frozen=True, slots=True)
class Broken:
    """The chain breaks at the event `seq`; `why` is a sentence."""

    seq: int
    why: str


async def verify(engine: AsyncEngine, key: bytes, head: Head | None = None) -> Verified | Broken:
    """Checks the whole chain, also against a `head` that was exported before. Raises `LedgerDown`."""
    if head is not None and not fits(key, head):
        return Broken(head.seq, "The exported head was changed, or was made with another key.")
    async with reading(engine) as connection:
        own = await find_head(connection)
        count, previous = 0, ""
        async for row in _rows(connection):
            seq = int(row["seq"])
            if seq != count + 1:
                return Broken(*_gap(count, seq))
            if not _links(key, previous, row):
                if seq == 1 and not (own and fits(key, own)):
                    return Broken(1, "Nothing fits the key: it is not the one that the ledger was written with.")
                return Broken(seq, f"Event {seq} was changed, or stands in another one's place.")
            count, previous = seq, str(row["hash"])
            if head is not None and head.seq == seq and head.hash != previous:
                return Broken(seq, f"Event {seq} is not the one that the exported head names.")
    if head is not None and head.seq > count:
        return Broken(count + 1, f"The exported head knows {head.seq} events, the ledger has {count}: some were cut.")
    return _ended(key, own, count, previous)


def _gap(count: int, seq: int) -> tuple[int, str]:
    if seq <= count:
        return seq, f"Event {seq} does not belong to the chain, which begins with 1."
    return count + 1, f"Event {count + 1} is missing: the next one is {seq}."


def _links(key: bytes, previous: str, row: RowMapping) -> bool:
    try:
        return bool(link(key, previous, row) == row["hash"])
    except TypeError:
        # Whoever edits SQLite's file may leave something there that is no text at all.
        return False


def _ended(key: bytes, own: Head | None, count: int, last: str) -> Verified | Broken:
    """Judges the ledger's own record of the chain's end, after every event has proved right."""
    if own is None:
        return Broken(count + 1, f"The record of the chain's end is gone: events after {count} may be, too.")
    if own.seq > count:
        return Broken(
            count + 1, f"The ledger's own head knows {own.seq} events, the ledger has {count}: some were cut."
        )
    if own.seq < count:
        return Broken(own.seq + 1, f"The ledger's own head knows only {own.seq} events of {count}: it was changed.")
    if not fits(key, own) or own.hash != last:
        return Broken(count, "The ledger's own head was changed.")
    return Verified(count, own)


async def export(engine: AsyncEngine) -> AsyncGenerator[str]:
    """Every event as a line of JSON, and the head as the last line. Proves nothing: see `verify`."""
    async with reading(engine) as connection:
        head = await find_head(connection)
        async for row in _rows(connection):
            yield canonical({**row, "data": _data(str(row["data"]))})
        yield canonical({"head": asdict(head or Head())})


def _data(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        return text


def exported_head(line: str) -> Head:
    """The head from the last line of an export. Raises `LedgerError` for anything else."""
    try:
        told = json.loads(line)["head"]
        return Head(int(told["seq"]), str(told["at"]), str(told["hash"]), str(told["seal"]))
    except (ValueError, TypeError, KeyError):
        raise LedgerError("That is not the last line of an export: it has no head of the audit chain.") from None


async def _rows(connection: AsyncConnection) -> AsyncGenerator[RowMapping]:
    """All events in their order, some at a time."""
    rows = await connection.stream(select(events).order_by(events.c.seq).execution_options(yield_per=ROWS_AT_ONCE))
    try:
        async for row in rows.mappings():
            yield row
    finally:
        await rows.close()
