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
SAME_NAME, SAME_KEYWORD, PHRASE_AMONG = 2.0, 1.9, 1.1
"""What an entry scores when the question is its title or name, or one of its keywords, or one among general words."""
GENERAL_WORD = 0.02
"""What a word counts that nearly every question here has."""
NOISE = 13
"""A word of letters and digits that is longer than a machine's name or a part of a GUID: a key, a token."""
RARE = 3
"""In so many titles and keywords at most stands a word that tells by itself what is meant."""

_WORD = re.compile(r"[^\W_]+")
_SAME = (
    (re.compile(r"\bcan(?:['’]?t|\s?not)\b"), "cannot"),
    (re.compile(r"n['’]t\b"), " not"),
    (re.compile(r"\bfail(?:s|ed|ing)?[\s-]back\b"), "failback"),
    (re.compile(r"\bfail(?:s|ed|ing)?[\s-]over\b"), "failover"),
    (re.compile(r"\bre-(?=protect|sync)"), "re"),
    (re.compile(r"\b(?:turn|power|switch|shut)(?:s|ed|ing)?[\s-]?(?:off|down)\b"), "off"),
    (re.compile(r"\b(?:turn|power|switch)(?:s|ed|ing)?[\s-]?on\b(?!-)"), "poweron"),
    (re.compile(r"\bon[\s-]?prem(?:ise|ises|isis)?\b"), "onpremises"),
    (re.compile(r"\b(?:virtual[\s-]machine|vm)s?\b"), "vm"),
)
"""Other ways of writing what the catalogue writes in one way."""
_STOP = frozenset(
    (  # noqa: SIM905 - as a list of quoted words nobody can read it
        "a about after all also am an and any anything are as at be because been before but by can could couldn "
        "did do does doesn don done due during for from get gets getting give got had has have hello help hi how i "
        "id ids if in into is isn it its just keep keeps me mean means my need no of on one or our out please s "
        "say says see should so still t tell than that the their them then there they this to too up us use was we "
        "were what when where which while who why will with wo would you your "
    ).split()
)
_GENERAL = frozenset(
    (  # noqa: SIM905 - as a list of quoted words nobody can read it
        "asr azure bad broke broken cannot code codes down error errors event fail failback failed failing fails "
        "failover failure fault fix issue issues job jobs machine machines not now off onpremises operation "
        "poweron problem problems protect protected protection recovery replicate reprotect reprotected "
        "reprotecting reprotection reprotects restart run running runs safe site start started starting state "
        "status stop stopped stopping stops task trouble vm work working works wrong "
    ).split()
)
"""Words that say next to nothing here: they decide only as a whole phrase ("vm off")."""
_ENDINGS = (("ies", "y"), ("sses", "ss"), ("ing", ""), ("ed", ""), ("es", "e"), ("s", ""))


@dataclass(frozen=True, slots=True)
class Ranked:
    """An entry with how well it fits a question."""

    entry: Entry
    score: float
    """The share of the question's weight that the entry covers; more where a whole phrase is the same."""
    fits: bool
    """Whether enough of the question is covered for an answer: a phrase, two words that tell, or the rare only one."""


