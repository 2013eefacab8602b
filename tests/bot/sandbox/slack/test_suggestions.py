"""External selects through the real Bolt app: what is asked while somebody types, and what can then be picked."""

from typing import Any

import pytest
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from homeward.bot.sandbox.slack import LENA, MAYA, WAR_ROOM, Message, Refused, SandboxSlack, Version
from homeward.bot.sandbox.slack.options import problems_in_suggestion


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def option(name: str, **more: Any) -> dict[str, Any]:
    return {"text": plain(name), "value": name, **more}


SELECT: dict[str, Any] = {
    "type": "external_select",
    "action_id": "homeward.subject",
    "min_query_length": 0,
    "placeholder": plain("A machine"),
}
ACTIONS: dict[str, Any] = {"type": "actions", "block_id": "search", "elements": [SELECT]}
NOTE: dict[str, Any] = {
    "type": "input",
    "block_id": "note",
    "optional": True,
    "label": plain("Why"),
    "element": {"type": "plain_text_input", "action_id": "homeward.note"},
}
MODAL: dict[str, Any] = {
    "type": "modal",
    "callback_id": "homeward.form",
    "title": plain("Start"),
    "submit": plain("Start"),
    "private_metadata": "web",
    "blocks": [{"type": "input", "block_id": "subject", "label": plain("Which"), "element": SELECT}, NOTE],
}
NAMES = ("web01", "web02", "pay-db01")


@pytest.fixture
def app(slack: SandboxSlack, client: AsyncWebClient) -> AsyncApp:
    return AsyncApp(client=client, signing_secret=slack.signing_secret, process_before_response=True)


@pytest.fixture
def asked(app: Any) -> list[Any]:
    """Offers the names that hold what is typed; keeps what came in."""
    seen: list[Any] = []

    async def suggest(ack: Any, body: Any) -> None:
        seen.append(body)
        await ack(options=[option(name) for name in NAMES if body["value"] in name])

    app.options("homeward.subject")(suggest)

    async def listener(ack: Any, body: Any) -> None:
        seen.append(body)
        await ack()

    app.action("homeward.subject")(listener)
    app.view("homeward.form")(listener)
    return seen


def posted(slack: SandboxSlack, ephemeral_to: str | None = None) -> Message:
    place, bot = slack.workspace.channel(WAR_ROOM), slack.workspace.bot
    return slack.workspace.post(place, bot, Version("Which?", (ACTIONS,)), at=slack.clock(), ephemeral_to=ephemeral_to)


async def opened(desk: Any, view: dict[str, Any] = MODAL) -> Any:
    await desk.client.views_open(trigger_id=desk.slack.trigger(MAYA), view=view)
    return desk.slack.views.top(MAYA)


async def test_a_suggestion_in_a_message_says_who_typed_what_and_where(desk: Any, asked: list[Any]) -> None:
    message = posted(desk.slack)
    found = await desk.slack.suggest(LENA, message, "homeward.subject", "web")

    assert [one["value"] for one in found["options"]] == ["web01", "web02"]
    (body,) = asked
    assert (body["type"], body["user"]["id"], body["value"]) == ("block_suggestion", LENA.id, "web")
    assert (body["action_id"], body["block_id"]) == ("homeward.subject", "search")
    assert body["container"]["message_ts"] == body["message"]["ts"] == message.ts
    assert body["channel"]["id"] == WAR_ROOM.id
    assert not {"trigger_id", "response_url", "actions"} & set(body)


async def test_a_suggestion_in_a_view_carries_the_view(desk: Any, asked: list[Any]) -> None:
    shown = await opened(desk)
    await desk.slack.suggest(MAYA, shown, "homeward.subject", "")

    (body,) = asked
    assert body["container"] == {"type": "view", "view_id": shown.id}
    assert (body["view"]["id"], body["view"]["private_metadata"]) == (shown.id, "web")
    assert "homeward.note" in body["view"]["state"]["values"]["note"]


async def test_a_suggestion_on_an_ephemeral_message_does_not_repeat_it(desk: Any, asked: list[Any]) -> None:
    await desk.slack.suggest(MAYA, posted(desk.slack, MAYA.id), "homeward.subject", "")
    assert "message" not in asked[0]
    assert asked[0]["container"]["is_ephemeral"]


async def test_slack_does_not_ask_before_enough_is_typed(desk: Any, asked: list[Any]) -> None:
    usual = {key: SELECT[key] for key in SELECT if key != "min_query_length"}
    shown = await opened(desk, {**MODAL, "blocks": [{**MODAL["blocks"][0], "element": usual}]})
    assert await desk.slack.suggest(MAYA, shown, "homeward.subject", "we") == {"options": []}
    assert not asked
    assert (await desk.slack.suggest(MAYA, shown, "homeward.subject", "web"))["options"]


async def test_only_what_was_offered_can_be_picked(desk: Any, asked: list[Any]) -> None:
    message = posted(desk.slack)
    with pytest.raises(LookupError, match="was not offered"):
        await desk.slack.click(MAYA, message, "homeward.subject", option=option("web01"))
    found = await desk.slack.suggest(MAYA, message, "homeward.subject", "web")
    assert (await desk.slack.click(MAYA, message, "homeward.subject", option=found["options"][1])).ok

    action = asked[-1]["actions"][0]
    assert action["selected_option"] == option("web02")
    assert asked[-1]["state"]["values"]["search"]["homeward.subject"]["selected_option"] == option("web02")

    await desk.slack.suggest(MAYA, message, "homeward.subject", "pay")
    with pytest.raises(LookupError, match="was not offered"):
        await desk.slack.click(MAYA, message, "homeward.subject", option=found["options"][1])
    with pytest.raises(LookupError, match="was not offered"):
        await desk.slack.click(LENA, message, "homeward.subject", value="pay-db01")


