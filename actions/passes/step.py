"""What a look at a machine gives."""

from dataclasses import dataclass
from datetime import datetime

from homeward.actions.requests import Happened, RequestItem


@dataclass(frozen=True, slots=True)
class Step:
    """The machine from now on, what happened, and when to look again."""

    item: RequestItem
    events: tuple[Happened, ...] = ()
    again_at: datetime | None = None
