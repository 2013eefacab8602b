"""`homeward demo`: the story of a night, played through the real bot and the sandbox's Slack, Azure and vCenter."""

import asyncio
import os

import click
from rich.console import Console

from homeward.bot.plugin import Homeward, register
from homeward.bot.sandbox.estate import company
from homeward.bot.sandbox.estate.shop import add_shop
from homeward.bot.sandbox.run import Sandbox, SandboxMissing
from homeward.bot.sandbox.slack import MAYA, Message
from homeward.bot.slack_app import bolt_app, connected
from homeward.handlers import ids

from . import ExitCode
from .demo_return import play_return
from .stage import Stage

READING_SECONDS = 3.0
"""Between two steps, so that a person can follow; the whole stays under two minutes."""


def run(*, fast: bool) -> int:
    """Plays the story; returns the exit code."""
    # slack_sdk sends even loopback through a proxy of the environment (and knows no NO_PROXY): this process has none.
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        os.environ.pop(name, None)
    try:
        asyncio.run(_play(Console(highlight=False), 0.0 if fast else READING_SECONDS))
    except SandboxMissing as error:
        click.echo(str(error), err=True)
        return ExitCode.USAGE
    return ExitCode.OK


async def _play(console: Console, reading: float) -> None:
    async with Sandbox(add_shop(company())) as sandbox:
        stage = Stage(sandbox, console, reading=reading)
        settings = sandbox.settings()
        app = bolt_app(settings)
        async with register(app, settings) as homeward, connected(app, settings):
            await _Checks(stage, homeward).tell()
        await play_return(stage)
        stage.title("The end")
        stage.say(
            "Try it yourself: `homeward check --sandbox legacy01`, `homeward errors datastore empty`, or "
            "`homeward sandbox --open` to play on in a browser. docs/install.md adds it to your own bot."
        )


class _Checks:
    """The first half: what is wrong, and what to mend."""

    def __init__(self, stage: Stage, homeward: Homeward) -> None:
        self._stage = stage
        self._homeward = homeward

    async def tell(self) -> None:
        self._stage.say(
            "Last night Rotterdam's data centre lost power, and its machines failed over to Azure. The power is back. "
            "Maya is on call and wants to bring them home. Everything below runs for real on this computer: the bot "
            "is a Bolt app on Socket Mode, and Slack, Azure and vCenter are the sandbox's, over TLS."
        )
        await self._look_up_an_error()
        blocked = await self._check_a_blocked_machine()
        await self._mend_it(blocked)
        await self._check_plans()

    async def _look_up_an_error(self) -> None:
        self._stage.title("1. What does this error mean?")
        self._stage.say(
            "Somebody tried to reprotect legacy01 by hand and got error 78093. Maya asks; only she sees the answer."
        )
        ack = await self._stage.type(MAYA, "/failback-errors", "error id 78093")
        if ack.shown is None:
            raise AssertionError(f"the error was not answered: {ack.problem}")
        self._stage.show(ack.shown)
        await self._stage.pause()

    async def _check_a_blocked_machine(self) -> Message:
        self._stage.title("2. Can web02 come home?")
        blocked = await self._check("web02")
        self._stage.show(blocked)
        await self._stage.pause()
        return blocked

    async def _mend_it(self, blocked: Message) -> None:
        stage = self._stage
        stage.title("3. Mend it, and ask again")
        stage.say(
            "Maya starts web02 in Azure and waits until its agent reports (here that takes a second). "
            "Then she presses “Run again”: the same message becomes the new report."
        )
        machine = stage.sandbox.estate.vault.item("web02")
        if machine.azure_vm is None:
            raise AssertionError("the estate's web02 runs in Azure")
        machine.azure_vm.power, machine.azure_vm.agent, machine.agent_silent_minutes = "running", "Ready", 1
        await asyncio.sleep(stage.sandbox.settings().limits.list_ttl)
        await stage.press(MAYA, blocked, "Run again", ids.CHECK_AGAIN)
        await self._homeward.idle()
        stage.show(next(m for m in stage.said() if m.ts == blocked.ts))
        await stage.pause()

    async def _check_plans(self) -> None:
        stage = self._stage
        stage.title("4. A whole recovery plan")
        stage.show(await self._check("payroll"))
        await stage.pause()
        stage.title("5. A plan that can't work")
        mixed = await self._check("mixed")
        stage.show(mixed)
        for reply in (m for m in stage.said() if m.thread_ts == mixed.ts):
            stage.show(reply, where="in the thread")
        await stage.pause()

    async def _check(self, name: str) -> Message:
        """Types the command, waits until nothing is being done any more, and gives the message in the channel."""
        await self._stage.type(MAYA, "/reprotect-check", name)
        await self._homeward.idle()
        return [m for m in self._stage.said() if not m.thread_ts][-1]
