"""What makes the report of a request due, and what is only another look at it."""

from dataclasses import replace
from datetime import timedelta

from homeward.actions.ledger import Ledger
from homeward.actions.requests import Change, EventKind, Happened, Progress, Request
from homeward.actions.states import ItemState
from tests.actions.making import VirtualClock, running


async def _followed(ledger: Ledger) -> Request:
    """One whose job runs, and which is shown as it is."""
    request = await running(ledger)
    request = await ledger.claim(request, request.items[0])
    item = replace(request.items[0], state=ItemState.SUBMITTED, job="j1", progress=Progress("Reprotecting"))
    request = await ledger.write(request, Change(request.due_at, items=(item,)))
    await ledger.reported(request, None)
    return request


async def test_a_look_that_finds_everything_as_it_was_is_not_reported(ledger: Ledger, clock: VirtualClock) -> None:
    request = await _followed(ledger)
    now = clock.ahead(seconds=30)
    item = request.items[0]
    item = replace(item, progress=replace(item.progress, read_at=now))
    written = await ledger.write(request, Change(now + timedelta(seconds=30), items=(item,)))
    assert written.items[0].progress.read_at == now
    assert await ledger.reports_due(now + timedelta(days=1)) == ()


async def test_a_look_that_finds_another_step_is_reported(ledger: Ledger, clock: VirtualClock) -> None:
    request = await _followed(ledger)
    now = clock.ahead(seconds=30)
    item = replace(request.items[0], progress=Progress("Committing", read_at=now))
    await ledger.write(request, Change(now + timedelta(seconds=30), items=(item,)))
    assert await ledger.reports_due(now) == ((request.id, now),)


async def test_an_event_is_reported_even_where_nothing_else_changed(ledger: Ledger, clock: VirtualClock) -> None:
    request = await _followed(ledger)
    now = clock.ahead(seconds=30)
    await ledger.write(request, Change(now, events=(Happened(EventKind.WARNED, "web02"),)))
    assert await ledger.reports_due(now) == ((request.id, now),)


async def test_a_report_that_is_due_stays_due_when_nothing_new_is_written(ledger: Ledger, clock: VirtualClock) -> None:
    request = await _followed(ledger)
    later = clock.now + timedelta(minutes=5)
    await ledger.reported(request, later)
    await ledger.write(request, Change(clock.ahead(seconds=30)))
    assert await ledger.reports_due(later) == ((request.id, later),)
