"""What was collected as JSON text and back, so that a real incident can be replayed.

Values of knowledge that plain JSON has no word for are objects of one key: `{"missing": reason}`, `{"absent": true}`,
`{"never": true}`, `{"not asked": true}`. A text could be mistaken for them, an object cannot.

A file of an earlier version still loads: a fact that it does not have yet is `Missing`.
"""

import json
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import datetime
from enum import Enum
from types import UnionType
from typing import cast, get_args, get_origin

from .facts import ABSENT, NEVER, NOT_ASKED, Absent, Missing, Never, NotAsked
from .subjects import Collected

FORMAT = "homeward-facts-1"
NOT_SAVED = Missing("the facts file does not have it")

_MARKS: Mapping[type[Enum], tuple[str, Enum]] = {
    Absent: ("absent", ABSENT),
    Never: ("never", NEVER),
    NotAsked: ("not asked", NOT_ASKED),
}
_WORDS: Mapping[object, str] = {
    str: "a text",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    datetime: "a time with zone",
}


def dump(collected: Collected) -> str:
    """The text of a facts file."""
    return json.dumps({"format": FORMAT, "collected": _encode(collected)}, ensure_ascii=False, indent=1)


def load(text: str) -> Collected:
    """What `dump` wrote. Raises a `ValueError` with one sentence that names the first wrong place."""
    try:
        document: object = json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"This is not a facts file: it is not JSON ({error}).") from error
    entries = _entries(document)
    if entries is None or entries.get("format") != FORMAT:
        raise ValueError(f'This is not a facts file: it has no "format" of "{FORMAT}".')
    return cast("Collected", _decode(Collected, entries.get("collected"), "collected"))


def _refuse(constant: str) -> object:
    raise ValueError(f"{constant} is no number")


def _encode(value: object) -> object:
    if isinstance(value, Missing):
        return {"missing": value.reason}
    if isinstance(value, Enum):
        mark = _MARKS.get(type(value))
        return {mark[0]: True} if mark else value.value
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, tuple):
        return [_encode(each) for each in cast("tuple[object, ...]", value)]
    if is_dataclass(value):
        return {field.name: _encode(getattr(value, field.name)) for field in fields(value)}
    return value


def _decode(kind: object, value: object, place: str) -> object:
    """The value as `kind`: a class, a union of one class with marks, or a tuple of any length."""
    if isinstance(kind, UnionType):
        return _decode_union(get_args(kind), value, place)
    if get_origin(kind) is tuple:
        if not isinstance(value, list):
            raise _wrong(place, "a list", value)
        listed = cast("list[object]", value)
        return tuple(_decode(get_args(kind)[0], each, f"{place}[{index}]") for index, each in enumerate(listed))
    if kind is datetime:
        return _moment(value, place)
    if isinstance(kind, type) and issubclass(kind, Enum):
        words = {member.value: member for member in kind}
        if not isinstance(value, str) or value not in words:
            raise _wrong(place, "one of " + ", ".join(f'"{word}"' for word in words), value)
        return words[value]
    if isinstance(kind, type) and is_dataclass(kind):
        return _decode_dataclass(kind, value, place)
    if type(value) is kind:
        return value
    if kind is float and type(value) is int:
        return float(value)
    raise _wrong(place, _WORDS[kind], value)


def _decode_union(kinds: tuple[object, ...], value: object, place: str) -> object:
    plain: object = None
    for kind in kinds:
        if kind is Missing:
            entries = _entries(value)
            if entries is not None and entries.keys() == {"missing"}:
                return Missing(cast("str", _decode(str, entries["missing"], f"{place}.missing")))
        elif isinstance(kind, type) and kind in _MARKS:
            word, mark = _MARKS[kind]
            if value == {word: True}:
                return mark
        else:
            plain = kind
    return _decode(plain, value, place)


def _decode_dataclass(kind: type, value: object, place: str) -> object:
    entries = _entries(value)
    if entries is None:
        raise _wrong(place, "an object", value)
    known = {field.name: field for field in fields(kind)}
    for name in entries:
        if name not in known:
            raise ValueError(
                f"This facts file is of another version of Homeward: "
                f"it has {place}.{name}, which this one does not know."
            )
    return kind(
        **{
            name: _decode(field.type, entries[name], f"{place}.{name}") if name in entries else _unsaved(field, place)
            for name, field in known.items()
        }
    )


def _unsaved(field: Field[object], place: str) -> object:
    """The value of a field that a later version than the file's has added."""
    if Missing in get_args(field.type):
        return NOT_SAVED
    if field.default is not MISSING:
        return field.default
    raise ValueError(f"This is not a facts file: {place}.{field.name} is not there.")


def _entries(value: object) -> dict[str, object] | None:
    return cast("dict[str, object]", value) if isinstance(value, dict) else None


def _moment(value: object, place: str) -> datetime:
    if isinstance(value, str):
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            pass
        else:
            if moment.tzinfo is not None:
                return moment
    raise _wrong(place, _WORDS[datetime], value)


def _wrong(place: str, expected: str, found: object) -> ValueError:
    shown = json.dumps(found, ensure_ascii=False)
    shown = shown if len(shown) <= 60 else shown[:59] + "…"
    return ValueError(f"This is not a facts file: {place} should be {expected}, not {shown}.")
