"""Draws the pictures of the documents from what the bot really says in the sandbox's Slack: `make docs`."""

import asyncio
import io
import re
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import DEFAULT_TERMINAL_THEME
from rich.text import Text

from homeward.bot.plugin import register
from homeward.bot.sandbox.run import Sandbox
from homeward.bot.sandbox.slack import MAYA, WAR_ROOM, Message
from homeward.bot.sandbox.slack.render import lines
from homeward.bot.slack_app import bolt_app, connected

PICTURES = Path(__file__).parent / "pictures"
WIDTH = 96
STYLES = {"✗": "bold red", "✓": "green", "!": "bold yellow", "?": "magenta", "→": "cyan", "[": "bold", "☐": "blue"}


async def main(folder: Path) -> None:
    async with Sandbox() as sandbox:
        settings = sandbox.settings()
        app = bolt_app(settings)
        async with register(app, settings) as homeward, connected(app, settings):

            async def said(command: str, text: str) -> Message:
                ack = await sandbox.slack.command(MAYA, WAR_ROOM, command, text)
                await homeward.idle()
                shown = [m for m in sandbox.slack.workspace.messages(WAR_ROOM) if m.bot and not m.thread_ts]
                return ack.shown or shown[-1]

            draw(folder, "check-blocked", "/reprotect-check web02", await said("/reprotect-check", "web02"))
            draw(folder, "plan-blocked", "/reprotect-check mixed", await said("/reprotect-check", "mixed"))
            draw(folder, "error", "/failback-errors 78093", await said("/failback-errors", "78093"))


def draw(folder: Path, name: str, typed: str, message: Message) -> None:
    """One message as an SVG picture. Times are left out, so that a picture changes only when its message does."""
    console = Console(record=True, width=WIDTH, file=io.StringIO(), highlight=False)
    console.print(Text.assemble(("maya", "bold"), " types ", (typed, "bold cyan")))
    console.print(Text("Homeward", style="bold"))
    for line in lines(message, width=WIDTH - 2, names={MAYA.id: MAYA.name}):
        timeless = re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC", "02:14 UTC", re.sub(r"in \d+\.\d s", "in 0.3 s", line))
        console.print(Text(timeless, style=STYLES.get(timeless.lstrip()[:1], "")))
    drawn = console.export_svg(title="#dr-war-room", theme=DEFAULT_TERMINAL_THEME, unique_id=name)
    # Without the web font that rich names: a document fetches nothing when it is looked at.
    offline = re.sub(r"@font-face \{.*?\}\s*", "", drawn, flags=re.DOTALL).replace("Fira Code, ", "")
    (folder / f"{name}.svg").write_text(offline.rstrip() + "\n", encoding="utf-8")


if __name__ == "__main__":
    asyncio.run(main(PICTURES))
