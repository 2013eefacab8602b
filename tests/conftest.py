"""What all tests share: with HOMEWARD_NOTHING_SKIPPED set, as in CI, a skipped test fails the run."""

import os
from collections.abc import AsyncGenerator

import pytest

from homeward.bot.sandbox.run import Sandbox


def pytest_sessionfinish(session: pytest.Session) -> None:
    if not os.environ.get("HOMEWARD_NOTHING_SKIPPED") or hasattr(session.config, "workerinput"):
        return
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter is not None and reporter.stats.get("skipped"):
        reporter.write_line("Nothing may be skipped here (HOMEWARD_NOTHING_SKIPPED is set).", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture
async def sandbox() -> AsyncGenerator[Sandbox]:
    """The whole sandbox, up on loopback over TLS, with an estate of the test's own."""
    async with Sandbox() as running:
        yield running
