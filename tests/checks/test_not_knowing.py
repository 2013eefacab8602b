"""Not knowing is not passing: taking facts away never makes anything look better."""

from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homeward.checks.evaluate import evaluate
from homeward.checks.facts import Facts, Missing, Topology
from homeward.checks.model import Status
from homeward.checks.report import Verdict, verdict_of
from homeward.checks.rules import RULES_OF
from homeward.checks.way import Operation
from tests.checks.changing import changed, places_for_missing
from tests.checks.every_case import CASES
from tests.checks.ready import READY_CLASSIC
from tests.facts import READY_OF

READY = [(operation, facts) for operation, ready in READY_OF.items() for facts in ready]
IDS = [f"{operation.value}, {facts.topology.value}" for operation, facts in READY]
ALL_FACTS = [*(facts for _, facts in READY), *(case.facts for case in CASES)]
UNREAD = Missing("vc01 did not answer within 20 s")


def check_that_less_is_not_better(facts: Facts, places: tuple[str, ...], operation: Operation) -> None:
    less = changed(facts, dict.fromkeys(places, UNREAD))
    before, after = evaluate(RULES_OF[operation], facts), evaluate(RULES_OF[operation], less)
    for old, new in zip(before, after, strict=True):
        if new.status in {Status.PASSED, Status.NOT_APPLICABLE}:
            assert new.status is old.status, new.rule.id
    if verdict_of(after) is Verdict.READY:
        assert verdict_of(before) is Verdict.READY


def apart(places: list[str]) -> tuple[str, ...]:
    """Without places inside others: what is gone has no parts."""
    return tuple(place for place in places if not any(place.startswith(f"{other}.") for other in places))


@given(data=st.data())
def test_losing_any_facts_never_makes_an_outcome_better(data: st.DataObject) -> None:
    facts = data.draw(st.sampled_from(ALL_FACTS))
    places = st.lists(st.sampled_from(places_for_missing(facts)), min_size=1, max_size=6, unique=True)
    check_that_less_is_not_better(facts, apart(data.draw(places)), data.draw(st.sampled_from(Operation)))


@pytest.mark.parametrize(("operation", "facts"), READY, ids=IDS)
def test_losing_any_single_fact_never_makes_an_outcome_better(operation: Operation, facts: Facts) -> None:
    for place in places_for_missing(facts):
        check_that_less_is_not_better(facts, (place,), operation)


@pytest.mark.parametrize("facts", READY_OF[Operation.REPROTECT], ids=["classic", "modernized"])
def test_the_places_go_to_any_depth(facts: Facts) -> None:
    assert {"item", "item.os", "target_host.datastores.0.cluster", "vcenter.licences"} <= set(places_for_missing(facts))


@pytest.mark.parametrize("operation", Operation)
@pytest.mark.parametrize("topology", [Topology.CLASSIC, Topology.MODERNIZED, Topology.UNKNOWN])
def test_a_machine_of_which_nothing_was_read_is_unknown(topology: Topology, operation: Operation) -> None:
    places = [place for place in places_for_missing(READY_CLASSIC) if "." not in place]
    assert len(places) > len(fields(Facts)) / 2
    facts = replace(changed(READY_CLASSIC, dict.fromkeys(places, UNREAD)), topology=topology)
    outcomes = evaluate(RULES_OF[operation], facts)
    assert verdict_of(outcomes) is Verdict.UNKNOWN
    assert not [outcome.rule.id for outcome in outcomes if outcome.status in {Status.PASSED, Status.FAILED}]
    assert UNREAD.reason in {outcome.detail for outcome in outcomes}
