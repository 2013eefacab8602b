"""The ledger on both databases, and a clock that a test moves."""

import itertools
import os
from collections.abc import AsyncGenerator, Generator
from pathlib import Path

import pytest

from bench.postgres import Postgres, PostgresMissing
from homeward.actions.ledger import Ledger, opened
from tests.actions.making import KEY, VirtualClock, planned
from tests.actions.world import Azure, Life, Preparing, prepared

NAMES = itertools.count(1)


@pytest.fixture(scope="session")
def postgres() -> Generator[Postgres]:
    """Started when the first test wants it. With HOMEWARD_NOTHING_SKIPPED its absence fails."""
    try:
        server = Postgres()
    except PostgresMissing as missing:
        if os.environ.get("HOMEWARD_NOTHING_SKIPPED"):
            pytest.fail(str(missing))
        pytest.skip(str(missing))
    yield server
    server.stop()


@pytest.fixture
def postgres_url(postgres: Postgres) -> Generator[str]:
    """The URL of a fresh, empty database."""
    name = f"test_{next(NAMES)}"
    yield postgres.make(name)
    postgres.drop(name)


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return f"sqlite+aiosqlite:///{tmp_path / 'homeward.db'}"


@pytest.fixture(params=["sqlite", "postgres"])
def ledger_url(request: pytest.FixtureRequest) -> str:
    """A fresh database's URL: every test that asks for it runs on both."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock()


@pytest.fixture
async def ledger(ledger_url: str, clock: VirtualClock) -> AsyncGenerator[Ledger]:
    """A ledger with the virtual clock, on each database."""
    async with opened(ledger_url, key=KEY, clock=clock) as ledger:
        yield ledger


@pytest.fixture
async def sqlite_ledger(sqlite_url: str, clock: VirtualClock) -> AsyncGenerator[Ledger]:
    async with opened(sqlite_url, key=KEY, clock=clock) as ledger:
        yield ledger


@pytest.fixture
async def postgres_ledger(postgres_url: str, clock: VirtualClock) -> AsyncGenerator[Ledger]:
    async with opened(postgres_url, key=KEY, clock=clock) as ledger:
        yield ledger


@pytest.fixture
def life(ledger: Ledger, clock: VirtualClock) -> Life:
    return Life(ledger, Azure(clock), Preparing(prepared(planned("web02"))), clock)


@pytest.fixture
def lite(sqlite_ledger: Ledger, clock: VirtualClock) -> Life:
    """The same on SQLite alone: where the database makes no difference."""
    return Life(sqlite_ledger, Azure(clock), Preparing(prepared(planned("web02"))), clock)
