"""The tables of states, and the page that is drawn from them."""

from pathlib import Path

import pytest

from homeward.actions.diagram import diagram, drawn, way, way_drawn
from homeward.actions.states import (
    ITEM_TRANSITIONS,
    TRANSITIONS,
    ItemState,
    Operation,
    State,
    WrongTurn,
    check,
    check_item,
)
from homeward.actions.words import WORDS, following
from homeward.checks.way import Stand

PAGE = Path(__file__).parents[2] / "docs" / "states.md"
WAY_PAGE = PAGE.with_name("way-home.md")


def test_the_page_of_states_is_fresh() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert drawn(page) == page, "run `make docs`"


def test_the_page_explains_every_state() -> None:
    page = PAGE.read_text(encoding="utf-8")
    for state in (*State, *ItemState):
        assert f"| `{state.value}` |" in page


def test_every_transition_is_drawn() -> None:
    shown = diagram(TRANSITIONS, State.CHECKING).splitlines()
    assert "    running --> needs_attention" in shown
    assert "    voided --> [*]" in shown
    assert len(shown) == 4 + sum(max(len(afters), 1) for afters in TRANSITIONS.values())


def test_the_page_of_the_way_home_is_fresh() -> None:
    page = WAY_PAGE.read_text(encoding="utf-8")
    assert way_drawn(page) == page, "run `make docs`"


def test_the_page_of_the_way_home_tells_of_every_operation() -> None:
    page = WAY_PAGE.read_text(encoding="utf-8")
    for operation in Operation:
        assert f"| `{operation.value}` |" in page


def test_the_way_goes_on_from_every_stand_that_is_known() -> None:
    shown = way().splitlines()
    assert "    READY --> HOME : failback" in shown
    assert "    HOME --> REPLICATING_BACK : cancel" in shown
    assert "    REPLICATING_BACK --> READY" in shown
    for stand in set(Stand) - {Stand.UNKNOWN}:
        assert any(line.startswith(f"    {stand.name} --> ") for line in shown)


def test_each_step_follows_the_one_before() -> None:
    steps, operation = [Operation.REPROTECT], following(Operation.REPROTECT)
    while operation is not None:
        steps.append(operation)
        operation = following(operation)
    assert steps == [Operation.REPROTECT, Operation.FAILBACK, Operation.COMMIT, Operation.TO_AZURE]
    assert following(Operation.CANCEL) is Operation.FAILBACK


def test_every_operation_has_its_words() -> None:
    assert set(WORDS) == set(Operation)
    for words in WORDS.values():
        assert words.came_through.endswith(".")
        assert not words.astray.endswith(".")
        assert not words.already.endswith(".")


def test_a_page_that_was_never_drawn_keeps_its_words() -> None:
    mark = "<!-- way: drawn from the tables in checks/way.py by `make docs` -->"
    assert way_drawn(f"# Way\n{mark}\n\nWords.\n") == f"# Way\n{mark}\n{way()}\n\nWords.\n"


def test_a_page_without_its_mark_is_told() -> None:
    with pytest.raises(ValueError, match="request"):
        drawn("# States")


def test_every_state_has_its_row_and_can_be_reached() -> None:
    assert set(TRANSITIONS) == set(State)
    assert set(ITEM_TRANSITIONS) == set(ItemState)
    assert {after for afters in TRANSITIONS.values() for after in afters} == set(State) - {State.CHECKING}
    assert {after for afters in ITEM_TRANSITIONS.values() for after in afters} == set(ItemState)


@pytest.mark.parametrize("ended", [state for state in State if state.ended])
def test_a_request_that_ended_goes_nowhere(ended: State) -> None:
    check(ended, ended)
    with pytest.raises(WrongTurn):
        check(ended, State.RUNNING)


def test_a_machine_that_is_done_or_skipped_stays_so() -> None:
    for state in (ItemState.DONE, ItemState.SKIPPED):
        with pytest.raises(WrongTurn):
            check_item(state, ItemState.PENDING)


def test_nothing_runs_that_was_not_approved() -> None:
    assert {before for before, afters in TRANSITIONS.items() if State.RUNNING in afters} == {
        State.APPROVED,
        State.NEEDS_ATTENTION,
    }
    assert {before for before, afters in TRANSITIONS.items() if State.APPROVED in afters} == {State.AWAITING_APPROVAL}
