"""Azure's own words about health: what is critical in them, and how an error becomes a sentence."""

from collections.abc import Iterator

from homeward.checks.facts import HealthError, NotKnown
from homeward.checks.model import Sentence

HEALTHS = frozenset({"normal", "warning", "critical"})
"""Words that tell a health (SDK: ProtectionHealth); "None" and nothing tell none."""


def critical(of: str, errors: tuple[HealthError, ...], **healths: str) -> Iterator[Sentence]:
    """What is critical; only then, what Azure leaves open: how grave an error is, or all of the `healths`.

    Health that Azure calls critical is explained by its errors, if need be by those whose level it does not tell.
    """
    words = {name: word.casefold() for name, word in healths.items()}
    called = [name.replace("_", " ") for name, word in words.items() if word == "critical"]
    open_errors = [error for error in errors if not error.level]
    grave = [error for error in errors if error.critical] or (open_errors if called else [])
    for error in grave:
        yield sentence(error, of)
    if not grave:
        for name in called:
            yield f"{of}: Azure calls its {name} critical, without naming an error."
    if open_errors:
        told = " ".join(sentence(error, of) for error in open_errors)
        raise NotKnown(f"Azure does not tell how grave this is: {told}")
    if words and HEALTHS.isdisjoint(words.values()):
        raise NotKnown(f"Azure does not tell the health of {of}")


def worn(of: str, errors: tuple[HealthError, ...], health: str = "") -> Iterator[Sentence]:
    """What is a warning in Azure's words; only then, that the level of an error is open."""
    warnings = [error for error in errors if error.level and not error.critical]
    for error in warnings:
        yield sentence(error, of)
    if not warnings and health.casefold() == "warning":
        yield f"{of}: Azure warns about its health, without naming an error."
    if any(not error.level for error in errors):
        raise NotKnown(f"Azure does not tell how grave an error of {of} is")


def sentence(error: HealthError, of: str) -> str:
    """The error with its code and whatever Azure adds: causes and recommended action."""
    parts = [f"{of}: {_ended(error.message or 'Azure reports an error without a message')}"]
    if error.causes:
        parts.append(f"Causes: {_ended(error.causes)}")
    if error.action:
        parts.append(f"Azure recommends: {_ended(error.action)}")
    if error.code:
        parts.append(f"(Code {error.code}.)")
    return " ".join(parts)


def _ended(text: str) -> str:
    text = " ".join(text.split())
    return text if text.endswith((".", "!", "?", ")")) else f"{text}."
