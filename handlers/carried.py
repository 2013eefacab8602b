"""What a button or a form about a request, or for one, carries, to be judged: nothing else is read from it."""

import json
import re
from dataclasses import dataclass
from typing import cast

from homeward.actions.states import Operation

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


@dataclass(frozen=True, slots=True)
class Wanted:
    """An operation that is asked for by a button: what it is to do, and to which machine, group or plan."""

    operation: Operation
    subject: str

    @property
    def text(self) -> str:
        """For a button's value."""
        return json.dumps([self.operation.value, self.subject], ensure_ascii=False, separators=(",", ":"))


def query(operation: Operation, name: str) -> str:
    """What the buttons of a check carry: the name alone, as most of them have it, or the operation with it."""
    if operation is Operation.REPROTECT and wanted(name) is None:
        return name
    return Wanted(operation, name).text


def queried(text: str) -> Wanted:
    """The way back."""
    return wanted(text) or Wanted(Operation.REPROTECT, text)


def carried(text: str) -> Carried | None:
    """The way back; None for what no button of ours carries."""
    words = _words(text)
    if not 2 <= len(words) <= 3:
        return None
    id, digest, machine = (*words, "")[:3]
    if not _ID.fullmatch(id) or not (digest == "" or _DIGEST.fullmatch(digest)) or len(machine) > MACHINE:
        return None
    return Carried(id, digest, machine)


def wanted(text: str, *, unnamed: bool = False) -> Wanted | None:
    """The way back; None for what no button of ours carries. `unnamed`: what it is about may still be picked."""
    words = _words(text)
    if len(words) != 2:
        return None
    value, subject = words
    operation = next((one for one in Operation if one.value == value), None)
    named = unnamed or subject != ""
    return Wanted(operation, subject) if operation and named and len(subject) <= MACHINE else None


def _words(text: str) -> list[str]:
    """The texts of a list in JSON; none for anything else."""
    try:
        read: object = json.loads(text)
    except (ValueError, RecursionError):
        return []
    parts = cast("list[object]", read) if isinstance(read, list) else []
    words = [part for part in parts if isinstance(part, str)]
    return words if len(words) == len(parts) else []