async def test_a_form_is_sent_with_what_was_picked_even_after_another_search(desk: Any, asked: list[Any]) -> None:
    shown = await opened(desk)
    with pytest.raises(LookupError, match="was not offered"):
        await desk.slack.submit(MAYA, {"homeward.subject": option("web09")})
    found = await desk.slack.suggest(MAYA, shown, "homeward.subject", "web01")
    await desk.slack.suggest(MAYA, shown, "homeward.subject", "pay")
    filled = {"subject": {"homeward.subject": found["options"][0]}, "note": {"homeward.note": "now"}}
    assert (await desk.slack.submit(MAYA, filled)).ok

    values = asked[-1]["view"]["state"]["values"]
    assert values["subject"]["homeward.subject"] == {"type": "external_select", "selected_option": option("web01")}
    assert values["note"]["homeward.note"]["value"] == "now"


async def test_what_a_select_begins_with_needs_no_search(desk: Any, asked: list[Any]) -> None:
    begun = {**MODAL["blocks"][0], "element": {**SELECT, "initial_option": option("web01")}}
    await opened(desk, {**MODAL, "blocks": [begun]})
    assert (await desk.slack.submit(MAYA)).ok
    picked = asked[-1]["view"]["state"]["values"]["subject"]["homeward.subject"]["selected_option"]
    assert picked == option("web01")


async def test_groups_of_options_can_be_offered(desk: Any) -> None:
    groups = [{"label": plain("Machines"), "options": [option("web01")]}]

    async def suggest(ack: Any) -> None:
        await ack(option_groups=groups)

    desk.app.options("homeward.subject")(suggest)

    async def listener(ack: Any) -> None:
        await ack()

    desk.app.action("homeward.subject")(listener)
    message = posted(desk.slack)
    assert (await desk.slack.suggest(MAYA, message, "homeward.subject", "")) == {"option_groups": groups}
    assert (await desk.slack.click(MAYA, message, "homeward.subject", value="web01")).ok


HUNDRED = [option(f"o{n}") for n in range(100)]
AT_THE_LIMITS: dict[str, dict[str, Any]] = {
    "nothing": {"options": []},
    "a hundred": {"options": HUNDRED},
    "long": {"options": [{"text": plain("x" * 75), "value": "x" * 150, "description": plain("x" * 75)}]},
    "a hundred groups": {
        "option_groups": [{"label": plain("x" * 75), "options": [option(f"o{n}")]} for n in range(100)]
    },
}
BEYOND: dict[str, dict[str, Any]] = {
    "an empty answer": {},
    "both": {"options": [], "option_groups": []},
    "something else": {"options": [], "text": "x"},
    "no list": {"options": "web01"},
    "101 options": {"options": [*HUNDRED, option("one more")]},
    "a long text": {"options": [{"text": plain("x" * 76), "value": "x"}]},
    "a long value": {"options": [{"text": plain("x"), "value": "x" * 151}]},
    "a long description": {"options": [option("x", description=plain("x" * 76))]},
    "no value": {"options": [{"text": plain("x")}]},
    "an empty text": {"options": [{"text": plain(" "), "value": "x"}]},
    "mrkdwn": {"options": [{"text": {"type": "mrkdwn", "text": "x"}, "value": "x"}]},
    "a string as an option": {"options": ["web01"]},
    "an unknown key": {"options": [option("x", colour="red")]},
    "a value twice": {"options": [option("x"), option("x")]},
    "101 groups": {
        "option_groups": [{"label": plain("x"), "options": [option(f"o{n}")]} for n in range(101)],
    },
    "a group without options": {"option_groups": [{"label": plain("x"), "options": []}]},
    "a group without a label": {"option_groups": [{"options": [option("x")]}]},
    "a value in two groups": {"option_groups": [{"label": plain("x"), "options": [option("x")]}] * 2},
}


@pytest.mark.parametrize("answer", AT_THE_LIMITS.values(), ids=AT_THE_LIMITS.keys())
def test_answers_at_the_limits_pass(answer: dict[str, Any]) -> None:
    assert problems_in_suggestion(answer) == []


@pytest.mark.parametrize("answer", BEYOND.values(), ids=BEYOND.keys())
def test_answers_beyond_the_rules_fail(answer: dict[str, Any]) -> None:
    assert problems_in_suggestion(answer)


async def test_an_answer_beyond_the_rules_is_shown_to_nobody(desk: Any) -> None:
    async def suggest(ack: Any) -> None:
        await ack(options=[*HUNDRED, option("one more")])

    desk.app.options("homeward.subject")(suggest)
    message = posted(desk.slack)
    with pytest.raises(Refused, match="invalid_options"):
        await desk.slack.suggest(MAYA, message, "homeward.subject", "")
    assert desk.slack.acks[-1].details == ("/options: 101 options, at most 100",)
    with pytest.raises(LookupError):
        await desk.slack.click(MAYA, message, "homeward.subject", value="o1")


async def test_nobody_answers_a_search_that_no_listener_knows(desk: Any) -> None:
    with pytest.raises(Refused, match="dispatch_failed"):
        await desk.slack.suggest(MAYA, posted(desk.slack), "homeward.subject", "")
    with pytest.raises(LookupError):
        await desk.slack.suggest(MAYA, posted(desk.slack), "homeward.other", "")
