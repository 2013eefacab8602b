"""Buttons, forms and shortcuts through the real Bolt app over HTTP, with what Slack grants for them."""

from typing import Any

import pytest
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from homeward.bot.sandbox.slack import LENA, MAYA, SVEN, WAR_ROOM, Message, SandboxSlack, Version


def button(text: str, value: str, action_id: str = "homeward.again") -> dict[str, Any]:
    return {"type": "button", "action_id": action_id, "value": value, "text": {"type": "plain_text", "text": text}}


SELECT = {
    "type": "static_select",
    "action_id": "homeward.pick",
    "options": [{"text": {"type": "plain_text", "text": name}, "value": name} for name in ("web01", "web02")],
}
BLOCKS = ({"type": "actions", "elements": [button("Run again", "web01"), SELECT]},)
MODAL: dict[str, Any] = {
    "type": "modal",
    "callback_id": "homeward.reject",
    "title": {"type": "plain_text", "text": "Reject"},
    "submit": {"type": "plain_text", "text": "Reject"},
    "private_metadata": "request-7",
    "blocks": [
        {
            "type": "input",
            "block_id": "reason",
            "label": {"type": "plain_text", "text": "Why"},
            "element": {"type": "plain_text_input", "action_id": "homeward.reason"},
        },
        {
            "type": "input",
            "optional": True,
            "label": {"type": "plain_text", "text": "Tell"},
            "element": {"type": "users_select", "action_id": "homeward.tell", "initial_user": "U0LENA"},
        },
    ],
}


@pytest.fixture
def app(slack: SandboxSlack, client: AsyncWebClient) -> AsyncApp:
    return AsyncApp(client=client, signing_secret=slack.signing_secret, process_before_response=True)


def posted(slack: SandboxSlack, *, ephemeral_to: str | None = None) -> Message:
    place, bot = slack.workspace.channel("dr-war-room"), slack.workspace.bot
    return slack.workspace.post(place, bot, Version("web01", BLOCKS), at=slack.clock(), ephemeral_to=ephemeral_to)


async def error(call: Any) -> str:
    with pytest.raises(SlackApiError) as caught:
        await call
    return str(caught.value.response["error"])  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType] - untyped in slack_sdk


async def test_a_click_carries_who_what_and_where(desk: Any) -> None:
    seen: list[Any] = []

    async def listener(ack: Any, body: Any) -> None:
        seen.append(body)
        await ack()

    desk.app.action("homeward.again")(listener)

    message = posted(desk.slack)
    ack = await desk.slack.click(LENA, message, "homeward.again")

    assert ack.ok
    (body,) = seen
    assert (body["user"]["id"], body["user"]["team_id"]) == (LENA.id, LENA.team_id)
    assert body["actions"][0]["value"] == "web01"
    assert body["message"]["ts"] == body["container"]["message_ts"] == message.ts
    assert body["channel"]["id"] == WAR_ROOM.id


async def test_a_choice_carries_its_option(desk: Any) -> None:
    seen: list[Any] = []

    async def listener(ack: Any, action: Any) -> None:
        seen.append(action["selected_option"]["value"])
        await ack()

    desk.app.action("homeward.pick")(listener)

    assert (await desk.slack.click(LENA, posted(desk.slack), "homeward.pick", value="web02")).ok
    assert seen == ["web02"]


async def test_an_ephemeral_message_is_not_repeated_in_the_payload(desk: Any) -> None:
    seen: list[Any] = []

    async def listener(ack: Any, body: Any) -> None:
        seen.append(body)
        await ack()

    desk.app.action("homeward.again")(listener)

    await desk.slack.click(MAYA, posted(desk.slack, ephemeral_to=MAYA.id), "homeward.again")

    assert "message" not in seen[0]
    assert seen[0]["container"]["is_ephemeral"]


async def test_what_is_not_there_cannot_be_pressed(slack: SandboxSlack) -> None:
    message = posted(slack)
    with pytest.raises(LookupError):
        await slack.click(MAYA, message, "homeward.gone")
    with pytest.raises(LookupError):
        await slack.click(MAYA, message, "homeward.again", value="web09")


async def test_an_answer_in_the_acknowledgement_of_a_click_is_read_by_nobody(desk: Any) -> None:
    async def listener(ack: Any) -> None:
        await ack("thanks")

    desk.app.action("homeward.again")(listener)

    ack = await desk.slack.click(MAYA, posted(desk.slack), "homeward.again")
    assert ack.problem == "unexpected_body"


