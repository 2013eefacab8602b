"""The tables of states, and the page that is drawn from them."""

from pathlib import Path

import pytest

from homeward.actions.diagram import diagram, drawn
from homeward.actions.states import ITEM_TRANSITIONS, TRANSITIONS, ItemState, State, WrongTurn, check, check_item

PAGE = Path(__file__).parents[2] / "docs" / "states.md"


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
