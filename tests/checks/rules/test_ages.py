"""How ages are judged and said."""

from datetime import timedelta

import pytest

from homeward.checks.facts import NEVER
from homeward.checks.rules.ages import HEARTBEAT_LIMIT, ago, stale
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


def test_what_never_happened_is_stale() -> None:
    assert ago(NEVER, NOW) == "never"
    assert stale(NEVER, NOW, HEARTBEAT_LIMIT)


def test_a_limit_itself_is_not_stale_and_a_clock_ahead_neither() -> None:
    assert not stale(NOW - HEARTBEAT_LIMIT, NOW, HEARTBEAT_LIMIT)
    assert stale(NOW - HEARTBEAT_LIMIT - timedelta(seconds=1), NOW, HEARTBEAT_LIMIT)
    assert not stale(NOW + timedelta(hours=1), NOW, HEARTBEAT_LIMIT)
