"""What the buttons and modals of a request carry: its id, its plan's digest, the place of a machine; nothing else."""

import json
import re
from dataclasses import dataclass
from typing import cast

LONGEST = 500
"""No value of ours is longer."""

_ID = re.compile(r"[A-Za-z0-9-]{1,60}")
_DIGEST = re.compile(r"[0-9a-f]{0,64}")


@dataclass(frozen=True, slots=True)
class Carried:
    """`place` is the machine's place in the request, -1 for the whole; `digest` is "" where none is meant."""

    request_id: str
    digest: str
    place: int


def carry(request_id: str, digest: str = "", place: int = -1) -> str:
    """The value of a button, or a modal's private_metadata."""
    return json.dumps({"request": request_id, "digest": digest, "machine": place}, separators=(",", ":"))


def carried(value: object) -> Carried | None:
    """What such a value says; None for anything that `carry` did not make. Never raises: anybody may send anything."""
    if not isinstance(value, str) or len(value) > LONGEST:
        return None
    try:
        read: object = json.loads(value)
    except (ValueError, RecursionError):
        return None
    if not isinstance(read, dict):
        return None
    held = cast("dict[str, object]", read)
    request_id, digest, place = held.get("request"), held.get("digest"), held.get("machine")
    if not (isinstance(request_id, str) and _ID.fullmatch(request_id)):
        return None
    if not (isinstance(digest, str) and _DIGEST.fullmatch(digest)):
        return None
    if not isinstance(place, int) or isinstance(place, bool) or not -1 <= place < 1_000_000:
        return None
    return Carried(request_id, digest, place)
