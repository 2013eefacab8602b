"""The options of selects, in blocks and in answers to suggestions: how many, how long, and which must differ."""

from collections import Counter
from collections.abc import Iterator
from typing import cast

from .messages import Payload
from .reading import dicts, listed

OPTIONS = 100
GROUPS = 100
OPTION_TEXT = 75
OPTION_VALUE = 150
PLAIN = ("plain_text",)
_KEYS = {"text", "value", "description", "url"}


def options_of(holder: Payload) -> list[Payload]:
    """All of them, whether they stand in groups or not."""
    groups = dicts(holder.get("option_groups"))
    return [*dicts(holder.get("options")), *(option for group in groups for option in dicts(group.get("options")))]


def problems_in_suggestion(answer: Payload) -> list[str]:
    """What is wrong with the answer to a block_suggestion."""
    held = [key for key in ("options", "option_groups") if key in answer]
    if len(held) != 1:
        return ["/: needs either options or option_groups"]
    problems = [f"/{key}: unknown" for key in sorted(set(answer) - {*held})]
    if not isinstance(answer[held[0]], list):
        return [*problems, f"/{held[0]}: not a list"]
    return [*problems, *problems_in_options(answer, "")]


def problems_in_options(
    holder: Payload, path: str, *, most: int = OPTIONS, texts: tuple[str, ...] = PLAIN
) -> Iterator[str]:
    """Of something that has `options` or `option_groups`: short texts of these types, and each value once."""
    groups = listed(holder.get("option_groups"))
    if len(groups) > GROUPS:
        yield f"{path}/option_groups: {len(groups)} groups, at most {GROUPS}"
    yield from _list(holder.get("options"), f"{path}/options", most, texts)
    for place, group in enumerate(groups):
        known = cast("Payload", group) if isinstance(group, dict) else {}
        yield from _words(known.get("label"), f"{path}/option_groups/{place}/label")
        if not listed(known.get("options")):
            yield f"{path}/option_groups/{place}/options: none"
        yield from _list(known.get("options"), f"{path}/option_groups/{place}/options", most, texts)
    values = Counter(str(option.get("value")) for option in options_of(holder))
    yield from (f"{path}/options: value {value} stands twice" for value in values if values[value] > 1)


def _list(given: object, path: str, most: int, texts: tuple[str, ...]) -> Iterator[str]:
    options = listed(given)
    if len(options) > most:
        yield f"{path}: {len(options)} options, at most {most}"
    for place, option in enumerate(options):
        yield from problems_in_option(option, f"{path}/{place}", texts)


def problems_in_option(option: object, path: str, texts: tuple[str, ...] = PLAIN) -> Iterator[str]:
    if not isinstance(option, dict):
        yield f"{path}: not an object"
        return
    known = cast("Payload", option)
    yield from (f"{path}/{key}: unknown" for key in sorted(set(known) - _KEYS))
    yield from _words(known.get("text"), f"{path}/text", texts)
    if "description" in known:
        yield from _words(known["description"], f"{path}/description", texts)
    value = known.get("value")
    if not isinstance(value, str) or not value:
        yield f"{path}/value: needs a string"
    elif len(value) > OPTION_VALUE:
        yield f"{path}/value: {len(value)} characters, at most {OPTION_VALUE}"


def _words(text: object, path: str, texts: tuple[str, ...] = PLAIN) -> Iterator[str]:
    known = cast("Payload", text) if isinstance(text, dict) else {}
    words = known.get("text")
    if known.get("type") not in texts or not isinstance(words, str):
        yield f"{path}: must be {' or '.join(texts)}"
    elif not words.strip():
        yield f"{path}: empty text"
    elif len(words) > OPTION_TEXT:
        yield f"{path}: {len(words)} characters, at most {OPTION_TEXT}"
