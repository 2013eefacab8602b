"""The reports that are kept for "All checks"."""

from typing import Any

import pytest

from homeward.handlers.recent import Place, Recent, Shown


def at(number: int) -> Place:
    return Place("T1", "C1", f"{number}.0")


def kept(recent: Recent, most: int = 9) -> list[int]:
    return [number for number in range(most) if recent.at(at(number))]


@pytest.fixture
def shown(samples: Any) -> Shown:
    return Shown(samples.report({"web02": samples.web02}), 1.0)


def test_the_longest_unused_is_forgotten_first(shown: Shown) -> None:
    recent = Recent(most=2)
    recent.keep(at(0), shown)
    recent.keep(at(1), shown)
    recent.at(at(0))
    recent.keep(at(2), shown)
    assert kept(recent) == [0, 2]


def test_large_reports_push_out_more(shown: Shown) -> None:
    each = len(shown.report.outcomes)
    recent = Recent(outcomes=3 * each)
    for number in range(5):
        recent.keep(at(number), shown)
    assert kept(recent) == [2, 3, 4]


def test_a_report_in_place_of_another_counts_once(shown: Shown) -> None:
    recent = Recent(outcomes=2 * len(shown.report.outcomes))
    recent.keep(at(0), shown)
    for _ in range(5):
        recent.keep(at(1), shown)
    assert kept(recent) == [0, 1]


def test_even_a_report_that_is_too_large_is_kept_while_it_is_the_last(shown: Shown) -> None:
    recent = Recent(outcomes=1)
    recent.keep(at(0), shown)
    recent.keep(at(1), shown)
    assert kept(recent) == [1]


def test_the_pages_of_a_report_are_made_once(shown: Shown) -> None:
    assert shown.checks is shown.checks
