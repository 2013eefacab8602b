"""Finding what the catalogue knows about a whole message: its codes, or else what its words fit best."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from homeward.checks.catalogue import Answer

AT_ONCE = 9_000
"""Letters: the catalogue reads no longer text, and a message may have more."""
MOST_SENTENCES = 40
FEWEST_WORDS = 3
"""Fewer describe nothing: a greeting, a name."""
_SENTENCE = re.compile(r"[^\n.!?;]+")


@dataclass(frozen=True, slots=True)
class Explained:
    """What is known; `by_words` where no code stands in the message."""

    answer: Answer
    by_words: bool


def explained(text: str, search: Callable[[str], Answer]) -> Explained:
    """The codes of the text; without any, the sentence that describes a symptom best."""
    parts = [search(part) for part in _pieces(text)] or [search("")]
    found = tuple(dict.fromkeys(entry for part in parts for entry in part.found))
    unknown = tuple(dict.fromkeys(code for part in parts for code in part.unknown_codes))
    if found or unknown:
        nearest = () if found else parts[0].nearest
        return Explained(Answer(text, found, unknown, (), nearest), by_words=False)
    if parts[0].answered:
        return Explained(parts[0], by_words=True)
    answers = [search(sentence) for sentence in _sentences(text)]
    fitting = [one for one in answers if one.answered]
    best = next((one for one in fitting if one.sure), None) or next(iter(fitting), None)
    return Explained(best or replace(parts[0], nearest=()), by_words=True)


def _pieces(text: str) -> Iterator[str]:
    """The text in parts that can be read at once, cut between lines or words where there is such a place."""
    while text:
        end = len(text) if len(text) <= AT_ONCE else max(text.rfind(gap, 0, AT_ONCE) for gap in ("\n", " ")) + 1
        end = end or AT_ONCE
        yield text[:end]
        text = text[end:]


def _sentences(text: str) -> list[str]:
    found = [one.strip() for one in _SENTENCE.findall(text)]
    return [one for one in found if len(one.split()) >= FEWEST_WORDS][:MOST_SENTENCES]
