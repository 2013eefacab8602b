"""Searching by typing: everything that has a name, put in order once and looked through at each letter."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from homeward.checks.names import fold
from homeward.checks.subjects import Named

from .find import ALIKE, NEAREST

LONGEST = 300
"""No name is longer; an ARM id may be."""
_BREAK = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class _Entry:
    """`name` and `others` are folded; `words` are the places where a word of the name begins, but for the first."""

    one: Named
    name: str
    others: tuple[str, ...]
    words: tuple[str, ...]


class Index:
    """What is to be found, by name; it never changes. `others` are the folded names beside its own."""

    def __init__(self, named: Iterable[tuple[Named, Iterable[str]]]) -> None:
        entries = [_entry(one, others) for one, others in named]
        self._entries = sorted(entries, key=lambda each: (each.name, each.one.vault, each.one.kind.value, each.one.id))
        self._by_id = {fold(each.one.id): each for each in self._entries}
        self.named = tuple(each.one for each in self._entries)

    def search(self, text: str, most: int) -> tuple[Named, ...]:
        """Exact ones first, then those that begin so, those with a word that does, those with it inside; each by name.

        Where nothing has the letters, what looks like them.
        """
        wanted = fold(text[: 2 * LONGEST])
        if not wanted:
            return self.named[: max(0, most)]
        ranks: tuple[list[Named], ...] = ([], [], [], [], [])
        for each in self._entries:
            if (rank := _rank(each, wanted)) is not None:
                ranks[rank].append(each.one)
        if by_id := self._by_id.get(wanted):
            ranks[0].append(by_id.one)
        found = [one for rank in ranks for one in rank] or self._alike(wanted)
        return tuple(found[: max(0, most)])

    def _alike(self, wanted: str) -> list[Named]:
        names = [each.name for each in self._entries]
        alike = process.extract(wanted[:LONGEST], names, scorer=fuzz.WRatio, limit=NEAREST, score_cutoff=ALIKE)
        return [self._entries[place].one for _name, _score, place in alike]


def _entry(one: Named, others: Iterable[str]) -> _Entry:
    name = fold(one.name)
    words = tuple(name[match.end() :] for match in _BREAK.finditer(name))
    return _Entry(one, name, tuple(sorted({other for other in others if other != name})), words)


def _rank(each: _Entry, wanted: str) -> int | None:
    if wanted in each.name:
        if each.name == wanted:
            return 0
        if each.name.startswith(wanted):
            return 1
        return 2 if any(word.startswith(wanted) for word in each.words) else 3
    for other in each.others:
        if wanted in other:
            return 0 if other == wanted else 4
    return None
