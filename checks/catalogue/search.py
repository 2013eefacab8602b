"""Answering a question to the catalogue: codes and rule ids first, then words, with typing errors forgiven."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from rapidfuzz import fuzz, process
from rapidfuzz.distance import DamerauLevenshtein

from .load import by_code, entries
from .model import Entry, Kind
from .of_rules import rule_entries
from .recognise import clean, hresult, recognise
from .words import Index, build

GOOD = 0.5
"""A share of the question's weight that an entry must cover to count as an answer (tuned on the tests' questions)."""
WEAK = 0.25
"""The share from which it is still worth offering."""
SHARE_OF_BEST = 0.7
"""The share of the best entry's score below which a further one only distracts."""
CLOSE = 0.8
"""The share of the best entry's score from which a second one may be what was meant as well."""
LIMIT = 5
NEAR = 3


@dataclass(frozen=True, slots=True)
class Answer:
    """What the catalogue says to a question; `nearest` is only offered and never the answer.

    Where `sure` is false, the first matches fit about alike: they are a choice, and none of them the answer.
    """

    query: str
    found: tuple[Entry, ...]
    unknown_codes: tuple[str, ...]
    matches: tuple[Entry, ...]
    nearest: tuple[Entry, ...]
    sure: bool = True

    @property
    def answered(self) -> bool:
        """Whether a code was found, or, if no code was asked for, words that fit well."""
        return bool(self.found) or (bool(self.matches) and not self.unknown_codes)


def lookup(code: str) -> Entry | None:
    """The entry of exactly this code, alias, short name or rule id, without case."""
    name = code.strip().lower()
    return by_code().get(name) or rule_entries().get(name)


def search(text: str, limit: int = LIMIT) -> Answer:
    """What is known about the codes in a text, or about its words if it has none."""
    query = clean(text)
    seen = recognise(query, _names())
    found = tuple(entry for code in seen.known if (entry := lookup(code)))
    near = [entry for code in seen.unknown for entry in _near(code)]
    if found:
        return Answer(query, found, seen.unknown, (), _offer(near, found, limit))
    # A number nobody knows as a code can still be a word of the catalogue, such as a port.
    ranked = _index().rank(query)
    least = max(GOOD, SHARE_OF_BEST * min(ranked[0].score, 1.0)) if ranked else GOOD
    good = [each for each in ranked if each.fits and each.score >= least]
    weak = [each.entry for each in ranked if each.score >= WEAK]
    matches = [each.entry for each in good]
    if seen.unknown:
        return Answer(query, (), seen.unknown, (), _offer([*matches, *near, *weak], (), limit))
    if not good:
        return Answer(query, (), (), (), _offer(weak, (), limit))
    sure = len(good) == 1 or good[1].score < CLOSE * good[0].score
    return Answer(query, (), (), _offer(matches, (), limit), (), sure)


def _offer(entries: Iterable[Entry], found: tuple[Entry, ...], limit: int) -> tuple[Entry, ...]:
    """These entries, each once, without those found already."""
    return tuple(dict.fromkeys(entry for entry in entries if entry not in found))[: max(limit, 0)]


@cache
def _names() -> Mapping[str, str]:
    return {**_code_names(), **{rule: rule for rule in rule_entries()}}


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
