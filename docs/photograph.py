"""Photographs what people see, on the sandbox's page in Chromium: `make pictures`.

Beside the pictures it keeps what could be read on them, so that a test can tell when they went stale: pixels differ
from one machine's fonts to the next, words do not.
"""

import asyncio
import hashlib
import json
import re
import shutil
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING

from homeward.bot.plugin import register
from homeward.bot.sandbox.estate import company
from homeward.bot.sandbox.estate.reprotects import Fate, unreachable
from homeward.bot.sandbox.estate.shop import PLAN, add_shop
from homeward.bot.sandbox.estate.way_home import WINDOWS, add_way_home
from homeward.bot.sandbox.page import Page
from homeward.bot.sandbox.run import Sandbox
from homeward.bot.sandbox.slack import APPROVALS, LENA, MAYA, WAR_ROOM, Channel, User
from homeward.bot.slack_app import bolt_app, connected
from homeward.handlers import ids

if TYPE_CHECKING:
    from playwright.async_api import Browser, Locator
    from playwright.async_api import Page as Tab

PICTURES = Path(__file__).parent / "pictures"
WORDS = "photographed.json"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
DESKTOP, PHONE = (1280, 860), (390, 900)
LAST = "main [data-ts]"
"""The last message of the channel alone."""
SPEED = 200
PATIENCE = 60_000
"""Milliseconds."""
CHANGING = {
    r"\b\d{1,2}:\d\d(:\d\d)?\b": "02:14",
    r"\b(today|tomorrow|yesterday)\b": "today",
    r"in \d+\.\d s": "in 0.3 s",
    r"under a minute|\b\d+ min(utes?)?\b": "12 min",
    r"\d+ %": "38 %",
    r"R-[0-9A-Z]{6}": "R-7K2M9Q",
    r"\d+ replies": "9 replies",
    r"\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b": "3f2504e0-4f89-11d3-9a0c-0305e82c3301",
}
"""What differs from one time to the next, and what is read for it."""


class Studio:
    """One person at a time before the page; each picture is kept with its words."""

    def __init__(self, browser: "Browser", address: str, folder: Path) -> None:
        self._browser = browser
        self._address = address
        self._folder = folder
        self.words: dict[str, list[str]] = {}

    async def picture(
        self,
        name: str,
        of: User,
        where: Channel | None,
        ready: Callable[["Tab"], Awaitable[object]],
        *,
        after: Callable[["Tab"], Awaitable[object]] | None = None,
        size: tuple[int, int] = DESKTOP,
        dark: bool = False,
        only: str = "body",
    ) -> None:
        """Opens the place (None: the App Home), waits until `ready`, photographs, and does what comes `after`.

        `only` is the part of the page that is meant.
        """
        tab = await self._browser.new_page(
            viewport={"width": size[0], "height": size[1]},
            color_scheme="dark" if dark else "light",
            timezone_id="Europe/Amsterdam",
            locale="en-GB",
        )
        tab.set_default_timeout(PATIENCE)
        try:
            await tab.goto(f"{self._address}#as={of.id}&in={where.id if where else 'home'}")
            await ready(tab)
            part = tab.locator(only).last
            await part.screenshot(path=str(self._folder / f"{name}.png"))
            self.words[name] = sorted(map(_steady, (await part.inner_text()).splitlines()))
            if after:
                await after(tab)
        finally:
            await tab.close()


