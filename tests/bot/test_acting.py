"""A reprotect through the whole bot: the real app on Socket Mode, the sandbox's Slack, Azure and vCenter, SQLite."""

import asyncio
import re
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import pytest
from prometheus_client import CollectorRegistry, generate_latest
from pydantic import SecretStr

from homeward.actions.ledger import LedgerError, Verified, look_into, verify
from homeward.bot.acting_settings import AuditSettings, StateSettings
from homeward.bot.plugin import Homeward, register
from homeward.bot.sandbox.run import Sandbox
from homeward.bot.sandbox.slack import APPROVALS, ELSEWHERE, LENA, MAYA, WAR_ROOM, Message
from homeward.bot.sandbox.slack.people import User
from homeward.bot.settings import Settings, SettingsError
from homeward.bot.slack_app import bolt_app, connected
from homeward.handlers import ids

WITHIN = 30.0
SPEED = 1200
"""The 22 minutes of a reprotect take about a second."""


@pytest.fixture(autouse=True)
def _time_flies(sandbox: Sandbox) -> None:
    sandbox.estate.speed = SPEED


@asynccontextmanager
async def bot(
    sandbox: Sandbox, settings: Settings | None = None, registry: CollectorRegistry | None = None
) -> AsyncGenerator[Homeward]:
    settings = settings or sandbox.settings()
    app = bolt_app(settings)
    async with register(app, settings, registry=registry) as homeward, connected(app, settings):
        yield homeward


async def ask(sandbox: Sandbox, text: str, who: User = MAYA) -> None:
    ack = await sandbox.slack.command(who, WAR_ROOM, "/reprotect", text)
    assert ack.ok


async def approval(sandbox: Sandbox) -> Message:
    """The message to the approvers, once it is there."""
    workspace = sandbox.slack.workspace
    return await workspace.until(
        lambda: next((m for m in workspace.messages(APPROVALS) if m.bot and not m.thread_ts), None), WITHIN
    )


async def decide(sandbox: Sandbox, homeward: Homeward, who: User, message: Message) -> None:
    """Opens the form, ticks everything, sends it."""
    await sandbox.slack.click(who, message, ids.APPROVE)
    await homeward.idle()
    shown = sandbox.slack.views.top(who)
    assert shown is not None
    ticks = {
        block["element"]["action_id"]: [option["value"] for option in block["element"]["options"]]
        for block in shown.view["blocks"]
        if block["type"] == "input"
    }
    await sandbox.slack.submit(who, ticks)
    await homeward.idle()


def thread(sandbox: Sandbox) -> list[str]:
    return [m.text for m in sandbox.slack.workspace.messages(WAR_ROOM) if m.bot and m.thread_ts]


async def told(sandbox: Sandbox, words: str) -> None:
    """Waits until the thread says so."""
    await sandbox.slack.workspace.until(lambda: any(words in text for text in thread(sandbox)), WITHIN)


async def until_card(sandbox: Sandbox, words: str) -> None:
    """Waits until the request's card says so."""
    workspace = sandbox.slack.workspace
    await workspace.until(
        lambda: any(
            words in m.text for m in workspace.messages(WAR_ROOM) if m.bot and not m.thread_ts and not m.ephemeral_to
        ),
        WITHIN,
    )


async def audited(sandbox: Sandbox) -> Verified:
    settings = sandbox.settings()
    async with look_into(settings.state_url()) as engine:
        found = await verify(engine, settings.audit_key().encode())
    assert isinstance(found, Verified)
    return found


async def test_a_machine_is_asked_for_approved_started_and_followed_until_it_is_protected(sandbox: Sandbox) -> None:
    async with bot(sandbox) as homeward:
        await ask(sandbox, "start web01 Rotterdam is back")
        message = await approval(sandbox)
        assert sandbox.arm.starts == []
        await decide(sandbox, homeward, LENA, message)
        await told(sandbox, "web01: it is protected and may fail back")
        await until_card(sandbox, "Done")
    (start,) = sandbox.arm.starts
    assert start.machine == "web01"
    said = "\n".join(thread(sandbox))
    for words in (
        "the approvers are asked now",
        f"approved by <@{LENA.id}> (1 of 1)",
        "confirmed: ",
        "checks repeated, still ready",
        f"started (job `{start.job}`)",
        "the job ended well",
        "Do not power on its VM on-premises",
    ):
        assert words in said
    assert "Nothing is left to decide" in (await approval(sandbox)).text
    assert (await audited(sandbox)).count > 6
    assert not sandbox.arm.unexpected


async def test_an_approver_who_asked_is_refused_and_nothing_runs(sandbox: Sandbox) -> None:
    async with bot(sandbox) as homeward:
        await ask(sandbox, "start web01", LENA)
        message = await approval(sandbox)
        await sandbox.slack.click(LENA, message, ids.APPROVE)
        await homeward.idle()
        assert sandbox.slack.views.top(LENA) is None
        private = [m.text for m in sandbox.slack.workspace.messages(APPROVALS) if m.ephemeral_to == LENA.id]
        assert "somebody else has to decide" in private[-1]
        assert sandbox.arm.starts == []


