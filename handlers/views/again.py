"""The command line that asks for the same once more: ready to copy, read back by `start_arguments`."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import fields
from datetime import datetime

from homeward.actions.plan import OpenValue
from homeward.actions.requests import Asked
from homeward.checks.subjects import Wish, Wishes

from ..escape import plain
from .blocks import SECTION
from .moments import agreed
from .operations import words as words_of

CHOOSE = "NAME"
"""Stands where there is no candidate to put."""

_SAFE = re.compile(r"[\w./:+@-]+")


def start_line(
    command: str,
    asked: Asked,
    *,
    subject: str = "",
    chosen: Sequence[OpenValue] = (),
    without: Sequence[OpenValue] = (),
    now: datetime | None = None,
) -> str:
    """What was asked, with `subject` in place of its name, and the first candidate for each of the open values.
    `command` is the one that asks for this operation.

    What is to be left out (`without`) is not in it. An agreed time that is over at `now` is told without its day: the
    next such time; never left out, since that would mean at once. It is one line of plain text; "" where it would be
    too long to be typed.
    """
    wishes = {field.name: list[Wish](getattr(asked.wishes, field.name)) for field in fields(Wishes)}
    for value in (*without, *chosen):
        option = wishes.setdefault(value.option.replace("-", "_"), [])
        option[:] = [wish for wish in option if wish.machine.casefold() != value.machine.casefold()]
    for value in chosen:
        option = wishes[value.option.replace("-", "_")]
        option.append(Wish(value.candidates[0] if value.candidates else CHOOSE, value.machine))
    said = words_of(asked.operation)
    words = [command, said.word, quoted(subject or asked.subject), *([said.option] if said.option else [])]
    for name, given in wishes.items():
        words += [f"--{name.replace('_', '-')} {_value(wish)}" for wish in given]
    if asked.point and "point" not in options(without):
        words.append(f"--point {quoted(asked.point)}")
    if asked.at:
        words.append(f"--at {_moment(asked.at, asked.zone, now)}")
    if asked.reason.strip():
        words.append('--reason "{}"'.format(asked.reason.replace('"', "'")))
    line = " ".join(words)
    return line if plain(line, SECTION) == line else ""


def _moment(at: datetime, zone: str, now: datetime | None) -> str:
    """As the options of a start take it."""
    day, clock, said = agreed(at, zone).split(" ", 2)
    if now and at <= now:
        return f"{clock} --zone {quoted(said)}"
    return f'"{day} {clock}" --zone {quoted(said)}'


def check_line(command: str, machine: str) -> str:
    return f"{command} {quoted(machine)}"


def quoted(name: str) -> str:
    """A name as it can be typed."""
    if _SAFE.fullmatch(name) and name[0] not in "-_":
        return name
    return f"'{name}'" if '"' in name else f'"{name}"'


def _value(wish: Wish) -> str:
    return f"{quoted(wish.machine)}={quoted(wish.value)}" if wish.machine else quoted(wish.value)


def options(values: Iterable[OpenValue]) -> list[str]:
    """The options that are open, each once."""
    return list(dict.fromkeys(value.option.replace("_", "-") for value in values))
