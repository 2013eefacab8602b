"""Brings the ledger's database to this version's tables; what each revision does stands in `versions`."""

from pathlib import Path

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext, RevisionStep
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from homeward.actions.ledger.errors import LedgerError

LOCK = 0x686F6D65
"""Any number, but the same in every replica: only one of them migrates at a time."""


def revisions() -> ScriptDirectory:
    """This version's revisions; it reads files."""
    scripts = ScriptDirectory(str(Path(__file__).parent))
    list(scripts.walk_revisions())
    return scripts


def migrate(connection: Connection, scripts: ScriptDirectory) -> None:
    """In the connection's transaction: all of it, or nothing. Raises `LedgerError` for a newer version's database."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
    strange = set(MigrationContext.configure(connection).get_current_heads())
    strange -= {script.revision for script in scripts.walk_revisions()}
    if strange:
        raise LedgerError(
            f"The ledger was written by a newer version of Homeward (revision {', '.join(sorted(strange))}): "
            "run that version or a later one."
        )

    def upgrade(revision: str, _: MigrationContext) -> list[RevisionStep]:
        return scripts._upgrade_revs("head", revision)  # pyright: ignore[reportPrivateUsage] # as alembic.command does; without its env.py, which would run when it is imported

    with EnvironmentContext(Config(), scripts, fn=upgrade) as environment:
        environment.configure(connection=connection)
        environment.run_migrations()
