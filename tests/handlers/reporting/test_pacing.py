"""Turns in a lane, and patience with a workspace, on a clock of the test's own."""

from dataclasses import dataclass

import pytest

from homeward.handlers.pacing import Pace, Patience


@dataclass
class Clock:
    now: float = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def pace(clock: Clock) -> Pace:
    return Pace(clock, every=1.0, at_once=3)


def test_after_a_rest_a_few_go_at_once_and_the_next_wait_their_turns(pace: Pace) -> None:
    assert [pace.wait("a", f"R-{n}") for n in range(6)] == [0, 0, 0, 1, 2, 3]
    assert pace.wait("b", "R-9") == 0


def test_who_asks_again_keeps_the_turn(pace: Pace, clock: Clock) -> None:
    for n in range(5):
        pace.wait("a", f"R-{n}")
    assert pace.wait("a", "R-4") == 2
    clock.now += 2
    assert pace.wait("a", "R-9") == 1
    assert pace.wait("a", "R-4") == 0
    assert pace.wait("a", "R-3") == 0


def test_in_the_long_run_one_goes_each_second(pace: Pace, clock: Clock) -> None:
    gone = 0
    while clock.now < 160:
        wait = pace.wait("a", "R-1")
        gone += not wait
        clock.now += wait
    assert gone == 60 + 2


def test_a_turn_that_nobody_takes_is_lost(pace: Pace, clock: Clock) -> None:
    waits = [pace.wait("a", f"R-{n}") for n in range(20)]
    assert waits[-1] == 17
    clock.now += 60
    assert [pace.wait("a", f"R-{n}") for n in range(20)].count(0) == 3


def test_a_held_lane_lets_nobody_go_before_its_time(pace: Pace, clock: Clock) -> None:
    for n in range(5):
        pace.wait("a", f"R-{n}")
    pace.hold("a", 30)
    clock.now += 29
    assert pace.wait("a", "R-3") == 1
    assert pace.wait("a", "R-4") == 2
    clock.now += 1
    assert (pace.wait("a", "R-3"), pace.wait("a", "R-4")) == (0, 1)


def test_a_shorter_wait_does_not_shorten_a_longer_one(pace: Pace) -> None:
    pace.hold("a", 30)
    pace.hold("a", 5)
    assert pace.wait("a", "R-1") == 30


@pytest.fixture
def patience(clock: Clock) -> Patience:
    return Patience(clock, first=5.0, longest=60.0)


def test_each_failure_in_a_row_is_waited_for_longer(patience: Patience, clock: Clock) -> None:
    waits: list[float] = []
    for _ in range(6):
        assert patience.wait("T1") == 0
        waits.append(patience.failed("T1"))
        clock.now += waits[-1]
    assert waits == [5, 10, 20, 40, 60, 60]
    assert patience.wait("T2") == 0


def test_failures_of_one_moment_count_as_one(patience: Patience, clock: Clock) -> None:
    assert [patience.failed("T1") for _ in range(50)] == [5.0] * 50
    clock.now += 5
    assert patience.failed("T1") == 10


def test_a_success_ends_the_waiting(patience: Patience, clock: Clock) -> None:
    patience.failed("T1")
    patience.worked("T1")
    assert patience.wait("T1") == 0
    assert patience.failed("T1") == 5
