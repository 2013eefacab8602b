"""The plugin in a bot: real app, real Socket Mode or signed HTTP, the sandbox's Slack, Azure and vCenter."""

from collections.abc import AsyncGenerator

import aiohttp
import pytest
import structlog
from aiohttp import web
from blockbuster import blockbuster_ctx
from prometheus_client import CollectorRegistry, generate_latest

from homeward.bot.plugin import Homeward, register
from homeward.bot.sandbox.run import Sandbox
from homeward.bot.sandbox.slack import ELSEWHERE, MAYA, WAR_ROOM, Message, problems_in_message
from homeward.bot.slack_app import bolt_app, connected
from homeward.handlers import ids
from homeward.handlers.problems import CommandTaken


@pytest.fixture
async def bot(sandbox: Sandbox) -> AsyncGenerator[Homeward]:
    """The standalone bot on Socket Mode."""
    settings = sandbox.settings()
    app = bolt_app(settings)
    async with register(app, settings) as homeward, connected(app, settings):
        yield homeward


def said(sandbox: Sandbox) -> list[Message]:
    return [m for m in sandbox.slack.workspace.messages(WAR_ROOM) if m.bot]


async def test_a_check_is_acknowledged_at_once_and_one_message_becomes_the_report(
    sandbox: Sandbox, bot: Homeward
) -> None:
    ack = await sandbox.slack.command(MAYA, WAR_ROOM, "/reprotect-check", "web02")
    assert ack.ok
    assert ack.elapsed < 1.0
    await bot.idle()
    (message,) = said(sandbox)
    first = message.history[0]
    assert "Checking web02" in first.text
    assert "vault prod-dr" in str(first.blocks)
    assert "web02 cannot come home yet: 1 blocker" in message.text
    assert problems_in_message({"text": message.text, "blocks": list(message.blocks)}) == []


async def test_run_again_after_the_mending_turns_the_message_ready(sandbox: Sandbox, bot: Homeward) -> None:
    await sandbox.slack.command(MAYA, WAR_ROOM, "/reprotect-check", "db01")
    await bot.idle()
    sandbox.estate.vcenter.datastore("ds-db").mounts["esx01"] = "readWrite"
    (message,) = said(sandbox)
    await sandbox.slack.click(MAYA, message, ids.CHECK_AGAIN)
    await bot.idle()
    (message,) = said(sandbox)
    assert "db01 is ready to come home" in message.text


async def test_all_checks_opens_a_modal(sandbox: Sandbox, bot: Homeward) -> None:
    await sandbox.slack.command(MAYA, WAR_ROOM, "/reprotect-check", "web01")
    await bot.idle()
    await sandbox.slack.click(MAYA, said(sandbox)[0], ids.ALL_CHECKS)
    await bot.idle()
    shown = sandbox.slack.views.top(MAYA)
    assert shown is not None
    assert "item-not-failed-over" in str(shown.view["blocks"])


async def test_a_plan_gets_a_table_and_details_in_the_thread(sandbox: Sandbox, bot: Homeward) -> None:
    await sandbox.slack.command(MAYA, WAR_ROOM, "/reprotect-check", "mixed")
    await bot.idle()
    card, *replies = said(sandbox)
    assert any(block["type"] == "table" for block in card.blocks)
    assert replies
    assert {reply.thread_ts for reply in replies} == {card.ts}


async def test_an_error_code_is_answered_in_the_acknowledgement_for_the_asker_alone(
    sandbox: Sandbox, bot: Homeward
) -> None:
    ack = await sandbox.slack.command(MAYA, WAR_ROOM, "/failback-errors", "error id 78093")
    assert ack.shown is not None
    assert ack.shown.ephemeral_to == MAYA.id
    assert "78093" in ack.shown.text
    await sandbox.slack.click(MAYA, ack.shown, ids.SHARE_ENTRY)
    await bot.idle()
    shared = said(sandbox)[-1]
    assert shared.ephemeral_to is None
    assert "78093" in shared.text


async def test_where_the_bot_is_not_in_the_channel_the_asker_is_told_how_to_invite_it(
    sandbox: Sandbox, bot: Homeward
) -> None:
    await sandbox.slack.command(MAYA, ELSEWHERE, "/reprotect-check", "web01")
    await bot.idle()
    answers = [m for m in sandbox.slack.workspace.messages(ELSEWHERE) if m.bot]
    assert answers
    assert all(m.ephemeral_to == MAYA.id for m in answers)
    assert "invite" in " ".join(m.text + str(m.blocks) for m in answers)


