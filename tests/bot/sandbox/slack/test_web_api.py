"""The Web API through the real AsyncWebClient over TLS: what is taken, and each way in which Slack says no."""

import ssl
from collections.abc import Awaitable
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from homeward.bot.sandbox.slack import (
    APPROVALS,
    APPROVERS,
    BOT,
    DORA,
    ELSEWHERE,
    GUS,
    LENA,
    MAYA,
    OMAR,
    SVEN,
    WAR_ROOM,
    Channel,
    SandboxSlack,
    UserGroup,
    Version,
)

SECTION: dict[str, Any] = {"type": "section", "text": {"type": "mrkdwn", "text": "web01"}}
PLAN: dict[str, Any] = {"type": "plan", "title": "Reprotect", "tasks": []}


@pytest.fixture
def client(client: AsyncWebClient) -> Any:
    return client


async def refusal(call: Awaitable[Any]) -> Any:
    with pytest.raises(SlackApiError) as caught:
        await call
    return caught.value.response  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType] - untyped in slack_sdk


async def error(call: Awaitable[Any]) -> str:
    return str((await refusal(call))["error"])


async def test_the_bot_learns_who_it_is_and_what_it_may(client: Any) -> None:
    answer = await client.auth_test()

    assert (answer["user_id"], answer["team_id"]) == (BOT.id, BOT.team_id)
    assert "chat:write" in answer.headers["x-oauth-scopes"]


async def test_a_client_that_does_not_know_the_authority_is_refused_by_tls(slack: SandboxSlack) -> None:
    stranger: Any = AsyncWebClient(
        token=slack.token, base_url=slack.base_url, ssl=ssl.create_default_context(), retry_handlers=[]
    )
    with pytest.raises(aiohttp.ClientConnectorCertificateError):
        await stranger.auth_test()


async def test_a_wrong_a_missing_and_the_other_token_are_refused(slack: SandboxSlack, client: Any) -> None:
    assert await error(client.auth_test(token="xoxb-other")) == "invalid_auth"
    assert await error(client.auth_test(token=slack.app_token)) == "not_allowed_token_type"
    assert await error(client.apps_connections_open(app_token=slack.token)) == "not_allowed_token_type"
    client.token = None
    assert await error(client.auth_test()) == "not_authed"


async def test_an_unknown_method_is_refused(client: Any) -> None:
    assert await error(client.api_call("chat.shout")) == "unknown_method"


async def test_the_api_can_be_tried(client: Any) -> None:
    assert (await client.api_test(foo="bar"))["args"] == {"foo": "bar"}
    assert await error(client.api_test(error="my_error")) == "my_error"


async def test_a_message_keeps_its_blocks_and_metadata(slack: SandboxSlack, client: Any) -> None:
    metadata = {"event_type": "homeward_reply", "event_payload": {"event": 7}}
    posted = await client.chat_postMessage(channel=WAR_ROOM.id, text="web01", blocks=[SECTION], metadata=metadata)

    (message,) = slack.workspace.messages("#dr-war-room")
    assert (message.ts, message.user, message.bot) == (posted["ts"], BOT.id, True)
    assert (message.blocks, message.metadata) == ((SECTION,), metadata)
    hidden = await client.conversations_history(channel=WAR_ROOM.id)
    shown = await client.conversations_history(channel=WAR_ROOM.id, include_all_metadata=True)
    assert "metadata" not in hidden["messages"][0]
    assert shown["messages"][0]["metadata"] == metadata


async def test_messages_have_their_own_times_in_order(slack: SandboxSlack, client: Any) -> None:
    for number in range(4):
        await client.chat_postMessage(channel=WAR_ROOM.id, text=str(number))

    times = [m.ts for m in slack.workspace.messages(WAR_ROOM)]
    assert times == sorted(set(times))