@dataclass(frozen=True, slots=True)
class Index:
    """The words of all entries, ready to be asked."""

    entries: tuple[Entry, ...]
    places: Mapping[str, Mapping[int, float]]
    """For each stem, how much it counts in which entry."""
    vocabulary: tuple[str, ...]
    named: Mapping[str, int]
    """For each stem, in how many entries' titles and keywords it stands."""
    phrases: Mapping[frozenset[str], Mapping[int, float]]
    """Names, titles and keywords as stems, with what an entry scores that has them."""

    def rank(self, question: str) -> list[Ranked]:
        """Entries that share words with the question, best first."""
        stems = _first(stems_of(question), MAX_WORDS)
        scores: defaultdict[int, float] = defaultdict(float)
        covered: defaultdict[int, int] = defaultdict(int)
        telling: list[list[str]] = []
        read: set[str] = set()
        total = 0.0
        for stem in stems:
            readings = self._readings(stem)
            if not readings and not stem.isalpha() and (stem.isdigit() or len(stem) < NOISE):
                continue  # a time, an address, a machine's name: says nothing about the question
            word = readings[0][0] if readings else stem
            read.add(word)
            general = word in _GENERAL_STEMS
            if not general:
                telling.append([reading for reading, _ in readings])
            rarity = max((self._rarity(reading) for reading, _ in readings), default=self._rarity(""))
            weight = GENERAL_WORD if general else rarity
            total += weight
            best: dict[int, float] = {}
            for reading, likeness in readings:
                for place, share in self.places.get(reading, {}).items():
                    best[place] = max(best.get(place, 0.0), share * likeness)
            for place, share in best.items():
                scores[place] += weight * share
                covered[place] += not general
        ranked = {place: score / total for place, score in scores.items() if covered[place]}
        fits = {place for place in ranked if covered[place] >= 2 or self._tells_alone(place, telling)}
        for place, score in self._same_phrases(frozenset(read)).items():
            ranked[place] = max(ranked.get(place, 0.0), score)
            if score > 1.0:
                fits.add(place)
        # Of two that fit alike, what was written to explain goes before a single code.
        order = sorted(ranked, key=lambda p: (-round(ranked[p], 6), self.entries[p].kind is Kind.CODE, p))
        return [Ranked(self.entries[place], ranked[place], place in fits) for place in order]

    def _tells_alone(self, place: int, telling: list[list[str]]) -> bool:
        """Whether the question's only word that tells anything is a rare one, and one this entry is about."""
        return len(telling) == 1 and any(
            self.named[reading] <= RARE and self.places[reading].get(place) == IN_TITLE for reading in telling[0]
        )

    def _same_phrases(self, read: frozenset[str]) -> dict[int, float]:
        """What the entries score that have the question, or all of it but general words, as a phrase."""
        found: dict[int, float] = {}
        for phrase, owners in self.phrases.items():
            if not phrase <= read or not read - phrase <= _GENERAL_STEMS:
                continue
            # One general word among others is in every second question: its entry is offered, no more.
            lone = len(phrase) == 1 and phrase <= _GENERAL_STEMS
            for place, score in owners.items():
                fitting = score if phrase == read else 0.5 if lone else PHRASE_AMONG
                found[place] = max(found.get(place, 0.0), fitting)
        return found

    def _rarity(self, stem: str) -> float:
        return math.log((1 + len(self.entries)) / (1 + len(self.places.get(stem, ())))) + 0.3

    def _readings(self, stem: str) -> list[tuple[str, float]]:
        """The words of the catalogue that this one can stand for, with how sure that is."""
        if stem in self.places or stem in _GENERAL_STEMS:
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
    phrases: defaultdict[frozenset[str], dict[int, float]] = defaultdict(dict)
    for place, entry in enumerate(listed):
        for share, texts in _fields(entry):
            for stem in (stem for text in texts for stem in stems_of(text)):
                places[stem][place] = max(share, places[stem].get(place, 0.0))
        for score, texts in ((SAME_KEYWORD, entry.keywords), (SAME_NAME, (entry.title, *_short_name(entry)))):
            for phrase in filter(None, (frozenset(stems_of(text)) for text in texts)):
                phrases[phrase][place] = score
    vocabulary = tuple(sorted(places, key=lambda word: (-len(places[word]), word)))
    named = {stem: sum(share == IN_TITLE for share in where.values()) for stem, where in places.items()}
    return Index(listed, dict(places), vocabulary, named, dict(phrases))


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
    plain = text.lower()
    for pattern, instead in _SAME:
        plain = pattern.sub(instead, plain)
    for match in _WORD.finditer(plain):
        word = match.group()[:MAX_WORD]
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


_GENERAL_STEMS = frozenset(_stem(word) for word in _GENERAL)
