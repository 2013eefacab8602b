"""`homeward check`: the same checks as /reprotect-check, for a terminal or a program."""

import asyncio
import json
import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import click
from rich.console import Console
from rich.status import Status
from rich.text import Text

from homeward.bot.compose import collector
from homeward.bot.sandbox.run import Sandbox, SandboxMissing
from homeward.bot.settings import SettingsError
from homeward.bot.settings_file import load
from homeward.checks import (
    RULES_OF,
    Answer,
    Choices,
    Collect,
    Collected,
    NoMatch,
    SourceReading,
    SourceState,
    Verdict,
    report,
)
from homeward.checks.saving import dump
from homeward.checks.saving import load as load_facts
from homeward.checks.way import Operation

from . import ExitCode
from .render import clean, report_lines

EXIT = {Verdict.READY: ExitCode.READY, Verdict.BLOCKED: ExitCode.BLOCKED, Verdict.UNKNOWN: ExitCode.UNKNOWN}


def run(
    name: str | None,
    *,
    operation: str = Operation.REPROTECT.value,
    as_json: bool,
    sandbox: bool,
    save_facts: str | None,
    facts: str | None,
    config: str | None,
) -> int:
    """Runs the command; returns the exit code."""
    for_ = Operation(operation)
    try:
        if facts:
            if name or sandbox or save_facts or config:
                raise click.UsageError(
                    "--facts replays a file alone: leave out NAME, --sandbox, --config and --save-facts"
                )
            return _show(_replay(facts), for_, as_json=as_json, replayed=facts)
        if not name or not name.strip():
            raise click.UsageError("NAME is missing: homeward check web01")
        if sandbox and config:
            raise click.UsageError("--sandbox has its own settings: leave out --config")
        answer = asyncio.run(_collect(name, for_, sandbox=sandbox, config=config))
    except (SettingsError, SandboxMissing) as error:
        for line in str(error).splitlines():
            click.echo(clean(line), err=True)
        return ExitCode.USAGE
    options = "" if for_ is Operation.REPROTECT else f"--for {for_.value} "
    options += "--sandbox " if sandbox else f"--config {config} " if config else ""
    code = _show(answer, for_, as_json=as_json, options=options)
    if save_facts and isinstance(answer, Collected):
        return _save(save_facts, dump(answer), code)
    return code


async def _collect(name: str, for_: Operation, *, sandbox: bool, config: str | None) -> Answer:
    async with _source(sandbox=sandbox, config=config) as collect:
        console = Console(stderr=True)
        if not console.is_terminal:
            return await collect(name, _ignore, for_)
        with console.status(Text(clean(f"Checking {name[:80]} …"))) as status:
            return await collect(name, lambda readings: _tell(status, name, readings), for_)


@asynccontextmanager
async def _source(*, sandbox: bool, config: str | None) -> AsyncGenerator[Collect]:
    if not sandbox:
        settings = load(config)
        if not settings.vaults:
            where = config or "the settings file"
            raise SettingsError(
                f"no vault is configured: add a [[vaults]] table to {where} (docs/configure.md), "
                "or try it on the sandbox with --sandbox"
            )
        async with collector(settings) as collect:
            yield collect
        return
    async with Sandbox() as estate, collector(estate.settings()) as collect:
        yield collect


def _replay(path: str) -> Collected:
    try:
        return load_facts(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(f"the facts file {path!r} can't be read: {error.strerror}") from None
    except ValueError as error:
        raise SettingsError(f"{path}: not a file of homeward check --save-facts: {error}") from None


def _save(path: str, text: str, code: int) -> int:
    """Writes the facts for their owner alone: they hold names and addresses of the estate."""
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        click.echo(clean(f"the facts could not be written to {path!r}: {error.strerror}"), err=True)
        return ExitCode.USAGE
    return code


def _show(answer: Answer, for_: Operation, *, as_json: bool, replayed: str = "", options: str = "") -> int:
    """`options` are repeated in the commands that are proposed; `replayed` is the file that the facts come from."""
    match answer:
        case Collected():
            judged = report(answer, RULES_OF[for_], for_)
            if as_json:
                _print_json(judged.as_dict())
            else:
                for line in report_lines(judged):
                    click.echo(line)
                if replayed:
                    click.echo(clean(f"Replayed from {replayed}: nothing was read now."))
            return EXIT[judged.verdict]
        case Choices():
            if as_json:
                candidates = [
                    {"name": c.name, "kind": c.kind.value, "id": c.id, "detail": c.detail} for c in answer.candidates
                ]
                _print_json({"name": answer.name, "candidates": candidates})
            click.echo(f"{clean(answer.name)!r} fits {len(answer.candidates)} subjects; name one by its id:", err=True)
            for c in answer.candidates:
                click.echo(
                    clean(f"  {c.kind.value} {c.name} ({c.detail})") + f"\n    homeward check {options}'{clean(c.id)}'",
                    err=True,
                )
        case NoMatch():
            if as_json:
                _print_json({"name": answer.name, "nearest": answer.nearest})
            near = f" The nearest names: {clean(', '.join(answer.nearest))}." if answer.nearest else ""
            shown = clean(answer.name if len(answer.name) <= 80 else answer.name[:79] + "…")
            click.echo(f"No machine, replication group or recovery plan is named {shown!r}.{near}", err=True)
    return ExitCode.USAGE


def _print_json(content: object) -> None:
    # In ASCII: a name may hold what a terminal obeys, or half a surrogate pair, which can't be written at all.
    click.echo(json.dumps(content, indent=2))


def _ignore(_readings: tuple[SourceReading, ...]) -> None:
    """Nobody watches."""


def _tell(status: Status, name: str, readings: tuple[SourceReading, ...]) -> None:
    waiting = [reading.name for reading in readings if reading.state is SourceState.READING]
    # Not a plain string: rich would read brackets in a name as markup.
    status.update(Text(clean(f"Checking {name[:80]}: reading {', '.join(waiting) or 'done'} …")))
