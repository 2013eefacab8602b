"""The processes under test: started, killed, stopped and continued, and started again when they end."""

import asyncio
import os
import signal
import sys
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).parents[2]
STARTED = b"homeward.started"
LEAVING = 30.0
"""Seconds that a bot has to end by itself."""


class Bot:
    """One process of `homeward serve`, whose `main` is `module`'s. What it logs goes to `log`."""

    def __init__(self, module: str, environment: Mapping[str, str], log: Path, counts: Counter[str]) -> None:
        self._command = (sys.executable, "-c", f"from {module} import main; main()", "serve")
        self._environment = environment
        self.log = log
        self._counts = counts
        self._process: asyncio.subprocess.Process | None = None
        self._starting = asyncio.Lock()
        self._logs_from = 0

    @property
    def runs(self) -> bool:
        return self._process is not None and self._process.returncode is None

    async def start(self) -> None:
        """Unless it runs."""
        async with self._starting:
            if self.runs:
                return
            with self.log.open("ab") as log:
                self._logs_from = log.tell()
                self._process = await asyncio.create_subprocess_exec(
                    *self._command, env=self._environment, cwd=ROOT, stdout=log, stderr=log
                )
            self._counts["processes started"] += 1

    async def up(self, within: float = 30.0) -> None:
        """Waits until it is connected, or ended, or that takes too long."""
        with suppress(TimeoutError):
            async with asyncio.timeout(within):
                while self.runs and STARTED not in self._said():  # noqa: ASYNC110 # it tells nobody else
                    await asyncio.sleep(0.2)

    def _said(self) -> bytes:
        """What this process has logged; those before it logged into the same file."""
        with self.log.open("rb") as log:
            log.seek(self._logs_from)
            return log.read()

    async def kill(self) -> None:
        if self._process and self.runs:
            self._process.kill()
            await self._process.wait()
            self._counts["kills"] += 1

    async def stop_for(self, seconds: float) -> None:
        """As a suspended machine does, or one without a free processor: it goes on as if nothing had been."""
        if self._process and self.runs:
            self._process.send_signal(signal.SIGSTOP)
            self._counts["stops"] += 1
            try:
                await asyncio.sleep(seconds)
            finally:
                if self.runs:
                    self._process.send_signal(signal.SIGCONT)

    async def leave(self) -> None:
        """Ends it as a service manager does."""
        if self._process and self.runs:
            self._process.send_signal(signal.SIGTERM)
            try:
                async with asyncio.timeout(LEAVING):
                    await self._process.wait()
            except TimeoutError:
                self._process.kill()
                await self._process.wait()
                self._counts["processes that did not end by themselves"] += 1


def environment(config: Path, state: str, poll_interval: float) -> dict[str, str]:
    """This process's own, without settings of a real estate."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HOMEWARD_")}
    if kept.pop("PYTHONDONTWRITEBYTECODE", ""):
        # Without bytecode each of the many starts would compile everything anew.
        kept["PYTHONPYCACHEPREFIX"] = str(config.parent / "bytecode")
    return {
        **kept,
        "HOMEWARD_CONFIG": str(config),
        "HOMEWARD_SERVE__PORT": "0",
        "HOMEWARD_STATE__URL": state,
        "HOMEWARD_LIMITS__POLL_INTERVAL": str(poll_interval),
    }
