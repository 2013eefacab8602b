"""The sandbox's bot: a process that answers through the page, is killed, revived, and never outlives the sandbox."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import psutil
import pytest

from homeward.bot.sandbox.page import Bot
from homeward.bot.sandbox.run import Sandbox
from homeward.bot.sandbox.slack import WAR_ROOM
from tests.bot.sandbox.page.browser import WITHIN, Browser, browsing

CHECK = {"channel": WAR_ROOM.id, "text": "/reprotect-check web01"}


@asynccontextmanager
async def bot_of(sandbox: Sandbox) -> AsyncGenerator[tuple[Bot, Browser]]:
    config = sandbox.folder / "homeward.toml"
    config.write_text(sandbox.toml(), encoding="utf-8")
    bot = Bot(config, connected=lambda: bool(sandbox.slack.socket.connections))
    async with browsing(sandbox, bot) as browser, bot:
        yield bot, browser


def known(pid: int) -> bool:
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE


async def test_it_answers_is_killed_and_revived_and_ends_with_the_sandbox(sandbox: Sandbox) -> None:
    async with bot_of(sandbox) as (bot, browser):
        assert (await browser.state())["estate"]["bot"] == "starting"
        assert await browser.problem("break", what="revive") == "The bot runs already."
        await browser.until(lambda state: state["estate"]["bot"] == "up")
        await browser.done("command", **CHECK)
        await browser.until(lambda state: [m for m in state["messages"][WAR_ROOM.id] if "web01" in m["text"]])

        first = bot.pid
        await browser.done("break", what="kill")
        assert first
        assert not known(first)
        estate = (await browser.state())["estate"]
        assert (estate["bot"], estate["problem"]) == ("down", "")
        await browser.until(lambda _: not sandbox.slack.socket.connections)
        assert await browser.problem("command", **CHECK) == "homeward did not respond: it is not connected."
        assert await browser.problem("break", what="kill") == "The bot is down already."

        await browser.done("break", what="revive")
        await browser.until(lambda state: state["estate"]["bot"] == "up")
        second = bot.pid
    assert second
    assert second != first
    assert not known(second)


async def test_why_it_died_is_told(sandbox: Sandbox, tmp_path: Path) -> None:
    config = tmp_path / "homeward.toml"
    config.write_text("[slack]\nmode = 'pigeon'\n", encoding="utf-8")
    bot = Bot(config, connected=lambda: False)
    async with browsing(sandbox, bot) as browser, bot:
        problem = await browser.until(lambda state: state["estate"]["problem"])
        assert problem.startswith("homeward serve ended (with 2): ")
        assert "mode" in problem
        assert (await browser.state())["estate"]["bot"] == "down"


async def test_a_crash_that_nobody_asked_for_is_told(sandbox: Sandbox) -> None:
    async with bot_of(sandbox) as (bot, browser):
        assert bot.pid
        os.kill(bot.pid, signal.SIGKILL)
        problem = await browser.until(lambda state: state["estate"]["problem"])
        assert problem.startswith("homeward serve ended (by SIGKILL): ")


async def test_no_setting_of_a_real_estate_reaches_it(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOMEWARD_SLACK__MODE", "pigeon")
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    async with bot_of(sandbox) as (_, browser):
        await browser.until(lambda state: state["estate"]["bot"] == "up")


async def test_it_is_gone_when_the_sandbox_is_killed(tmp_path: Path) -> None:
    """The command itself, killed: nobody is left who could end the bot."""
    told = tmp_path / "told"
    with told.open("wb") as out:
        sandbox = await asyncio.create_subprocess_exec(
            sys.executable, "-c", "from homeward.bot.cli import main; main()", "sandbox", stdout=out
        )
    try:
        async with asyncio.timeout(WITHIN):
            while b"Ctrl-C" not in told.read_bytes():  # noqa: ASYNC110 # a file tells nobody
                await asyncio.sleep(0.05)
        (bot,) = psutil.Process(sandbox.pid).children()
    finally:
        sandbox.kill()
        await sandbox.wait()
    assert told.read_text().startswith("Open http://127.0.0.1:")
    gone, _ = await asyncio.to_thread(psutil.wait_procs, [bot], timeout=WITHIN)
    assert gone
