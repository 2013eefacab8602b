"""App Homes, the states of views, closing them, and saying something, through the real Bolt app over HTTP."""

from typing import Any

import pytest
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from homeward.bot.sandbox.slack import (
    APPROVALS,
    ELSEWHERE,
    LENA,
    MAYA,
    NORA,
    OMAR,
    WAR_ROOM,
    Channel,
    SandboxSlack,
    Version,
    problems_in_view,
)


def plain(text: str = "x") -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def option(name: str) -> dict[str, Any]:
    return {"text": plain(name), "value": name}


def entry(block_id: str, element: dict[str, Any], **more: Any) -> dict[str, Any]:
    held = {"action_id": f"homeward.{block_id}", **element}
    return {"type": "input", "block_id": block_id, "label": plain(), "optional": True, "element": held, **more}


TEXT: dict[str, Any] = {"type": "plain_text_input"}
CODE = entry("code", TEXT, dispatch_action=True)
PRESS = {
    "type": "actions",
    "block_id": "do",
    "elements": [{"type": "button", "action_id": "homeward.go", "text": plain("Go"), "value": "7"}],
}
HOME: dict[str, Any] = {"type": "home", "callback_id": "homeward.home", "blocks": [CODE, PRESS]}
VM_SELECT = {
    "type": "static_select",
    "options": [option("gold"), option("silver")],
    "initial_option": option("silver"),
}
MODAL: dict[str, Any] = {
    "type": "modal",
    "callback_id": "homeward.form",
    "title": plain("Start"),
    "submit": plain("Start"),
    "blocks": [
        entry("store", VM_SELECT, dispatch_action=True),
        entry("why", {**TEXT, "max_length": 20}),
        entry("where", {"type": "conversations_select", "filter": {"include": ["public", "private"]}}),
        entry("public", {"type": "channels_select"}),
        entry("who", {"type": "users_select", "initial_user": LENA.id}),
        entry("all", {"type": "multi_users_select"}),
        entry("at", {"type": "datetimepicker", "initial_date_time": 1_790_000_000}),
        entry("time", {"type": "timepicker", "initial_time": "08:30"}),
        entry("day", {"type": "datepicker"}),
        PRESS,
    ],
}


@pytest.fixture
def app(slack: SandboxSlack, client: AsyncWebClient) -> AsyncApp:
    return AsyncApp(client=client, signing_secret=slack.signing_secret, process_before_response=True)


@pytest.fixture
def seen(app: Any) -> list[Any]:
    """What came in, of everything that somebody can do here."""
    bodies: list[Any] = []

    async def listener(ack: Any, body: Any) -> None:
        bodies.append(body)
        await ack()

    app.event("app_home_opened")(listener)
    for name in ("homeward.go", "homeward.code", "homeward.store", "homeward.why"):
        app.action(name)(listener)
    app.view("homeward.form")(listener)
    app.view_closed("homeward.form")(listener)
    return bodies


async def opened(desk: Any, view: dict[str, Any] = MODAL) -> Any:
    await desk.client.views_open(trigger_id=desk.slack.trigger(MAYA), view=view)
    return desk.slack.views.top(MAYA)


async def error(call: Any) -> str:
    with pytest.raises(SlackApiError) as caught:
        await call
    return str(caught.value.response["error"])  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType] - untyped in slack_sdk


# Homes


async def test_opening_the_home_tells_who_and_what_they_see(desk: Any, seen: list[Any]) -> None:
    assert (await desk.slack.open_home(MAYA)).ok
    first = seen[0]["event"]
    assert (first["type"], first["user"], first["tab"]) == ("app_home_opened", MAYA.id, "home")
    assert first["channel"] == desk.slack.workspace.direct(MAYA).id
    assert "view" not in first

    await desk.client.views_publish(user_id=MAYA.id, view=HOME)
    await desk.slack.open_home(MAYA)
    assert seen[1]["event"]["view"]["id"] == desk.slack.views.home(MAYA).id
    assert seen[1]["event"]["view"]["callback_id"] == "homeward.home"