async def test_a_place_the_bot_cannot_reach_is_refused(slack: SandboxSlack, client: Any) -> None:
    assert await error(client.chat_postMessage(channel="C0NOWHERE", text="x")) == "channel_not_found"
    assert await error(client.chat_postMessage(channel=ELSEWHERE.id, text="x")) == "not_in_channel"
    assert await error(client.chat_postMessage(channel="#lunch", text="x")) == "not_in_channel"
    slack.workspace.channels["C0OLD"] = Channel("C0OLD", "old", WAR_ROOM.members, is_archived=True)
    assert await error(client.chat_postMessage(channel="C0OLD", text="x")) == "is_archived"
    slack.workspace.channels["G0"] = Channel("G0", "secret", frozenset({LENA.id}), is_private=True)
    slack.scopes.add("channels:read")
    assert await error(client.conversations_info(channel="G0")) == "channel_not_found"


async def test_a_user_can_be_written_to_directly(slack: SandboxSlack, client: Any) -> None:
    opened = await client.conversations_open(users=MAYA.id)
    await client.chat_postMessage(channel=opened["channel"]["id"], text="one")
    await client.chat_postMessage(channel=MAYA.id, text="two")

    assert [m.text for m in slack.workspace.messages(opened["channel"]["id"])] == ["one", "two"]
    assert await error(client.conversations_open(users=DORA.id)) == "user_disabled"


async def test_wrong_messages_are_refused_with_reasons(client: Any) -> None:
    async def said(**what: Any) -> Any:
        return await refusal(client.chat_postMessage(channel=WAR_ROOM.id, **what))

    # The client itself warns of an empty text, so this one goes past it.
    bare = client.api_call("chat.postMessage", json={"channel": WAR_ROOM.id, "text": ""})
    assert await error(bare) == "no_text"
    assert (await said(text="x" * 40_001))["error"] == "msg_too_long"
    assert (await said(text="<!channel> wake up"))["error"] == "invalid_arguments"
    assert (await said(text="x", metadata={"event_type": "x"}))["error"] == "invalid_arguments"
    wrong = await said(text="x", blocks=[{"type": "section", "texxt": SECTION["text"]}])
    assert wrong["error"] == "invalid_blocks"
    assert wrong["response_metadata"]["messages"]
    assert (await said(text="x", blocks="{"))["error"] == "invalid_blocks_format"
    assert (await refusal(client.api_call("chat.postMessage", json={"text": "x"})))["error"] == "invalid_arguments"


async def test_arguments_that_are_no_json_object_are_refused(slack: SandboxSlack, trust: ssl.SSLContext) -> None:
    headers = {"Authorization": f"Bearer {slack.token}", "Content-Type": "application/json"}
    async with aiohttp.ClientSession(headers=headers) as session:
        for body, expected in (("{", "invalid_json"), ("[]", "json_not_object")):
            async with session.post(f"{slack.base_url}auth.test", data=body, ssl=trust) as response:
                assert (await response.json())["error"] == expected


async def test_an_update_keeps_what_it_does_not_mention(slack: SandboxSlack, client: Any) -> None:
    posted = await client.chat_postMessage(channel=WAR_ROOM.id, text="checking", blocks=[SECTION])
    await client.chat_update(channel=WAR_ROOM.id, ts=posted["ts"], text="ready")
    await client.chat_update(channel=WAR_ROOM.id, ts=posted["ts"], text="done", blocks=[])

    (message,) = slack.workspace.messages(WAR_ROOM)
    assert (message.text, message.blocks, message.edited) == ("done", (), 2)
    assert [(v.text, v.blocks) for v in message.history] == [("checking", (SECTION,)), ("ready", (SECTION,))]


async def test_only_ones_own_messages_can_be_changed(slack: SandboxSlack, client: Any) -> None:
    theirs = slack.workspace.post(WAR_ROOM, MAYA, Version("hello"), at=1.0)
    assert await error(client.chat_update(channel=WAR_ROOM.id, ts=theirs.ts, text="x")) == "cant_update_message"
    assert await error(client.chat_delete(channel=WAR_ROOM.id, ts=theirs.ts)) == "cant_delete_message"
    assert await error(client.chat_update(channel=WAR_ROOM.id, ts="1.0", text="x")) == "message_not_found"
    own = await client.chat_postMessage(channel=WAR_ROOM.id, text="mine")
    await client.chat_delete(channel=WAR_ROOM.id, ts=own["ts"])
    assert slack.workspace.messages(WAR_ROOM) == (theirs,)


