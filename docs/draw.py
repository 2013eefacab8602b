"""Draws the pictures of the documents from what the bot really says in the sandbox's Slack: `make docs`."""

import asyncio
import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from rich.console import Console
from rich.terminal_theme import DEFAULT_TERMINAL_THEME
from rich.text import Text

from homeward.bot.plugin import register
from homeward.bot.sandbox.estate.reprotects import Fate, unreachable
from homeward.bot.sandbox.estate.way_home import add_way_home
from homeward.bot.sandbox.run import Sandbox
from homeward.bot.sandbox.slack import APPROVALS, APPROVERS, LENA, MAYA, WAR_ROOM, Message
from homeward.bot.sandbox.slack.render import lines, view_lines
from homeward.bot.slack_app import bolt_app, connected
from homeward.handlers import ids

PICTURES = Path(__file__).parent / "pictures"
WIDTH = 96
NAMES = {person.id: person.name for person in (MAYA, LENA)} | {APPROVERS.id: APPROVERS.handle}
SPEED = 200
"""How much faster a reprotect goes here than in Azure."""
PATIENCE, STEP = 60.0, 0.05
CHANGING = {
    r"\d{4}-\d\d-\d\d \d\d:\d\d(:\d\d)?": "02:14",
    r"in \d+\.\d s": "in 0.3 s",
    r"under a minute|\d+ min\b": "12 min",
    r"\d+ %": "38 %",
    r"R-[0-9A-Z]{6}": "R-7K2M9Q",
}
"""What differs from one time to the next, and what is drawn for it: a picture changes only when its message does."""
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

            draw(folder, "check-blocked", await said("/reprotect-check", "web02"), typed="/reprotect-check web02")
            draw(folder, "plan-blocked", await said("/reprotect-check", "mixed"), typed="/reprotect-check mixed")
            draw(folder, "error", await said("/failback-errors", "78093"), typed="/failback-errors 78093")
            await reprotect(folder, sandbox)
            await failback(folder, sandbox)


async def reprotect(folder: Path, sandbox: Sandbox) -> None:
    """A recovery plan is asked for, approved, and followed; one of its machines fails."""
    slack, workspace = sandbox.slack, sandbox.slack.workspace
    sandbox.estate.speed = SPEED
    for name in ("pay-db01", "pay-app02"):
        # They still replicate when the slowest computer looks.
        sandbox.estate.vault.item(name).fates.append(Fate(replication_minutes=100_000))
    sandbox.estate.vault.item("pay-app01").fates.append(unreachable("pay-app01"))
    typed = "start payroll Rotterdam has power again"
    await slack.command(MAYA, WAR_ROOM, "/reprotect", typed)
    approval = await until(lambda: next((m for m in workspace.messages(APPROVALS) if m.bot), None))
    draw(folder, "approval", approval, title="#dr-approvals")

    form = await approve(sandbox, approval)
    drawn(folder, "approval-form", view_lines(form, WIDTH - 2, NAMES), title="Lena presses “Approve…”")

    def running() -> Message | None:
        """The card when one machine failed and the others replicate."""
        told = [m for m in workspace.messages(WAR_ROOM) if m.bot and not m.thread_ts and not m.ephemeral_to]
        text = _steady("\n".join(lines(told[-1])))
        parts = ("pay-db01: initial replication 38 %", "pay-app01: failed", "pay-app02: initial replication 38 %")
        return told[-1] if all(part in text for part in parts) else None

    def failed() -> Message | None:
        replies = [m for m in workspace.messages(WAR_ROOM) if m.thread_ts]
        return next((m for m in replies if "*pay-app01* failed" in m.text), None)

    draw(folder, "card-running", await until(running), typed=f"/reprotect {typed}")
    draw(folder, "thread-failed", await until(failed), title="#dr-war-room, in the thread of the card")


async def failback(folder: Path, sandbox: Sandbox) -> None:
    """A machine that is ready is asked for, approved, and comes home."""
    slack, workspace = sandbox.slack, sandbox.slack.workspace
    add_way_home(sandbox.estate)
    typed = "start crm01 nobody works with it before eight"
    await slack.command(MAYA, WAR_ROOM, "/failback", typed)
    asked = await until(lambda: next((m for m in workspace.messages(APPROVALS) if "crm01" in m.text), None))
    draw(folder, "approval-failback", asked, title="#dr-approvals")
    await approve(sandbox, asked)

    def home() -> Message | None:
        told = [m for m in workspace.messages(WAR_ROOM) if m.bot and not m.thread_ts and "Done: crm01" in m.text]
        return told[-1] if told else None

    draw(folder, "card-home", await until(home), typed=f"/failback {typed}")


async def approve(sandbox: Sandbox, approval: Message) -> dict[str, Any]:
    """Lena ticks everything and sends the form; as it was before."""
    slack = sandbox.slack
    if left := slack.views.top(LENA):
        slack.views.close(left, whole_stack=True)
    await slack.click(LENA, approval, ids.APPROVE)
    form = await until(lambda: slack.views.top(LENA))
    view = form.view
    boxes = [b["element"] for b in view["blocks"] if b.get("element", {}).get("type") == "checkboxes"]
    await slack.submit(LENA, {box["action_id"]: [option["value"] for option in box["options"]] for box in boxes})
    return view


T = TypeVar("T")


async def until(seen: Callable[[], T | None]) -> T:
    """What is seen at last."""
    for _ in range(int(PATIENCE / STEP)):
        if (found := seen()) is not None:
            return found
        await asyncio.sleep(STEP)
    raise TimeoutError("the sandbox did not come to what should be drawn")


def draw(folder: Path, name: str, message: Message, *, typed: str = "", title: str = "#dr-war-room") -> None:
    """One message as a picture; `typed` is what Maya typed before."""
    drawn(folder, name, ["Homeward", *lines(message, width=WIDTH - 2, names=NAMES)], typed=typed, title=title)


def drawn(folder: Path, name: str, told: list[str], *, title: str, typed: str = "") -> None:
    """Lines as an SVG picture."""
    console = Console(record=True, width=WIDTH, file=io.StringIO(), highlight=False)
    if typed:
        console.print(Text.assemble(("maya", "bold"), " types ", (typed, "bold cyan")))
    for line in map(_steady, told):
        console.print(Text(line, style="bold" if line == "Homeward" else STYLES.get(line.lstrip()[:1], "")))
    svg = console.export_svg(title=title, theme=DEFAULT_TERMINAL_THEME, unique_id=name)
    # Without the web font that rich names: a document fetches nothing when it is looked at.
    offline = re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL).replace("Fira Code, ", "")
    (folder / f"{name}.svg").write_text(offline.rstrip() + "\n", encoding="utf-8")


def _steady(line: str) -> str:
    for changing, steady in CHANGING.items():
        line = re.sub(changing, steady, line)
    return line


if __name__ == "__main__":
    asyncio.run(main(PICTURES))
