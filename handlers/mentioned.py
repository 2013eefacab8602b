"""Finding the machines, groups and plans that a text names, among those that are known."""

import re
from collections.abc import Iterator, Sequence

from homeward.checks.names import fold
from homeward.checks.subjects import Named

MOST = 20
_WORD = re.compile(r"[^\W_][\w.-]*")
_HARD = re.compile(r"[^\w.-]")


def mentioned(text: str, known: Sequence[Named]) -> tuple[Named, ...]:
    """Those that are named, in the text's order, each once; of several of one name, all."""
    by_name: dict[str, list[Named]] = {}
    for one in known:
        by_name.setdefault(fold(one.name), []).append(one)
    folded = text.casefold()
    places: dict[str, int] = {}
    for place, word in _words(folded):
        if word in by_name:
            places.setdefault(word, place)
    for name in by_name:
        # A name of several words, or with signs in it, is no word of the text: it is looked for as it is.
        if _HARD.search(name) and (place := _whole(name, folded)) >= 0:
            places[name] = place
    longest = sorted(places, key=lambda name: (places[name], -len(name)))
    found: list[Named] = []
    end = 0
    for name in longest:
        # "web02 old" names one machine, and not web02 as well.
        if places[name] >= end:
            found += by_name[name]
            end = places[name] + len(name)
    return tuple(found[:MOST])


def _words(folded: str) -> Iterator[tuple[int, str]]:
    """Each word, and of a host's full name also its beginnings: web02.corp.example is web02."""
    for match in _WORD.finditer(folded):
        word = match.group().rstrip(".-")
        while word:
            yield match.start(), word
            word = word.rpartition(".")[0]


def _whole(name: str, folded: str) -> int:
    place = folded.find(name)
    if place < 0:
        return -1
    found = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)").search(folded, max(0, place - 1))
    return found.start() if found else -1