async def test_a_home_keeps_its_id_and_is_changed_by_hash(desk: Any) -> None:
    client = desk.client
    first = (await client.views_publish(user_id=MAYA.id, view=HOME))["view"]
    second = (await client.views_publish(user_id=MAYA.id, view=HOME, hash=first["hash"]))["view"]
    assert second["id"] == first["id"]
    assert await error(client.views_publish(user_id=MAYA.id, view=HOME, hash=first["hash"])) == "hash_conflict"

    third = (await client.views_update(view_id=first["id"], view={**HOME, "private_metadata": "3"}))["view"]
    assert (third["id"], third["private_metadata"]) == (first["id"], "3")
    assert desk.slack.views.home(MAYA).view["private_metadata"] == "3"
    assert await error(client.views_update(view_id=first["id"], view=HOME, hash=first["hash"])) == "hash_conflict"
    assert await error(client.views_update(view_id=first["id"], view=MODAL)) == "invalid_arguments"
    assert desk.slack.views.home(LENA) is None


async def test_a_button_in_a_home_opens_a_view_and_tells_the_home(desk: Any, seen: list[Any]) -> None:
    await desk.client.views_publish(user_id=MAYA.id, view=HOME)
    home = desk.slack.views.home(MAYA)
    ack = await desk.slack.click(MAYA, home, "homeward.go", state={"homeward.code": "78093"})
    (body,) = seen
    assert body["container"] == {"type": "view", "view_id": home.id}
    assert body["view"]["type"] == "home"
    assert body["view"]["state"]["values"]["code"]["homeward.code"]["value"] == "78093"
    assert "response_url" not in body
    await desk.client.views_open(trigger_id=ack.trigger_id, view=MODAL)
    assert desk.slack.views.top(MAYA).view["callback_id"] == "homeward.form"


async def test_enter_in_an_input_dispatches_what_was_typed(desk: Any, seen: list[Any]) -> None:
    await desk.client.views_publish(user_id=MAYA.id, view=HOME)
    assert (await desk.slack.click(MAYA, desk.slack.views.home(MAYA), "homeward.code", value="78093")).ok
    action = seen[0]["actions"][0]
    assert (action["type"], action["block_id"], action["value"]) == ("plain_text_input", "code", "78093")
    assert seen[0]["view"]["state"]["values"]["code"]["homeward.code"]["value"] == "78093"

    with pytest.raises(LookupError, match="dispatch_action"):
        await desk.slack.click(MAYA, await opened(desk), "homeward.why", value="x")


