"""Texts that are not ours made harmless: no mention, no markup of Slack's, no character that hides others."""

import re
import unicodedata

ELLIPSIS = "…"
NOTHING = "(nothing)"
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"

_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_ESCAPES = str.maketrans(_ENTITIES)
_HIDDEN = {"Cc", "Cf", "Cs"}
"""Control characters, invisible and reordering ones, and halves of surrogate pairs (which no JSON can carry)."""
_SPACES = re.compile(r"\s+")


def units(text: str) -> int:
    """The length as Slack may count it: in UTF-16 code units, never fewer than characters."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def plain(text: str, limit: int = 300) -> str:
    """One line that looks like what it is, for plain_text and table cells, where Slack reads no markup."""
    given, cut = text[: 2 * limit], len(text) > 2 * limit
    # Spaces first: a line break parts words, while any other control character is shown as one that was here.
    line = _SPACES.sub(" ", given).strip()
    if not (line.isascii() and line.isprintable()):
        line = "".join(REPLACEMENT if unicodedata.category(c) in _HIDDEN else c for c in line)
    return _within(line or NOTHING, limit, lengths={}, cut=cut)


def mrkdwn(text: str, limit: int = 300) -> str:
    """The same for mrkdwn: Slack's three control characters are escaped, so that nothing in it can mention or link.

    `limit` holds after escaping. Put it only into texts that are sent `verbatim`.
    """
    line = plain(text, limit)
    escaped = line.translate(_ESCAPES)
    return escaped if units(escaped) <= limit else _within(line, limit, lengths=_ENTITIES, cut=True).translate(_ESCAPES)


def _within(line: str, limit: int, *, lengths: dict[str, str], cut: bool) -> str:
    if not cut and units(line) <= limit:
        return line
    room, kept = limit - 1, 0
    for character in line:
        room -= units(lengths.get(character, character))
        if room < 0:
            break
        kept += 1
    return line[:kept].rstrip() + ELLIPSIS


def link(address: str, label: str) -> str:
    """A link, or the label alone where the address is not one that can be linked."""
    words = mrkdwn(label, 150).replace("|", "/")
    linkable = re.fullmatch(r"https://[^\s<>|]{1,1000}", address) and address.isascii() and address.isprintable()
    return f"<{address}|{words}>" if linkable else words


def asked(user: str) -> str:
    """ "asked by" and the person, by the id that Slack gave; nobody else can be mentioned by it."""
    return f"asked by {person(user)}"


def person(user: str) -> str:
    """A mention of one person, from nothing but an id."""
    return f"<@{user}>" if re.fullmatch(r"[UW][A-Z0-9]{1,30}", user) else "somebody"


def usergroup(group: str) -> str:
    """A mention that rings a user group, from nothing but an id of the settings."""
    return f"<!subteam^{group}>" if re.fullmatch(r"S[A-Z0-9]{1,30}", group) else "a user group"
