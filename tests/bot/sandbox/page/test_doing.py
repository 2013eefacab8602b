"""What people do on the page reaches the bot as Slack brings it, and what can't be done is told."""

from collections.abc import AsyncGenerator
from typing import Any

import pytest

from homeward.bot.plugin import register
from homeward.bot.sandbox.run import Sandbox
from homeward.bot.sandbox.slack import APPROVALS, BOT, DORA, ELSEWHERE, GUS, LENA, MAYA, WAR_ROOM, Version
from homeward.bot.slack_app import bolt_app, connected
from homeward.handlers import ids
from tests.bot.sandbox.page.browser import Browser

CHECK = {"channel": WAR_ROOM.id, "text": "/reprotect-check web02"}
FORM = {
    "type": "modal",
    "title": {"type": "plain_text", "text": "A form"},
    "submit": {"type": "plain_text", "text": "Send"},
    "blocks": [
        {
            "type": "input",
            "block_id": "why",
            "label": {"type": "plain_text", "text": "Why"},
            "element": {"type": "plain_text_input", "action_id": "reason"},
        },
        {
            "type": "input",
            "block_id": "more",
            "optional": True,
            "label": {"type": "plain_text", "text": "More"},
            "element": {"type": "plain_text_input", "action_id": "further"},
        },
    ],
}


@pytest.fixture
async def bot(sandbox: Sandbox) -> AsyncGenerator[None]:
    """Homeward in this process: what is told of one in its own stands in test_bot."""
    settings = sandbox.settings()
    app = bolt_app(settings)
    async with register(app, settings), connected(app, settings):
        await sandbox.slack.socket.connected(within=30)
        yield


def said(state: dict[str, Any], words: str, channel: str = WAR_ROOM.id) -> dict[str, Any] | None:
    return next((m for m in state["messages"][channel] if words in str(m)), None)


# --- without a bot


@pytest.mark.parametrize(
    ("what", "fields"),
    [("command", CHECK), ("home", {})],
)
async def test_a_bot_that_is_down_is_told_of(browser: Browser, what: str, fields: dict[str, str]) -> None:
    assert await browser.problem(what, **fields) == "homeward did not respond: it is not connected."


async def test_a_command_that_failed_is_also_told_in_the_channel_as_slack_does(browser: Browser) -> None:
    await browser.act("command", **CHECK)
    (notice,) = (await browser.state())["messages"][WAR_ROOM.id]
    assert notice["private"]
    assert notice["user"] in {one["id"] for one in (await browser.state())["bots"]}


async def test_what_people_say_is_said(browser: Browser) -> None:
    ts = (await browser.done("say", channel=WAR_ROOM.id, text="error 78093 on web02 <b>"))["ts"]
    await browser.done("say", LENA, channel=WAR_ROOM.id, text="looking", thread=ts)
    first, reply = (await browser.state(GUS))["messages"][WAR_ROOM.id]
    assert (first["text"], first["user"]) == ("error 78093 on web02 &lt;b&gt;", MAYA.id)
    assert (reply["thread_ts"], reply["user"]) == (ts, LENA.id)


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"do": "dance"}, "Nobody can do 'dance' here."),
        ({"do": 1}, "do is missing or is not a text."),
        ({"do": "say", "as": "U0NOBODY"}, "There is nobody with the id 'U0NOBODY'."),
        ({"do": "say", "as": BOT.id}, "There is nobody with the id 'U0HOMEWARD'."),
        ({"do": "say", "as": DORA.id}, "Dora Petit is deactivated."),
        ({"do": "say", "text": "hi"}, "channel is missing or is not a text."),
        ({"do": "say", "text": "hi", "as": GUS.id, "channel": APPROVALS.id}, "Gus Lind is in no such channel."),
        ({"do": "say", "text": "hi", "channel": "C0NOWHERE"}, "Maya Okafor is in no such channel."),
        ({"do": "say", "text": " ", "channel": WAR_ROOM.id}, "There is nothing to send."),
        ({"do": "say", "text": "x" * 5000, "channel": WAR_ROOM.id}, "That is too long: 5000 characters, at most 4000."),
        ({"do": "say", "text": "x", "channel": WAR_ROOM.id, "thread": "1"}, "The thread is no longer there."),
        ({"do": "command", "text": "/help me", "channel": WAR_ROOM.id}, "/help is not a valid command."),
        ({"do": "press", "channel": WAR_ROOM.id, "ts": "1", "action_id": "x"}, "The message is no longer there."),
        ({"do": "press", "view": "V1", "action_id": "x"}, "The form is no longer open."),
        ({"do": "options", "view": "V1", "action_id": "x"}, "The form is no longer open."),
        ({"do": "submit", "view": "V1", "state": {}}, "The form is no longer open."),
        ({"do": "close", "view": "V1"}, "The form is no longer open."),
    ],
)
async def test_what_can_not_be_done_is_told_in_one_sentence(
    browser: Browser, fields: dict[str, Any], problem: str
) -> None:
    headers = {"Origin": browser.origin}
    body = {"as": MAYA.id, **fields}
    async with browser.session.post(f"{browser.address}api/do", json=body, headers=headers) as answer:
        assert answer.status == 200
        assert await answer.json() == {"ok": False, "problem": problem}