async def test_a_response_url_replaces_and_deletes_the_message_it_came_from(desk: Any) -> None:
    async def listener(ack: Any, respond: Any) -> None:
        await ack()
        await respond("changed", replace_original=True)

    desk.app.action("homeward.again")(listener)

    async def remover(ack: Any, respond: Any) -> None:
        await ack()
        await respond(delete_original=True)

    desk.app.action("homeward.pick")(remover)

    message = posted(desk.slack, ephemeral_to=MAYA.id)
    await desk.slack.click(MAYA, message, "homeward.again")
    (changed,) = desk.slack.workspace.messages(WAR_ROOM)
    assert (changed.ts, changed.text, changed.blocks, changed.edited) == (message.ts, "changed", (), 1)

    await desk.slack.click(MAYA, message, "homeward.pick", value="web01")
    assert not desk.slack.workspace.messages(WAR_ROOM)


async def test_a_message_shortcut_carries_the_message(desk: Any) -> None:
    seen: list[Any] = []

    async def listener(ack: Any, shortcut: Any) -> None:
        seen.append(shortcut["message"]["text"])
        await ack()

    desk.app.shortcut("homeward.check_this")(listener)

    assert (await desk.slack.shortcut(MAYA, posted(desk.slack), "homeward.check_this")).ok
    assert seen == ["web01"]


async def test_a_trigger_opens_one_view_within_three_seconds(desk: Any) -> None:
    async def listener(ack: Any) -> None:
        await ack()

    desk.app.action("homeward.again")(listener)

    message = posted(desk.slack)
    trigger = (await desk.slack.click(MAYA, message, "homeward.again")).trigger_id
    opened = await desk.client.views_open(trigger_id=trigger, view=MODAL)
    assert opened["view"]["id"] == desk.slack.views.top(MAYA).id
    assert await error(desk.client.views_open(trigger_id=trigger, view=MODAL)) == "exchanged_trigger_id"

    late = (await desk.slack.click(MAYA, message, "homeward.again")).trigger_id
    desk.clock.ahead = 3.1
    assert await error(desk.client.views_open(trigger_id=late, view=MODAL)) == "expired_trigger_id"
    assert await error(desk.client.views_open(trigger_id="made up", view=MODAL)) == "invalid_trigger_id"


async def test_a_wrong_view_is_refused_and_costs_no_trigger(desk: Any) -> None:
    trigger = desk.slack.trigger(MAYA)
    wrong = {**MODAL, "title": {"type": "plain_text", "text": "x" * 25}}
    assert await error(desk.client.views_open(trigger_id=trigger, view=wrong)) == "invalid_arguments"
    assert await error(desk.client.views_open(trigger_id=trigger, view="[]")) == "invalid_arguments"
    await desk.client.views_open(trigger_id=trigger, view=MODAL)


async def test_views_are_updated_pushed_and_published(desk: Any) -> None:
    client, slack = desk.client, desk.slack
    opened = (await client.views_open(trigger_id=slack.trigger(MAYA), view=MODAL))["view"]
    updated = (await client.views_update(view_id=opened["id"], hash=opened["hash"], view=MODAL))["view"]
    assert updated["hash"] != opened["hash"]
    assert await error(client.views_update(view_id=opened["id"], hash="0", view=MODAL)) == "hash_conflict"
    assert await error(client.views_update(view_id="V0", view=MODAL)) == "not_found"

    pushed = (await client.views_push(trigger_id=slack.trigger(MAYA), view=MODAL))["view"]
    assert pushed["previous_view_id"] == pushed["root_view_id"] == opened["id"]
    await client.views_push(trigger_id=slack.trigger(MAYA), view=MODAL)
    assert await error(client.views_push(trigger_id=slack.trigger(MAYA), view=MODAL)) == "push_limit_reached"

    home = {"type": "home", "blocks": [{"type": "divider"}]}
    await client.views_publish(user_id=MAYA.id, view=home)
    assert slack.views.home(MAYA).view == home


async def test_a_form_is_sent_with_what_was_filled_in_and_closes(desk: Any) -> None:
    seen: list[Any] = []

    async def listener(ack: Any, view: Any) -> None:
        seen.append(view)
        await ack()

    desk.app.view("homeward.reject")(listener)

    await desk.client.views_open(trigger_id=desk.slack.trigger(MAYA), view=MODAL)
    ack = await desk.slack.submit(MAYA, {"homeward.reason": "not tonight"})

    assert ack.ok
    values = seen[0]["state"]["values"]
    assert values["reason"]["homeward.reason"]["value"] == "not tonight"
    assert values["b1"]["homeward.tell"]["selected_user"] == LENA.id
    assert seen[0]["private_metadata"] == "request-7"
    assert desk.slack.views.top(MAYA) is None


