"""Matching the words of a question with the words of entries: rare words weigh more, typing errors are forgiven."""

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from rapidfuzz import fuzz, process
from rapidfuzz.distance import DamerauLevenshtein

from .model import Entry, Kind

MAX_WORDS = 24
"""More distinct words than this do not make a question clearer; a pasted log is judged by its first ones."""
MAX_WORD = 40

IN_TITLE, IN_CAUSE, IN_REST = 1.0, 0.6, 0.45
"""How much a word counts by where the entry has it."""
PHRASE = 0.9
"""The least that an entry scores when the question is, word for word, one of its keywords."""

_WORD = re.compile(r"[^\W_]+")
_STOP = frozenset(
    (  # noqa: SIM905 - as a list of quoted words nobody can read it
        "a about after all also am an and any anything are as asr at azure be because been before but by can cannot "
        "cant code codes could couldn did do does doesn don done during error errors event failed failing fails for "
        "from get gets getting give got had has have help hi how i id ids if in into is isn it its job jobs just keep "
        "keeps me mean means my need no not of off on one or our out please problem recovery s say says see should "
        "site so still t tell than that the their them then there they this to too up us use was we were what when "
        "where which while who why will with won would you your "
    ).split()
)
_ENDINGS = (("ies", "y"), ("sses", "ss"), ("ing", ""), ("ed", ""), ("es", "e"), ("s", ""))


@dataclass(frozen=True, slots=True)
class Index:
    """The words of all entries, ready to be asked."""

    entries: tuple[Entry, ...]
    places: Mapping[str, Mapping[int, float]]
    """For each stem, how much it counts in which entry."""
    vocabulary: tuple[str, ...]
    phrases: Mapping[str, tuple[int, ...]]
    """Keywords and titles as sorted stems, with the entries that have them."""

    def rank(self, question: str) -> list[tuple[Entry, float]]:
        """Entries that share words with the question, best first, with the share of its weight that they cover."""
        stems = _first(stems_of(question), MAX_WORDS)
        if not stems:
            return []
        scores: defaultdict[int, float] = defaultdict(float)
        total = 0.0
        for stem in stems:
            readings = self._readings(stem)
            if not readings and not stem.isalpha():
                continue  # a time, an address, a machine's name: says nothing about the question
            weight = max((self._rarity(reading) for reading, _ in readings), default=self._rarity(""))
            total += weight
            best: dict[int, float] = {}
            for reading, likeness in readings:
                for place, share in self.places[reading].items():
                    best[place] = max(best.get(place, 0.0), share * likeness)
            for place, share in best.items():
                scores[place] += weight * share
        if not scores:
            return []
        ranked = {place: score / total for place, score in scores.items()}
        for place in self.phrases.get(_phrase(stems), ()):
            ranked[place] = max(ranked.get(place, 0.0), PHRASE) + 0.1
        # Of two that fit alike, what was written to explain goes before a single code.
        order = sorted(ranked, key=lambda p: (-round(ranked[p], 6), self.entries[p].kind is Kind.CODE, p))
        return [(self.entries[place], ranked[place]) for place in order]

    def _rarity(self, stem: str) -> float:
        return math.log((1 + len(self.entries)) / (1 + len(self.places.get(stem, ())))) + 0.3

    def _readings(self, stem: str) -> list[tuple[str, float]]:
        """The words of the catalogue that this one can stand for, with how sure that is."""
        if stem in self.places:
            return [(stem, 1.0)]
        if len(stem) < 4 or any(letter.isdigit() for letter in stem):
            return []
        slips = 1 if len(stem) < 8 else 2
        close = process.extract(stem, self.vocabulary, scorer=DamerauLevenshtein.distance, score_cutoff=slips, limit=3)
        readings = [(word, fuzz.ratio(stem, word) / 100) for word, _, _ in close]
        if readings:
            return readings
        return [(word, 0.8) for word in self.vocabulary if len(stem) >= 5 and word.startswith(stem)][:3]


def build(entries: Iterable[Entry]) -> Index:
    """An index of these entries."""
    listed = tuple(entries)
    places: defaultdict[str, dict[int, float]] = defaultdict(dict)
    phrases: defaultdict[str, list[int]] = defaultdict(list)
    for place, entry in enumerate(listed):
        for share, texts in _fields(entry):
            for stem in (stem for text in texts for stem in stems_of(text)):
                places[stem][place] = max(share, places[stem].get(place, 0.0))
        for phrase in {_phrase(stems_of(text)) for text in (entry.title, *_short_name(entry), *entry.keywords)}:
            phrases[phrase].append(place)
    frozen = {phrase: tuple(owners) for phrase, owners in phrases.items() if phrase}
    return Index(listed, dict(places), tuple(sorted(places, key=lambda word: (-len(places[word]), word))), frozen)


def _fields(entry: Entry) -> list[tuple[float, tuple[str, ...]]]:
    return [
        (IN_TITLE, (entry.title, *_short_name(entry), *entry.keywords)),
        (IN_CAUSE, (entry.component, *(cause.text for cause in entry.causes))),
        (IN_REST, (entry.what, entry.phase, *entry.steps, *(cause.tell for cause in entry.causes))),
    ]


def _short_name(entry: Entry) -> tuple[str, ...]:
    """Our own name of a topic or symptom as words; Azure's codes are recognised, never matched as words."""
    return () if entry.kind is Kind.CODE else (entry.code.replace("-", " "),)


def stems_of(text: str) -> Iterator[str]:
    """The words that carry meaning, in lower case and without common endings."""
    for match in _WORD.finditer(text):
        word = match.group()[:MAX_WORD].lower()
        if word not in _STOP:
            yield _stem(word)


def _first(stems: Iterable[str], count: int) -> list[str]:
    distinct: dict[str, None] = {}
    for stem in stems:
        if len(distinct) == count:
            break
        distinct.setdefault(stem)
    return list(distinct)


def _stem(word: str) -> str:
    for ending, instead in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word[: len(word) - len(ending)] + instead
    return word


def _phrase(stems: Iterable[str]) -> str:
    return " ".join(sorted(set(stems)))
