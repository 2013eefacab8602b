"""The whole way of a machine stands in one thread: below the card that it began with."""

from dataclasses import replace
from itertools import count

import pytest

from homeward.actions.ledger import Ledger
from homeward.actions.requests import Asked, Change, EventKind, Person, Request, Where
from homeward.actions.states import ItemState, Operation, State
from tests.actions.making import VirtualClock, asked, planned
from tests.actions.world import Life, prepared

FAILBACK = asked(operation=Operation.FAILBACK)


@pytest.fixture
def people(life: Life) -> Life:
    numbers = count(1)
    life.new_id = lambda: f"R-{next(numbers):06}"
    return life


async def ask(life: Life, wanted: Asked, follows: str = "") -> Request:
    request = await life.desk.ask(wanted, follows)
    assert isinstance(request, Request)
    return request


async def carded(life: Life, wanted: Asked, ts: str, follows: str = "") -> Request:
    """Asked for, and its card is in Slack."""
    request = await ask(life, wanted, follows)
    post = await life.ledger.begin_post(request.id, "card", channel=wanted.where.channel, thread="", digest="1")
    assert post is not None
    await life.ledger.posted(post, ts=ts, digest="1")
    return request


async def came_through(life: Life, wanted: Asked, ts: str = "1.1", follows: str = "") -> Request:
    return await life.to_the_end((await carded(life, wanted, ts, follows)).id)


async def test_what_follows_stands_below_the_first_ones_card(people: Life) -> None:
    assert (await came_through(people, asked(), "1.1")).asked.where.thread == ""
    for operation in (Operation.FAILBACK, Operation.COMMIT, Operation.TO_AZURE):
        request = await came_through(people, asked(operation=operation), f"2.{operation.value}")
        assert (request.asked.where.thread, request.state) == ("1.1", State.SUCCEEDED)


async def test_the_subject_is_found_in_any_case(people: Life) -> None:
    await came_through(people, asked())
    assert (await ask(people, replace(FAILBACK, subject="WEB02"))).asked.where.thread == "1.1"


async def test_after_the_end_of_the_way_another_one_begins(people: Life) -> None:
    await came_through(people, asked(operation=Operation.TO_AZURE))
    assert (await ask(people, asked())).asked.where.thread == ""


async def test_what_failed_or_runs_is_gone_on_from(people: Life) -> None:
    request = await carded(people, asked(), "1.1")
    await people.until(request.id, State.RUNNING)
    assert (await ask(people, FAILBACK)).asked.where.thread == "1.1"


async def test_what_never_began_is_no_part_of_the_way(people: Life, ledger: Ledger) -> None:
    request = await carded(people, asked(), "1.1")
    assert (await ask(people, FAILBACK)).asked.where.thread == ""
    await ledger.write(await ledger.load(request.id), Change(request.due_at, State.VOIDED))
    assert (await ask(people, FAILBACK)).asked.where.thread == ""


async def test_a_later_one_that_never_began_hides_nothing(people: Life, ledger: Ledger) -> None:
    await came_through(people, asked(), "1.1")
    blocked = await carded(people, FAILBACK, "2.1")
    await ledger.write(await ledger.load(blocked.id), Change(blocked.due_at, State.BLOCKED))
    assert (await ask(people, FAILBACK)).asked.where.thread == "1.1"


@pytest.mark.parametrize(
    "elsewhere",
    [Where("T1", "", "C-ELSE"), Where("T2", "", "C-OPS"), Where("T1", "E1", "C-OPS")],
    ids=["channel", "workspace", "organisation"],
)
async def test_elsewhere_it_begins_anew(people: Life, elsewhere: Where) -> None:
    former = await came_through(people, asked())
    wanted = replace(FAILBACK, where=elsewhere, requester=Person(elsewhere.team_id, "U-ANNA"))
    assert (await ask(people, wanted)).asked.where.thread == ""
    assert (await ask(people, wanted, former.id)).asked.where.thread == ""


@pytest.mark.parametrize(("days", "thread"), [(13, "1.1"), (15, "")])
async def test_after_two_weeks_it_begins_anew(people: Life, clock: VirtualClock, days: int, thread: str) -> None:
    await came_through(people, asked())
    clock.ahead(days=days)
    assert (await ask(people, FAILBACK)).asked.where.thread == thread


async def test_a_button_names_what_it_goes_on_from_whatever_its_subject_and_age(
    people: Life, clock: VirtualClock
) -> None:
    people.preparing.first = prepared(planned("app01"), planned("db01"), subject="pay")
    plan = await came_through(people, asked("pay"), "1.1")
    clock.ahead(days=20)
    one = await came_through(people, replace(FAILBACK, subject="app01"), "2.1", plan.id)
    assert one.asked.where.thread == "1.1"
    assert (await ask(people, asked("app01", operation=Operation.COMMIT), one.id)).asked.where.thread == "1.1"


async def test_a_request_that_is_not_there_is_not_followed(people: Life) -> None:
    await came_through(people, asked(), "1.1")
    assert (await ask(people, FAILBACK, "R-NOSUCH")).asked.where.thread == "1.1"


async def test_without_a_card_there_is_no_thread(people: Life, ledger: Ledger) -> None:
    request = await ask(people, asked())
    post = await ledger.begin_post(request.id, "card", channel="C-OPS", thread="", digest="1")
    assert post is not None
    await ledger.post_refused(post, "not_in_channel")
    done = await people.to_the_end(request.id)
    assert done.items[0].state is ItemState.DONE
    assert (await ask(people, FAILBACK)).asked.where.thread == ""


async def test_what_has_ended_knows_what_was_asked_for_after_it(people: Life) -> None:
    first = await came_through(people, asked())
    second = await ask(people, FAILBACK)
    told = [e.happened for e in await people.ledger.events(first.id) if e.happened.kind is EventKind.WENT_ON]
    assert [one.data for one in told] == [{"request": second.id, "operation": "failback"}]
    assert (await people.ledger.load(first.id)).state is State.SUCCEEDED
    assert first.id in [id for id, _ in await people.ledger.reports_due(await people.ledger.now())]


async def test_what_still_runs_is_told_nothing_of_what_is_asked_for_beside_it(people: Life) -> None:
    first = await carded(people, asked(), "1.1")
    await ask(people, asked(), follows=first.id)
    assert EventKind.WENT_ON not in [e.happened.kind for e in await people.ledger.events(first.id)]
