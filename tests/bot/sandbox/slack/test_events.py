"""Events through the real Bolt app: offered until they are acknowledged, and again when Slack is unsure."""

import asyncio
from typing import Any

import pytest
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from homeward.bot.sandbox.slack import MAYA, WAR_ROOM, SandboxSlack

MENTION = {"type": "app_mention", "user": MAYA.id, "text": "help", "channel": WAR_ROOM.id, "ts": "1.0"}


@pytest.fixture
def app(slack: SandboxSlack, client: AsyncWebClient) -> AsyncApp:
    return AsyncApp(client=client, signing_secret=slack.signing_secret, process_before_response=True)


async def test_an_event_that_is_acknowledged_comes_once(desk: Any) -> None:
    seen: list[Any] = []

    async def listener(body: Any, request: Any) -> None:
        seen.append((body["event_id"], request.headers.get("x-slack-retry-num")))

    desk.app.event("app_mention")(listener)

    ack = await desk.slack.event(MENTION)

    assert (ack.ok, ack.attempts) == (True, 1)
    assert seen == [("Ev0001", None)]


async def test_an_event_comes_again_until_it_is_acknowledged(desk: Any) -> None:
    seen: list[Any] = []

    async def listener(body: Any, request: Any) -> None:
        headers = request.headers
        seen.append((body["event_id"], headers.get("x-slack-retry-num"), headers.get("x-slack-retry-reason")))
        if len(seen) < 3:
            raise RuntimeError("not yet")

    desk.app.event("app_mention")(listener)

    ack = await desk.slack.event(MENTION)

    assert (ack.ok, ack.attempts) == (True, 3)
    assert seen == [("Ev0001", None, None), ("Ev0001", ["1"], ["http_error"]), ("Ev0001", ["2"], ["http_error"])]


async def test_slack_gives_up_after_three_more_attempts(desk: Any) -> None:
    ack = await desk.slack.event(MENTION)

    assert (ack.problem, ack.status, ack.attempts) == ("dispatch_failed", 404, 4)


async def test_a_slow_event_comes_again_as_a_timeout(desk: Any) -> None:
    released = asyncio.Event()
    reasons: list[Any] = []

    async def listener(request: Any) -> None:
        reasons.append(request.headers.get("x-slack-retry-reason"))
        if len(reasons) == 1:
            await released.wait()

    desk.app.event("app_mention")(listener)

    desk.slack.ack_timeout = 0.1
    ack = await desk.slack.event(MENTION)
    released.set()

    assert (ack.ok, ack.attempts) == (True, 2)
    assert reasons == [None, ["http_timeout"]]


async def test_an_app_can_ask_not_to_be_offered_it_again(desk: Any) -> None:
    async def listener(ack: Any, context: Any) -> None:
        raise RuntimeError("broken")

    desk.app.event("app_mention")(listener)

    async def refuse(error: Exception) -> Any:
        from slack_bolt.response import BoltResponse

        return BoltResponse(status=500, headers={"x-slack-no-retry": "1"})

    desk.app.error(refuse)

    ack = await desk.slack.event(MENTION)
    assert (ack.ok, ack.attempts) == (False, 1)


async def test_slack_may_deliver_what_was_acknowledged(desk: Any) -> None:
    seen: list[Any] = []

    async def listener(body: Any, request: Any) -> None:
        seen.append((body["event_id"], request.headers.get("x-slack-retry-num")))

    desk.app.event("app_mention")(listener)

    first = await desk.slack.event(MENTION)
    assert (await desk.slack.again(first)).ok
    assert seen == [("Ev0001", None), ("Ev0001", ["1"])]
