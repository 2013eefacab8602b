"""`homeward demo`: the story of a night, played through the real Bolt app and the sandbox's Slack."""

import asyncio
import os

import click
from rich.console import Console
from rich.rule import Rule

from homeward.bot.plugin import Homeward, register
from homeward.bot.sandbox.run import Sandbox, SandboxMissing
from homeward.bot.sandbox.slack import MAYA, WAR_ROOM, Ack, Message
from homeward.bot.sandbox.slack.render import lines
from homeward.bot.slack_app import bolt_app, connected
from homeward.handlers import ids

from . import ExitCode

READING_SECONDS = 3.0
"""Between two steps, so that a person can follow; the whole stays under a minute."""
INDENT = "    "


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


async def _play(console: Console, pause: float) -> None:
    async with Sandbox() as sandbox:
        settings = sandbox.settings()
        app = bolt_app(settings)
        async with register(app, settings) as homeward, connected(app, settings):
            await _Story(sandbox, homeward, console, pause).tell()


class _Story:
    """The steps, and what the channel shows after each of them."""

    def __init__(self, sandbox: Sandbox, homeward: Homeward, console: Console, pause: float) -> None:
        self._estate = sandbox.estate
        self._slack = sandbox.slack
        self._lists_are_shared_for = sandbox.settings().limits.list_ttl
        self._homeward = homeward
        self._console = console
        self._pause = pause

    async def tell(self) -> None:
        self._say(
            "Last night Rotterdam's data centre lost power, and its machines failed over to Azure. The power is back. "
            "Maya is on call and wants to bring them home. Everything below runs for real on this computer: the bot "
            "is a Bolt app on Socket Mode, and Slack, Azure and vCenter are the sandbox's, over TLS."
        )
        await self._look_up_an_error()
        blocked = await self._check_a_blocked_machine()
        await self._mend_it(blocked)
        await self._check_plans()
        self._title("The end")
        self._say(
            "Try it yourself: `homeward check --sandbox legacy01`, `homeward errors datastore empty`, or "
            "`homeward sandbox` to keep this estate up. docs/install.md adds it to your own bot."
        )

    async def _look_up_an_error(self) -> None:
        self._title("1. What does this error mean?")
        self._say(
            "Somebody tried to reprotect legacy01 by hand and got error 78093. Maya asks; only she sees the answer."
        )
        ack = await self._type("/failback-errors", "error id 78093")
        if ack.shown is None:
            raise AssertionError(f"the error was not answered: {ack.problem}")
        self._show(ack.shown)
        await asyncio.sleep(self._pause)

    async def _check_a_blocked_machine(self) -> Message:
        self._title("2. Can web02 come home?")
        blocked = await self._check("web02")
        self._show(blocked)
        await asyncio.sleep(self._pause)
        return blocked

    async def _mend_it(self, blocked: Message) -> None:
        self._title("3. Mend it, and ask again")
        self._say(
            "Maya starts web02 in Azure and waits until its agent reports (here that takes a second). "
            "Then she presses “Run again”: the same message becomes the new report."
        )
        machine = self._estate.vault.item("web02")
        if machine.azure_vm is None:
            raise AssertionError("the estate's web02 runs in Azure")
        machine.azure_vm.power, machine.azure_vm.agent, machine.agent_silent_minutes = "running", "Ready", 1
        await asyncio.sleep(self._lists_are_shared_for)
        await self._slack.click(MAYA, blocked, ids.CHECK_AGAIN)
        await self._homeward.idle()
        self._show(next(m for m in self._said() if m.ts == blocked.ts))
        await asyncio.sleep(self._pause)

    async def _check_plans(self) -> None:
        self._title("4. A whole recovery plan")
        self._show(await self._check("payroll"))
        await asyncio.sleep(self._pause)
        self._title("5. A plan that can't work")
        mixed = await self._check("mixed")
        self._show(mixed)
        for reply in (m for m in self._said() if m.thread_ts == mixed.ts):
            self._show(reply, where="in the thread")
        await asyncio.sleep(self._pause)

    # --- what people do and see ---

    async def _check(self, name: str) -> Message:
        """Types the command, waits until nothing is being done any more, and gives the message in the channel."""
        await self._type("/reprotect-check", name)
        await self._homeward.idle()
        return [m for m in self._said() if not m.thread_ts][-1]

    async def _type(self, command: str, text: str) -> Ack:
        self._console.print(f"[bold]{MAYA.name}[/bold] types in #{WAR_ROOM.name}: [bold cyan]{command} {text}[/]")
        return await self._slack.command(MAYA, WAR_ROOM, command, text)

    def _said(self) -> list[Message]:
        return [message for message in self._slack.workspace.messages(WAR_ROOM) if message.bot]

    def _title(self, text: str) -> None:
        self._console.print()
        self._console.print(Rule(text, align="left", style="cyan"))

    def _say(self, text: str) -> None:
        self._console.print(text, style="italic", markup=False, width=min(self._console.width, 100))
        self._console.print()

    def _show(self, message: Message, *, where: str = "") -> None:
        seen_by = where or ("only maya sees this" if message.ephemeral_to else f"#{WAR_ROOM.name}")
        self._console.print(f"{INDENT}[bold]Homeward[/bold] [dim]({seen_by})[/dim]")
        names = {user.id: user.name for user in self._slack.workspace.users.values()}
        for line in lines(message, width=min(self._console.width, 110) - len(INDENT) - 2, names=names):
            self._console.print(f"{INDENT}│ {line}", markup=False, soft_wrap=True)
        self._console.print()
