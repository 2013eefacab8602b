"""A thousand requests that wait and five hundred jobs that run, in one process: what it costs, and who has to wait."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import TypeVar

from homeward.bot.sandbox.estate.shop import add_fleet
from homeward.bot.sandbox.run import LEDGER, Sandbox
from homeward.bot.sandbox.slack import LENA, Message
from homeward.bot.sandbox.slack.views import Shown
from homeward.handlers import ids

from .figures import Figure, Goal, seconds
from .waits_fill import Wanted, fill

ROOT = Path(__file__).parent.parent
MEBIBYTE = 1024**2
MINUTE = 60.0
HALF_A_BUDGET = 750
"""Reads a minute: half of the 25 a second that Azure gives; what may be saved up and read at once is not counted in."""
AT_MOST_A_SECOND = Goal(most=1)
WITHIN_HALF = Goal(most=1)
PATIENCE = 120.0

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Size:
    awaiting: int
    running: int
    clicks: int
    idle: float
    """Seconds of the idle process that are measured."""
    window: float
    """Seconds that are measured when everything is due at once, and again afterwards."""


FULL = Size(awaiting=1000, running=500, clicks=10, idle=20.0, window=60.0)
QUICK = Size(awaiting=6, running=4, clicks=1, idle=0.5, window=1.0)


@dataclass(frozen=True, slots=True)
class Clicks:
    """Seconds from a press to what it brings on the screen."""

    opened: list[float] = field(default_factory=list[float])
    judged: list[float] = field(default_factory=list[float])


async def measure(*, quick: bool) -> list[Figure]:
    size = QUICK if quick else FULL
    async with Sandbox() as sandbox:
        names = add_fleet(sandbox.estate, size.awaiting + size.running)
        config = sandbox.folder / "homeward.toml"
        config.write_text(sandbox.toml(), encoding="utf-8")
        idle = await _idle(sandbox, config, size)
        wanted = Wanted(names[: size.awaiting], names[size.awaiting :], size.clicks)
        approvals = await fill(sandbox, sandbox.settings(), wanted)
        sandbox.arm.requests.clear()
        sandbox.slack.calls.clear()
        async with _bot(sandbox, config, LEDGER) as bot:
            # The bot was away for a while, and everything is due.
            await asyncio.sleep(size.window)
            start = await bot.tells()
            at_start = len(sandbox.arm.requests)
            clicks, _ = await asyncio.gather(_click(sandbox, approvals, size.window), asyncio.sleep(size.window))
            busy = await bot.tells()
    return _figures(size, idle, start, busy, clicks, sandbox, at_start)


async def _idle(sandbox: Sandbox, config: Path, size: Size) -> Mapping[str, float]:
    async with _bot(sandbox, config, "empty.db") as bot:
        await bot.tells()  # its start is not idle
        await asyncio.sleep(size.idle)
        return await bot.tells()


async def _click(sandbox: Sandbox, approvals: Sequence[Message], window: float) -> Clicks:
    """Approves one after the other, spread over the window; each is then checked again and started meanwhile."""
    clicks = Clicks()
    slack, workspace = sandbox.slack, sandbox.slack.workspace
    for approval in approvals:
        before = slack.views.top(LENA)
        began = perf_counter()
        await slack.click(LENA, approval, ids.APPROVE)

        def opened(before: Shown | None = before) -> Shown | None:
            form = slack.views.top(LENA)
            return form if form and (before is None or form.id != before.id) else None

        form = await workspace.until(opened, within=PATIENCE)
        clicks.opened.append(perf_counter() - began)
        ticks = {
            block["element"]["action_id"]: [option["value"] for option in block["element"]["options"]]
            for block in form.view["blocks"]
            if block.get("element", {}).get("type") == "checkboxes"
        }
        began = perf_counter()
        await slack.submit(LENA, ticks)

        def judged(form: Shown = form) -> Shown | None:
            # The first change says that it is being judged.
            now = slack.views.top(LENA)
            return now if now and now.version > form.version + 1 else None

        verdict = await workspace.until(judged, within=PATIENCE)
        clicks.judged.append(perf_counter() - began)
        if "Your approval" not in str(verdict.view["blocks"]):
            raise AssertionError(f"it was not approved: {verdict.view['blocks']}")
        await asyncio.sleep(window / len(approvals) * 0.8)
    return clicks


class _Bot:
    def __init__(self, commands: asyncio.StreamWriter, said: asyncio.StreamReader) -> None:
        self._commands = commands
        self._said = said

    async def tells(self) -> Mapping[str, float]:
        """About itself, since it was asked last."""
        self._commands.write(b"\n")
        told: Mapping[str, float] = json.loads(await self._said.readline())
        return told


@asynccontextmanager
async def _bot(sandbox: Sandbox, config: Path, ledger: str) -> AsyncGenerator[_Bot]:
    """The bot in its process, connected, with the limits that it has by default."""
    nobodys = {name: value for name, value in os.environ.items() if not name.startswith("HOMEWARD_")}
    own = {
        "HOMEWARD_CONFIG": str(config),
        "HOMEWARD_STATE__URL": f"sqlite+aiosqlite:///{sandbox.folder / ledger}",
        "HOMEWARD_LIMITS__POLL_INTERVAL": "30",
        "HOMEWARD_LIMITS__LIST_TTL": "2",
    }
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bench.waits_bot"),
        cwd=ROOT,
        env=nobodys | own,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    if process.stdin is None or process.stdout is None:
        raise AssertionError("both are pipes")
    try:
        if await process.stdout.readline() != b"up\n":
            raise AssertionError("the bot did not come up")
        yield _Bot(process.stdin, process.stdout)
    finally:
        process.stdin.close()
        await process.wait()


def _figures(
    size: Size,
    idle: Mapping[str, float],
    start: Mapping[str, float],
    busy: Mapping[str, float],
    clicks: Clicks,
    sandbox: Sandbox,
    at_start: int,
) -> list[Figure]:
    loaded = f"{size.awaiting:,} requests that wait and {size.running} jobs that run"
    reads = [one.at for one in sandbox.arm.requests if one.method == "GET"]
    fullest = _fullest_minute(reads)
    later = len(reads) - at_start
    return [
        Figure(
            what=f"reads of Azure in the fullest minute with {loaded}",
            ratio=fullest / HALF_A_BUDGET,
            ours=f"{fullest}",
            other=f"{HALF_A_BUDGET}, half of what Azure grants",
            goal=WITHIN_HALF,
            more=(
                f"{at_start} in the {size.window:.0f} s after a start with everything due at once, "
                f"{later} in the {size.window:.0f} s after them, {len(clicks.judged)} approvals among them"
            ),
            values={"fullest_minute": fullest, "at_start": at_start, "later": later},
        ),
        _click_figure(f"form opened after the press, with {loaded}", clicks.opened),
        _click_figure(f"verdict shown after the submission, with {loaded}", clicks.judged),
        Figure(
            what=f"event loop's lag with {loaded}",
            ratio=busy["lag_p99"] / idle["lag_p99"],
            ours=f"{seconds(busy['lag_p99'])}, 99th percentile",
            other=f"{seconds(idle['lag_p99'])}, an idle process",
            more=(
                f"median {seconds(busy['lag_median'])}, most {seconds(busy['lag_most'])}; "
                f"after the start {seconds(start['lag_p99'])}, most {seconds(start['lag_most'])}"
            ),
            values={"p99_seconds": busy["lag_p99"], "most_seconds": busy["lag_most"], "start_p99": start["lag_p99"]},
        ),
        Figure(
            what=f"memory with {loaded}",
            ratio=busy["memory"] / idle["memory"],
            ours=f"{busy['memory'] / MEBIBYTE:.0f} MiB",
            other=f"{idle['memory'] / MEBIBYTE:.0f} MiB, an idle process",
            more="resident memory of the whole bot",
            values={"bytes": busy["memory"], "idle_bytes": idle["memory"]},
        ),
        Figure(
            what=f"CPU with {loaded}",
            ratio=busy["cpu"] / idle["cpu"],
            ours=f"{busy['cpu']:.1%} of a core",
            other=f"{idle['cpu']:.1%}, an idle process",
            more=f"{start['cpu']:.0%} in the {size.window:.0f} s after the start",
            values={"share": busy["cpu"], "idle_share": idle["cpu"], "start_share": start["cpu"]},
        ),
    ]


def _click_figure(what: str, took: Sequence[float]) -> Figure:
    return Figure(
        what=what,
        ratio=max(took),
        ours=f"{seconds(max(took))}, the slowest",
        other="1 s",
        goal=AT_MOST_A_SECOND,
        more=f"median {seconds(median(took))} of {len(took)}",
        values={"slowest_seconds": max(took), "median_seconds": median(took)},
    )


def _fullest_minute(times: Sequence[float]) -> int:
    """The most reads in any minute, wherever it begins."""
    most, first = 0, 0
    for last, at in enumerate(times):
        while times[first] <= at - MINUTE:
            first += 1
        most = max(most, last - first + 1)
    return most
