"""What `homeward doctor` finds."""

from dataclasses import dataclass
from enum import Enum


class Health(Enum):
    OK = "ok"
    WARNING = "warning"
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line: what was looked at, how it is, and what was seen or what to do."""

    what: str
    health: Health
    said: str
