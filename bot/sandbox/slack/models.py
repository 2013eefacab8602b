"""What slack_sdk's own models think of a block, and what they drop without a word when they read it."""

from collections.abc import Callable, Iterator
from typing import cast

from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.basic_objects import JsonObject
from slack_sdk.models.blocks import Block

from .messages import Payload
from .reading import listed

# slack_sdk's models are typed with bare dicts
_parse = cast("Callable[[Payload], JsonObject | None]", Block.parse)  # pyright: ignore[reportUnknownMemberType]


def kept(model: JsonObject) -> Payload:
    return cast("Callable[[], Payload]", model.to_dict)()  # pyright: ignore[reportUnknownMemberType]


def problems_by_model(block: Payload, path: str) -> Iterator[str]:
    try:
        parsed = _parse(block)
        if parsed is None:
            yield f"{path}: unknown block type {block.get('type')!r}"
            return
        yield from _lost(block, kept(parsed), path)
    except (SlackObjectFormationError, TypeError, ValueError, KeyError, AttributeError, IndexError) as error:
        yield f"{path}: {error}"


def _lost(given: object, kept: object, path: str) -> Iterator[str]:
    """What slack_sdk dropped or changed when it read a block: unknown keys, unknown types, empty values."""
    many, few = listed(given), listed(kept)
    if isinstance(given, dict):
        here = cast("Payload", given)
        there = cast("Payload", kept) if isinstance(kept, dict) else {}
        for key, value in here.items():
            if there.get(key) is None:
                yield f"{path}/{key}: {'empty' if value in ('', [], {}, None) else 'unknown or not allowed'}"
            elif key == "type" and value != there[key]:
                yield f"{path}: unknown type {value!r}"
            else:
                yield from _lost(value, there[key], f"{path}/{key}")
    elif isinstance(given, list | tuple) and isinstance(kept, list | tuple):
        if len(many) != len(few):
            yield f"{path}: has something unknown"
        for place, (value, other) in enumerate(zip(many, few, strict=False)):
            if other is None and value is not None:
                yield f"{path}/{place}: unknown or not allowed"
            else:
                yield from _lost(value, other, f"{path}/{place}")
