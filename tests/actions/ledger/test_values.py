"""What the ledger keeps as text comes back as it was."""

import json
from datetime import UTC

from hypothesis import given, settings
from hypothesis import strategies as st

from homeward.actions.ledger.tables import storable
from homeward.actions.ledger.values import ASKED, CHECKED, DECISION, ITEM, OBSTACLE, PLAN
from homeward.actions.plan import Checked, NotPrepared, Plan, canonical
from homeward.actions.requests import Asked, Decision, Progress, RequestItem

MOMENTS = st.datetimes(timezones=st.just(UTC))
MAYBE = st.none() | MOMENTS
FEW = settings(max_examples=25, deadline=None)
"""Enough to meet every kind of field; these values are big."""
ITEMS = st.builds(
    RequestItem,
    claimed_at=MAYBE,
    submitted_at=MAYBE,
    ended_at=MAYBE,
    progress=st.builds(Progress, read_at=MAYBE),
)


@FEW
@given(st.from_type(Asked))
def test_what_was_asked_comes_back(asked: Asked) -> None:
    assert ASKED.value(ASKED.text(asked)) == asked


@FEW
@given(st.from_type(Plan))
def test_a_plan_comes_back_with_its_digest(plan: Plan) -> None:
    back = PLAN.value(PLAN.text(plan))
    assert back == plan
    assert back.digest == plan.digest


@FEW
@given(st.builds(Checked, at=MOMENTS))
def test_what_the_checks_said_comes_back(checked: Checked) -> None:
    assert CHECKED.value(CHECKED.text(checked)) == checked


@FEW
@given(st.from_type(NotPrepared))
def test_an_obstacle_comes_back(obstacle: NotPrepared) -> None:
    assert OBSTACLE.value(OBSTACLE.text(obstacle)) == obstacle


@FEW
@given(ITEMS)
def test_a_machine_comes_back(item: RequestItem) -> None:
    assert ITEM.value(ITEM.text(item)) == item


@FEW
@given(st.builds(Decision, at=MOMENTS))
def test_a_decision_comes_back(decision: Decision) -> None:
    assert DECISION.value(DECISION.text(decision)) == decision


@FEW
@given(ITEMS)
def test_the_kept_text_is_canonical(item: RequestItem) -> None:
    assert canonical(json.loads(ITEM.text(item))) == ITEM.text(item)


@FEW
@given(st.text(st.characters()))
def test_any_words_can_be_stored(words: str) -> None:
    stored = storable(words)
    assert "\0" not in stored
    assert stored.encode().decode() == stored
    assert storable(stored) == stored
