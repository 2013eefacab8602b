"""What a button or a form about a request carries, to be judged against the ledger: nothing else is read from it."""

import json
import re
from dataclasses import dataclass
from typing import cast

_DIGEST = re.compile(r"[0-9a-f]{64}")
_ID = re.compile(r"R-[0-9A-Z]{1,32}")
MACHINE = 500


@dataclass(frozen=True, slots=True)
class Carried:
    """`digest` is of the plan that the person saw, "" before there is one; `machine` "" where the whole is meant."""

    request_id: str
    digest: str = ""
    machine: str = ""

    @property
    def text(self) -> str:
        """For a button's value, or a form's private_metadata."""
        parts = [self.request_id, self.digest, *([self.machine] if self.machine else [])]
        return json.dumps(parts, ensure_ascii=False, separators=(",", ":"))


def carried(text: str) -> Carried | None:
    """The way back; None for what no button of ours carries."""
    try:
        read: object = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(read, list):
        return None
    parts = cast("list[object]", read)
    if not 2 <= len(parts) <= 3:
        return None
    words = [part for part in parts if isinstance(part, str)]
    if len(words) < len(parts):
        return None
    id, digest, machine = (*words, "")[:3]
    if not _ID.fullmatch(id) or not (digest == "" or _DIGEST.fullmatch(digest)) or len(machine) > MACHINE:
        return None
    return Carried(id, digest, machine)
