"""What a measurement gives: a ratio with the two things it compares, its goal, and the machine it was measured on."""

import os
import platform
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from statistics import median


@dataclass(frozen=True, slots=True)
class Goal:
    """A bound for a ratio, which itself is still good."""

    most: float | None = None
    least: float | None = None

    def met_by(self, ratio: float) -> bool:
        return (self.most is None or ratio <= self.most) and (self.least is None or ratio >= self.least)

    def __str__(self) -> str:
        return f"at most {self.most:g}" if self.most is not None else f"at least {self.least:g}"


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table. `ours` and `other` are for people; `values` are the numbers for programs."""

    what: str
    ratio: float
    ours: str
    other: str
    goal: Goal | None = None
    more: str = ""
    values: Mapping[str, float] = field(default_factory=dict[str, float])

    def as_dict(self) -> dict[str, object]:
        return {
            "what": self.what,
            "ratio": self.ratio,
            "goal": str(self.goal) if self.goal else None,
            "met": self.goal.met_by(self.ratio) if self.goal else None,
            **self.values,
        }


@dataclass(frozen=True, slots=True)
class Times:
    """Durations of one thing, in seconds."""

    median: float
    p99: float

    @classmethod
    def of(cls, durations: Iterable[float]) -> "Times":
        ordered = sorted(durations)
        return cls(median(ordered), ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))])


def seconds(duration: float) -> str:
    """A duration as people say it."""
    if duration < 0.001:
        return f"{duration * 1e6:.0f} µs"
    if duration < 1:
        return f"{duration * 1e3:.1f} ms" if duration < 0.1 else f"{duration * 1e3:.0f} ms"
    return f"{duration:.1f} s"


def times(ratio: float) -> str:
    """A ratio as people say it."""
    return f"{ratio:.2f}" if ratio < 10 else f"{ratio:.0f}"


def measured_on() -> str:
    """The machine, as far as it matters."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return f"{cores} {'core' if cores == 1 else 'cores'}, Python {platform.python_version()}"
