"""The sandbox's bot: `homeward serve` in a process of its own, so that it can be killed as a process is."""

import asyncio
import os
import signal
import sys
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

State = Literal["up", "starting", "down"]

KEPT_LINES = 40
PATIENCE = 5.0
"""Seconds that it is given to end well."""
_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy")
"""slack_sdk sends even loopback through a proxy of the environment."""


class Bot:
    """Up while its `async with` lasts, unless it is killed. `connected` tells whether Slack has a connection of it."""

    def __init__(self, config: Path, *, connected: Callable[[], bool]) -> None:
        self._config = config
        self._connected = connected
        self._process: asyncio.subprocess.Process | None = None
        self._reading: asyncio.Task[None] | None = None
        self._lines: deque[str] = deque(maxlen=KEPT_LINES)
        self._wanted_down = False
        self._one_at_a_time = asyncio.Lock()

    async def __aenter__(self) -> Self:
        await self.revive()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._wanted_down = True
        if self._process and self._process.returncode is None:
            self._process.terminate()
            try:
                async with asyncio.timeout(PATIENCE):
                    await self._process.wait()
            except TimeoutError:
                self._process.kill()
        await self._ended()

    @property
    def pid(self) -> int | None:
        """Of the process that lives."""
        return self._process.pid if self._process and self._process.returncode is None else None

    @property
    def state(self) -> State:
        if self.pid is None:
            return "down"
        return "up" if self._connected() else "starting"

    @property
    def problem(self) -> str:
        """Why it is down, if nobody wanted it to be."""
        if self._process is None or self._process.returncode is None or self._wanted_down:
            return ""
        last = next((line for line in reversed(self._lines) if line.strip()), "it said nothing")
        return f"homeward serve ended ({_how(self._process.returncode)}): {last}"

    @property
    def said(self) -> tuple[str, ...]:
        """The last lines of its standard error."""
        return tuple(self._lines)

    async def revive(self) -> bool:
        """Starts it; False where it runs already."""
        async with self._one_at_a_time:
            if self.pid is not None:
                return False
            await self._ended()
            self._lines.clear()
            self._wanted_down = False
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "homeward.bot.sandbox.child",
                "serve",
                env=self._environment(),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.DEVNULL,
                stderr=asyncio.subprocess.PIPE,
            )
            self._reading = asyncio.create_task(self._read(self._process))
            return True

    async def kill(self) -> bool:
        """At once, as a crash does; False where it does not run."""
        async with self._one_at_a_time:
            if self._process is None or self.pid is None:
                return False
            self._wanted_down = True
            with suppress(ProcessLookupError):
                self._process.kill()
            await self._ended()
            return True

    async def _ended(self) -> None:
        if self._process:
            await self._process.wait()
        if self._reading:
            await self._reading
            self._reading = None

    async def _read(self, process: asyncio.subprocess.Process) -> None:
        """To the end, so that it never waits for its pipe to be emptied."""
        stream = process.stderr
        while stream:
            try:
                line = await stream.readline()
            except ValueError:  # a line longer than the stream's buffer, of which the rest follows
                continue
            if not line:
                return
            self._lines.append(line.decode(errors="replace").rstrip())

    def _environment(self) -> dict[str, str]:
        """This process's own, without settings of a real estate."""
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith("HOMEWARD_") and name not in _PROXIES
        }
        return {**kept, "HOMEWARD_CONFIG": str(self._config), "HOMEWARD_SERVE__PORT": "0"}


def _how(code: int) -> str:
    return f"by {signal.Signals(-code).name}" if code < 0 else f"with {code}"
