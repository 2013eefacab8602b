"""Requests read from the ledger's tables."""

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import Row, Select, select
from sqlalchemy.ext.asyncio import AsyncConnection

from homeward.actions.requests import Decision, Request, RequestItem
from homeward.actions.states import State

from .errors import NoRequest
from .tables import decisions, items, requests
from .values import ASKED, CHECKED, DECISION, ITEM, OBSTACLE, PLAN


async def read(connection: AsyncConnection, request_id: str) -> Request:
    found = await read_all(connection, select(requests).where(requests.c.id == request_id))
    if not found:
        raise NoRequest(f"There is no request {request_id}.")
    return found[0]


async def read_all(connection: AsyncConnection, query: Select[*tuple[object, ...]]) -> tuple[Request, ...]:
    """Whole requests in the order of a query for rows of `requests`: three queries, however many they are."""
    rows = (await connection.execute(query)).all()
    if not rows:
        return ()
    ids = [row.id for row in rows]
    its_items: defaultdict[str, list[RequestItem]] = defaultdict(list)
    for row in await connection.execute(
        select(items.c.request_id, items.c.item).where(items.c.request_id.in_(ids)).order_by(items.c.place)
    ):
        its_items[row.request_id].append(ITEM.value(row.item))
    its_decisions: defaultdict[str, list[Decision]] = defaultdict(list)
    for row in await connection.execute(
        select(decisions.c.request_id, decisions.c.decision)
        .where(decisions.c.request_id.in_(ids))
        .order_by(decisions.c.place)
    ):
        its_decisions[row.request_id].append(DECISION.value(row.decision))
    return tuple(_request(row, its_items[row.id], its_decisions[row.id]) for row in rows)


def _request(row: Row[*tuple[object, ...]], its: Sequence[RequestItem], votes: Sequence[Decision]) -> Request:
    return Request(
        id=row.id,
        asked=ASKED.value(row.asked),
        state=State(row.state),
        version=row.version,
        created_at=row.created_at,
        expires_at=row.expires_at,
        due_at=row.due_at,
        quorum=row.quorum,
        why=row.why,
        plan=PLAN.value_or_none(row.plan),
        checked=CHECKED.value_or_none(row.checked),
        obstacle=OBSTACLE.value_or_none(row.obstacle),
        items=tuple(its),
        decisions=tuple(votes),
        reminded=row.reminded,
        stopping=row.stopping,
        unread_since=row.unread_since,
        ended_at=row.ended_at,
    )
