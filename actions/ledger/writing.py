"""What a write does to the ledger's tables, once it is certain that nobody else writes."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from homeward.actions.requests import Asked, Change, Request, RequestItem
from homeward.actions.states import ItemState, State, WrongTurn, check, check_item

from .errors import NoRequest, Stale
from .tables import claims, decisions, items, lookup_key, requests
from .values import ASKED, CHECKED, DECISION, ITEM, OBSTACLE, PLAN


class Clash(Exception):
    """The database has it that another request holds a machine of `request`, which could not be written so."""

    def __init__(self, request: Request) -> None:
        super().__init__(request.id)
        self.request = request


def changed(request: Request, change: Change, now: datetime) -> Request:
    """The request after the change. Raises `WrongTurn` for what the tables of states do not allow."""
    state = change.state or request.state
    check(request.state, state)
    vote = change.decision
    if vote is not None and any(one.person == vote.person for one in request.decisions):
        raise WrongTurn(f"{vote.person.user_id} has voted on {request.id} already")
    unread = change.unread_since or request.unread_since
    return replace(
        request,
        state=state,
        version=request.version + 1,
        due_at=change.due_at,
        why=request.why if change.why is None else change.why,
        plan=change.plan or request.plan,
        checked=change.checked or request.checked,
        obstacle=change.obstacle or request.obstacle,
        items=_items(request, change),
        decisions=request.decisions if vote is None else (*request.decisions, vote),
        reminded=request.reminded if change.reminded is None else change.reminded,
        stopping=request.stopping if change.stopping is None else change.stopping,
        unread_since=None if change.readable_again else unread,
        ended_at=now if state.ended and not request.state.ended else request.ended_at,
    )


def _items(request: Request, change: Change) -> tuple[RequestItem, ...]:
    its = {item.place: item for item in request.items}
    if change.plan is not None:
        if its:
            raise WrongTurn(f"the plan of {request.id} is frozen")
        its = {place: RequestItem(place, one, one.item_id) for place, one in enumerate(change.plan.items)}
    for item in change.items:
        if item.place not in its or its[item.place].planned != item.planned:
            raise WrongTurn(f"{request.id} has no such machine as {item.machine}")
        check_item(its[item.place].state, item.state)
        its[item.place] = item
    return tuple(its[place] for place in sorted(its))


def holds(request: Request, item: RequestItem) -> bool:
    """Whether no other open request may have the machine: it is not at its end, or may be tried again."""
    if request.state.ended or item.state in {ItemState.DONE, ItemState.SKIPPED}:
        return False
    return not (item.state is ItemState.FAILED and item.given_up)


async def add(connection: AsyncConnection, request: Request, number: int) -> None:
    await connection.execute(
        insert(requests).values(
            id=request.id,
            number=number,
            created_at=request.created_at,
            expires_at=request.expires_at,
            quorum=request.quorum,
            subject_key=lookup_key(request.asked.subject),
            asked=ASKED.text(request.asked),
            report_due_at=request.created_at,
            **_columns(request),
        )
    )


def _columns(request: Request) -> dict[str, object]:
    """What a write may change."""
    return {
        "state": request.state.value,
        "version": request.version,
        "due_at": request.due_at,
        "ended_at": request.ended_at,
        "why": request.why,
        "reminded": request.reminded,
        "stopping": request.stopping,
        "unread_since": request.unread_since,
        "plan": PLAN.text_or_none(request.plan),
        "checked": CHECKED.text_or_none(request.checked),
        "obstacle": OBSTACLE.text_or_none(request.obstacle),
    }


async def put(connection: AsyncConnection, before: Request, after: Request, now: datetime, *, news: bool) -> None:
    """Writes what differs; with `news` the report is due. Raises `Stale` unless `before` is what the ledger holds,
    and `Clash`."""
    old, new = _columns(before), _columns(after)
    differing = {name: value for name, value in new.items() if value != old[name]}
    if news:
        differing["report_due_at"] = now
    written = await connection.execute(
        update(requests).where(requests.c.id == before.id, requests.c.version == before.version).values(**differing)
    )
    if written.rowcount != 1:
        if await connection.scalar(select(requests.c.id).where(requests.c.id == before.id)) is None:
            raise NoRequest(f"There is no request {before.id}.")
        raise Stale(f"{before.id} was changed by somebody else meanwhile.")
    had = {item.place: item for item in before.items}
    try:
        for item in after.items:
            if item.place not in had:
                row = {"request_id": after.id, "place": item.place, **_row(after, item)}
                await connection.execute(insert(items).values(row))
            elif item != had[item.place] or holds(after, item) != holds(before, item):
                where = (items.c.request_id == after.id, items.c.place == item.place)
                await connection.execute(update(items).where(*where).values(_row(after, item)))
    except IntegrityError as error:
        raise Clash(after) from error
    for place, vote in enumerate(after.decisions[len(before.decisions) :], len(before.decisions)):
        await connection.execute(
            insert(decisions).values(
                request_id=after.id,
                team_id=vote.person.team_id,
                user_id=vote.person.user_id,
                place=place,
                decision=DECISION.text(vote),
            )
        )


def _row(request: Request, item: RequestItem) -> dict[str, object]:
    return {
        "machine": item.machine,
        "machine_key": lookup_key(item.machine),
        "item_key": item.item_id.casefold(),
        "state": item.state.value,
        "holds": holds(request, item),
        "item": ITEM.text(item),
    }


async def take(connection: AsyncConnection, request: Request, item: RequestItem, now: datetime) -> None:
    """The claim's row: whoever inserts it has the one start call."""
    await connection.execute(
        insert(claims).values(
            request_id=request.id,
            place=item.place,
            operation=request.asked.operation.value,
            attempt=item.attempt,
            item_id=item.item_id,
            at=now,
        )
    )


async def holder(connection: AsyncConnection, request: Request) -> tuple[str, str] | None:
    """A machine of the request that another one holds, and that one's id."""
    keys = {item.item_id.casefold(): item.machine for item in request.items}
    row = (
        await connection.execute(
            select(items.c.item_key, items.c.request_id)
            .where(items.c.holds, items.c.item_key.in_(list(keys)), items.c.request_id != request.id)
            .order_by(items.c.item_key)
            .limit(1)
        )
    ).one_or_none()
    return None if row is None else (keys[row.item_key], row.request_id)


def new(asked: Asked, *, id: str, quorum: int, expires_at: datetime, now: datetime) -> Request:
    return Request(
        id=id,
        asked=asked,
        state=State.CHECKING,
        version=1,
        created_at=now,
        expires_at=expires_at,
        due_at=now,
        quorum=quorum,
    )
