"""A request that goes on with the way of an earlier one: shown as a reply in that one's thread, exactly once."""

import ssl
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from homeward.actions.posts import PostState
from homeward.actions.requests import EventKind
from homeward.actions.states import State
from homeward.bot.sandbox.slack import APPROVALS, WAR_ROOM, Message
from homeward.handlers.threads import Mark
from homeward.handlers.views import blocks
from tests.handlers.reporting.world import Stop, World, told, world

CARD = blocks.Message("the card of R-000001", ())
ID = "R-000002"
LIFE: tuple[tuple[State | None, tuple[EventKind, ...]], ...] = (
    (State.AWAITING_APPROVAL, (EventKind.PUT_FORWARD,)),
    (State.APPROVED, (EventKind.APPROVED_BY, EventKind.SCHEDULED)),
    (State.RUNNING, (EventKind.SUBMITTED,)),
    (State.SUCCEEDED, (EventKind.AT_HOME, EventKind.SUCCEEDED)),
)
KINDS = (EventKind.REQUESTED, *(kind for _, kinds in LIFE for kind in kinds))


async def root(here: World) -> str:
    """The first request's card; its ts."""
    threads = await here.threads()
    return await threads.post(WAR_ROOM.id, CARD, thread="", mark=Mark("R-000001", "card"))


def below(here: World, ts: str) -> list[Message]:
    return list(here.slack.workspace.thread(WAR_ROOM.id, ts))


def marks(here: World) -> Counter[str]:
    found = here.slack.workspace.marked("request", ID)
    return Counter(m.metadata["event_payload"]["key"] for m in found if m.metadata)


async def live(here: World, thread: str, effect: Callable[[str], None], *, blind: bool = False) -> None:
    """The whole life, in as many processes as it takes."""
    steps = iter(LIFE)
    async with here.process() as process:
        await process.ask(ID, thread=thread)
    while True:
        try:
            async with here.process(effect=effect, blind=blind) as process:
                await process.settle(ID)
                for state, kinds in steps:
                    await process.go(state, *kinds, id=ID)
                    await process.settle(ID)
                return
        except Stop:
            here.clock.ahead(seconds=1.0)


async def test_its_card_and_its_replies_stand_in_that_thread(here: World) -> None:
    first = await root(here)
    await live(here, first, lambda _: None)
    card, *replies = below(here, first)
    assert (card.text, card.edited > 0) == (f"{ID} succeeded v5", True)
    assert [m.text for m in replies] == told(KINDS)
    assert [m.text for m in here.slack.workspace.messages(WAR_ROOM) if not m.thread_ts] == ["the card of R-000001"]
    (put,) = here.slack.workspace.messages(APPROVALS)
    assert put.thread_ts is None


async def test_wherever_it_stops_each_message_is_in_the_thread_once(
    tmp_path: Path, tls: ssl.SSLContext, trust: ssl.SSLContext
) -> None:
    """After each message that was sent and not yet written down: then it has to be found in the thread."""
    keys = ["card", *(f"event:{seq}" for seq, line in enumerate(KINDS, 1) if told([line]))]
    doubled: list[str] = []
    for key in keys:
        for blind in (False, True):
            folder = tmp_path / f"{key.replace(':', '-')}-{blind}"
            folder.mkdir()

            def stop(effect: str, left: list[str] = [f"post {key}"]) -> None:  # noqa: B006 # made anew for each turn
                if effect in left:
                    left.remove(effect)
                    raise Stop

            async with world(folder, tls, trust) as here:
                first = await root(here)
                await live(here, first, stop, blind=blind)
                if blind:
                    doubled += [each for each, count in marks(here).items() if count > 1]
                    continue
                card, *replies = below(here, first)
                assert card.text == f"{ID} succeeded v5", key
                assert [m.text for m in replies] == told(KINDS), key
                assert set(marks(here).values()) == {1}, key
    assert doubled == keys


async def test_where_the_root_is_gone_it_stands_in_the_channel_itself(here: World) -> None:
    async with here.process() as process:
        await process.ask(ID, thread="1700000000.000001")
        await process.settle(ID)
        posts = await process.posts(ID)
        assert (posts["card"].state, posts["card"].why) == (PostState.REFUSED, "thread_not_found")
        await process.go(State.AWAITING_APPROVAL, EventKind.PUT_FORWARD, id=ID)
        await process.settle(ID)
    assert here.card().text == f"{ID} awaiting_approval v2"
    assert here.thread() == told([EventKind.REQUESTED, EventKind.PUT_FORWARD])


async def test_a_root_that_is_deleted_on_the_way_lets_it_go_on_in_the_channel(here: World) -> None:
    first = await root(here)
    async with here.process() as process:
        await process.ask(ID, thread=first)
        await process.settle(ID)
        here.slack.workspace.delete(here.card())
        await process.go(None, EventKind.RECHECKED, id=ID)
        await process.settle(ID)
        # A message that nobody knows of is looked for where it would have been, and not sent twice.
        await process.go(State.CANCELLED, EventKind.CANCELLED, id=ID)
        await process.settle(ID)
    assert here.card().text == f"{ID} cancelled v3"
    assert here.thread() == told([EventKind.RECHECKED, EventKind.CANCELLED], 2)
    assert set(marks(here).values()) == {1}


async def test_a_search_in_a_thread_that_is_gone_moves_the_card_to_the_channel(here: World) -> None:
    first = await root(here)
    async with here.process() as process:
        await process.ask(ID, thread=first)
        await process.ledger.begin_post(ID, "card", channel=WAR_ROOM.id, thread=first, digest="")
        here.slack.workspace.delete(here.card())
        await process.settle(ID)
        assert (await process.posts(ID))["card"].why == "thread_not_found"
    assert here.card().text == f"{ID} checking v1"


async def test_a_card_deleted_out_of_the_thread_stands_in_the_channel(here: World) -> None:
    first = await root(here)
    async with here.process() as process:
        await process.ask(ID, thread=first)
        await process.settle(ID)
        here.slack.workspace.delete(below(here, first)[0])
        here.clock.ahead(seconds=5)
        await process.go(State.CANCELLED, EventKind.CANCELLED, id=ID)
        await process.settle(ID)
    anew = [m for m in here.slack.workspace.messages(WAR_ROOM) if not m.thread_ts]
    assert [m.text for m in anew] == ["the card of R-000001", f"{ID} cancelled v2"]
    assert [m.text for m in here.slack.workspace.thread(WAR_ROOM.id, anew[1].ts)] == told([EventKind.CANCELLED], 2)


async def test_where_the_channel_is_closed_the_requester_is_told(here: World) -> None:
    first = await root(here)
    async with here.process() as process:
        await process.ask(ID, thread=first)
        here.slack.faults.fail("chat.postMessage", "is_archived")
        await process.settle(ID)
        posts = await process.posts(ID)
        assert (posts["card"].why, posts["card:direct"].state) == ("is_archived", PostState.SENT)
    assert here.card("D0MAYA").text == f"{ID} checking v1 moved: is_archived"
    assert here.thread("D0MAYA") == told([EventKind.REQUESTED])


@pytest.mark.parametrize("word", ["invalid_thread_ts", "cannot_reply_to_message"])
async def test_a_root_that_takes_no_replies_is_left_for_the_channel(here: World, word: str) -> None:
    async with here.process() as process:
        await process.ask(ID, thread="1700000000.000001")
        here.slack.faults.fail("chat.postMessage", word)
        await process.settle(ID)
    assert here.card().text == f"{ID} checking v1"
