"""Both commands through a real Bolt app with signed requests, against the sandbox's Slack, in both of Bolt's modes."""

import asyncio
import random
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from homeward.actions.states import Operation
from homeward.bot.sandbox.slack import ELSEWHERE, MAYA, WAR_ROOM, SandboxSlack
from homeward.checks import Answer, Candidate, Choices, Collected, Kind, NoMatch, SourceReading, SourceState, Subject
from homeward.checks.catalogue import lookup, search
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
from homeward.handlers.ids import ALL_CHECKS, CHECK_AGAIN, CHECK_ONE, SHARE_ENTRY, SHOW_ENTRY

PLAN = ("web01", "web02", "db02")


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """slack_sdk takes a proxy from the environment even for loopback."""
    for name in ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"):
        monkeypatch.delenv(name, raising=False)


class Desk:
    def __init__(self, slack: SandboxSlack, supervisor: Supervisor, log: Any, operations: list[Operation]) -> None:
        self.slack, self.supervisor, self.log, self.operations = slack, supervisor, log, operations

    async def command(self, name: str, text: str, where: Any = WAR_ROOM) -> Any:
        ack = await self.slack.command(MAYA, where, name, text)
        assert ack.ok, (ack.problem, ack.details)
        await self.supervisor.idle()
        return ack

    async def click(self, where: Any, action: str, value: str | None = None) -> None:
        ack = await self.slack.click(MAYA, where, action, value=value)
        assert ack.ok, (ack.problem, ack.details)
        await self.supervisor.idle()

    @property
    def said(self) -> Any:
        return self.slack.workspace.messages(WAR_ROOM)


@pytest.fixture(params=[False, True], ids=["acknowledging", "processing"])
async def desk(request: pytest.FixtureRequest, samples: Any, log: Any) -> AsyncIterator[Desk]:
    operations: list[Operation] = []

    async def collect(name: str, watch: Any, operation: Operation = Operation.REPROTECT) -> Answer:
        watch((SourceReading("vault prod-dr", SourceState.READING, "", 0.0),))
        operations.append(operation)
        if name == "file01":
            return Choices(name, (Candidate(name, Kind.MACHINE, "/arm/file01", "vault prod-dr"),))
        if name not in {*PLAN, "payroll", "/arm/file01"}:
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
        app = AsyncApp(client=client, signing_secret=slack.signing_secret, process_before_response=request.param)
        supervisor = Supervisor(log=log, new_id=lambda: "a1b2")
        posters = SlackPosters(sleep=sleep)
        each: Any = dict.fromkeys(Operation, samples.judging)
        preflight = Preflight(collect, each, supervisor=supervisor, posters=posters, sleep=sleep)
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
        )
        runner = web.AppRunner(app.web_app(), access_log=None, shutdown_timeout=1.0)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        slack.request_url = f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
        yield Desk(slack, supervisor, log, operations)
        await supervisor.close()
        await runner.cleanup()
    assert log.lines == []


async def test_a_check_appears_in_the_channel_and_becomes_the_report(desk: Desk) -> None:
    ack = await desk.command("/reprotect-check", "web02")

    assert ack.body == {}
    (message,) = desk.said
    assert message.ephemeral_to is None
    assert message.history[0].text == "Checking web02…"
    assert "reading: vault prod-dr" in str(message.history[0].blocks)
    assert message.text == "web02 cannot come home yet: 1 blocker"


async def test_run_again_and_all_checks_work_on_the_report(desk: Desk) -> None:
    await desk.command("/reprotect-check", "web02")
    await desk.click(desk.said[0], ALL_CHECKS)
    modal = desk.slack.views.top(MAYA)
    assert modal is not None
    assert "azure-vm-not-running" in str(modal.view)

    await desk.click(desk.said[0], CHECK_AGAIN)
    (message,) = desk.said
    assert [version.text for version in message.history[2:]] == ["Checking web02 again…"]
    assert message.text == "web02 cannot come home yet: 1 blocker"


