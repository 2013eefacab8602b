"""Slash commands through the real Bolt app over HTTP, and the answers that their response_url takes."""

import asyncio
from typing import Any

import aiohttp
import pytest
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from homeward.bot.sandbox.slack import LENA, MAYA, WAR_ROOM, SandboxSlack

SECTION = {"type": "section", "text": {"type": "mrkdwn", "text": "web01 is ready"}}


@pytest.fixture
def app(slack: SandboxSlack, client: AsyncWebClient) -> AsyncApp:
    """Answers within the request: no polling, and a listener that is slow stops when the test lets it."""
    return AsyncApp(client=client, signing_secret=slack.signing_secret, process_before_response=True)


async def test_an_acknowledgement_is_a_message_that_only_the_sender_sees(desk: Any) -> None:
    async def listener(ack: Any, command: dict[str, str]) -> None:
        await ack(f"You asked about {command['text']}.")

    desk.app.command("/failback-errors")(listener)

    ack = await desk.slack.command("maya", "#dr-war-room", "/failback-errors", "78093")

    assert ack.ok
    assert ack.status == 200
    assert ack.elapsed < 3
    assert ack.shown.text == "You asked about 78093."
    assert ack.shown.ephemeral_to == MAYA.id
    assert desk.slack.workspace.messages(WAR_ROOM) == (ack.shown,)


async def test_an_acknowledgement_in_the_channel_is_seen_by_all(desk: Any) -> None:
    async def listener(ack: Any) -> None:
        await ack(text="web01 is ready", blocks=[SECTION], response_type="in_channel")

    desk.app.command("/check")(listener)

    ack = await desk.slack.command(MAYA, WAR_ROOM, "/check")

    assert ack.shown.ephemeral_to is None
    assert ack.shown.blocks == (SECTION,)


async def test_an_empty_acknowledgement_shows_nothing(desk: Any) -> None:
    async def listener(ack: Any) -> None:
        await ack()

    desk.app.command("/check")(listener)

    ack = await desk.slack.command(MAYA, WAR_ROOM, "/check")

    assert ack.ok
    assert ack.shown is None
    assert not desk.slack.workspace.messages(WAR_ROOM)


async def test_an_acknowledgement_that_breaks_a_block_rule_fails_and_says_why(desk: Any) -> None:
    async def listener(ack: Any) -> None:
        await ack(text="", blocks=[{"type": "section", "text": {"type": "mrkdwn", "text": "<!here> fire"}}])

    desk.app.command("/check")(listener)

    ack = await desk.slack.command(MAYA, WAR_ROOM, "/check")

    assert ack.problem == "invalid_blocks"
    assert any("<!here>" in detail for detail in ack.details)
    assert ack.shown is None


async def test_a_listener_posts_and_updates(desk: Any) -> None:
    async def listener(ack: Any, client: Any, command: dict[str, str]) -> None:
        await ack()
        posted = await client.chat_postMessage(channel=command["channel_id"], text="checking")
        await client.chat_update(channel=command["channel_id"], ts=posted["ts"], text="ready")

    desk.app.command("/check")(listener)

    await desk.slack.command(MAYA, WAR_ROOM, "/check", "web01")

    message = await desk.slack.workspace.until(
        lambda: next((m for m in desk.slack.workspace.messages(WAR_ROOM) if m.text == "ready"), None)
    )
    assert message.edited == 1
    assert [version.text for version in message.history] == ["checking"]


async def test_a_late_acknowledgement_is_a_timeout_that_the_sender_is_told_of(desk: Any) -> None:
    released = asyncio.Event()

    async def listener(ack: Any) -> None:
        await released.wait()
        await ack("too late")

    desk.app.command("/check")(listener)

    desk.slack.ack_timeout = 0.1
    ack = await desk.slack.command(MAYA, WAR_ROOM, "/check")
    released.set()

    assert ack.problem == "operation_timeout"
    assert ack.status is None
    assert ack.elapsed >= 0.1
    (notice,) = desk.slack.workspace.messages(WAR_ROOM)
    assert notice.text == '/check failed with the error "operation_timeout"'
    assert notice.ephemeral_to == MAYA.id


