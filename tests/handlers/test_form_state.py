"""What the form of a start knows, in its private_metadata and in what Slack says is filled in."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from homeward.actions.plan import NotPrepared, Obstacle, OpenValue
from homeward.actions.states import Operation
from homeward.checks.subjects import Wish, Wishes
from homeward.handlers import ids
from homeward.handlers.form_state import EVERY, Form, asked_again, filled, form

NOW = datetime(2026, 3, 7, 2, 30, tzinfo=UTC)
DATASTORE = f"{ids.FORM_VALUE}.datastore"
DISKS = f"{ids.FORM_VALUE}.exclude-disk"
names = st.text(min_size=1, max_size=20)
wishes = st.lists(st.builds(Wish, names, st.text(max_size=20)), max_size=4).map(tuple)


@given(st.builds(Wishes, target=wishes, exclude_disk=wishes), st.sampled_from(("", EVERY, "web01")), st.booleans())
@settings(max_examples=50)
def test_what_a_form_carries_comes_back_as_it_was(given_: Wishes, machine: str, alone: bool) -> None:
    held = Form(Operation.FAILBACK, "web01", "web01 here", given_, "why", "latest", 1_790_000_000, "C1", "C2", "E1", 3)
    held = replace(held, machine=machine, alone=alone)
    assert form(held.text) == held


@given(st.text(max_size=60))
@settings(max_examples=50)
def test_anything_else_is_no_form(text: str) -> None:
    assert form(text) is None


@pytest.mark.parametrize("text", ["{}", "[]", '{"o":"commit"}', '{"o":3}', "[" * 100_000])
def test_what_has_no_operation_with_a_form_is_none(text: str) -> None:
    assert form(text) is None


def test_broken_parts_are_left_out() -> None:
    held = form('{"o":"reprotect","s":7,"w":{"target":[["a"],["b","c"],7,["",""]],"nothing":3},"n":-1,"a":"x"}')
    assert held == Form(Operation.REPROTECT, wishes=Wishes(target=(Wish("b", "c"),)))


def test_more_than_slack_keeps_is_too_long() -> None:
    many = tuple(Wish("a datastore of a long name", f"machine-{n:03}") for n in range(100))
    assert Form(Operation.REPROTECT, "payroll", wishes=Wishes(datastore=many)).too_long
    assert not Form(Operation.REPROTECT, "payroll", reason="a" * 500).too_long


def view(action: str, initial: list[str], chosen: list[str], *, multi: bool = False) -> dict[str, Any]:
    def options(values: list[str]) -> list[dict[str, str]]:
        return [{"value": value} for value in values]

    element: dict[str, Any] = {"action_id": action}
    if multi:
        element["initial_options"] = options(initial)
        state: dict[str, Any] = {"selected_options": options(chosen)}
    else:
        element |= {"initial_option": options(initial)[0]} if initial else {}
        state = {"selected_option": next(iter(options(chosen)), None)}
    blocks = [{"type": "input", "block_id": "b", "element": element}]
    return {"blocks": blocks, "state": {"values": {"b": {action: state}}}}


def test_only_what_differs_from_what_was_chosen_is_a_wish() -> None:
    alone = Form(Operation.REPROTECT, "web01", alone=True)
    assert filled(alone, view(DATASTORE, ["ds1"], ["ds1"])).wishes == Wishes()
    assert filled(alone, view(DATASTORE, ["ds1"], ["ds2"])).wishes == Wishes(datastore=(Wish("ds2"),))
    assert filled(alone, view(DATASTORE, [], ["ds2"])).wishes == Wishes(datastore=(Wish("ds2"),))


def test_of_several_machines_the_wish_is_for_the_one_that_is_changed() -> None:
    before = Wishes(datastore=(Wish("ds9", "db01"), Wish("ds1", "WEB01")))
    held = Form(Operation.REPROTECT, "payroll", wishes=before, machine="web01")
    after = filled(held, view(DATASTORE, ["ds1"], ["ds2"])).wishes
    assert after == Wishes(datastore=(Wish("ds9", "db01"), Wish("ds2", "web01")))


def test_what_is_chosen_for_every_machine_ends_what_was_wished_for_some() -> None:
    held = Form(Operation.REPROTECT, "payroll", wishes=Wishes(datastore=(Wish("ds9", "db01"),)), machine=EVERY)
    assert filled(held, view(DATASTORE, [], ["ds2"])).wishes == Wishes(datastore=(Wish("ds2"),))
    assert filled(held, view(DATASTORE, [], [])).wishes == held.wishes


def test_disks_stay_behind_as_many_as_are_chosen_and_none_again() -> None:
    alone = Form(Operation.REPROTECT, "web01", alone=True)
    both = filled(alone, view(DISKS, [], ["d1", "d2"], multi=True))
    assert both.wishes == Wishes(exclude_disk=(Wish("d1"), Wish("d2")))
    assert filled(both, view(DISKS, ["d1", "d2"], [], multi=True)).wishes == Wishes()


@given(
    st.recursive(
        st.none() | st.booleans() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(
                st.sampled_from(["blocks", "state", "values", DATASTORE, ids.REASON, "selected_option", "value"]), inner
            )
        ),
    )
)
@settings(max_examples=80)
def test_a_broken_view_changes_nothing_and_raises_nothing(broken: Any) -> None:
    assert filled(Form(Operation.REPROTECT, "web01"), broken).subject == "web01"


def test_what_was_asked_is_filled_in_again_without_what_could_not_be_had(requests_desk: Any) -> None:
    request = requests_desk.request()
    both = Wishes(datastore=(Wish("attic"),), policy=(Wish("24h"),))
    asked = replace(request.asked, wishes=both, point="c9", at=NOW - timedelta(hours=1))
    open_ = (OpenValue("", "datastore", ()), OpenValue("", "point", ()))
    obstacle = NotPrepared(Obstacle.WRONG_VALUE, "There is no attic.", without=open_)
    again = asked_again(replace(request, asked=asked, obstacle=obstacle), NOW)
    assert again.wishes == Wishes(policy=(Wish("24h"),))
    assert (again.point, again.at, again.reason) == ("", None, request.asked.reason)
