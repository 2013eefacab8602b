"""The message shortcuts through a real Bolt app with signed requests, in channels and in threads."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from homeward.actions.states import Operation
from homeward.bot.sandbox.slack import ELSEWHERE, MAYA, OMAR, WAR_ROOM, SandboxSlack
from homeward.checks import Answer, Collected, Kind, NoMatch, Subject
from homeward.checks.catalogue import lookup, search
from homeward.checks.subjects import Estate, Named
from homeward.checks.way import Stand
from homeward.handlers import (
    Approvals,
    Commands,
    Errors,
    Failback,
    Looking,
    Onward,
    Preflight,
    Reprotect,
    SlackPosters,
    Supervisor,
    attach,
)
from homeward.handlers.ids import ALL_CHECKS, CHECK_AGAIN, CHECK_MESSAGE, EXPLAIN, SHARE_ENTRY, SHOW_ENTRY, SUBJECT
from homeward.handlers.picking import Picker
from homeward.handlers.shortcuts import Shortcuts

PLAN = ("web01", "web02", "db02")
KNOWN = (
    Named("web01", Kind.MACHINE, "/arm/web01", "prod-dr", stand=Stand.IN_AZURE),
    Named("web02", Kind.MACHINE, "/arm/web02", "prod-dr", stand=Stand.READY),
    Named("payroll", Kind.PLAN, "/arm/payroll", "prod-dr"),
    Named("<!channel>", Kind.MACHINE, "/arm/odd", "prod-dr", stand=Stand.IN_AZURE),
)


class Known:
    """An inventory that stands still."""

    def __init__(self, named: tuple[Named, ...]) -> None:
        self.named = named

    def known(self) -> Estate:
        return Estate(self.named)

    async def read(self, within: float) -> Estate:
        return self.known()

    def search(self, text: str, most: int) -> tuple[Named, ...]:
        return tuple(one for one in self.named if text in one.name)[:most]


class Desk:
    def __init__(self, slack: SandboxSlack, supervisor: Supervisor, operations: list[Operation]) -> None:
        self.slack, self.supervisor, self.operations = slack, supervisor, operations

    async def shortcut(self, message: Any, which: str) -> None:
        ack = await self.slack.shortcut(MAYA, message, which)
        assert ack.ok, (ack.problem, ack.details)
        await self.supervisor.idle()

    async def click(self, message: Any, action: str) -> None:
        ack = await self.slack.click(MAYA, message, action)
        assert ack.ok, (ack.problem, ack.details)
        await self.supervisor.idle()

    async def submit(self, filled: dict[str, object] | None = None) -> Any:
        ack = await self.slack.submit(MAYA, filled)
        assert ack.ok, (ack.problem, ack.details)
        await self.supervisor.idle()
        return ack

    def said(self, where: Any = WAR_ROOM) -> Any:
        return self.slack.workspace.messages(where)


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """slack_sdk takes a proxy from the environment even for loopback."""
    for name in ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
async def desk(samples: Any, log: Any) -> AsyncIterator[Desk]:
    operations: list[Operation] = []

    async def collect(name: str, watch: Any, operation: Operation = Operation.REPROTECT) -> Answer:
        operations.append(operation)
        if name not in {*PLAN, "payroll"}:
            return NoMatch(name, ("web01",))
        machines = PLAN if name == "payroll" else (name,)
        kind = Kind.PLAN if name == "payroll" else Kind.MACHINE
        return Collected(Subject(name, kind, "prod-dr"), samples.when, tuple(map(samples.facts, machines)), ())

    async def sleep(_: float) -> None:
        await asyncio.sleep(0)

    async def zones(person: Any, where: Any) -> str:
        raise AssertionError("nobody's zone is asked for here")

    async with SandboxSlack() as slack:
        slack.rates.enforced = False
        client = AsyncWebClient(token=slack.token, base_url=slack.base_url)
        app = AsyncApp(client=client, signing_secret=slack.signing_secret)
        supervisor = Supervisor(log=log, new_id=lambda: "a1b2")
        posters = SlackPosters(sleep=sleep)
        each: Any = dict.fromkeys(Operation, samples.judging)
        preflight = Preflight(collect, each, supervisor=supervisor, posters=posters, sleep=sleep)
        inventory = Known(KNOWN)
        shortcuts = Shortcuts(
            search, inventory, preflight, supervisor=supervisor, posters=posters, command="/failback-errors"
        )
        attach(
            app,
            Commands(),
            preflight=preflight,
            errors=Errors(search, lookup, supervisor=supervisor, posters=posters),
            reprotect=Reprotect(None, supervisor=supervisor, posters=posters, missing="approvals.channel is not set."),
            failback=Failback(
                None,
                preflight=preflight,
                looking=Looking(collect, None, lambda: samples.when),
                zones=zones,
                supervisor=supervisor,
                posters=posters,
                missing="approvals.channel is not set.",
            ),
            approvals=Approvals(None, supervisor=supervisor, posters=posters),
            onward=Onward(None, supervisor=supervisor, posters=posters),
            further=(*shortcuts.listeners(), *Picker(inventory).listeners()),
        )
        runner = web.AppRunner(app.web_app(), access_log=None, shutdown_timeout=1.0)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        slack.request_url = f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
        yield Desk(slack, supervisor, operations)
        await supervisor.close()
        await runner.cleanup()
    assert log.lines == []


async def test_the_codes_of_a_message_are_explained_to_the_person_alone(desk: Desk) -> None:
    pasted = desk.slack.say(OMAR, WAR_ROOM, "Reprotect failed with error ID 78093 and 95226, any idea?")
    await desk.shortcut(pasted, EXPLAIN)
    answer = desk.said()[-1]
    assert answer.ephemeral_to == MAYA.id
    assert answer.thread_ts is None
    assert "78093: " in answer.text
    assert "95226: " in answer.text


async def test_what_was_explained_is_shared_in_the_messages_thread(desk: Desk) -> None:
    pasted = desk.slack.say(OMAR, WAR_ROOM, "error 78093")
    await desk.shortcut(pasted, EXPLAIN)
    await desk.click(desk.said()[-1], SHARE_ENTRY)
    shared = desk.said()[-1]
    assert shared.thread_ts == pasted.ts
    assert shared.ephemeral_to is None
    assert f"<@{MAYA.id}>" in str(shared.blocks)


async def test_in_a_thread_the_answer_stands_in_the_thread_and_so_does_what_is_shared(desk: Desk) -> None:
    first = desk.slack.say(OMAR, WAR_ROOM, "web02 does not come home")
    reply = desk.slack.say(OMAR, WAR_ROOM, "it says 78093", first.ts)
    await desk.shortcut(reply, EXPLAIN)
    answer = desk.said()[-1]
    assert (answer.ephemeral_to, answer.thread_ts) == (MAYA.id, first.ts)
    await desk.click(answer, SHARE_ENTRY)
    assert (desk.said()[-1].ephemeral_to, desk.said()[-1].thread_ts) == (None, first.ts)


async def test_where_the_bot_is_not_the_explanation_is_shared_in_the_thread_all_the_same(desk: Desk) -> None:
    pasted = desk.slack.say(MAYA, ELSEWHERE, "error 78093")
    await desk.shortcut(pasted, EXPLAIN)
    await desk.click(desk.said(ELSEWHERE)[-1], SHARE_ENTRY)
    assert (desk.said(ELSEWHERE)[-1].ephemeral_to, desk.said(ELSEWHERE)[-1].thread_ts) == (None, pasted.ts)


async def test_codes_in_blocks_and_attachments_are_found_too(desk: Desk) -> None:
    from homeward.bot.sandbox.slack.messages import version_of

    said = {
        "text": "Job failed",
        "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "Error code: 78093"}}],
    }
    room = desk.slack.workspace.channel(WAR_ROOM)
    alert = desk.slack.workspace.post(room, desk.slack.workspace.bot, version_of(said), at=desk.slack.clock())
    await desk.shortcut(alert, EXPLAIN)
    assert desk.said()[-1].text.startswith("78093: ")


async def test_a_message_without_a_code_is_answered_by_the_symptom_that_fits(desk: Desk) -> None:
    pasted = desk.slack.say(OMAR, WAR_ROOM, "Morning all. We see process server has no heartbeat. Who can look?")
    await desk.shortcut(pasted, EXPLAIN)
    answer = desk.said()[-1]
    assert answer.text.startswith("I find no error code in this message")
    assert "heartbeat" in str(answer.blocks)


async def test_an_offered_entry_keeps_the_thread_that_it_may_be_shared_in(desk: Desk) -> None:
    pasted = desk.slack.say(OMAR, WAR_ROOM, "it says error code 78094")
    await desk.shortcut(pasted, EXPLAIN)
    await desk.click(desk.said()[-1], f"{SHOW_ENTRY}.0")
    shown = desk.said()[-1]
    assert shown.edited == 1
    await desk.click(shown, SHARE_ENTRY)
    assert desk.said()[-1].thread_ts == pasted.ts


async def test_a_message_about_lunch_is_answered_with_one_clear_sentence(desk: Desk) -> None:
    pasted = desk.slack.say(OMAR, WAR_ROOM, "Pizza at noon?")
    await desk.shortcut(pasted, EXPLAIN)
    assert desk.said()[-1].text == ("I find no error code in this message, and its words fit nothing that I know well.")
    assert desk.said()[-1].ephemeral_to == MAYA.id


async def test_the_machine_of_a_message_is_checked_in_its_thread(desk: Desk) -> None:
    pasted = desk.slack.say(OMAR, WAR_ROOM, "what about WEB01.corp.example and payroll?")
    await desk.shortcut(pasted, CHECK_MESSAGE)
    form = desk.slack.views.top(MAYA)
    assert form is not None
    assert "web01, payroll" in str(form.view)
    await desk.submit()
    card = desk.said()[-1]
    assert card.thread_ts == pasted.ts
    assert card.ephemeral_to is None
    assert card.text.startswith("web01 ")
    assert desk.operations == [Operation.REPROTECT]


async def test_a_machine_that_is_ready_to_fail_back_is_checked_for_that(desk: Desk) -> None:
    await desk.shortcut(desk.slack.say(OMAR, WAR_ROOM, "is web02 ok"), CHECK_MESSAGE)
    await desk.submit()
    assert desk.operations == [Operation.FAILBACK]
    assert "cannot fail back yet" in desk.said()[-1].text


async def test_another_machine_may_be_searched_for_in_the_form(desk: Desk) -> None:
    await desk.shortcut(desk.slack.say(OMAR, WAR_ROOM, "anybody?"), CHECK_MESSAGE)
    form = desk.slack.views.top(MAYA)
    assert form is not None
    assert "I find no name in this message" in str(form.view)
    offered = await desk.slack.suggest(MAYA, form, SUBJECT, "pay")
    await desk.submit({SUBJECT: offered["option_groups"][0]["options"][0]})
    card, *replies = desk.said()[1:]
    assert card.text.startswith("Recovery plan payroll cannot come home yet")
    assert {card.thread_ts, *(reply.thread_ts for reply in replies)} == {desk.said()[0].ts}


async def test_the_buttons_of_a_report_in_a_thread_work_and_stay_there(desk: Desk) -> None:
    first = desk.slack.say(OMAR, WAR_ROOM, "web01 is next")
    await desk.shortcut(first, CHECK_MESSAGE)
    await desk.submit()
    await desk.click(desk.said()[-1], CHECK_AGAIN)
    await desk.click(desk.said()[-1], ALL_CHECKS)
    _, card = desk.said()
    assert card.thread_ts == first.ts
    assert desk.slack.views.top(MAYA) is not None


async def test_where_the_bot_is_not_the_report_is_private_and_in_the_thread(desk: Desk) -> None:
    first = desk.slack.say(MAYA, ELSEWHERE, "web01 is next")
    await desk.shortcut(first, CHECK_MESSAGE)
    await desk.submit()
    _, *told = desk.said(ELSEWHERE)
    assert {(message.ephemeral_to, message.thread_ts) for message in told} == {(MAYA.id, first.ts)}
    assert "/invite" in str(told[-1].blocks)
    await desk.click(told[-1], CHECK_AGAIN)
    assert desk.said(ELSEWHERE)[-1].thread_ts == first.ts


async def test_a_refusal_to_a_press_in_a_thread_is_told_in_the_thread(desk: Desk) -> None:
    """The button of a request that is none any more."""
    from homeward.bot.sandbox.slack.messages import version_of
    from homeward.handlers.ids import APPROVE

    first = desk.slack.say(OMAR, WAR_ROOM, "look")
    pressable = {
        "type": "button",
        "text": {"type": "plain_text", "text": "Approve"},
        "action_id": APPROVE,
        "value": "x",
    }
    said = {"text": "old", "blocks": [{"type": "actions", "elements": [pressable]}]}
    here = desk.slack.workspace
    old = here.post(here.channel(WAR_ROOM), here.bot, version_of(said), at=desk.slack.clock(), thread_ts=first.ts)
    await desk.click(old, APPROVE)
    assert (desk.said()[-1].ephemeral_to, desk.said()[-1].thread_ts) == (MAYA.id, first.ts)
    top = here.post(here.channel(WAR_ROOM), here.bot, version_of(said), at=desk.slack.clock())
    await desk.click(top, APPROVE)
    assert (desk.said()[-1].ephemeral_to, desk.said()[-1].thread_ts) == (MAYA.id, None)


async def test_hostile_messages_are_answered_and_ring_nobody(desk: Desk, hostile: Any, refused: Any) -> None:
    from homeward.handlers.views.blocks import Message, Modal

    for text in hostile:
        message = desk.slack.say(OMAR, WAR_ROOM, text.encode("utf-8", "replace").decode() or "-")
        await desk.shortcut(message, EXPLAIN)
        answer = desk.said()[-1]
        assert answer.ephemeral_to == MAYA.id
        assert refused(Message(answer.text, answer.blocks)) == [], text[:40]
        await desk.shortcut(message, CHECK_MESSAGE)
        form = desk.slack.views.top(MAYA)
        assert form is not None
        assert refused(Modal(dict(form.view))) == [], text[:40]
