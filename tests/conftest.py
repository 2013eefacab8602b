"""What all tests share: with HOMEWARD_NOTHING_SKIPPED set, as in CI, a skipped test fails the run."""

import os

import pytest


def pytest_sessionfinish(session: pytest.Session) -> None:
    if not os.environ.get("HOMEWARD_NOTHING_SKIPPED") or hasattr(session.config, "workerinput"):
        return
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter is not None and reporter.stats.get("skipped"):
        reporter.write_line("Nothing may be skipped here (HOMEWARD_NOTHING_SKIPPED is set).", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
