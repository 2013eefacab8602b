"""Socket Mode with Bolt's real handler on the aiohttp client, over TLS."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from homeward.bot.sandbox.slack import MAYA, WAR_ROOM, SandboxSlack, Version

MENTION = {"type": "app_mention", "user": MAYA.id, "text": "help", "channel": WAR_ROOM.id, "ts": "1.0"}


@pytest.fixture
def app(slack: SandboxSlack, client: AsyncWebClient) -> Any:
    return AsyncApp(client=client, process_before_response=True)


async def connected(slack: SandboxSlack, app: AsyncApp) -> Any:
    handler: Any = AsyncSocketModeHandler(app, slack.app_token)
    count = len(slack.socket.connections) + 1
    await handler.connect_async()
    await slack.socket.connected(count)
    return handler


@pytest.fixture
async def handler(slack: SandboxSlack, app: AsyncApp) -> AsyncIterator[Any]:
    handler = await connected(slack, app)
    yield handler
    await handler.close_async()


async def test_a_command_is_answered_in_the_acknowledgement(slack: SandboxSlack, app: Any, handler: Any) -> None:
    async def listener(ack: Any) -> None:
        await ack("private words")

    app.command("/check")(listener)

    ack = await slack.command(MAYA, WAR_ROOM, "/check")

    assert slack.mode == "socket"
    assert (ack.ok, ack.status) == (True, None)
    assert ack.shown is not None
    assert (ack.shown.text, ack.shown.ephemeral_to) == ("private words", MAYA.id)


async def test_clicks_and_events_arrive(slack: SandboxSlack, app: Any, handler: Any) -> None:
    seen: list[str] = []

    async def pressed(ack: Any) -> None:
        seen.append("click")
        await ack()

    app.action("homeward.again")(pressed)

    async def mentioned() -> None:
        seen.append("event")

    app.event("app_mention")(mentioned)

    button = {"type": "button", "action_id": "homeward.again", "text": {"type": "plain_text", "text": "Again"}}
    said = Version("web01", ({"type": "actions", "elements": [button]},))
    message = slack.workspace.post(WAR_ROOM, slack.workspace.bot, said, at=slack.clock())

    assert (await slack.click(MAYA, message, "homeward.again")).ok
    assert (await slack.event(MENTION)).ok
    assert seen == ["click", "event"]


async def test_without_a_connection_nothing_arrives(slack: SandboxSlack) -> None:
    assert (await slack.command(MAYA, WAR_ROOM, "/check")).problem == "dispatch_failed"


async def test_a_late_acknowledgement_is_a_timeout(slack: SandboxSlack, app: Any, handler: Any) -> None:
    released = asyncio.Event()

    async def listener(ack: Any) -> None:
        await released.wait()
        await ack()

    app.command("/check")(listener)

    slack.ack_timeout = 0.1
    ack = await slack.command(MAYA, WAR_ROOM, "/check")
    released.set()

    assert ack.problem == "operation_timeout"
    await slack.workspace.until(lambda: slack.socket.stray_acks)


async def test_several_connections_take_turns(slack: SandboxSlack, app: Any, handler: Any) -> None:
    async def listener(ack: Any) -> None:
        await ack()

    app.command("/check")(listener)

    second = await connected(slack, app)
    by: list[str] = []
    for name, one in (("first", handler), ("second", second)):

        async def heard(message: aiohttp.WSMessage, name: str = name) -> None:
            if "envelope_id" in str(message.data):
                by.append(name)

        one.client.on_message_listeners.append(heard)
    for _ in range(4):
        assert (await slack.command(MAYA, WAR_ROOM, "/check")).ok
    await second.close_async()

    assert sorted(by[:2]) == sorted(by[2:]) == ["first", "second"]


async def test_a_refreshed_connection_is_replaced(slack: SandboxSlack, app: Any, handler: Any) -> None:
    async def listener(ack: Any) -> None:
        await ack("still here")

    app.command("/check")(listener)

    await slack.socket.refresh()
    await slack.socket.connected()

    assert (await slack.command(MAYA, WAR_ROOM, "/check")).ok
    assert [call.method for call in slack.calls].count("apps.connections.open") == 2


async def test_an_address_works_once(slack: SandboxSlack, client: Any, trust: ssl.SSLContext) -> None:
    url = (await client.apps_connections_open(app_token=slack.app_token))["url"]
    assert url.startswith("wss://")
    async with aiohttp.ClientSession() as session:
        async with session.ws_connect(url, ssl=trust) as socket:
            assert (await socket.receive_json())["type"] == "hello"
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await session.ws_connect(url, ssl=trust)