async def test_a_command_nobody_listens_to_fails(desk: Any) -> None:
    ack = await desk.slack.command(MAYA, WAR_ROOM, "/nothing")

    assert ack.problem == "dispatch_failed"
    assert ack.status == 404


async def test_an_app_that_is_down_fails(slack: SandboxSlack) -> None:
    slack.request_url = "http://127.0.0.1:9/slack/events"

    assert (await slack.command(MAYA, WAR_ROOM, "/check")).problem == "dispatch_failed"


async def test_bolt_verifies_the_signature(desk: Any) -> None:
    async def listener(ack: Any) -> None:
        await ack("hello")

    desk.app.command("/check")(listener)

    desk.slack.signing_secret = "somebody else's"
    refused = await desk.slack.command(MAYA, WAR_ROOM, "/check")

    assert (refused.problem, refused.status) == ("dispatch_failed", 401)


async def test_bolt_refuses_an_old_signature(desk: Any) -> None:
    async def listener(ack: Any) -> None:
        await ack("hello")

    desk.app.command("/check")(listener)

    desk.clock.ahead = -301
    assert (await desk.slack.command(MAYA, WAR_ROOM, "/check")).status == 401


async def test_the_same_request_is_taken_twice(desk: Any) -> None:
    asked: list[str] = []

    async def listener(ack: Any, body: dict[str, str]) -> None:
        asked.append(body["trigger_id"])
        await ack()

    desk.app.command("/check")(listener)

    first = await desk.slack.command(MAYA, WAR_ROOM, "/check")
    again = await desk.slack.again(first)

    assert again.ok
    assert asked == [first.trigger_id] * 2


async def test_people_channels_and_links_arrive_escaped(desk: Any) -> None:
    seen: list[str] = []

    async def listener(ack: Any, command: dict[str, str]) -> None:
        seen.append(command["text"])
        await ack()

    desk.app.command("/check")(listener)

    typed = "ask @lena in #dr-approvals about R&D <vm> https://example.com/a @nobody"
    await desk.slack.command(MAYA, WAR_ROOM, "/check", typed)
    await desk.slack.command(MAYA, WAR_ROOM, "/check", typed, escape=False)

    assert seen == [
        "ask <@U0LENA|lena> in <#C0APPROVALS|dr-approvals> about R&amp;D &lt;vm&gt; <https://example.com/a> @nobody",
        typed,
    ]


async def test_a_response_url_answers_five_times(desk: Any) -> None:
    results: list[int] = []

    async def listener(ack: Any, respond: Any) -> None:
        await ack()
        for number in range(6):
            results.append((await respond(f"answer {number}", response_type="in_channel")).status_code)

    desk.app.command("/check")(listener)

    await desk.slack.command(MAYA, WAR_ROOM, "/check")

    assert results == [200] * 5 + [404]
    assert [m.text for m in desk.slack.workspace.messages(WAR_ROOM)] == [f"answer {n}" for n in range(5)]


async def test_a_response_url_is_private_unless_told_otherwise_and_lives_half_an_hour(desk: Any, trust: Any) -> None:
    urls: list[str] = []

    async def listener(ack: Any, command: dict[str, str]) -> None:
        urls.append(command["response_url"])
        await ack()

    desk.app.command("/check")(listener)

    await desk.slack.command(LENA, WAR_ROOM, "/check")
    async with aiohttp.ClientSession() as session:
        async with session.post(urls[0], json={"text": "for you"}, ssl=trust) as response:
            assert response.status == 200
        async with session.post(urls[0], json={"text": "<!channel>"}, ssl=trust) as response:
            assert response.status == 400
        async with session.post(urls[0], data="no json", ssl=trust) as response:
            assert await response.text() == "invalid_payload"
        desk.clock.ahead = 30 * 60 + 1
        async with session.post(urls[0], json={"text": "late"}, ssl=trust) as response:
            assert (response.status, await response.text()) == (404, "expired_url")

    (message,) = desk.slack.workspace.messages(WAR_ROOM)
    assert (message.text, message.ephemeral_to) == ("for you", LENA.id)
