"""How fast Slack may be told things: turns in a lane, and patience while a workspace does not answer."""

from collections.abc import Callable
from dataclasses import dataclass, field

Monotonic = Callable[[], float]

FORFEIT = 10.0
"""Seconds after which a turn that nobody took is lost."""


@dataclass(slots=True)
class _Lane:
    free: float
    turns: dict[str, float] = field(default_factory=dict[str, float])


class Pace:
    """One turn every so many seconds in each lane, a few at once after a rest; who has to wait keeps their turn."""

    def __init__(self, monotonic: Monotonic, *, every: float, at_once: int) -> None:
        self._monotonic = monotonic
        self._every = every
        self._rest = every * (at_once - 1)
        self._lanes: dict[str, _Lane] = {}

    def wait(self, name: str, who: str) -> float:
        """0 where it is their turn, which is taken by this; else the seconds until it is."""
        now = self._monotonic()
        lane = self._lanes.setdefault(name, _Lane(now - self._rest))
        turn = lane.turns.pop(who, None)
        if turn is None or turn < now - FORFEIT:
            turn = max(lane.free, now - self._rest)
            lane.free = turn + self._every
        if turn <= now:
            return 0.0
        lane.turns[who] = turn
        return turn - now

    def hold(self, name: str, seconds: float) -> None:
        """Nobody goes before so many seconds have passed: Slack asked for it."""
        free = self._monotonic() + seconds
        lane = self._lanes.setdefault(name, _Lane(free))
        lane.free = max(lane.free, free) if not lane.turns else free
        lane.turns.clear()


@dataclass(slots=True)
class _Down:
    times: int
    until: float


class Patience:
    """Waits longer with each failure in a row, for each workspace by itself."""

    def __init__(self, monotonic: Monotonic, *, first: float, longest: float) -> None:
        self._monotonic = monotonic
        self._first = first
        self._longest = longest
        self._down: dict[str, _Down] = {}

    def wait(self, name: str) -> float:
        """The seconds before it is worth another try; 0 for now."""
        down = self._down.get(name)
        return max(0.0, down.until - self._monotonic()) if down else 0.0

    def failed(self, name: str) -> float:
        """Counts a failure; those of one moment count as one. The seconds to wait."""
        now = self._monotonic()
        down = self._down.get(name) or _Down(0, now)
        if now >= down.until:
            wait = min(self._longest, self._first * 2**down.times)
            self._down[name] = down = _Down(min(down.times + 1, 30), now + wait)
        return down.until - now

    def worked(self, name: str) -> None:
        self._down.pop(name, None)
