"""Where the demo is played: what people type, press and see, told in the terminal."""

import asyncio
from textwrap import wrap

from rich.console import Console
from rich.rule import Rule

from homeward.bot.sandbox.run import Sandbox
from homeward.bot.sandbox.slack import WAR_ROOM, Ack, Channel, Message, User
from homeward.bot.sandbox.slack.render import lines, view_lines
from homeward.bot.sandbox.slack.views import Shown

INDENT = "    "


class Stage:
    """Tells the story. `reading` seconds pass between two steps, so that a person can follow."""

    def __init__(self, sandbox: Sandbox, console: Console, *, reading: float) -> None:
        self.sandbox = sandbox
        self._slack = sandbox.slack
        self._console = console
        self._reading = reading

    def title(self, text: str) -> None:
        self._console.print()
        self._console.print(Rule(text, align="left", style="cyan"))

    def say(self, text: str) -> None:
        self._console.print(text, style="italic", markup=False, width=min(self._console.width, 100))
        self._console.print()

    async def pause(self, share: float = 1.0) -> None:
        await asyncio.sleep(self._reading * share)

    async def type(self, who: User, command: str, text: str) -> Ack:
        self._console.print(f"[bold]{who.name}[/bold] types in #{WAR_ROOM.name}: [bold cyan]{command}[/] ", end="")
        self._console.print(text, style="bold cyan", markup=False)
        return await self._slack.command(who, WAR_ROOM, command, text)

    async def press(self, who: User, message: Message, button: str, action: str) -> Ack:
        self._console.print(f"[bold]{who.name}[/bold] presses [bold cyan]{button}[/]")
        return await self._slack.click(who, message, action)

    def said(self, channel: Channel = WAR_ROOM) -> list[Message]:
        """What the bot has said there."""
        return [message for message in self._slack.workspace.messages(channel) if message.bot]

    def show(self, message: Message, *, where: str = "") -> None:
        channel = self._slack.workspace.channel(message.channel).name
        seen_by = where or ("only one person sees this" if message.ephemeral_to else f"#{channel}")
        self._framed(lines(message, width=self._width, names=self._names), seen_by)

    def show_form(self, form: Shown, *, to: User) -> None:
        self._framed(view_lines(form.view, width=self._width, names=self._names), f"a form that {to.name} sees")

    def quote(self, message: Message) -> None:
        """Its first line, as one of several."""
        first = lines(message, width=10_000, names=self._names)[0]
        for line in wrap(first, self._width, subsequent_indent="  "):
            self._console.print(f"{INDENT}│ {line}", markup=False, soft_wrap=True)

    def command(self, line: str) -> None:
        """A command that somebody runs in a terminal."""
        self._console.print(f"$ {line}", style="bold cyan", markup=False)

    def output(self, text: str) -> None:
        for line in text.splitlines():
            self._console.print(f"{INDENT}{line}", markup=False, soft_wrap=True)
        self._console.print()

    def _framed(self, drawn: list[str], seen_by: str) -> None:
        self._console.print(f"{INDENT}[bold]Homeward[/bold] [dim]({seen_by})[/dim]")
        for line in drawn:
            self._console.print(f"{INDENT}│ {line}", markup=False, soft_wrap=True)
        self._console.print()

    @property
    def _width(self) -> int:
        return min(self._console.width, 110) - len(INDENT) - 2

    @property
    def _names(self) -> dict[str, str]:
        workspace = self._slack.workspace
        groups = {group.id: group.handle for group in workspace.groups.values()}
        return {user.id: user.name for user in workspace.users.values()} | groups
