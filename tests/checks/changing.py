"""Facts with one thing changed, named by its path: `changed(READY_CLASSIC, {"target.server.health": "Critical"})`."""

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from types import UnionType
from typing import cast, get_args, get_origin

from homeward.checks.facts import Facts, Missing


def changed(facts: Facts, changes: Mapping[str, object]) -> Facts:
    """The facts with each path's value replaced; numbers in a path are places in a tuple."""
    value: object = facts
    for path, new in changes.items():
        value = _put(value, path.split("."), new)
    return cast("Facts", value)


def _put(value: object, path: list[str], new: object) -> object:
    if not path:
        return new
    head, rest = path[0], path[1:]
    if isinstance(value, tuple):
        entries = list(cast("tuple[object, ...]", value))
        entries[int(head)] = _put(entries[int(head)], rest, new)
        return tuple(entries)
    assert is_dataclass(value)
    assert not isinstance(value, type)
    return replace(value, **{head: _put(getattr(value, head), rest, new)})


def places_for_missing(facts: Facts) -> tuple[str, ...]:
    """The path of everything in the facts that may be `Missing`, read from the type hints at any depth."""
    return tuple(_places(facts, Facts, ""))


def _places(value: object, kind: object, path: str) -> Iterator[str]:
    if isinstance(kind, UnionType) and Missing in get_args(kind):
        yield path
    if isinstance(value, tuple):
        (entry,) = (get_args(each)[0] for each in (kind, *get_args(kind)) if get_origin(each) is tuple)
        for index, each in enumerate(cast("tuple[object, ...]", value)):
            yield from _places(each, entry, f"{path}.{index}")
    elif is_dataclass(value):
        for field in fields(value):
            yield from _places(getattr(value, field.name), field.type, f"{path}.{field.name}".lstrip("."))