@pytest.mark.parametrize("dead", ["azure", "vcenter"])
async def test_a_dead_source_ends_in_a_message_that_says_unknown_and_why(
    sandbox: Sandbox, bot: Homeward, dead: str
) -> None:
    if dead == "azure":
        sandbox.arm.faults.refuse(403)
    else:
        await sandbox.vcenter.stop_listening()
    await sandbox.slack.command(MAYA, WAR_ROOM, "/reprotect-check", "web01")
    await bot.idle()
    (message,) = said(sandbox)
    assert "ready" not in message.text
    assert ("403" if dead == "azure" else "vc01") in str(message.blocks)


async def test_a_stop_in_the_middle_of_a_check_is_told_in_its_message(sandbox: Sandbox) -> None:
    settings = sandbox.settings()
    app = bolt_app(settings)
    sandbox.arm.faults.silence()
    async with connected(app, settings):
        async with register(app, settings):
            await sandbox.slack.command(MAYA, WAR_ROOM, "/reprotect-check", "web01")
            await sandbox.slack.workspace.until(lambda: said(sandbox))
        (message,) = said(sandbox)
        assert "Checking" not in message.text
        assert message.edited


async def test_over_signed_http_both_commands_answer(sandbox: Sandbox) -> None:
    base = sandbox.settings()
    settings = base.model_copy(update={"slack": base.slack.model_copy(update={"mode": "http"})})
    app = bolt_app(settings)
    async with register(app, settings) as homeward:
        runner = web.AppRunner(app.web_app("/slack/events"))
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        sandbox.slack.request_url = f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
        try:
            ack = await sandbox.slack.command(MAYA, WAR_ROOM, "/failback-errors", "8061")
            assert ack.shown is not None
            await sandbox.slack.command(MAYA, WAR_ROOM, "/reprotect-check", "web01")
            await homeward.idle()
            async with (
                aiohttp.ClientSession() as session,
                session.post(sandbox.slack.request_url, data="x=1") as answer,
            ):
                assert answer.status == 401
        finally:
            await runner.cleanup()
    assert "web01 is ready to come home" in said(sandbox)[-1].text


async def test_registering_twice_is_refused(sandbox: Sandbox) -> None:
    settings = sandbox.settings()
    app = bolt_app(settings)
    async with register(app, settings):
        with pytest.raises(CommandTaken):
            register(app, settings)


async def test_metrics_count_checks_and_failed_sources_without_names_of_machines(sandbox: Sandbox) -> None:
    settings = sandbox.settings()
    app = bolt_app(settings)
    registry = CollectorRegistry()
    await sandbox.vcenter.stop_listening()
    async with register(app, settings, registry=registry) as homeward, connected(app, settings):
        await sandbox.slack.command(MAYA, WAR_ROOM, "/reprotect-check", "web01")
        await homeward.idle()
    text = generate_latest(registry).decode()
    assert 'homeward_checks_total{answer="collected"} 1.0' in text
    assert 'homeward_source_failures_total{source="vCenter vc01"} 1.0' in text
    assert "web01" not in text


async def test_no_check_blocks_the_hosts_event_loop(sandbox: Sandbox) -> None:
    settings = sandbox.settings()
    app = bolt_app(settings)
    homeward = register(app, settings)
    async with connected(app, settings):
        with blockbuster_ctx():
            for name in ("web01", "payroll"):
                await sandbox.slack.command(MAYA, WAR_ROOM, "/reprotect-check", name)
                await homeward.idle()
            await homeward.close()
    assert [m.text for m in said(sandbox) if not m.thread_ts] == [
        "web01 is ready to come home",
        "Recovery plan payroll is ready to come home",
    ]


async def test_a_refused_registration_leaves_nothing_in_the_registry(sandbox: Sandbox) -> None:
    settings = sandbox.settings()
    registry = CollectorRegistry()
    app = bolt_app(settings)
    async with register(app, settings):
        with pytest.raises(CommandTaken):
            register(app, settings, registry=registry)
    assert generate_latest(registry) == b""
    async with register(bolt_app(settings), settings, registry=registry):
        assert b"homeward_checks" in generate_latest(registry)


async def test_a_failure_is_logged_to_the_hosts_own_logging_and_not_to_stdout(
    sandbox: Sandbox, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = sandbox.settings()
    app = bolt_app(settings)
    sandbox.arm.faults.silence()
    async with connected(app, settings), register(app, settings):
        await sandbox.slack.command(MAYA, WAR_ROOM, "/reprotect-check", "web01")
        await sandbox.slack.workspace.until(lambda: said(sandbox))
        await sandbox.slack.down()
    ours = [record for record in caplog.records if record.name == "homeward"]
    assert ours
    assert all(record.getMessage().startswith("event='homeward.") for record in ours)
    assert capsys.readouterr().out == ""
    assert not structlog.is_configured()
