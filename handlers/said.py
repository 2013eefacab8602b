"""What a message of anybody's says: its text, blocks and attachments as the words that people see, bounded."""

from collections.abc import Iterator, Mapping
from typing import cast

from .arguments import unescaped

MOST = 40_000
"""Letters; Slack takes no longer text, and blocks and attachments mostly say the same again."""
DEEPEST = 12
MOST_PARTS = 2_000

_SAYING = ("pretext", "title", "text", "value", "fallback", "footer", "name", "preview")
"""Where attachments, blocks and files keep what people read, besides what is held inside."""
_HOLDING = ("blocks", "elements", "fields", "attachments", "files", "rows", "element", "text", "title", "message")
_LINES = ("rich_text_section", "rich_text_preformatted", "rich_text_quote")
"""Their elements are pieces of one line: a code may be parted by its formatting."""

Json = Mapping[str, object]


def said(message: Json) -> str:
    """The words, each paragraph once, in the message's order."""
    kept: list[str] = []
    room = MOST
    known = ""
    for words in _words(message, 0, [MOST_PARTS]):
        line = unescaped(words[:room]).strip()
        # Blocks repeat the text, and attachments have a fallback that repeats them.
        if not line or line in known:
            continue
        kept.append(line)
        known = f"{known}\n{line}"
        room -= len(line)
        if room <= 0:
            break
    return "\n".join(kept)


def _words(part: Json, depth: int, left: list[int]) -> Iterator[str]:
    left[0] -= 1
    if depth > DEEPEST or left[0] < 0:
        return
    if part.get("type") in _LINES:
        yield "".join(_piece(piece) for piece in _parts(part.get("elements")))
        return
    for key in _SAYING:
        words = part.get(key)
        if isinstance(words, str):
            yield words
    for key in _HOLDING:
        for inner in _parts(part.get(key)):
            yield from _words(inner, depth + 1, left)


def _piece(piece: Json) -> str:
    """A piece of a line: a link by its words, anything else by its text."""
    words = piece.get("text") or piece.get("url") or ""
    return words if isinstance(words, str) else ""


def _parts(held: object) -> list[Json]:
    if isinstance(held, dict):
        return [cast("Json", held)]
    inner = cast("list[object]", held) if isinstance(held, list) else []
    # A table's rows are lists of cells.
    return [part for one in inner if isinstance(one, dict | list) for part in _parts(cast("object", one))]
