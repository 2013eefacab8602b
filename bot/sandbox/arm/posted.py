"""What was posted, read: its parts, and what is refused in it. The codes and words of the refusals are inferred."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, cast

from .refusals import Refusal

if TYPE_CHECKING:
    from collections.abc import Collection

    from .routing import Call
    from .wire import Body

BACK = "RecoveryToPrimary"
TO_AZURE = "PrimaryToRecovery"


def read_body(content: bytes) -> Body:
    """Nothing at all is a body too: a commit has none."""
    try:
        body: object = json.loads(content) if content else {}
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise Refusal(400, "InvalidRequestContent", "The request content was invalid and could not be deserialized.")
    return cast("Body", body)


def direction_and_details(call: Call, *directions: str) -> tuple[str, Body]:
    """The envelope of a reprotect and of a failover; the direction is one of those given."""
    properties = part(call.body or {}, "properties")
    direction = properties.get("failoverDirection")
    if direction not in directions:
        raise wrong("failoverDirection", direction)
    return str(direction), part(properties, "providerSpecificDetails")


def part(body: Body, name: str) -> Body:
    found = body.get(name)
    if not isinstance(found, dict):
        raise missing(name)
    return cast("Body", found)


def check_fields(details: Body, required: Collection[str], known: dict[str, set[str]]) -> None:
    """`known`: for each field the values that exist, compared without case."""
    for name in required:
        if not details.get(name):
            raise missing(name)
    for name, values in known.items():
        value = details.get(name)
        if value and str(value).casefold() not in {one.casefold() for one in values}:
            raise wrong(name, value)


def missing(name: str) -> Refusal:
    return Refusal(400, "MissingRequiredParameter", f"The required parameter '{name}' is missing.")


def wrong(name: str, value: object) -> Refusal:
    return Refusal(400, "InvalidParameter", f"The value {value!r} of the parameter '{name}' is not valid.")