async def test_a_choice_becomes_the_report_of_what_was_chosen(desk: Desk) -> None:
    await desk.command("/reprotect-check", "file01")
    await desk.click(desk.said[0], CHECK_ONE, "/arm/file01")
    assert desk.said[0].text == "/arm/file01 cannot come home yet: 1 blocker"


async def test_a_plan_has_its_details_in_the_thread(desk: Desk) -> None:
    await desk.command("/reprotect-check", "payroll")
    message, *replies = desk.said
    assert message.text == "Recovery plan payroll cannot come home yet: 2 blockers on 2 of 3 machines"
    assert [reply.text for reply in replies] == ["web02: blocked, 1 blocker", "db02: blocked, 1 blocker"]
    assert {reply.thread_ts for reply in replies} == {message.ts}


async def test_a_channel_without_the_bot_is_answered_in_private(desk: Desk) -> None:
    await desk.command("/reprotect-check", "web02", ELSEWHERE)
    said: Any = desk.slack.workspace.messages(ELSEWHERE)
    assert {message.ephemeral_to for message in said} == {MAYA.id}
    assert "/invite" in str(said[-1].blocks)
    assert said[-1].text == "web02 cannot come home yet: 1 blocker"

    await desk.click(said[-1], CHECK_AGAIN)
    said = desk.slack.workspace.messages(ELSEWHERE)
    assert said[-1].edited == 1
    await desk.click(said[-1], ALL_CHECKS)
    assert desk.slack.views.top(MAYA) is not None


async def test_an_error_is_answered_at_once_and_shared_on_demand(desk: Desk) -> None:
    ack = await desk.command("/failback-errors", "78093")
    assert ack.shown.ephemeral_to == MAYA.id
    await desk.click(ack.shown, SHARE_ENTRY)
    assert desk.said[-1].ephemeral_to is None
    assert f"<@{MAYA.id}>" in str(desk.said[-1].blocks)


async def test_a_near_code_is_offered_and_opened(desk: Desk) -> None:
    ack = await desk.command("/failback-errors", "error code 78094")
    await desk.click(ack.shown, f"{SHOW_ENTRY}.0")
    assert desk.said[-1].edited == 1


async def test_help_is_private(desk: Desk) -> None:
    for name in ("/reprotect-check", "/failback-errors", "/reprotect"):
        ack = await desk.command(name, "help")
        assert ack.shown.ephemeral_to == MAYA.id
        assert name in ack.shown.text


async def test_hostile_names_ring_nobody(desk: Desk, hostile: Any, refused: Any) -> None:
    from homeward.handlers.views.blocks import Message

    chance = random.Random(11)  # noqa: S311 # a fixed sequence, not a secret
    names = [*hostile, *("".join(chance.choices(hostile, k=2))[:400] for _ in range(20))]
    for name in names:
        text = name.encode("utf-8", "replace").decode()
        await desk.command("/reprotect-check", text)
        await desk.command("/failback-errors", text)
    said = desk.said
    assert len(said) >= 2 * len(names)
    for message in said:
        assert refused(Message(message.text, message.blocks)) == []


async def test_a_failbacks_check_stays_one_when_it_is_run_again(desk: Desk) -> None:
    await desk.command("/failback", "check web02")
    (message,) = desk.said
    assert message.text == "web02 cannot fail back yet: 1 blocker"
    await desk.click(message, CHECK_AGAIN)
    await desk.click(message, ALL_CHECKS)
    assert desk.operations == [Operation.FAILBACK] * 2
    assert len(desk.said) == 1


async def test_a_choice_for_a_failback_is_checked_for_one(desk: Desk) -> None:
    await desk.command("/failback", "check file01")
    await desk.click(desk.said[-1], CHECK_ONE)
    assert desk.operations == [Operation.FAILBACK] * 2
    await desk.command("/failback", "check web2")
    await desk.click(desk.said[-1], CHECK_ONE)
    assert desk.operations == [Operation.FAILBACK] * 4


async def test_the_failback_command_explains_what_is_missing(desk: Desk) -> None:
    ack = await desk.command("/failback", "start web02")
    assert "approvals.channel is not set." in ack.body["text"]
