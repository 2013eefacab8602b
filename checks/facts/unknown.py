"""How a fact says that it could not be read, and how a rule asks for one that was."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Missing:
    """A fact that could not be read. `reason` is a clause for people: "vc01 did not answer within 20 s"."""

    reason: str


class Absent(Enum):
    """It was looked for where it must be, and is not there (which is knowledge, unlike `Missing`)."""

    ABSENT = "absent"


class Never(Enum):
    """A moment that has not come: the years 1, 1753 and 9999 in Azure's answers."""

    NEVER = "never"


ABSENT = Absent.ABSENT
NEVER = Never.NEVER
Moment = datetime | Never
"""A time with zone, or never."""


class NotKnown(Exception):
    """Leaves a rule whose fact could not be read; `evaluate` turns it into UNKNOWN with the reason."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def known(fact: T | Missing) -> T:
    """The fact, if it was read; raises `NotKnown` otherwise. Every rule opens with it."""
    if isinstance(fact, Missing):
        raise NotKnown(fact.reason)
    return fact
