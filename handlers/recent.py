"""The reports shown last, so that "All checks" opens at once; whatever has gone is checked again."""

from collections import OrderedDict
from dataclasses import dataclass, field
from functools import cached_property

from homeward.checks.report import Report

from .views.checks import Checks, all_checks

MOST = 64
MOST_OUTCOMES = 100_000
"""With their words they take about 40 MB; a plan of 500 machines has 40,000."""


@dataclass(frozen=True, slots=True)
class Place:
    """A message."""

    team: str
    channel: str
    ts: str


@dataclass
class Shown:
    """A report in a message, how long it took, and the replies below it by machine."""

    report: Report
    seconds: float
    replies: dict[str, str] = field(default_factory=dict[str, str])

    @cached_property
    def checks(self) -> Checks:
        """Made when "All checks" is first pressed, for all pages that are turned after it."""
        return all_checks(self.report)


class Recent:
    """At most `most` reports of `outcomes` together, the longest unused forgotten first; the last is always kept."""

    def __init__(self, most: int = MOST, outcomes: int = MOST_OUTCOMES) -> None:
        self._most = most
        self._most_outcomes = outcomes
        self._outcomes = 0
        self._shown: OrderedDict[Place, Shown] = OrderedDict()

    def keep(self, place: Place, shown: Shown) -> None:
        if before := self._shown.pop(place, None):
            self._outcomes -= len(before.report.outcomes)
        self._shown[place] = shown
        self._outcomes += len(shown.report.outcomes)
        while len(self._shown) > 1 and (len(self._shown) > self._most or self._outcomes > self._most_outcomes):
            _, oldest = self._shown.popitem(last=False)
            self._outcomes -= len(oldest.report.outcomes)

    def at(self, place: Place) -> Shown | None:
        shown = self._shown.get(place)
        if shown is not None:
            self._shown.move_to_end(place)
        return shown
