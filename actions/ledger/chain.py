"""The audit chain: how an event is linked to the one before, and the sealed row that knows the last one."""

import hmac
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import RowMapping, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from homeward.actions.plan import canonical
from homeward.actions.requests import Event, EventKind, Happened, Person

from .errors import LedgerDown
from .tables import chain, events, storable


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the chain. `seq` 0 where nothing has happened; `at` is the last event's time as it was hashed."""

    seq: int = 0
    at: str = ""
    hash: str = ""
    seal: str = ""

    @property
    def moment(self) -> datetime:
        return datetime.fromisoformat(self.at) if self.at else datetime.min.replace(tzinfo=UTC)


def signed(key: bytes, parts: list[str | int]) -> str:
    return hmac.new(key, canonical(parts).encode(), "sha256").hexdigest()


def link(key: bytes, previous: str, row: RowMapping | dict[str, str | int]) -> str:
    """The hash of an event, from the very texts of its row and the hash before."""
    columns = ("seq", "at", "team_id", "user_id", "request_id", "machine", "kind", "data")
    return signed(key, ["event", previous, *(row[name] for name in columns)])


def sealed(key: bytes, head: Head) -> str:
    return signed(key, ["head", head.seq, head.at, head.hash])


def fits(key: bytes, head: Head) -> bool:
    """Whether who has the key made this head; a ledger in which nothing has happened has none yet."""
    return head == Head() or hmac.compare_digest(head.seal.encode(), sealed(key, head).encode())


async def find_head(connection: AsyncConnection, *, to_write: bool = False) -> Head | None:
    """The chain's end; `to_write` keeps every other writer out until the transaction ends."""
    query = select(chain.c.seq, chain.c.at, chain.c.hash, chain.c.seal)
    row = (await connection.execute(query.with_for_update() if to_write else query)).one_or_none()
    return None if row is None else Head(row.seq, row.at, row.hash, row.seal)


async def read_head(connection: AsyncConnection, *, to_write: bool = False) -> Head:
    """The same, where it must be there."""
    head = await find_head(connection, to_write=to_write)
    if head is None:
        raise LedgerDown("The ledger has lost the end of its audit chain: restore it from a backup.")
    return head


async def append(
    connection: AsyncConnection, key: bytes, head: Head, at: datetime, request_id: str, happened: Iterable[Happened]
) -> Head:
    """Writes events behind `head`, which was read to write in this transaction; the new head.

    Their times never go back, even where the clock did.
    """
    rows: list[dict[str, str | int]] = []
    when = max(at, head.moment).astimezone(UTC).isoformat(timespec="microseconds")
    previous = head.hash
    for seq, one in enumerate(happened, head.seq + 1):
        row: dict[str, str | int] = {
            "seq": seq,
            "at": when,
            "request_id": request_id,
            "machine": storable(one.machine),
            "kind": one.kind.value,
            "team_id": one.actor.team_id if one.actor else "",
            "user_id": one.actor.user_id if one.actor else "",
            "data": storable(canonical(dict(one.data))),
        }
        previous = row["hash"] = link(key, previous, row)
        rows.append(row)
    if not rows:
        return head
    await connection.execute(insert(events), rows)
    after = Head(head.seq + len(rows), when, previous)
    await connection.execute(update(chain).values(seq=after.seq, at=after.at, hash=after.hash, seal=sealed(key, after)))
    return after


def event(row: RowMapping) -> Event:
    actor = Person(row["team_id"], row["user_id"]) if row["user_id"] else None
    happened = Happened(EventKind(row["kind"]), row["machine"], json.loads(row["data"]), actor)
    return Event(row["seq"], datetime.fromisoformat(row["at"]), row["request_id"], happened, row["hash"])