async def test_a_view_above_250_kilobytes_is_too_large(desk: Any) -> None:
    big = {"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3_000}}
    assert await error(desk.client.views_publish(user_id=MAYA.id, view={**HOME, "blocks": [big] * 90})) == (
        "view_too_large"
    )


# States of views


async def test_a_click_in_a_view_carries_all_that_is_filled_in(desk: Any, seen: list[Any]) -> None:
    shown = await opened(desk)
    await desk.slack.click(
        MAYA, shown, "homeward.store", option=option("gold"), state={"why": {"homeward.why": "the site is back"}}
    )
    values = seen[0]["view"]["state"]["values"]
    assert values["store"]["homeward.store"]["selected_option"] == option("gold")
    assert values["why"]["homeward.why"]["value"] == "the site is back"
    assert values["who"]["homeward.who"]["selected_user"] == LENA.id
    assert values["at"]["homeward.at"]["selected_date_time"] == 1_790_000_000
    assert values["time"]["homeward.time"]["selected_time"] == "08:30"
    assert "do" not in values
    assert seen[0]["actions"][0]["initial_option"] == option("silver")


async def test_what_was_filled_in_stays_while_its_block_keeps_its_id(desk: Any, seen: list[Any]) -> None:
    shown = await opened(desk)
    await desk.slack.click(MAYA, shown, "homeward.store", value="gold", state={"homeward.why": "soon"})
    renamed = [{**block, "block_id": "why2"} if block["block_id"] == "why" else block for block in MODAL["blocks"]]
    await desk.client.views_update(view_id=shown.id, view={**MODAL, "blocks": renamed})
    await desk.slack.submit(MAYA)

    values = seen[-1]["view"]["state"]["values"]
    assert values["store"]["homeward.store"]["selected_option"] == option("gold")
    assert values["why2"]["homeward.why"]["value"] is None


async def test_a_block_without_an_id_of_the_apps_loses_what_was_typed_when_the_view_changes(
    desk: Any, seen: list[Any]
) -> None:
    nameless = {key: value for key, value in CODE.items() if key != "block_id"}
    view = {**MODAL, "blocks": [nameless, PRESS]}
    shown = await opened(desk, view)
    await desk.slack.click(MAYA, shown, "homeward.go", state={"homeward.code": "78093"})
    assert seen[-1]["view"]["state"]["values"]["b0"]["homeward.code"]["value"] == "78093"
    await desk.client.views_update(view_id=shown.id, view=view)
    await desk.slack.submit(MAYA)
    assert seen[-1]["view"]["state"]["values"]["b0"]["homeward.code"]["value"] is None


async def test_an_option_that_is_gone_is_no_longer_picked(desk: Any, seen: list[Any]) -> None:
    shown = await opened(desk)
    await desk.slack.click(MAYA, shown, "homeward.store", value="gold")
    fewer = {**VM_SELECT, "options": [option("silver")]}
    blocks = [entry("store", fewer), *MODAL["blocks"][1:]]
    await desk.client.views_update(view_id=shown.id, view={**MODAL, "blocks": blocks})
    await desk.slack.submit(MAYA)
    picked = seen[-1]["view"]["state"]["values"]["store"]["homeward.store"]["selected_option"]
    assert picked == option("silver")


FITS: dict[str, Any] = {
    "where": WAR_ROOM.id,
    "public": ELSEWHERE.id,
    "who": OMAR.id,
    "all": [OMAR.id, LENA.id],
    "at": 1_790_000_060,
    "time": "23:59",
    "day": "2026-03-07",
    "why": "x" * 20,
}
CANNOT: list[tuple[str, Any]] = [
    ("where", "C0NOWHERE"),
    ("where", "G0SECRET"),
    ("where", "D0MAYA"),
    ("public", "G0OURS"),
    ("who", "U0NOBODY"),
    ("who", "U0DORA"),
    ("all", [OMAR.id, "U0NOBODY"]),
    ("at", "2026-03-07"),
    ("at", 17),
    ("time", "24:00"),
    ("day", "7 March"),
    ("why", "x" * 21),
    ("why", 7),
]


async def test_people_places_times_and_texts_can_be_filled_in(desk: Any, seen: list[Any]) -> None:
    await opened(desk)
    assert (await desk.slack.submit(MAYA, {f"homeward.{name}": value for name, value in FITS.items()})).ok
    values = seen[0]["view"]["state"]["values"]
    told = {name: next(v for k, v in values[name][f"homeward.{name}"].items() if k != "type") for name in FITS}
    assert told == FITS


@pytest.mark.parametrize(("name", "value"), CANNOT, ids=[f"{name} {value}" for name, value in CANNOT])
async def test_what_nobody_could_fill_in_is_not_sent(desk: Any, name: str, value: Any) -> None:
    places = desk.slack.workspace.channels
    places["G0SECRET"] = Channel("G0SECRET", "secret", frozenset({LENA.id}), is_private=True)
    places["G0OURS"] = Channel("G0OURS", "ours", frozenset({MAYA.id}), is_private=True)
    desk.slack.workspace.direct(MAYA)
    await opened(desk)
    with pytest.raises((LookupError, ValueError)):
        await desk.slack.submit(MAYA, {f"homeward.{name}": value})


async def test_a_select_in_a_message_tells_its_choice_and_the_state_of_the_message(desk: Any, seen: list[Any]) -> None:
    select = {**VM_SELECT, "action_id": "homeward.store"}
    blocks = ({"type": "actions", "block_id": "stores", "elements": [select]}, CODE)
    message = desk.slack.workspace.post(
        WAR_ROOM, desk.slack.workspace.bot, Version("Where to?", blocks), at=desk.slack.clock()
    )
    await desk.slack.click(MAYA, message, "homeward.store", value="gold", state={"homeward.code": "78093"})
    values = seen[0]["state"]["values"]
    assert values["stores"]["homeward.store"]["selected_option"] == option("gold")
    assert values["code"]["homeward.code"]["value"] == "78093"


# Closing


async def test_a_view_that_asks_for_it_tells_that_it_was_closed(desk: Any, seen: list[Any]) -> None:
    await opened(desk)
    assert await desk.slack.close(MAYA) is None
    assert desk.slack.views.top(MAYA) is None
    with pytest.raises(LookupError):
        await desk.slack.close(MAYA)

    shown = await opened(desk, {**MODAL, "notify_on_close": True})
    assert (await desk.slack.close(MAYA)).ok
    (body,) = seen
    assert (body["type"], body["view"]["id"], body["is_cleared"]) == ("view_closed", shown.id, False)


async def test_closing_shows_the_view_below_unless_the_whole_stack_goes(desk: Any, seen: list[Any]) -> None:
    below = await opened(desk)
    push = {**MODAL, "notify_on_close": True}
    await desk.client.views_push(trigger_id=desk.slack.trigger(MAYA), view=push)
    await desk.slack.close(MAYA)
    assert desk.slack.views.top(MAYA).id == below.id

    await desk.client.views_push(trigger_id=desk.slack.trigger(MAYA), view=push)
    await desk.slack.close(MAYA, whole_stack=True)
    assert desk.slack.views.top(MAYA) is None
    assert [body["is_cleared"] for body in seen] == [False, True]


# Saying


async def test_people_say_things_in_channels_and_threads(slack: SandboxSlack) -> None:
    said = slack.say(MAYA, "#dr-war-room", "web02 & <friends> ask @lena")
    assert (said.user, said.bot, said.text) == (MAYA.id, False, "web02 &amp; &lt;friends&gt; ask <@U0LENA|lena>")
    reply = slack.say(LENA, WAR_ROOM, "looking", said.ts)
    assert slack.workspace.thread(WAR_ROOM, said.ts) == (reply,)
    with pytest.raises(LookupError):
        slack.say(NORA, APPROVALS, "let me in")
    with pytest.raises(LookupError):
        slack.say(MAYA, WAR_ROOM, "to nobody", "1.0")


@pytest.mark.parametrize(
    ("answer", "in_thread"),
    [
        ({"replace_original": False}, True),
        ({"replace_original": False, "response_type": "in_channel"}, True),
        ({}, False),
    ],
    ids=repr,
)
async def test_a_response_goes_to_a_thread_only_if_it_replaces_nothing(
    desk: Any, answer: dict[str, Any], in_thread: bool
) -> None:
    said = desk.slack.say(MAYA, WAR_ROOM, "error 78093")

    async def listener(ack: Any, respond: Any) -> None:
        await ack()
        await respond("That is a known one.", thread_ts=said.ts, **answer)

    desk.app.shortcut("homeward.explain")(listener)
    assert (await desk.slack.shortcut(MAYA, said, "homeward.explain")).ok

    _, told = desk.slack.workspace.messages(WAR_ROOM)
    assert told.thread_ts == (said.ts if in_thread else None)
    assert told.ephemeral_to == (None if "response_type" in answer else MAYA.id)


# What may stand where


def view(kind: str, *blocks: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": kind, "blocks": list(blocks), **more}


@pytest.mark.parametrize("field", ["title", "submit", "close", "clear_on_close", "notify_on_close"])
def test_a_home_has_no_frame(field: str) -> None:
    value = plain() if field in ("title", "submit", "close") else True
    assert problems_in_view(view("home", CODE, **{field: value}))[0] == f"/{field}: not allowed in a home"


def test_homes_take_inputs_without_a_submit_and_their_own_fields() -> None:
    assert problems_in_view(view("home", CODE, private_metadata="x", callback_id="x", external_id="x")) == []


@pytest.mark.parametrize(
    ("block", "homes", "modals"),
    [
        (entry("at", {"type": "datetimepicker"}), False, True),
        (entry("n", {"type": "number_input", "is_decimal_allowed": False}), False, True),
        (entry("day", {"type": "datepicker"}), True, True),
        (entry("time", {"type": "timepicker"}), True, True),
        (entry("who", {"type": "external_select", "min_query_length": 0}), True, True),
        (entry("where", {"type": "conversations_select", "response_url_enabled": True}), False, True),
        ({"type": "alert", "text": plain()}, False, True),
        ({"type": "markdown", "text": "x"}, False, False),
        (
            {
                "type": "section",
                "text": plain(),
                "accessory": {"type": "datetimepicker", "action_id": "homeward.at"},
            },
            False,
            False,
        ),
    ],
)
def test_each_surface_takes_its_own(block: dict[str, Any], homes: bool, modals: bool) -> None:
    assert (not problems_in_view(view("home", block))) == homes
    assert (not problems_in_view(view("modal", block, title=plain(), submit=plain()))) == modals


def test_only_one_element_has_the_cursor() -> None:
    focused = {**TEXT, "focus_on_load": True}
    assert problems_in_view(view("home", entry("a", focused))) == []
    assert problems_in_view(view("home", entry("a", focused), entry("b", focused)))