async def test_who_is_no_approver_is_told_so_and_nothing_runs(sandbox: Sandbox) -> None:
    async with bot(sandbox) as homeward:
        await ask(sandbox, "start web01", LENA)
        await decide(sandbox, homeward, MAYA, await approval(sandbox))
        shown = sandbox.slack.views.top(MAYA)
        assert shown is not None
        assert "not one of the approvers" in str(shown.view["blocks"])
        assert sandbox.arm.starts == []
        assert not any("approved by" in text for text in thread(sandbox))


async def test_a_blocked_machine_is_put_to_nobody(sandbox: Sandbox) -> None:
    async with bot(sandbox):
        await ask(sandbox, "start web02")
        await until_card(sandbox, "Not started: web02")
        await told(sandbox, "nothing was started")
    assert [m for m in sandbox.slack.workspace.messages(APPROVALS) if m.bot] == []
    assert sandbox.arm.starts == []


async def test_every_restart_goes_on_where_it_was_and_starts_nothing_twice(sandbox: Sandbox) -> None:
    sandbox.estate.speed = 400
    async with bot(sandbox):
        await ask(sandbox, "start web01 Rotterdam is back")
        message = await approval(sandbox)
    async with bot(sandbox) as homeward:
        await decide(sandbox, homeward, LENA, message)
        await told(sandbox, "started (job")
    async with bot(sandbox):
        await told(sandbox, "web01: it is protected and may fail back")
        await until_card(sandbox, "Done")
    assert len(sandbox.arm.starts) == 1
    assert len(set(thread(sandbox))) == len(thread(sandbox))
    await audited(sandbox)


async def test_requests_are_counted_for_prometheus_without_a_name(sandbox: Sandbox) -> None:
    registry = CollectorRegistry()
    async with bot(sandbox, registry=registry) as homeward:
        await ask(sandbox, "start web01")
        await decide(sandbox, homeward, LENA, await approval(sandbox))
        await told(sandbox, "started (job")
        said = generate_latest(registry).decode()
    assert 'homeward_azure_starts_total{outcome="accepted"} 1.0' in said
    assert re.search(r'homeward_pass_seconds_count\{work="advance"\} [1-9]', said)
    assert 'homeward_open_requests{state="awaiting_approval"}' in said
    assert "web01" not in said


async def test_before_the_ledger_is_open_and_after_it_is_closed_people_are_told_so(sandbox: Sandbox) -> None:
    settings = sandbox.settings()
    app = bolt_app(settings)
    homeward = register(app, settings)
    async with connected(app, settings):
        await ask(sandbox, "list")
        await homeward.idle()
        async with homeward:
            assert await homeward.ready()
            await ask(sandbox, "list")
            await homeward.idle()
        assert not await homeward.ready()
    starting, working = [m.text for m in sandbox.slack.workspace.messages(WAR_ROOM) if m.ephemeral_to]
    assert "still starting" in starting
    assert "starting" not in working


async def test_a_ledger_that_somebody_else_holds_is_told_at_the_start_in_one_sentence(sandbox: Sandbox) -> None:
    async with bot(sandbox):
        with pytest.raises(LedgerError, match="is used by another Homeward process"):
            async with bot(sandbox):
                pass


@pytest.mark.parametrize(
    ("section", "value", "said"),
    [
        ("audit", AuditSettings(), "audit.key is missing"),
        ("audit", AuditSettings(key=SecretStr("short")), "audit.key has 5 characters"),
        ("state", StateSettings(url_file="/nowhere"), "state.url_file names '/nowhere'"),
    ],
)
def test_what_acting_needs_of_the_settings_is_told_at_the_registration(
    sandbox: Sandbox, section: str, value: object, said: str
) -> None:
    settings = sandbox.settings().model_copy(update={section: value})
    registry = CollectorRegistry()
    app = bolt_app(settings)
    with pytest.raises(SettingsError, match=re.escape(said)):
        register(app, settings, registry=registry)
    assert generate_latest(registry) == b""
    # Nothing was attached: with right settings it is taken.
    register(app, sandbox.settings(), registry=registry)


async def test_without_approvers_the_rest_works_and_no_ledger_is_made(sandbox: Sandbox) -> None:
    settings = sandbox.settings().model_copy(update={"approvals": None, "audit": AuditSettings()})
    async with bot(sandbox, settings) as homeward:
        assert await homeward.ready()
        await ask(sandbox, "start web01")
        ack = await sandbox.slack.command(MAYA, WAR_ROOM, "/failback-errors", "78093")
        assert ack.ok
        await homeward.idle()
    assert any("No approvers are configured" in m.text for m in sandbox.slack.workspace.messages(WAR_ROOM))
    assert not [path for path in await asyncio.to_thread(lambda: list(sandbox.folder.iterdir())) if "db" in path.name]


async def test_an_approvers_channel_without_the_bot_ends_the_request_and_tells_why(sandbox: Sandbox) -> None:
    settings = sandbox.settings()
    assert settings.approvals
    elsewhere = settings.approvals.model_copy(update={"channel": ELSEWHERE.id})
    async with bot(sandbox, settings.model_copy(update={"approvals": elsewhere})):
        await ask(sandbox, "start web01")
        await told(sandbox, "nobody was asked")
    assert sandbox.arm.starts == []
