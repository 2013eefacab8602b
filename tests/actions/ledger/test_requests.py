"""What the ledger keeps of requests, and who may write them."""

import asyncio

import pytest

from homeward.actions.ledger import ClaimTaken, Held, Ledger, NoRequest, Stale
from homeward.actions.requests import Change, EventKind, Happened, Refusal, Request
from homeward.actions.states import ItemState, State
from tests.actions.making import ask, go, plan, put_forward, running


async def test_a_request_is_read_as_it_was_opened(ledger: Ledger) -> None:
    request = await ask(ledger)
    assert await ledger.load(request.id) == request
    assert request.state is State.CHECKING
    assert [event.happened.kind for event in await ledger.events(request.id)] == [EventKind.REQUESTED]


async def test_a_request_is_read_as_it_was_written(ledger: Ledger) -> None:
    request = await running(ledger, made=plan("web02", "db01"))
    assert await ledger.load(request.id) == request
    claimed = await ledger.claim(request, request.items[1])
    assert await ledger.load(request.id) == claimed
    assert [item.state for item in claimed.items] == [ItemState.PENDING, ItemState.CLAIMED]


async def test_of_fifty_tasks_one_takes_the_claim(ledger: Ledger) -> None:
    request = await running(ledger)
    taken = await asyncio.gather(*(ledger.claim(request, request.items[0]) for _ in range(50)), return_exceptions=True)
    assert sum(isinstance(one, Request) for one in taken) == 1
    assert sum(isinstance(one, ClaimTaken) for one in taken) == 49
    kinds = [event.happened.kind for event in await ledger.events(request.id)]
    assert kinds.count(EventKind.CLAIMED) == 1


async def test_a_stale_write_changes_nothing(ledger: Ledger) -> None:
    request = await ask(ledger)
    after = await go(ledger, request, State.BLOCKED)
    with pytest.raises(Stale):
        await ledger.write(request, Change(request.due_at, why="too late", events=(Happened(EventKind.EXPIRED),)))
    assert await ledger.load(request.id) == after
    assert len(await ledger.events(request.id)) == 2


async def test_two_requests_that_race_for_a_machine_one_is_held(ledger: Ledger) -> None:
    first, second = await ask(ledger, "R-1"), await ask(ledger, "R-2")
    both = await asyncio.gather(*(put_forward(ledger, one) for one in (first, second)), return_exceptions=True)
    held = [one for one in both if isinstance(one, Held)]
    assert len(held) == 1
    assert held[0].machine == "web02"
    assert held[0].by in {"R-1", "R-2"}


async def test_amends_at_once_all_come_through(ledger: Ledger) -> None:
    request = await ask(ledger)

    def longer(read: Request, _: object) -> Change | Refusal:
        return Change(read.due_at, why=read.why + "x")

    await asyncio.gather(*(ledger.amend(request.id, longer) for _ in range(20)))
    assert (await ledger.load(request.id)).why == "x" * 20


async def test_what_is_not_there_is_told(ledger: Ledger) -> None:
    with pytest.raises(NoRequest, match="R-NONE"):
        await ledger.load("R-NONE")


async def test_posts_are_begun_once(ledger: Ledger) -> None:
    request = await ask(ledger)
    begun = [await ledger.begin_post(request.id, "card", channel="C1", thread="", digest="d1") for _ in range(2)]
    assert begun[1] is None
    post = begun[0]
    assert post is not None
    sent = await ledger.posted(post, ts="1.1", digest="d2")
    assert await ledger.posts(request.id) == (sent,)
    assert await ledger.retake_post(post) is None
