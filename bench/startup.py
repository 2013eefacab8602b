"""What Homeward adds to a bot's start: time until the app stands, and memory."""

import asyncio
import os
import sys
from pathlib import Path
from statistics import median
from time import perf_counter

from .figures import Figure, seconds

ROOT = Path(__file__).parent.parent
MEBIBYTE = 1024**2


async def measure(*, quick: bool) -> list[Figure]:
    took: dict[str, list[float]] = {"homeward": [], "bare": []}
    held: dict[str, list[float]] = {"homeward": [], "bare": []}
    for number in range(1 if quick else 6):
        for bot in took:
            duration, memory = await _start(bot)
            if number or quick:  # the first reads the files into the system's cache
                took[bot].append(duration)
                held[bot].append(memory)
    time, bare_time = median(took["homeward"]), median(took["bare"])
    memory, bare_memory = median(held["homeward"]), median(held["bare"])
    return [
        Figure(
            what="start of a bot with Homeward",
            ratio=time / bare_time,
            ours=seconds(time),
            other=f"{seconds(bare_time)}, a bare Bolt app that imports the same SDKs",
            more=f"{len(took['bare'])} fresh processes of each by turns, from their start until the app stands",
            values={"median_seconds": time, "bare_median_seconds": bare_time},
        ),
        Figure(
            what="memory of a bot with Homeward",
            ratio=memory / bare_memory,
            ours=f"{memory / MEBIBYTE:.0f} MiB",
            other=f"{bare_memory / MEBIBYTE:.0f} MiB, the same bare app",
            more="resident memory of the same processes, nothing asked yet",
            values={"bytes": memory, "bare_bytes": bare_memory},
        ),
    ]


async def _start(bot: str) -> tuple[float, float]:
    """Seconds from the start of the process until the bot stands, and the bytes it then holds."""
    nobodys = {name: value for name, value in os.environ.items() if not name.startswith("HOMEWARD_")}
    started = perf_counter()
    process = await asyncio.create_subprocess_exec(
        sys.executable, *("-m", "bench.bots", bot), cwd=ROOT, env=nobodys, stdout=asyncio.subprocess.PIPE
    )
    if process.stdout is None:
        raise AssertionError("it is a pipe")
    told = await process.stdout.readline()
    duration = perf_counter() - started
    if await process.wait():
        raise AssertionError(f"the bot {bot} did not start")
    return duration, float(told)