async def test_a_thread_holds_its_replies(slack: SandboxSlack, client: Any) -> None:
    parent = await client.chat_postMessage(channel=WAR_ROOM.id, text="card")
    reply = await client.chat_postMessage(channel=WAR_ROOM.id, text="approved", thread_ts=parent["ts"])

    thread = await client.conversations_replies(channel=WAR_ROOM.id, ts=parent["ts"])
    assert [m["text"] for m in thread["messages"]] == ["card", "approved"]
    history = await client.conversations_history(channel=WAR_ROOM.id)
    assert [m["text"] for m in history["messages"]] == ["card"]
    assert [m.text for m in slack.workspace.messages(WAR_ROOM, thread=parent["ts"])] == ["card", "approved"]
    post = client.chat_postMessage
    assert await error(post(channel=WAR_ROOM.id, text="x", thread_ts="1.0")) == "thread_not_found"
    assert await error(post(channel=WAR_ROOM.id, text="x", thread_ts=reply["ts"])) == "cannot_reply_to_message"
    assert await error(client.conversations_replies(channel=WAR_ROOM.id, ts="1.0")) == "thread_not_found"


async def test_long_threads_come_in_pages(client: Any) -> None:
    parent = await client.chat_postMessage(channel=WAR_ROOM.id, text="0")
    for number in range(1, 4):
        await client.chat_postMessage(channel=WAR_ROOM.id, text=str(number), thread_ts=parent["ts"])

    pages = [
        [m["text"] for m in page["messages"]]
        async for page in await client.conversations_replies(channel=WAR_ROOM.id, ts=parent["ts"], limit=3)
    ]
    assert pages == [["0", "1", "2"], ["3"]]


async def test_an_ephemeral_message_is_seen_by_one_and_by_no_method(slack: SandboxSlack, client: Any) -> None:
    sent = await client.chat_postEphemeral(channel=WAR_ROOM.id, user=MAYA.id, text="psst")

    (message,) = slack.workspace.messages(WAR_ROOM)
    assert message.ephemeral_to == MAYA.id
    assert not (await client.conversations_history(channel=WAR_ROOM.id))["messages"]
    update = client.chat_update(channel=WAR_ROOM.id, ts=sent["message_ts"], text="x")
    assert await error(update) == "message_not_found"
    ephemeral = client.chat_postEphemeral
    assert await error(ephemeral(channel=APPROVALS.id, user=GUS.id, text="x")) == "user_not_in_channel"
    assert await error(ephemeral(channel=APPROVALS.id, user="U0", text="x")) == "user_not_found"


async def test_people_are_described(slack: SandboxSlack, client: Any) -> None:
    async def flags(who: str) -> set[str]:
        user = (await client.users_info(user=who))["user"]
        return {key for key, value in user.items() if value is True}

    assert await flags(MAYA.id) == set()
    assert await flags(GUS.id) == {"is_restricted"}
    assert await flags(DORA.id) == {"deleted"}
    assert await flags(SVEN.id) == {"is_stranger"}
    assert await flags(BOT.id) == {"is_bot"}
    slack.workspace.change("lena", deleted=True)
    assert await flags(LENA.id) == {"deleted"}
    slack.workspace.change("@omar", restricted=True)
    assert await flags(OMAR.id) == {"is_restricted"}
    assert await error(client.users_info(user="U0")) == "user_not_found"
    assert (await client.bots_info(bot="B0HOMEWARD"))["bot"]["user_id"] == BOT.id
    slack.scopes.add("channels:read")
    assert (await client.conversations_info(channel=WAR_ROOM.id))["channel"]["is_member"]


async def test_user_groups_have_members(slack: SandboxSlack, client: Any) -> None:
    assert [g["handle"] for g in (await client.usergroups_list())["usergroups"]] == ["dr-approvers"]
    members = await client.usergroups_users_list(usergroup=APPROVERS.id)
    assert members["users"] == [LENA.id, OMAR.id]
    assert await error(client.usergroups_users_list(usergroup="S0")) == "no_such_subteam"
    slack.workspace.groups[APPROVERS.id] = UserGroup(APPROVERS.id, "x", "x", disabled=True)
    assert await error(client.usergroups_users_list(usergroup=APPROVERS.id)) == "subteam_disabled"