async def main(folder: Path, chromium: str) -> None:
    """Takes all of them, and writes what they say."""
    from playwright.async_api import async_playwright  # who only reads the documents needs no browser

    estate = add_way_home(add_shop(company()))
    estate.speed = SPEED
    # They still replicate when the slowest computer looks; one fails.
    for name in ("shop-db01", "shop-web01"):
        estate.vault.item(name).fates.append(Fate(replication_minutes=1_000_000))
    estate.vault.item("shop-web02").fates.append(unreachable("shop-web02"))
    async with Sandbox(estate) as sandbox, Page(sandbox, None) as page, async_playwright() as playwright:
        settings = sandbox.settings()
        app = bolt_app(settings)
        async with register(app, settings) as homeward, connected(app, settings):
            browser = await playwright.chromium.launch(executable_path=chromium, args=FLAGS)
            studio = Studio(browser, page.address, folder)

            async def typed(command: str, text: str) -> None:
                await sandbox.slack.command(MAYA, WAR_ROOM, command, text)
                await homeward.idle()

            await typed("/failback-errors", "78093")
            await studio.picture("error", MAYA, WAR_ROOM, _saying("78093"), only=LAST)
            await typed("/reprotect-check", "mixed")
            await studio.picture("plan-blocked", MAYA, WAR_ROOM, _saying("mixed cannot come home"), only=LAST)
            await typed("/reprotect-check", "web02")
            blocked = _saying("web02 cannot come home yet")
            await studio.picture("check-blocked", MAYA, WAR_ROOM, blocked)
            await studio.picture("check-blocked-phone", MAYA, WAR_ROOM, blocked, size=PHONE, dark=True)
            await studio.picture("form", MAYA, WAR_ROOM, _fills_the_form, after=_sends_it)
            await studio.picture("approval", LENA, APPROVALS, _saying("Approval needed"))
            await studio.picture("home", LENA, None, _saying(f"recovery plan {PLAN}"))
            await studio.picture("approval-form", LENA, APPROVALS, _opens_the_approval, after=_approves)
            await studio.picture("thread", MAYA, WAR_ROOM, _follows)
            await typed("/failback", f"start {WINDOWS} nobody works with it before eight")
            asked = _saying(f"Approval needed: .*{WINDOWS}")
            await studio.picture("approval-failback", LENA, APPROVALS, asked, after=_decides, only=LAST)
            await studio.picture("card-home", MAYA, WAR_ROOM, _saying(f"Done: {WINDOWS}"), only=LAST)
            await browser.close()
    words = {"page": _digest(), **studio.words}
    (folder / WORDS).write_text(json.dumps(words, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _saying(words: str) -> Callable[["Tab"], Awaitable[object]]:
    async def ready(tab: "Tab") -> None:
        await tab.locator("main").get_by_text(re.compile(words)).first.wait_for()

    return ready


async def _fills_the_form(tab: "Tab") -> None:
    """Types the command, finds the plan, says why."""
    line = tab.locator('main [data-do="compose"]')
    await line.fill("/reprotect start")
    await line.press("Escape")
    await line.press("Enter")
    form = tab.locator("dialog[open]")
    await form.locator(f'[role="combobox"][data-action="{ids.SUBJECT}"]').fill(PLAN)
    await form.locator(f'[role="option"][data-value="n:{PLAN}"]').click()
    await form.get_by_text("shop-web02").wait_for()
    await form.locator(f'[data-action="{ids.REASON}"]').fill("Rotterdam has power again")


async def _sends_it(tab: "Tab") -> None:
    form = tab.locator("dialog[open]")
    await form.locator('[data-do="submit"]').click()
    await form.get_by_text(re.compile("R-[0-9A-Z]{6}")).first.wait_for()
    await form.locator('[data-do="close"]').click()


async def _opens_the_approval(tab: "Tab") -> None:
    await _button(tab, ids.APPROVE).click()
    await tab.locator('dialog[open] [data-do="submit"]').wait_for()


async def _approves(tab: "Tab") -> None:
    form = tab.locator("dialog[open]")
    for box in await form.locator('input[type="checkbox"]').all():
        await box.check()
    await _sends_it(tab)


async def _decides(tab: "Tab") -> None:
    await _opens_the_approval(tab)
    await _approves(tab)


async def _follows(tab: "Tab") -> None:
    """One machine fails, the others replicate: the thread beside its card."""
    await tab.locator('[data-do="thread"]').last.wait_for()
    await tab.locator('[data-do="thread"]').last.click()
    pane = tab.locator('[data-pane="thread"]')
    for name in ("shop-db01", "shop-web01"):
        await pane.get_by_text(re.compile(f"{name}: initial replication began")).first.wait_for()
        await tab.locator("main").get_by_text(re.compile(rf"{name}: initial replication")).wait_for()
    failed = pane.locator("[data-ts]").filter(has_text="shop-web02 failed").first
    await failed.evaluate("reply => reply.scrollIntoView()")


def _button(tab: "Tab", action: str) -> "Locator":
    return tab.locator(f'main button[data-action="{action}"]').last


def _steady(line: str) -> str:
    for changing, steady in CHANGING.items():
        line = re.sub(changing, steady, line)
    return line.strip()


def _digest() -> str:
    """Of the page's own files: what they draw may have changed with them."""
    from homeward.bot.sandbox import page

    files = sorted((Path(page.__file__).parent / "static").iterdir())
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


if __name__ == "__main__":
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if not found:
        sys.exit("make pictures needs Chromium: apt install chromium")
    asyncio.run(main(PICTURES, found))
