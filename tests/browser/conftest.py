"""A real Chromium before the sandbox's page, which is served by the command that a newcomer types."""

import asyncio
import os
import re
import shutil
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent.parent
WITHIN = 60_000
"""Milliseconds: far more than anything takes, for machines that are busy."""
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
_ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+/")


def where() -> str:
    """Where Chromium is, "" where there is none."""
    return os.environ.get("HOMEWARD_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser") or ""


def axe() -> Path:
    """axe-core as `.ci/install-browser` puts it."""
    return Path(os.environ.get("HOMEWARD_AXE") or ROOT / ".ci" / "cache" / "axe.min.js")


class Screen:
    """One person's browser. Every complaint of the page is kept."""

    def __init__(self, page: Any, folder: Path) -> None:
        self.page = page
        self.folder = folder
        self.complaints: list[str] = []
        page.on("console", self._said)
        page.on("pageerror", self._thrown)
        page.on("requestfailed", self._failed)
        page.on("response", self._answered)

    def _said(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(f"{message.type}: {message.text}")

    def _thrown(self, error: Any) -> None:
        self.complaints.append(f"error: {error}")

    def _failed(self, request: Any) -> None:
        self.complaints.append(f"failed: {request.url} {request.failure}")

    def _answered(self, response: Any) -> None:
        if response.status >= 400:
            self.complaints.append(f"{response.status}: {response.url}")

    async def shot(self, name: str) -> None:
        """A picture for whoever wants to look: HOMEWARD_SHOTS names the folder that keeps them."""
        kept = os.environ.get("HOMEWARD_SHOTS")
        await self.page.screenshot(path=str((Path(kept) if kept else self.folder) / f"{name}.png"))

    async def faults(self) -> list[str]:
        """What axe-core finds that is serious, or worse."""
        if not await self.page.evaluate("typeof window.axe !== 'undefined'"):
            # As a debugger would: the page's own policy lets no other script in.
            await self.page.evaluate(axe().read_text(encoding="utf-8"))
        found: Any = await self.page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        return [
            f"{each['id']}: {node['target']} {node.get('failureSummary', '')}"
            for each in found["violations"]
            if each["impact"] in ("serious", "critical")
            for node in each["nodes"]
        ]


@pytest.fixture
def chromium() -> str:
    """Where it is; the test is skipped where there is none."""
    _needs()
    return where()


@pytest.fixture
async def address() -> AsyncGenerator[str]:
    """Where `homeward sandbox` says that the page is."""
    _needs()
    program = "import sys; from homeward.bot.cli import main; sys.exit(main())"
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-u", "-c", program, "sandbox", "--no-open", stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(60):
            said = ""
            while not (found := _ADDRESS.search(said)):
                line = await process.stdout.readline()
                assert line, said
                said += line.decode()
        # What it says further must not fill the pipe.
        reading = asyncio.create_task(process.stdout.read())
        yield found[0]
        process.terminate()
        await asyncio.gather(process.wait(), reading)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


@asynccontextmanager
async def screen(
    address: str, folder: Path, *, width: int = 1280, height: int = 800, dark: bool = False
) -> AsyncGenerator[Screen]:
    from playwright.async_api import async_playwright  # only the tests of pages have the browser

    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=where(), args=FLAGS)
        try:
            scheme: Any = "dark" if dark else "light"
            page = await browser.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)
            page.set_default_timeout(WITHIN)
            shown = Screen(page, folder)
            await page.goto(address)
            await page.locator('[data-bot="up"]').wait_for()
            try:
                yield shown
            except BaseException:
                await shown.shot("failed")
                raise
        finally:
            await browser.close()


@pytest.fixture
def screens(tmp_path: Path) -> Any:
    """Opens a browser: `async with screens(address, width=390) as screen`."""

    def opened(address: str, **how: Any) -> Any:
        return screen(address, tmp_path, **how)

    return opened


def _needs() -> None:
    if not where():
        pytest.skip("there is no Chromium here (.ci/install-browser installs it)")
    if not axe().is_file():
        pytest.skip("there is no axe-core here (.ci/install-browser fetches it)")
