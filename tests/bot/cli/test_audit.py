"""`homeward audit`: read beside a bot that works with the ledger."""

import json
import re
import sqlite3
from collections.abc import AsyncGenerator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from homeward.actions.ledger import Ledger, opened
from homeward.bot.cli import main
from tests.actions.making import asked

KEY = "k" * 32


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("HOMEWARD_AUDIT__KEY", KEY)
    path = tmp_path / "homeward.toml"
    path.write_text(f'[state]\nurl = "sqlite+aiosqlite:///{tmp_path / "ledger.db"}"\n', encoding="utf-8")
    return str(path)


@pytest.fixture
def homeward(config: str) -> Callable[..., Result]:
    return lambda *words: CliRunner().invoke(main, ["audit", *words, "--config", config])


def url_in(config: str) -> str:
    return Path(config).read_text(encoding="utf-8").split('"')[1]


@asynccontextmanager
async def working(config: str, requests: int = 3) -> AsyncGenerator[Ledger]:
    """A ledger in use, with some requests."""
    async with opened(url_in(config), key=KEY.encode()) as ledger:
        for number in range(requests):
            until = await ledger.now() + timedelta(hours=2)
            await ledger.open(asked(f"web0{number}"), id=f"R-00000{number}", quorum=1, expires_at=until)
        yield ledger


def run_beside(homeward: Callable[..., Result], *words: str) -> Result:
    """In a thread, for it has an event loop of its own."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(homeward, *words).result(30)


def edited(tmp_path: Path, statement: str) -> None:
    with sqlite3.connect(tmp_path / "ledger.db") as connection:
        connection.execute(statement)
    connection.close()


async def test_a_whole_chain_is_told_while_the_bot_works(config: str, homeward: Callable[..., Result]) -> None:
    async with working(config):
        done = run_beside(homeward, "verify")
        assert done.exit_code == 0, done.output
        assert re.search(
            r"✓ The audit chain is whole: 3 events, the last of \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC\.", done.output
        )
        done = run_beside(homeward, "verify", "--json")
        told = json.loads(done.output)
        assert told["events"] == 3
        assert datetime.fromisoformat(told["at"]).tzinfo


async def test_an_edit_is_told_with_its_place(config: str, homeward: Callable[..., Result], tmp_path: Path) -> None:
    async with working(config):
        pass
    edited(tmp_path, "UPDATE events SET user_id = 'U-MALLORY' WHERE seq = 2")
    done = run_beside(homeward, "verify")
    assert done.exit_code == 1
    assert "✗ The audit chain is broken at event 2. Event 2 was changed" in done.output
    done = run_beside(homeward, "verify", "--json")
    assert done.exit_code == 1
    assert json.loads(done.output)["seq"] == 2


async def test_an_export_has_every_event_and_its_head_shows_a_cut(
    config: str, homeward: Callable[..., Result], tmp_path: Path
) -> None:
    head = tmp_path / "head.json"
    async with working(config):
        done = run_beside(homeward, "export")
        *events, last = (json.loads(line) for line in done.output.splitlines())
        assert [event["seq"] for event in events] == [1, 2, 3]
        assert last["head"]["seq"] == 3
        assert run_beside(homeward, "export", "--head-only", "-o", str(head)).exit_code == 0
        assert json.loads(head.read_text(encoding="utf-8")) == last
        assert head.stat().st_mode & 0o077 == 0
    assert run_beside(homeward, "verify", "--head", str(head)).exit_code == 0
    edited(tmp_path, "DELETE FROM events WHERE seq = 3")
    done = run_beside(homeward, "verify", "--head", str(head))
    assert done.exit_code == 1
    assert "some were cut" in done.output


@pytest.mark.parametrize("words", [("verify",), ("export",)])
def test_a_ledger_that_is_not_there_is_told(homeward: Callable[..., Result], words: tuple[str, ...]) -> None:
    done = homeward(*words)
    assert done.exit_code == 2
    assert "There is no ledger at" in done.output


async def test_what_is_wrong_with_its_use_is_told(
    config: str, homeward: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with working(config):
        done = run_beside(homeward, "verify", "--head", str(tmp_path / "nowhere"))
        assert (done.exit_code, "can't be read" in done.output) == (2, True)
        done = run_beside(homeward, "verify", "--head", config)
        assert (done.exit_code, "not the last line of an export" in done.output) == (2, True)
        done = run_beside(homeward, "export", "-o", str(tmp_path / "nowhere" / "x"))
        assert (done.exit_code, "can't be written" in done.output) == (2, True)
        monkeypatch.setenv("HOMEWARD_AUDIT__KEY", "")
        done = run_beside(homeward, "verify")
        assert (done.exit_code, "set the environment variable HOMEWARD_AUDIT__KEY" in done.output) == (2, True)
