"""Who is in a channel, page by page, for whom the token's scopes allow it."""

from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from homeward.bot.sandbox.slack import APPROVALS, ELSEWHERE, LENA, MAYA, NORA, WAR_ROOM, Channel, SandboxSlack


@pytest.fixture
def client(client: AsyncWebClient) -> Any:
    return client


async def error(call: Any) -> str:
    with pytest.raises(SlackApiError) as caught:
        await call
    return str(caught.value.response["error"])  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType] - untyped in slack_sdk


async def test_all_members_of_a_channel_are_told(client: Any) -> None:
    answer = await client.conversations_members(channel=APPROVALS.id)
    assert set(answer["members"]) == APPROVALS.members
    assert NORA.id not in answer["members"]
    assert answer["response_metadata"]["next_cursor"] == ""


async def test_a_public_channel_without_the_bot_tells_its_members(client: Any) -> None:
    assert set((await client.conversations_members(channel=ELSEWHERE.id))["members"]) == {MAYA.id, LENA.id}


async def test_members_come_in_pages(client: Any) -> None:
    found: list[str] = []
    cursor = ""
    for _ in range(10):
        answer = await client.conversations_members(channel=WAR_ROOM.id, limit=2, cursor=cursor)
        assert len(answer["members"]) <= 2
        found += answer["members"]
        cursor = answer["response_metadata"]["next_cursor"]
        if not cursor:
            break
    assert sorted(found) == sorted(WAR_ROOM.members)


async def test_members_are_refused_with_a_reason(client: Any, slack: SandboxSlack) -> None:
    slack.workspace.channels["G0"] = Channel("G0", "secret", frozenset({LENA.id}), is_private=True)
    slack.workspace.channels["G1"] = Channel("G1", "ours", frozenset({LENA.id, "U0HOMEWARD"}), is_private=True)
    assert await error(client.conversations_members(channel="G0")) == "channel_not_found"
    assert await error(client.conversations_members(channel="C0NOWHERE")) == "channel_not_found"
    assert await error(client.conversations_members(channel=WAR_ROOM.id, cursor="x")) == "invalid_cursor"
    assert await error(client.conversations_members(channel=WAR_ROOM.id, limit=1000)) == "invalid_limit"
    assert await error(client.conversations_members(channel="")) == "invalid_arguments"


async def test_public_and_private_channels_have_their_own_scopes(client: Any, slack: SandboxSlack) -> None:
    slack.workspace.channels["G1"] = Channel("G1", "ours", frozenset({LENA.id, "U0HOMEWARD"}), is_private=True)
    slack.scopes.discard("groups:read")
    assert await error(client.conversations_members(channel="G1")) == "missing_scope"
    await client.conversations_members(channel=WAR_ROOM.id)
    slack.scopes.discard("channels:read")
    assert await error(client.conversations_members(channel=WAR_ROOM.id)) == "missing_scope"
