"""Several bots that share one PostgreSQL: what one began goes on in the other."""

import re
import subprocess
import sys
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager

import pytest
from pydantic import SecretStr

from homeward.actions.ledger import LedgerError, Verified, look_into, verify
from homeward.bot.acting_settings import StateSettings
from homeward.bot.plugin import Homeward, register
from homeward.bot.sandbox.run import Sandbox
from homeward.bot.sandbox.slack import APPROVALS, LENA, MAYA, WAR_ROOM, Message
from homeward.bot.settings import Settings
from homeward.bot.slack_app import bolt_app, connected
from homeward.handlers import ids

WITHIN = 60.0


@asynccontextmanager
async def bot(settings: Settings) -> AsyncGenerator[Homeward]:
    app = bolt_app(settings)
    async with register(app, settings) as homeward, connected(app, settings):
        yield homeward


def replies(sandbox: Sandbox) -> list[Message]:
    return [m for m in sandbox.slack.workspace.messages(WAR_ROOM) if m.bot and m.thread_ts]


async def test_without_the_extra_for_postgresql_the_start_says_what_to_install(
    sandbox: Sandbox, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = sandbox.settings().model_copy(update={"state": StateSettings(url=SecretStr(postgres_url))})
    monkeypatch.setitem(sys.modules, "homeward.actions.schedulers.queue", None)
    with pytest.raises(LedgerError, match=re.escape("pip install 'homeward[postgres]'")):
        async with register(bolt_app(settings), settings):
            pass


def test_the_extra_for_postgresql_is_not_imported_by_those_who_do_not_use_it() -> None:
    code = "import sys, homeward.bot.plugin, homeward.bot.cli.serve; sys.exit('psycopg' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == 0  # noqa: S603 # our own words


async def test_a_request_goes_on_when_one_of_two_bots_is_stopped_and_nothing_is_done_twice(
    sandbox: Sandbox, postgres_url: str
) -> None:
    sandbox.estate.speed = 200
    workspace = sandbox.slack.workspace
    settings = sandbox.settings().model_copy(update={"state": StateSettings(url=SecretStr(postgres_url))})
    async with bot(settings) as staying:
        async with AsyncExitStack() as leaves:
            leaving = await leaves.enter_async_context(bot(settings))
            assert await staying.ready()
            ack = await sandbox.slack.command(MAYA, WAR_ROOM, "/reprotect", "start web01 Rotterdam is back")
            assert ack.ok
            message = await workspace.until(
                lambda: next((m for m in workspace.messages(APPROVALS) if m.bot and not m.thread_ts), None), WITHIN
            )
            # Each press may arrive at either of the two.
            await sandbox.slack.click(LENA, message, ids.APPROVE)
            shown = await workspace.until(lambda: sandbox.slack.views.top(LENA), WITHIN)
            ticks = {
                block["element"]["action_id"]: [option["value"] for option in block["element"]["options"]]
                for block in shown.view["blocks"]
                if block["type"] == "input"
            }
            await sandbox.slack.submit(LENA, ticks)
            await leaving.idle()
            await staying.idle()
            await workspace.until(lambda: any("started (job" in m.text for m in replies(sandbox)), WITHIN)
        await workspace.until(
            lambda: any("it is protected and may fail back" in m.text for m in replies(sandbox)), WITHIN
        )
        async with look_into(postgres_url) as engine:
            assert isinstance(await verify(engine, settings.audit_key().encode()), Verified)
    assert len(sandbox.arm.starts) == 1
    said = [m.text for m in replies(sandbox)]
    assert len(set(said)) == len(said)
