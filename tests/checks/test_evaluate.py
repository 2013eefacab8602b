"""Judging one rule over one machine's facts."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

import pytest

from homeward.checks.evaluate import NO_API, evaluate, judge
from homeward.checks.facts import ABSENT, Facts, Missing, NotKnown, Topology, known
from homeward.checks.model import CLASSIC, Judge, NotApplicable, Rule, Sentence, Severity, Status, rule
from tests.checks.ready import READY_CLASSIC, READY_MODERNIZED

UNREAD = Missing("vc01 did not answer within 20 s")


def made(judge: Judge, severity: Severity = Severity.BLOCKER) -> Rule:
    return rule(
        id="vm-is-bad",
        title="The VM is good",
        severity=severity,
        topologies=CLASSIC,
        hint="Mend it.",
        docs="https://learn.microsoft.com/azure/site-recovery/",
    )(judge)


def nothing(_: Facts) -> Iterable[Sentence]:
    return ()


def test_a_rule_that_says_nothing_has_passed() -> None:
    outcome = judge(made(nothing), READY_CLASSIC)
    assert (outcome.status, outcome.subject, outcome.details) == (Status.PASSED, "web01", ())


def test_every_sentence_is_kept_when_a_rule_fails() -> None:
    outcome = judge(made(lambda facts: (f"{facts.machine} is bad.", "It is worn.")), READY_CLASSIC)
    assert outcome.status is Status.FAILED
    assert outcome.detail == "web01 is bad. It is worn."


def test_an_uncollected_fact_is_unknown_never_passed() -> None:
    def ask(facts: Facts) -> Iterator[Sentence]:
        known(facts.vcenter)
        yield "It is bad."

    outcome = judge(made(ask), replace(READY_CLASSIC, vcenter=UNREAD))
    assert outcome.status is Status.UNKNOWN
    assert outcome.detail == UNREAD.reason


@pytest.mark.parametrize("leaving", [NotKnown("unread"), NotApplicable("elsewhere")], ids=["unknown", "elsewhere"])
def test_what_was_found_before_a_rule_was_left_still_fails(leaving: Exception) -> None:
    def find(_: Facts) -> Iterator[Sentence]:
        yield "It is bad."
        raise leaving

    assert judge(made(find), READY_CLASSIC).details == ("It is bad.",)


def test_a_rule_may_find_that_it_does_not_apply() -> None:
    def leave(_: Facts) -> Iterable[Sentence]:
        raise NotApplicable("It has no VM.")

    outcome = judge(made(leave), READY_CLASSIC)
    assert (outcome.status, outcome.detail) == (Status.NOT_APPLICABLE, "It has no VM.")


def test_a_rule_of_another_topology_is_not_asked() -> None:
    def explode(_: Facts) -> Iterable[Sentence]:
        raise ZeroDivisionError

    outcome = judge(made(explode), READY_MODERNIZED)
    assert (outcome.status, outcome.detail) == (
        Status.NOT_APPLICABLE,
        "Does not apply to modernized protection.",
    )


def test_a_bug_in_a_rule_is_not_hidden() -> None:
    def explode(_: Facts) -> Iterable[Sentence]:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        judge(made(explode), READY_CLASSIC)


def test_where_the_topology_is_unknown_the_outcome_is_the_items_reason() -> None:
    outcome = judge(made(nothing), replace(READY_CLASSIC, topology=Topology.UNKNOWN, item=UNREAD))
    assert (outcome.status, outcome.detail) == (Status.UNKNOWN, UNREAD.reason)


def test_an_item_of_unknown_topology_is_unknown() -> None:
    assert judge(made(nothing), replace(READY_CLASSIC, topology=Topology.UNKNOWN)).status is Status.UNKNOWN


def test_rules_of_a_topology_do_not_apply_where_there_is_no_item() -> None:
    facts = replace(READY_CLASSIC, topology=Topology.UNKNOWN, item=ABSENT)
    assert judge(made(nothing), facts).status is Status.NOT_APPLICABLE


def test_an_attestation_is_never_passed_by_itself() -> None:
    outcome = judge(made(nothing, Severity.ATTESTATION), READY_CLASSIC)
    assert (outcome.status, outcome.detail) == (Status.UNKNOWN, NO_API)


def test_outcomes_keep_the_order_of_the_rules() -> None:
    rules = [made(nothing), made(lambda _: ("It is bad.",))]
    assert [outcome.rule for outcome in evaluate(rules, READY_CLASSIC)] == rules


def test_an_outcome_as_json_carries_the_words_of_its_rule() -> None:
    assert judge(made(lambda _: ("It is bad.",)), READY_CLASSIC).as_dict() == {
        "rule": "vm-is-bad",
        "subject": "web01",
        "status": "failed",
        "severity": "blocker",
        "detail": "It is bad.",
        "hint": "Mend it.",
        "docs": "https://learn.microsoft.com/azure/site-recovery/",
    }