async def test_nobody_presses_what_only_another_sees(browser: Browser, sandbox: Sandbox) -> None:
    message = sandbox.slack.workspace.post(WAR_ROOM, BOT, Version("for Maya"), at=1.0, ephemeral_to=MAYA.id)
    where = {"channel": WAR_ROOM.id, "ts": message.ts}
    assert await browser.problem("press", LENA, **where, action_id="x") == "The message is no longer there."
    assert await browser.problem("press", **where, action_id="x") == "What was pressed or picked is no longer there."


async def test_a_required_field_left_empty_is_told_beside_it_and_nothing_is_sent(
    browser: Browser, sandbox: Sandbox
) -> None:
    shown = sandbox.slack.views.open(MAYA, FORM)
    states: list[dict[str, dict[str, str | None]]] = [
        {},
        {"why": {}},
        {"why": {"reason": None}},
        {"why": {"reason": ""}, "more": {"further": "x"}},
    ]
    for state in states:
        answer = await browser.act("submit", view=shown.id, state=state)
        assert answer["errors"] == {"why": "Please complete this required field."}
    assert not sandbox.slack.acks
    assert await browser.problem("submit", view=shown.id, state={"why": "x"}) == "state is not an object of objects."
    assert await browser.problem("submit", view=shown.id, state=[]) == "state is not an object."
    answer = await browser.act("submit", view=shown.id, state={"why": {"reason": "because"}})
    assert answer["problem"] == "homeward did not respond: it is not connected."


async def test_a_form_is_closed_without_asking_the_bot(browser: Browser, sandbox: Sandbox) -> None:
    shown = sandbox.slack.views.open(MAYA, FORM)
    assert (await browser.state())["view"]["id"] == shown.id
    await browser.done("close", view=shown.id)
    assert (await browser.state())["view"] is None


async def test_a_slow_bot_did_not_respond_in_time(browser: Browser, sandbox: Sandbox) -> None:
    """Somebody is connected who never answers."""
    slack = sandbox.slack
    slack.ack_timeout = 0.05
    settings = sandbox.settings()
    app = bolt_app(settings)
    async with connected(app, settings):
        await slack.socket.connected(within=30)
        assert await browser.problem("command", **CHECK) == "homeward did not respond in time."


# --- with a bot


@pytest.mark.usefixtures("bot")
async def test_a_check_is_answered_and_its_button_opens_a_view_that_can_be_closed(browser: Browser) -> None:
    await browser.done("command", **CHECK)
    report = await browser.until(lambda state: said(state, ids.ALL_CHECKS))
    assert "web02" in report["text"]
    block, button = next(
        (block, element)
        for block in report["blocks"]
        for element in block.get("elements", [])
        if element.get("action_id") == ids.ALL_CHECKS
    )
    await browser.done(
        "press",
        channel=WAR_ROOM.id,
        ts=report["ts"],
        block_id=block["block_id"],
        action_id=ids.ALL_CHECKS,
        value=button["value"],
    )
    view = await browser.until(lambda state: state["view"])
    assert (await browser.state(LENA))["view"] is None
    await browser.done("close", view=view["id"])
    assert (await browser.state())["view"] is None


@pytest.mark.usefixtures("bot")
async def test_a_command_works_where_the_bot_is_not_a_member(browser: Browser) -> None:
    await browser.done("command", channel=ELSEWHERE.id, text="/failback-errors 78093")
    await browser.until(lambda state: said(state, "78093", ELSEWHERE.id))


@pytest.mark.usefixtures("bot")
async def test_the_whole_way_to_a_refused_self_approval_and_a_given_one(browser: Browser, sandbox: Sandbox) -> None:
    sandbox.estate.speed = 1200
    await browser.done("break", what="azure_vm", machine="web02", running=True)
    await browser.done("command", channel=WAR_ROOM.id, text="/reprotect start web02 power is back")

    def asked(state: dict[str, Any]) -> dict[str, Any] | None:
        return said(state, ids.APPROVE, APPROVALS.id)

    async def presses(who: Any) -> None:
        message = await browser.until(asked, who)
        await browser.done("press", who, channel=APPROVALS.id, ts=message["ts"], action_id=ids.APPROVE)

    await presses(MAYA)
    await browser.until(lambda state: next((m for m in state["messages"][APPROVALS.id] if m["private"]), None))
    await presses(LENA)
    view = await browser.until(lambda state: state["view"], LENA)
    ticked = {
        block["block_id"]: {block["element"]["action_id"]: block["element"]["options"]}
        for block in view["view"]["blocks"]
        if block.get("element", {}).get("type") == "checkboxes"
    }
    await browser.done("submit", LENA, view=view["id"], state=ticked)
    await browser.until(lambda state: said(state, "Done"))
    machines = (await browser.state())["estate"]["machines"]
    assert next(one for one in machines if one["name"] == "web02")["stand"] == "in Azure, ready to fail back"
