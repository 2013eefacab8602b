"""Reading JSON that may have any shape: what is not as expected counts as nothing there."""

from collections.abc import Iterator
from typing import cast

from .messages import Payload


def listed(value: object) -> list[object]:
    return list(cast("list[object]", value)) if isinstance(value, list | tuple) else []


def dicts(value: object) -> list[Payload]:
    """The objects of a list."""
    return [cast("Payload", one) for one in listed(value) if isinstance(one, dict)]


def objects(value: object, path: str = "") -> Iterator[tuple[str, Payload]]:
    """Every JSON object inside a value, the value itself included, with the path to it."""
    many = listed(value)
    if isinstance(value, dict):
        here = cast("Payload", value)
        yield path, here
        for key, inner in here.items():
            yield from objects(inner, f"{path}/{key}")
    for place, inner in enumerate(many):
        yield from objects(inner, f"{path}/{place}")
