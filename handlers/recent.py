"""The reports shown last, so that "All checks" opens at once; whatever has gone is checked again."""

from collections import OrderedDict
from dataclasses import dataclass, field

from homeward.checks.report import Report

MOST = 64


@dataclass(frozen=True, slots=True)
class Place:
    """A message."""

    team: str
    channel: str
    ts: str


@dataclass(slots=True)
class Shown:
    """A report in a message, how long it took, and the replies below it by machine."""

    report: Report
    seconds: float
    replies: dict[str, str] = field(default_factory=dict[str, str])


class Recent:
    """At most `most` reports, the longest unused forgotten first."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._shown: OrderedDict[Place, Shown] = OrderedDict()

    def keep(self, place: Place, shown: Shown) -> None:
        self._shown[place] = shown
        self._shown.move_to_end(place)
        while len(self._shown) > self._most:
            self._shown.popitem(last=False)

    def at(self, place: Place) -> Shown | None:
        shown = self._shown.get(place)
        if shown is not None:
            self._shown.move_to_end(place)
        return shown
