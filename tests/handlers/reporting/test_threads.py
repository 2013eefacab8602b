"""Looking for a message by its mark, among many."""

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from homeward.bot.sandbox.slack import BOT, MAYA, WAR_ROOM, Version
from homeward.handlers.newer_blocks import NewerBlocks
from homeward.handlers.problems import SlackRefused
from homeward.handlers.threads import Mark, SlackThreads, Threads
from homeward.handlers.views.blocks import Message
from tests.handlers.reporting.world import World

MARK = Mark("R-000001", "card")
HELLO = Message("Hello.", ())


@pytest.fixture
async def threads(here: World) -> Threads:
    async def client(team: str, enterprise: str) -> AsyncWebClient:
        return here.client

    return await SlackThreads(client, NewerBlocks())("T1", "")


def chatter(here: World, count: int, *, thread: str | None = None) -> None:
    for number in range(count):
        at = here.clock.ahead(seconds=1).timestamp()
        here.slack.workspace.post(WAR_ROOM, MAYA if number % 2 else BOT, Version("x"), at=at, thread_ts=thread)


async def test_it_is_found_behind_hundreds_of_others(here: World, threads: Threads) -> None:
    since = here.clock().timestamp()
    here.clock.ahead(seconds=1)
    ts = await threads.post(WAR_ROOM.id, HELLO, thread="", mark=MARK)
    chatter(here, 450)
    assert await threads.find(MARK, channel=WAR_ROOM.id, thread="", since=since) == ts
    assert here.times("conversations.history") == 3
    assert await threads.find(Mark("R-000001", "approval"), channel=WAR_ROOM.id, thread="", since=since) == ""
    assert await threads.find(MARK, channel=WAR_ROOM.id, thread="", since=since + 100) == ""


async def test_it_is_found_in_a_long_thread(here: World, threads: Threads) -> None:
    parent = await threads.post(WAR_ROOM.id, HELLO, thread="", mark=MARK)
    chatter(here, 250, thread=parent)
    mark = Mark("R-000001", "event:7")
    ts = await threads.post(WAR_ROOM.id, HELLO, thread=parent, mark=mark)
    assert await threads.find(mark, channel=WAR_ROOM.id, thread=parent, since=0) == ts
    assert here.times("conversations.replies") == 2


async def test_of_two_the_first_is_taken(here: World, threads: Threads) -> None:
    first = await threads.post(WAR_ROOM.id, HELLO, thread="", mark=MARK)
    await threads.post(WAR_ROOM.id, HELLO, thread="", mark=MARK)
    assert await threads.find(MARK, channel=WAR_ROOM.id, thread="", since=0) == first


async def test_nothing_is_tried_twice(here: World, threads: Threads) -> None:
    here.slack.faults.lose_answer("chat.postMessage")
    with pytest.raises(SlackRefused, match="no_answer"):
        await threads.post(WAR_ROOM.id, HELLO, thread="", mark=MARK)
    here.slack.faults.limit("chat.update", retry_after=9)
    with pytest.raises(SlackRefused, match="ratelimited") as refused:
        await threads.update(WAR_ROOM.id, here.card().ts, HELLO)
    assert refused.value.retry_after == 9.0
    assert [call.method for call in here.slack.calls] == ["chat.postMessage", "chat.update"]
