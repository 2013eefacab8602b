"""Slack's markup as plain text: mentions by name, links by their label, emphasis dropped, entities resolved."""

import re
import textwrap
from collections.abc import Mapping

from rich.cells import cell_len

_BRACKETS = re.compile(r"<([@#!]?)([^<>|]*)(?:\|([^<>]*))?>")
_CODE = re.compile(r"(```.*?```|`[^`\n]+`)", re.DOTALL)
_EMPHASIS = re.compile(r"(?<![\w*_~])([*_~])(?=\S)([^\n]*?\S)\1(?![\w*_~])")
_EMOJI = {
    ":white_check_mark:": "✓",
    ":heavy_check_mark:": "✓",
    ":x:": "✗",
    ":warning:": "!",
    ":question:": "?",
    ":hourglass_flowing_sand:": "…",
}


_UNSAFE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""What could move a terminal's cursor or turn its text around; a browser ignores it."""


def plain(text: str, names: Mapping[str, str]) -> str:
    """One mrkdwn text as people read it."""
    parts = _CODE.split(text)
    read = [
        part.strip("`").strip("\n") if odd % 2 else _emphasis(_mentions(part, names)) for odd, part in enumerate(parts)
    ]
    joined = "".join(read)
    for code, sign in _EMOJI.items():
        joined = joined.replace(code, sign)
    return joined.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def wrapped(text: str, width: int, *, indent: str = "", hanging: str | None = None) -> list[str]:
    """Lines of at most `width` cells; what a line started with in blanks is kept for its continuation."""
    found: list[str] = []
    for line in _UNSAFE.sub("", text).expandtabs(4).split("\n"):
        lead = line[: len(line) - len(line.lstrip(" "))]
        rest = indent + (lead if hanging is None else hanging)
        room = max(width - max(cell_len(line) - len(line), 0), len(rest) + 1)
        found += textwrap.wrap(
            line, room, initial_indent=indent, subsequent_indent=rest, drop_whitespace=True, replace_whitespace=False
        ) or [indent.rstrip()]
    return [line.rstrip() for line in found]


def _mentions(text: str, names: Mapping[str, str]) -> str:
    def read(found: re.Match[str]) -> str:
        sign, what, label = found[1], found[2], found[3]
        match sign:
            case "@" | "#":
                return sign + (label or names.get(what, what))
            case "!":
                group = what.removeprefix("subteam^")
                return label or f"@{names.get(group, group)}"
            case _:
                return label or what

    return _BRACKETS.sub(read, text)


def _emphasis(text: str) -> str:
    while (bare := _EMPHASIS.sub(r"\2", text)) != text:
        text = bare
    return text
