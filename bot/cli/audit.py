"""`homeward audit`: is the audit chain whole, and what is in it? Reads the ledger beside a bot that works with it."""

import asyncio
import json
import os
import sys
from contextlib import aclosing, nullcontext
from datetime import UTC
from pathlib import Path
from typing import TextIO

import click

from homeward.actions.ledger import Broken, Head, LedgerError, Verified, export, exported_head, look_into, verify
from homeward.bot.settings import Settings, SettingsError
from homeward.bot.settings_file import load

from . import ExitCode
from .render import clean


def run_verify(config: str | None, *, head: str | None, as_json: bool) -> int:
    """0 where every event is as it was written, 1 where the chain is broken, 2 where that can't be told."""
    try:
        found = asyncio.run(_verify(load(config), _kept(head) if head else None))
    except (SettingsError, LedgerError) as error:
        click.echo(clean(str(error)), err=True)
        return ExitCode.USAGE
    if as_json:
        click.echo(json.dumps(_as_json(found)))
    elif isinstance(found, Broken):
        click.echo(clean(f"✗ The audit chain is broken at event {found.seq}. {found.why}"))
    else:
        last = f", the last of {found.head.moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC" if found.count else ""
        beyond = "" if head else " Against an exported head (--head) a cut of the last events would show too."
        click.echo(clean(f"✓ The audit chain is whole: {found.count} events{last}.{beyond}"))
    return ExitCode.FAILED if isinstance(found, Broken) else ExitCode.OK


def run_export(config: str | None, *, head_only: bool, output: str | None) -> int:
    """Writes the events and, as the last line, the head; returns the exit code."""
    try:
        asyncio.run(_export(load(config), head_only=head_only, output=output))
    except (SettingsError, LedgerError) as error:
        click.echo(clean(str(error)), err=True)
        return ExitCode.USAGE
    return ExitCode.OK


async def _verify(settings: Settings, head: Head | None) -> Verified | Broken:
    key = settings.audit_key().encode()
    async with look_into(settings.state_url()) as engine:
        return await verify(engine, key, head)


async def _export(settings: Settings, *, head_only: bool, output: str | None) -> None:
    async with look_into(settings.state_url()) as engine, aclosing(export(engine)) as lines:
        # Before anything is opened for writing: a ledger that can't be read leaves an older export alone.
        line = await anext(lines)
        with _written(output) if output else nullcontext(sys.stdout) as file:
            async for following in lines:
                if not head_only:
                    click.echo(line, file)
                line = following
            click.echo(line, file)


def _written(path: str) -> TextIO:
    """For its owner alone: it holds who did what with which machine."""
    try:
        return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8")
    except OSError as error:
        raise SettingsError(f"the export can't be written to {path!r}: {error.strerror}") from None


def _kept(path: str) -> Head:
    """The head that ends an export."""
    try:
        lines = Path(path).read_text(encoding="utf-8").strip().splitlines()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) and error.strerror else "it is not text"
        raise SettingsError(f"the head file {path!r} can't be read: {why}") from None
    return exported_head(lines[-1] if lines else "")


def _as_json(found: Verified | Broken) -> dict[str, object]:
    if isinstance(found, Broken):
        return {"whole": False, "seq": found.seq, "why": found.why}
    return {"whole": True, "events": found.count, "at": found.head.at}
