"""How ages are judged and said."""

from datetime import timedelta

import pytest

from homeward.checks.facts import NEVER, Missing, Moment
from homeward.checks.limits import HEARTBEAT_LIMIT
from homeward.checks.rules.ages import AHEAD_LIMIT, ago, late, overdue
from tests.checks.ready import NOW


@pytest.mark.parametrize(
    ("age", "words"),
    [
        (timedelta(seconds=-90), "just now"),
        (timedelta(seconds=59), "just now"),
        (timedelta(seconds=60), "1 minute ago"),
        (timedelta(minutes=2), "2 minutes ago"),
        (timedelta(minutes=119), "119 minutes ago"),
        (timedelta(hours=2), "2 hours ago"),
        (timedelta(hours=47), "47 hours ago"),
        (timedelta(days=2), "2 days ago"),
    ],
)
def test_an_age_is_said_in_the_words_people_use(age: timedelta, words: str) -> None:
    assert ago(NOW - age, NOW) == words


def is_late(told: Moment | Missing) -> bool | Missing:
    return late("cs01: last heartbeat", told, NOW, HEARTBEAT_LIMIT)


def test_what_never_happened_is_late() -> None:
    assert ago(NEVER, NOW) == "never"
    assert is_late(NEVER) is True


def test_nobody_knows_how_late_it_is_where_nobody_tells() -> None:
    assert is_late(Missing("unread")) == Missing("unread")


def test_a_limit_itself_is_not_late() -> None:
    assert is_late(NOW - HEARTBEAT_LIMIT) is False
    assert is_late(NOW - HEARTBEAT_LIMIT - timedelta(seconds=1)) is True


def test_a_clock_a_little_ahead_is_alive_and_one_far_ahead_proves_nothing() -> None:
    assert is_late(NOW + AHEAD_LIMIT) is False
    far = is_late(NOW + timedelta(minutes=16))
    assert isinstance(far, Missing)
    assert far.reason == "cs01: last heartbeat lies 16 minutes in the future: its clock is ahead of ours"


@pytest.mark.parametrize(("limit", "words"), [(HEARTBEAT_LIMIT, "15 minutes"), (timedelta(days=1), "24 hours")])
def test_a_late_one_is_told_with_its_limit(limit: timedelta, words: str) -> None:
    (told,) = overdue("cs01: last heartbeat", NOW - timedelta(days=2), NOW, limit)
    assert told == f"cs01: last heartbeat 2 days ago (limit {words})."
