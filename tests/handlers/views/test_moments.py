"""Spans that still grow."""

from datetime import UTC, datetime, timedelta

import pytest

from homeward.handlers.views.moments import since, until_next

BEGUN = datetime(2026, 3, 7, 2, 14, 5, tzinfo=UTC)


@pytest.mark.parametrize("age", [0, 1, 59, 60, 599, 600, 3599, 3600, 5000, 6 * 3600 - 1, 6 * 3600, 100_000])
def test_a_growing_span_says_the_same_until_it_is_told_to_change(age: float) -> None:
    now = BEGUN + timedelta(seconds=age)
    changes = now + timedelta(seconds=until_next(BEGUN, now))
    assert changes > now
    assert since(BEGUN, changes - timedelta(seconds=0.5)) == since(BEGUN, now)
    assert since(BEGUN, changes) != since(BEGUN, now)
