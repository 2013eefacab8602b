"""`python -m bench.chaos`: the whole run, with the bots as they are shipped; what is broken ends it with 1."""

import asyncio
import json
import sys
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from random import SystemRandom

import click

from bench.postgres import Postgres

from .course import short, whole
from .run import Outcome, chaos


@click.command()
@click.option("--requests", default=200, show_default=True, type=click.IntRange(1), help="How many are asked for.")
@click.option("--seed", type=int, help="Of an earlier run: the same deeds at the same times.")
@click.option("--short", "brisk", is_flag=True, help="Bots that wait seconds instead of minutes, as in the tests.")
@click.option("--claimless", is_flag=True, help="Bots that don't write their claims: the run must find double starts.")
@click.option("--logs", type=click.Path(file_okay=False, path_type=Path), help="Keep the bots' logs in this folder.")
@click.option("--json", "as_json", is_flag=True, help="Print the outcome as JSON.")
def main(*, requests: int, seed: int | None, brisk: bool, claimless: bool, logs: Path | None, as_json: bool) -> None:
    """Asks three real bots on one PostgreSQL for reprotects, while they are killed and stopped, and all fails."""
    seed = SystemRandom().randrange(10**9) if seed is None else seed
    click.echo(f"seed {seed}", err=True)
    course = (short if brisk else whole)(requests, seed)
    if claimless:
        course = replace(course, bot="bench.chaos.claimless_bot")
    with _database() as state, _folder(logs) as folder:
        outcome = asyncio.run(chaos(course, state, logs=folder))
    click.echo(json.dumps(asdict(outcome), indent=2) if as_json else told(outcome))
    sys.exit(1 if outcome.broken else 0)


def told(outcome: Outcome) -> str:
    """For people."""
    lines = [f"seed {outcome.seed}, {outcome.seconds:.0f} seconds"]
    lines += [f"{count:>7} {what}" for what, count in outcome.counts.items()]
    lines += [f"BROKEN: {place}" for place in outcome.broken]
    return "\n".join([*lines, f"{len(outcome.broken)} places are broken" if outcome.broken else "Nothing is broken."])


@contextmanager
def _database() -> Generator[str]:
    server = Postgres()
    try:
        yield server.make("chaos")
    finally:
        server.stop()


@contextmanager
def _folder(given: Path | None) -> Generator[Path]:
    if given:
        given.mkdir(parents=True, exist_ok=True)
        yield given
    else:
        with tempfile.TemporaryDirectory(prefix="homeward-chaos-") as made:
            yield Path(made)


if __name__ == "__main__":
    main()
