"""Times as people say them, in their time zones and across daylight-saving changes."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homeward.handlers.arguments import Usage
from homeward.handlers.starting_time import FARTHEST, Spoken, belongs, moment, spoken, time_zone

BERLIN = ZoneInfo("Europe/Berlin")
NOON = "2026-11-23T11:00"
"""12:00 on a Monday in Berlin."""
SPRING, AUTUMN = "2026-03-28T21:00", "2026-10-24T20:00"
"""22:00 in Berlin on the evenings before its clocks change."""


def meant(said: str, now: str = NOON, zone: ZoneInfo = BERLIN) -> datetime | str:
    """The instant that is understood, or why none is."""
    read = spoken(said)
    if isinstance(read, Usage):
        return read.why
    at = moment(read, zone, datetime.fromisoformat(now).replace(tzinfo=UTC))
    return at.why if isinstance(at, Usage) else at


@pytest.mark.parametrize(
    ("said", "at"),
    [
        ("22:00", "2026-11-23T21:00"),
        ("22.00", "2026-11-23T21:00"),
        ("9:30", "2026-11-24T08:30"),
        ("12:00", "2026-11-24T11:00"),
        ("12:01", "2026-11-23T11:01"),
        ("today 22:00", "2026-11-23T21:00"),
        ("tomorrow 06:30", "2026-11-24T05:30"),
        ("Tomorrow, 06:30", "2026-11-24T05:30"),
        ("06:30 tomorrow", "2026-11-24T05:30"),
        ("2026-11-24 22:00", "2026-11-24T21:00"),
        ("2026-11-24T22:00", "2026-11-24T21:00"),
        ("2026-11-24T22:00:00", "2026-11-24T21:00"),
        ("2026\u201311\u201324 22:00", "2026-11-24T21:00"),
        ("`2026-11-24 22:00`", "2026-11-24T21:00"),
        ("2026-11-24T22:00Z", "2026-11-24T22:00"),
        ("2026-11-24T22:00+02:00", "2026-11-24T20:00"),
        ("2026-11-24T22:00\u221205:00", "2026-11-25T03:00"),
        ("22:00+0530", "2026-11-23T16:30"),
        ("2026-11-30 12:00", "2026-11-30T11:00"),
    ],
)
def test_a_time_is_understood_as_people_mean_it(said: str, at: str) -> None:
    assert meant(said) == datetime.fromisoformat(at).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("", "--at takes a time such as 22:00"),
        ("soon", "not “soon”"),
        ("tonight", "not “tonight”"),
        ("10:30 pm", "not “10:30 pm”"),
        ("22:00 CET", "a time zone goes after --zone"),
        ("22:00 friday", "not “22:00 friday”"),
        ("22", "not “22”"),
        ("24:00", "There is no such time as “24:00”"),
        ("22:60", "There is no such time"),
        ("2026-02-30 22:00", "There is no such time as “2026-02-30 22:00”"),
        ("22:00+15:00", "There is no such time"),
        ("22:00+01:99", "There is no such time"),
        ("today 11:59", "11:59 on Monday 23 November 2026 is over: it is 12:00 on Monday in Europe/Berlin now."),
        ("today 12:00", "is over"),
        ("2026-11-22 22:00", "is over"),
        ("2026-11-23T12:30+02:00", "is over: it is 13:00 on Monday in UTC+02:00 now."),
        ("2026-11-30 12:01", "too far away: at most 7 days ahead"),
        ("9999-12-31 22:00", "9999-12-31 is not within the next 7 days."),
        ("0001-01-01 00:00", "0001-01-01 is not within the next 7 days."),
        ("x" * 9000, "…”"),
    ],
)
def test_a_time_that_cannot_be_meant_is_told_in_one_sentence(said: str, why: str) -> None:
    answer = meant(said)
    assert isinstance(answer, str)
    assert why in answer
    assert len(answer) < 300


@pytest.mark.parametrize("said", ["02:30", "2026-03-29 02:30", "tomorrow 02:00"])
def test_a_time_that_clocks_leave_out_in_spring_is_refused(said: str) -> None:
    answer = str(meant(said, SPRING))
    assert "on Sunday 29 March 2026 does not exist in Europe/Berlin: clocks go forward over it" in answer


@pytest.mark.parametrize("said", ["02:30", "2026-10-25 02:30", "tomorrow 02:30"])
def test_a_time_that_comes_twice_in_autumn_is_refused_with_both(said: str) -> None:
    answer = str(meant(said, AUTUMN))
    assert "02:30 on Sunday 25 October 2026 comes twice in Europe/Berlin" in answer
    assert "say 2026-10-25T02:30+02:00 or 2026-10-25T02:30+01:00." in answer


@pytest.mark.parametrize(
    ("said", "at"), [("2026-10-25T02:30+02:00", "2026-10-25T00:30"), ("2026-10-25T02:30+01:00", "2026-10-25T01:30")]
)
def test_what_is_proposed_for_it_is_understood(said: str, at: str) -> None:
    assert meant(said, AUTUMN) == datetime.fromisoformat(at).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("said", "now", "at"),
    [
        ("01:59", SPRING, "2026-03-29T00:59"),
        ("03:00", SPRING, "2026-03-29T01:00"),
        ("01:59", AUTUMN, "2026-10-24T23:59"),
        ("03:00", AUTUMN, "2026-10-25T02:00"),
        # Between the two, and after them: the next one is unique again.
        ("02:30", "2026-10-25T01:31", "2026-10-26T01:30"),
        ("02:30", "2026-03-29T01:00", "2026-03-30T00:30"),
    ],
)
def test_the_hours_beside_a_change_of_clocks_are_as_they_are(said: str, now: str, at: str) -> None:
    assert meant(said, now) == datetime.fromisoformat(at).replace(tzinfo=UTC)


def test_seven_days_are_counted_in_hours_that_pass() -> None:
    assert meant("2026-04-04 22:59", SPRING) == datetime(2026, 4, 4, 20, 59, tzinfo=UTC)
    assert "too far away" in str(meant("2026-04-04 23:01", SPRING))


@pytest.mark.parametrize(
    "word", ["tomorrow", "pm", "p.m.", "06:30", "2026-11-24", "CET", "ET", "UTC", "+01:00", "friday", "Europe/Berlin"]
)
def test_what_changes_a_time_is_never_left_to_the_reason(word: str) -> None:
    assert belongs(word)


@pytest.mark.parametrize("word", ["agreed", "IT", "DBA", "the", "window", "INC-1", "monitoring"])
def test_a_reason_after_a_time_is_a_reason(word: str) -> None:
    assert not belongs(word)


@pytest.mark.parametrize("said", ["Europe/Berlin", "europe/berlin", "`Europe/Berlin`", "EUROPE/BERLIN"])
def test_a_zone_is_known_whatever_its_capitals(said: str) -> None:
    assert time_zone(said) == BERLIN


@pytest.mark.parametrize("said", ["America/New_York", "america/new york", "UTC", "Asia/Kolkata"])
def test_zones_are_known_on_any_computer(said: str) -> None:
    assert isinstance(time_zone(said), ZoneInfo)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("Europe/Berln", "Did you mean Europe/Berlin?"),
        ("Berlin", "Did you mean Europe/Berlin?"),
        ("new york", "Did you mean America/New_York?"),
        ("CEST", "Say one such as"),
        ("../../etc/passwd", "There is no time zone “../../etc/passwd”."),
        ("\x00", "There is no time zone"),
        ("", "There is no time zone"),
        ("<!channel>", "There is no time zone “<!channel>”."),
        ("a" * 9000, "…”."),
    ],
)
def test_an_unknown_zone_is_told_with_the_nearest(said: str, why: str) -> None:
    answer = time_zone(said)
    assert isinstance(answer, Usage)
    assert why in answer.why
    assert len(answer.why) < 300


@given(
    day=st.none() | st.integers(0, 1) | st.dates(date(1900, 1, 1), date(9999, 12, 31)),
    clock=st.times().map(lambda at: time(at.hour, at.minute)),
    now=st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 # bounds are naive
    zone=st.sampled_from(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC"]),
    offset=st.none() | st.integers(-14 * 60, 14 * 60).map(lambda minutes: timedelta(minutes=minutes)),
)
def test_whatever_is_understood_lies_ahead_and_reads_there_as_it_was_said(
    day: date | int | None, clock: time, now: datetime, zone: str, offset: timedelta | None
) -> None:
    answer = moment(Spoken(day, clock, offset), ZoneInfo(zone), now)
    if isinstance(answer, Usage):
        return
    assert now < answer <= now + FARTHEST
    local = answer.astimezone(ZoneInfo(zone)) if offset is None else answer + offset
    assert local.time() == clock
    if isinstance(day, date):
        assert local.date() == day


@given(st.text(max_size=60))
def test_no_text_breaks_the_reading(text: str) -> None:
    read = spoken(text)
    assert isinstance(read, Spoken | Usage)
    assert isinstance(belongs(text), bool)
