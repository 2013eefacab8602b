"""Saying things in the sandbox's Slack: waits, refusals, tables, and what is tried again."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from slack_bolt.async_app import AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from homeward.bot.sandbox.slack import ELSEWHERE, MAYA, WAR_ROOM, SandboxSlack
from homeward.handlers.problems import NotHere, SlackRefused
from homeward.handlers.slack import Poster, SlackPosters
from homeward.handlers.views.blocks import Message
from homeward.handlers.views.checks import notice_modal
from homeward.handlers.views.trouble import notice

HELLO = notice("Hello.")
TABLE: Any = ({"type": "table", "rows": [[{"type": "raw_text", "text": "web01"}]]},)


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """slack_sdk takes a proxy from the environment even for loopback."""
    for name in ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
async def slack() -> AsyncIterator[SandboxSlack]:
    async with SandboxSlack() as slack:
        yield slack


@pytest.fixture
def waits() -> list[float]:
    return []


@pytest.fixture
def made(waits: list[float]) -> SlackPosters:
    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    return SlackPosters(sleep=sleep)


@pytest.fixture
def speaker(slack: SandboxSlack, made: SlackPosters) -> Poster:
    return made(AsyncWebClient(token=slack.token, base_url=slack.base_url), None, "T1")


async def test_a_message_is_posted_and_changed(slack: SandboxSlack, speaker: Poster) -> None:
    ts = await speaker.post(WAR_ROOM.id, HELLO)
    await speaker.update(WAR_ROOM.id, ts, notice("Changed."), insist=False)
    reply = await speaker.post(WAR_ROOM.id, HELLO, thread=ts)

    first, second = slack.workspace.messages(WAR_ROOM)
    assert (first.text, first.edited) == ("Changed.", 1)
    assert (second.thread_ts, second.ts) == (ts, reply)


async def test_a_wait_that_slack_names_is_waited(slack: SandboxSlack, speaker: Poster, waits: list[float]) -> None:
    slack.faults.limit("chat.postMessage", retry_after=7, times=2)
    await speaker.post(WAR_ROOM.id, HELLO)
    assert waits == [7.0, 7.0]
    assert len(slack.workspace.messages(WAR_ROOM)) == 1


async def test_waiting_ends(slack: SandboxSlack, speaker: Poster, waits: list[float]) -> None:
    slack.faults.limit("chat.postMessage", retry_after=7, times=None)
    with pytest.raises(SlackRefused, match="ratelimited"):
        await speaker.post(WAR_ROOM.id, HELLO)
    assert waits == [7.0] * 3


async def test_a_wait_of_an_hour_is_not_waited(slack: SandboxSlack, speaker: Poster, waits: list[float]) -> None:
    slack.faults.limit("chat.postMessage", retry_after=3600)
    with pytest.raises(SlackRefused, match="ratelimited"):
        await speaker.post(WAR_ROOM.id, HELLO)
    assert waits == []


async def test_the_last_update_is_tried_again_and_others_are_not(
    slack: SandboxSlack, speaker: Poster, waits: list[float]
) -> None:
    ts = await speaker.post(WAR_ROOM.id, HELLO)
    slack.faults.break_down(method="chat.update", times=2)
    await speaker.update(WAR_ROOM.id, ts, notice("Done."), insist=True)
    assert waits == [1.0, 2.0]

    slack.faults.break_down(method="chat.update", times=1)
    with pytest.raises(SlackRefused, match="no_answer"):
        await speaker.update(WAR_ROOM.id, ts, notice("On the way."), insist=False)


async def test_a_post_without_an_answer_is_not_made_twice(slack: SandboxSlack, speaker: Poster) -> None:
    slack.faults.lose_answer("chat.postMessage")
    with pytest.raises(SlackRefused, match="no_answer"):
        await speaker.post(WAR_ROOM.id, HELLO)
    assert len(slack.workspace.messages(WAR_ROOM)) == 1


async def test_a_channel_without_the_bot_is_told_apart(speaker: Poster) -> None:
    for channel in (ELSEWHERE.id, "C0UNKNOWN"):
        with pytest.raises(NotHere):
            await speaker.post(channel, HELLO)


async def test_a_workspace_plainers_is_asked_only_once(
    slack: SandboxSlack, speaker: Poster, made: SlackPosters
) -> None:
    slack.faults.unsupported_blocks.add("table")
    message = Message("Machines", TABLE, HELLO.blocks)
    await speaker.post(WAR_ROOM.id, message)
    await made(AsyncWebClient(token=slack.token, base_url=slack.base_url), None, "T1").post(WAR_ROOM.id, message)

    assert [call.error for call in slack.calls] == ["invalid_blocks", "", ""]
    assert [said.blocks[0]["type"] for said in slack.workspace.messages(WAR_ROOM)] == ["section", "section"]


async def test_other_workspaces_keep_their_tables(slack: SandboxSlack, speaker: Poster, made: SlackPosters) -> None:
    slack.faults.unsupported_blocks.add("table")
    message = Message("Machines", TABLE, HELLO.blocks)
    await speaker.post(WAR_ROOM.id, message)
    slack.faults.clear()
    await made(AsyncWebClient(token=slack.token, base_url=slack.base_url), None, "T2").post(WAR_ROOM.id, message)

    assert slack.workspace.messages(WAR_ROOM)[-1].blocks[0]["type"] == "table"


async def test_blocks_that_are_wrong_without_a_table_are_refused(slack: SandboxSlack, speaker: Poster) -> None:
    with pytest.raises(SlackRefused, match="invalid_blocks"):
        await speaker.post(WAR_ROOM.id, Message("x", ({"type": "nonsense"},)))


async def test_a_modal_is_opened_and_changed(slack: SandboxSlack, speaker: Poster) -> None:
    view = await speaker.open_view(slack.trigger(MAYA), notice_modal("One moment…"))
    await speaker.update_view(view, notice_modal("There."))
    shown = slack.views.top(MAYA)
    assert shown is not None
    assert shown.view["blocks"][0]["text"]["text"] == "There."


async def test_an_expired_trigger_is_a_refusal(speaker: Poster) -> None:
    with pytest.raises(SlackRefused, match="invalid_trigger_id"):
        await speaker.open_view("nonsense", notice_modal("One moment…"))


async def test_without_a_way_to_answer_a_whisper_is_refused(speaker: Poster) -> None:
    with pytest.raises(SlackRefused, match="no_response_url"):
        await speaker.whisper(HELLO)


async def test_a_used_up_answer_is_a_refusal(slack: SandboxSlack, made: SlackPosters) -> None:
    respond = AsyncRespond(response_url=slack.base_url.replace("/api/", "/response/R9999"))
    speaker = made(AsyncWebClient(), respond, "T1")
    with pytest.raises(SlackRefused, match="status_404"):
        await speaker.whisper(HELLO)


async def test_a_slack_that_is_down_is_a_refusal(slack: SandboxSlack, speaker: Poster, made: SlackPosters) -> None:
    respond = AsyncRespond(response_url=slack.base_url.replace("/api/", "/response/R1"))
    await slack.down()
    with pytest.raises(SlackRefused, match="no_answer"):
        await speaker.post(WAR_ROOM.id, HELLO)
    with pytest.raises(SlackRefused, match="no_answer"):
        await made(AsyncWebClient(), respond, "T1").whisper(HELLO)
