"""`homeward errors`: the error catalogue in a terminal; needs no settings and no network."""

import json

import click

from homeward.checks.catalogue import as_dict, search

from . import ExitCode
from .render import answer_lines


def run(text: str, *, as_json: bool) -> int:
    """Runs the command; returns the exit code."""
    answer = search(text)
    if as_json:
        click.echo(json.dumps(as_dict(answer), indent=2, ensure_ascii=False))
    else:
        for line in answer_lines(answer):
            click.echo(line)
    return ExitCode.FOUND if answer.answered else ExitCode.NOT_FOUND