async def test_posting_faster_than_slack_allows_is_limited_per_channel(
    slack: SandboxSlack, client: Any, clock: Any
) -> None:
    for number in range(6):
        await client.chat_postMessage(channel=WAR_ROOM.id, text=str(number))
    limited = await refusal(client.chat_postMessage(channel=WAR_ROOM.id, text="7"))

    assert (limited.status_code, limited["error"]) == (429, "ratelimited")
    assert limited.headers["Retry-After"] == "1"
    await client.chat_postMessage(channel=APPROVALS.id, text="elsewhere")
    clock.ahead = 1.0
    await client.chat_postMessage(channel=WAR_ROOM.id, text="7")


async def test_every_method_has_its_rate(slack: SandboxSlack, client: Any) -> None:
    slack.rates.per_minute["usergroups.users.list"] = 2
    for _ in range(2):
        await client.usergroups_users_list(usergroup=APPROVERS.id)
    limited = await refusal(client.usergroups_users_list(usergroup=APPROVERS.id))

    assert limited.headers["Retry-After"] == "30"
    slack.rates.enforced = False
    await client.usergroups_users_list(usergroup=APPROVERS.id)


async def test_a_missing_scope_is_named(slack: SandboxSlack, client: Any) -> None:
    slack.scopes.discard("chat:write")
    refused = await refusal(client.chat_postMessage(channel=WAR_ROOM.id, text="x"))

    assert (refused["error"], refused["needed"]) == ("missing_scope", "chat:write")
    assert "chat:write" not in refused["provided"].split(",")


async def test_each_sort_of_conversation_is_read_with_its_own_scope(slack: SandboxSlack, client: Any) -> None:
    slack.workspace.channels["G0"] = Channel("G0", "secret", WAR_ROOM.members, is_private=True)
    direct = slack.workspace.direct(MAYA)
    for place, scope in ((WAR_ROOM.id, "channels:history"), ("G0", "groups:history"), (direct.id, "im:history")):
        posted = await client.chat_postMessage(channel=place, text="x")
        await client.conversations_history(channel=place)
        slack.scopes.discard(scope)
        for call in (client.conversations_history, client.conversations_replies):
            refused = await refusal(call(channel=place, ts=posted["ts"]))
            assert (refused["error"], refused["needed"]) == ("missing_scope", scope)
        slack.scopes.add(scope)


async def test_history_is_read_between_two_moments(slack: SandboxSlack, client: Any) -> None:
    for at in (10.0, 20.0, 30.0):
        slack.workspace.post(WAR_ROOM, BOT, Version(f"at {at:.0f}"), at=at)

    async def texts(**between: Any) -> list[str]:
        return [m["text"] for m in (await client.conversations_history(channel=WAR_ROOM.id, **between))["messages"]]

    assert await texts(oldest="10") == ["at 30", "at 20"]
    assert await texts(oldest="10", latest="30.000000") == ["at 20"]
    assert await texts(oldest="10", latest="30", inclusive=True) == ["at 30", "at 20", "at 10"]
    assert await error(client.conversations_history(channel=WAR_ROOM.id, limit=1000)) == "invalid_limit"
    assert await error(client.conversations_history(channel=WAR_ROOM.id, cursor="nonsense")) == "invalid_cursor"


async def test_metadata_is_found_in_a_thread(slack: SandboxSlack, client: Any) -> None:
    parent = await client.chat_postMessage(channel=WAR_ROOM.id, text="card")
    metadata = {"event_type": "homeward_post", "event_payload": {"request": "R-1", "key": "event:7"}}
    reply = await client.chat_postMessage(
        channel=WAR_ROOM.id, text="approved", thread_ts=parent["ts"], metadata=metadata
    )
    thread = await client.conversations_replies(channel=WAR_ROOM.id, ts=parent["ts"], include_all_metadata=True)

    assert [m.get("metadata") for m in thread["messages"]] == [None, metadata]
    assert [m.ts for m in slack.workspace.marked("key", "event:7")] == [reply["ts"]]
    assert [m.text for m in slack.workspace.thread(WAR_ROOM, parent["ts"])] == ["approved"]