async def test_a_form_with_a_required_input_left_empty_is_not_sent(desk: Any) -> None:
    with pytest.raises(LookupError):
        await desk.slack.submit(MAYA)
    await desk.client.views_open(trigger_id=desk.slack.trigger(MAYA), view=MODAL)
    with pytest.raises(ValueError, match="required"):
        await desk.slack.submit(MAYA)
    with pytest.raises(LookupError):
        await desk.slack.submit(MAYA, {"homeward.other": "x"})


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        ({"response_action": "errors", "errors": {"reason": "Say more."}}, ""),
        ({"response_action": "errors", "errors": {"nowhere": "Say more."}}, "invalid_errors"),
        ({"response_action": "update", "view": {**MODAL, "callback_id": "homeward.second"}}, ""),
        ({"response_action": "update", "view": {"type": "modal"}}, "invalid_arguments"),
        ({"response_action": "push", "view": MODAL}, ""),
        ({"response_action": "clear"}, ""),
        ({"response_action": "shrug"}, "invalid_response_action"),
        ({"text": "thanks"}, "unexpected_body"),
    ],
)
async def test_the_answer_to_a_form_is_checked(desk: Any, answer: dict[str, Any], problem: str) -> None:
    async def listener(ack: Any) -> None:
        await ack(answer)

    desk.app.view("homeward.reject")(listener)

    await desk.client.views_open(trigger_id=desk.slack.trigger(MAYA), view=MODAL)
    ack = await desk.slack.submit(MAYA, {"homeward.reason": "no"})

    assert ack.problem == problem
    top = desk.slack.views.top(MAYA)
    match answer.get("response_action"), problem:
        case "errors", "":
            assert top.errors == (("reason", "Say more."),)
        case "update", "":
            assert top.view["callback_id"] == "homeward.second"
        case "push", "":
            assert top.previous
        case "clear", "":
            assert top is None
        case _:
            assert top.view == MODAL


async def test_ticked_boxes_are_in_the_form_and_a_box_alone_must_be_ticked(desk: Any) -> None:
    seen: list[Any] = []

    async def listener(ack: Any, view: Any) -> None:
        seen.append(view["state"]["values"])
        await ack()

    desk.app.view("homeward.approve")(listener)
    boxes = [
        {
            "type": "input",
            "block_id": f"attest.{place}",
            "label": {"type": "plain_text", "text": f"Point {place}"},
            "element": {
                "type": "checkboxes",
                "action_id": f"homeward.attest.{place}",
                "options": [{"text": {"type": "plain_text", "text": "I made sure"}, "value": f"rule-{place}"}],
            },
        }
        for place in (1, 2)
    ]
    view = {**MODAL, "callback_id": "homeward.approve", "blocks": boxes}
    await desk.client.views_open(trigger_id=desk.slack.trigger(LENA), view=view)
    with pytest.raises(ValueError, match="required"):
        await desk.slack.submit(LENA, {"homeward.attest.1": ["rule-1"]})
    with pytest.raises(LookupError, match="no option"):
        await desk.slack.submit(LENA, {"homeward.attest.1": ["rule-1"], "homeward.attest.2": ["rule-9"]})
    assert (await desk.slack.submit(LENA, {"homeward.attest.1": ["rule-1"], "homeward.attest.2": ["rule-2"]})).ok

    ticked = [option["value"] for at in seen[0].values() for box in at.values() for option in box["selected_options"]]
    assert ticked == ["rule-1", "rule-2"]


async def test_the_same_click_can_come_twice(desk: Any) -> None:
    seen: list[Any] = []

    async def listener(ack: Any, body: Any) -> None:
        seen.append(body)
        await ack()

    desk.app.action("homeward.again")(listener)
    once = await desk.slack.click(LENA, posted(desk.slack), "homeward.again")
    assert (await desk.slack.again(once)).ok
    assert seen[0] == seen[1]


async def test_a_click_from_another_workspace_says_whose_it_is(desk: Any) -> None:
    seen: list[Any] = []

    async def listener(ack: Any, body: Any) -> None:
        seen.append(body["user"])
        await ack()

    desk.app.action("homeward.again")(listener)
    await desk.slack.click(SVEN, posted(desk.slack), "homeward.again")
    assert (seen[0]["id"], seen[0]["team_id"]) == (SVEN.id, SVEN.team_id) != (SVEN.id, desk.slack.workspace.team_id)


async def test_a_button_in_a_view_can_be_pressed(desk: Any) -> None:
    seen: list[Any] = []

    async def listener(ack: Any, body: Any) -> None:
        seen.append(body["view"]["private_metadata"])
        await ack()

    desk.app.action("homeward.again")(listener)

    view = {**MODAL, "blocks": [*MODAL["blocks"], *BLOCKS]}
    await desk.client.views_open(trigger_id=desk.slack.trigger(MAYA), view=view)

    assert (await desk.slack.click(MAYA, desk.slack.views.top(MAYA), "homeward.again")).ok
    assert seen == ["request-7"]
