"""The command lines that are given to be copied."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from homeward.actions.plan import OpenValue
from homeward.actions.requests import Asked, Person, Where
from homeward.actions.states import Operation
from homeward.checks.subjects import Wish, Wishes
from homeward.handlers.start_arguments import Start, start_arguments
from homeward.handlers.views.again import quoted, start_line

ASKED = Asked(Operation.REPROTECT, "payroll", Wishes(), "", Person("T0", "U0MAYA"), Where("T0", "", "C0"))
NAMES = st.text("abcÄ名09 -./:+=", min_size=1, max_size=20).map(lambda name: " ".join(name.split())).filter(bool)
"""A name in underscores is taken for one that was pasted with its formatting."""


def read(line: str) -> Start:
    start = start_arguments(line.removeprefix("/reprotect start "))
    assert isinstance(start, Start), (line, start)
    return start


def test_what_was_asked_can_be_asked_again() -> None:
    wishes = Wishes(target=(Wish("mt-win01"),), exclude_disk=(Wish("disk 3", "pay-db01"), Wish("disk 4", "pay-db01")))
    asked = replace(ASKED, wishes=wishes, reason='the "site" is back')
    line = start_line("/reprotect", asked)
    assert line == (
        '/reprotect start payroll --target mt-win01 --exclude-disk pay-db01="disk 3" '
        '--exclude-disk pay-db01="disk 4" --reason "the \'site\' is back"'
    )
    assert read(line) == Start("payroll", wishes, "the 'site' is back")


def test_open_values_are_filled_with_their_first_candidate() -> None:
    asked = replace(ASKED, wishes=Wishes(target=(Wish("gone", "A"), Wish("mt-lin01", "b"))))
    values = (OpenValue("a", "target", ("mt 1", "mt 2")), OpenValue("", "process-server", ()))
    line = start_line("/home", asked, chosen=values)
    assert line == '/home start payroll --target b=mt-lin01 --target a="mt 1" --process-server NAME'


def test_what_has_to_be_left_out_is_not_in_the_line() -> None:
    asked = replace(ASKED, wishes=Wishes(target=(Wish("mt01"),), retention=(Wish("R:"), Wish("S:", "web01"))))
    line = start_line("/reprotect", asked, without=(OpenValue("WEB01", "retention", ()),))
    assert line == "/reprotect start payroll --target mt01 --retention R:"
    line = start_line("/reprotect", asked, without=(OpenValue("", "retention", ()),))
    assert line == "/reprotect start payroll --target mt01 --retention web01=S:"


def test_another_name_takes_the_place_of_what_was_asked() -> None:
    assert read(start_line("/reprotect", ASKED, subject="Pay roll 2")).subject == "Pay roll 2"


def test_what_could_not_be_typed_is_not_offered(hostile: tuple[str, ...]) -> None:
    assert start_line("/reprotect", replace(ASKED, subject="a" * 10_000)) == ""
    for name in hostile:
        line = start_line("/reprotect", replace(ASKED, subject=name))
        assert len(line) <= 3000
        assert "\u202e" not in line
        assert "\n" not in line


def test_a_name_is_quoted_where_it_has_to_be() -> None:
    assert [quoted(name) for name in ("web01", "a b", 'a "b"', "-x", "a=b")] == [
        "web01", '"a b"', "'a \"b\"'", '"-x"', '"a=b"',
    ]  # fmt: skip


@given(NAMES, NAMES, NAMES)
def test_names_come_back_as_they_were(subject: str, machine: str, value: str) -> None:
    asked: Any = replace(ASKED, subject=subject, wishes=Wishes(datastore=(Wish(value, machine),)))
    assert read(start_line("/reprotect", asked)) == Start(subject, asked.wishes, "")


def test_a_point_that_did_not_fit_is_left_out_of_the_line() -> None:
    asked = replace(ASKED, operation=Operation.FAILBACK, point="2b-f00")
    assert start_line("/failback", asked) == "/failback start payroll --point 2b-f00"
    assert start_line("/failback", asked, without=(OpenValue("web01", "point", ("latest",)),)) == (
        "/failback start payroll"
    )


def test_an_agreed_time_that_is_over_is_told_as_the_next_one() -> None:
    at = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)
    asked = replace(ASKED, operation=Operation.FAILBACK, at=at, zone="Asia/Kolkata")
    before, after = at - timedelta(minutes=1), at + timedelta(hours=2)
    dated = '/failback start payroll --at "2026-11-23 23:30" --zone Asia/Kolkata'
    assert start_line("/failback", asked, now=before) == dated
    assert start_line("/failback", asked, now=after) == "/failback start payroll --at 23:30 --zone Asia/Kolkata"