async def test_a_message_has_an_address(client: Any) -> None:
    parent = await client.chat_postMessage(channel=WAR_ROOM.id, text="card")
    reply = await client.chat_postMessage(channel=WAR_ROOM.id, text="approved", thread_ts=parent["ts"])
    own, below = [
        (await client.chat_getPermalink(channel=WAR_ROOM.id, message_ts=ts))["permalink"]
        for ts in (parent["ts"], reply["ts"])
    ]
    assert own.endswith(f"/archives/{WAR_ROOM.id}/p{parent['ts'].replace('.', '')}")
    assert f"thread_ts={parent['ts']}" in below
    assert await error(client.chat_getPermalink(channel=WAR_ROOM.id, message_ts="1.0")) == "message_not_found"


async def test_only_the_approvers_may_be_rung(slack: SandboxSlack, client: Any) -> None:
    ring = f"<!subteam^{APPROVERS.id}>: please approve"
    said = {"channel": WAR_ROOM.id, "text": ring, "blocks": [{**SECTION, "text": {"type": "mrkdwn", "text": ring}}]}
    assert await error(client.chat_postMessage(**said)) == "invalid_blocks"
    slack.allowed_mentions.add(APPROVERS.id)
    await client.chat_postMessage(**said)
    await client.chat_postMessage(channel=WAR_ROOM.id, text=f"<!subteam^{APPROVERS.id}|@dr-approvers>")
    for other in ("<!subteam^S0OTHER>", "<!channel>", "<!here|here>"):
        assert await error(client.chat_postMessage(channel=WAR_ROOM.id, text=other)) == "invalid_arguments"


async def test_newer_blocks_can_be_unknown_to_a_workspace(slack: SandboxSlack, client: Any) -> None:
    task = {"type": "task_card", "task_id": "1", "title": "Read Azure", "status": "complete"}
    plan = {**PLAN, "tasks": [task]}
    await client.chat_postMessage(channel=WAR_ROOM.id, text="x", blocks=[plan])
    slack.faults.unsupported_blocks.add("plan")
    refused = await refusal(client.chat_postMessage(channel=WAR_ROOM.id, text="x", blocks=[plan]))

    assert refused["error"] == "invalid_blocks"
    assert "plan" in refused["errors"][0]


async def test_trouble_comes_on_demand_and_goes(slack: SandboxSlack, client: Any) -> None:
    slack.faults.fail("usergroups.users.list", "plan_upgrade_required")
    assert await error(client.usergroups_users_list(usergroup=APPROVERS.id)) == "plan_upgrade_required"
    await client.usergroups_users_list(usergroup=APPROVERS.id)

    slack.faults.limit("auth.test", retry_after=7)
    limited = await refusal(client.auth_test())
    assert (limited.status_code, limited.headers["Retry-After"]) == (429, "7")

    slack.faults.break_down()
    assert (await refusal(client.auth_test())).status_code == 503
    assert (await refusal(client.users_info(user=MAYA.id))).status_code == 503
    slack.faults.clear()
    await client.auth_test()


async def test_a_lost_answer_was_done_all_the_same(slack: SandboxSlack, client: Any) -> None:
    client.retry_handlers = []
    slack.faults.lose_answer("chat.postMessage")
    with pytest.raises(aiohttp.ClientError):
        await client.chat_postMessage(channel=WAR_ROOM.id, text="done")

    assert [m.text for m in slack.workspace.messages(WAR_ROOM)] == ["done"]


async def test_slack_can_be_down_and_comes_back_at_the_same_address(slack: SandboxSlack, client: Any) -> None:
    client.retry_handlers = []
    await slack.down()
    with pytest.raises(aiohttp.ClientConnectorError):
        await client.auth_test()
    await slack.up()
    await client.auth_test()


async def test_calls_are_recorded_without_tokens(slack: SandboxSlack, client: Any) -> None:
    await client.api_call("auth.test", params={"token": slack.token})
    await error(client.chat_postMessage(channel="C0", text="x"))

    assert [(call.method, call.error) for call in slack.calls] == [
        ("auth.test", ""),
        ("chat.postMessage", "channel_not_found"),
    ]
    assert "token" not in slack.calls[0].arguments
