"""What holds for every rule: its words, its place, its page in the docs, its tests."""

import itertools
import pkgutil
import re
import runpy
import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

from homeward.checks import rules
from homeward.checks.evaluate import evaluate
from homeward.checks.facts import Facts, Topology
from homeward.checks.model import Rule, Severity, Status
from homeward.checks.notes import NOTES
from homeward.checks.report import Verdict, verdict_of
from homeward.checks.rules import EVERY_RULE, RULES, RULES_OF
from homeward.checks.rules.table import STEPS, markdown
from homeward.checks.way import BEGINS, Operation
from tests.checks.every_case import CASES
from tests.facts import READY_OF

REFUSALS = {
    Operation.REPROTECT: {"item-not-failed-over", "item-cannot-reprotect"},
    Operation.FAILBACK: {"failback-not-ready", "failback-commit-pending"},
    Operation.COMMIT: {"commit-not-offered"},
    Operation.CANCEL: {"cancel-not-offered", "cancel-classic"},
    Operation.TO_AZURE: {"forward-not-offered"},
}
"""The rules that hold each operation in its place on the way."""

DOCS = Path(__file__).parents[3] / "docs" / "rules.md"


def modules() -> list[ModuleType]:
    """The modules that hold rules, with the areas that they declare."""
    found = [import_module(each.name) for each in pkgutil.iter_modules(rules.__path__, f"{rules.__name__}.")]
    return [module for module in found if hasattr(module, "AREAS")]


def rules_of(module: ModuleType) -> list[Rule]:
    return [value for value in vars(module).values() if isinstance(value, Rule)]


@pytest.mark.parametrize("rule", EVERY_RULE, ids=lambda rule: rule.id)
def test_a_rule_has_the_words_that_people_need(rule: Rule) -> None:
    assert re.fullmatch(r"[a-z]+(-[a-z0-9]+)+", rule.id)
    assert rule.title
    assert not rule.title.endswith(".")
    assert rule.hint.endswith(".")
    assert rule.hint[0].isupper()
    assert rule.docs.startswith("https://learn.microsoft.com/")
    assert rule.topologies


@pytest.mark.parametrize("module", modules(), ids=lambda module: module.__name__.rsplit(".", 1)[-1])
def test_the_ids_of_a_module_start_with_its_areas_and_all_its_rules_are_in_force(module: ModuleType) -> None:
    assert rules_of(module)
    for rule in rules_of(module):
        assert rule.id.startswith(tuple(f"{area}-" for area in module.AREAS))
        assert rule in EVERY_RULE


def test_no_two_modules_share_an_area() -> None:
    areas = [area for module in modules() for area in module.AREAS]
    assert len(areas) == len(set(areas))


def test_ids_are_unique_among_rules_and_notes() -> None:
    ids = [rule.id for rule in EVERY_RULE] + list(NOTES)
    assert len(ids) == len(set(ids))


def test_every_operation_has_a_list_without_doubles() -> None:
    assert RULES_OF.keys() == set(Operation)
    assert RULES_OF[Operation.REPROTECT] is RULES
    for rules_of_one in RULES_OF.values():
        assert len(rules_of_one) == len(set(rules_of_one))


def test_the_page_has_a_section_for_each_operation_in_the_order_of_the_way() -> None:
    headings = [line[3:] for line in markdown().splitlines() if line.startswith("## ")]
    assert headings == [*STEPS.values(), "Notes"]
    assert list(STEPS) == list(Operation)
    for operation, section in zip(STEPS, markdown().split("\n## ")[1:], strict=False):
        assert set(re.findall(r"^\| \[`([a-z0-9-]+)`\]", section, re.M)) == {rule.id for rule in RULES_OF[operation]}


def test_the_page_of_rules_is_current() -> None:
    assert DOCS.read_text(encoding="utf-8") == markdown(), "run `make docs`"


def test_the_module_prints_the_page(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, markdown.__module__)
    runpy.run_module(markdown.__module__, run_name="__main__")
    assert capsys.readouterr().out == markdown()


@pytest.mark.parametrize("rule", EVERY_RULE, ids=lambda rule: rule.id)
def test_a_rule_is_on_the_page(rule: Rule) -> None:
    assert f"`{rule.id}`" in markdown()


@pytest.mark.parametrize(
    "rule", [rule for rule in EVERY_RULE if rule.severity is not Severity.ATTESTATION], ids=lambda rule: rule.id
)
def test_a_rule_is_seen_to_fail_and_to_pass(rule: Rule) -> None:
    statuses = {case.status for case in CASES if case.rule is rule}
    assert statuses >= {Status.FAILED, Status.PASSED}


@pytest.mark.parametrize(
    ("operation", "facts"),
    [(operation, facts) for operation, ready in READY_OF.items() for facts in ready],
    ids=lambda value: value.value if isinstance(value, Operation) else value.topology.value,
)
def test_the_ready_facts_fail_nothing_and_leave_only_attestations_open(operation: Operation, facts: Facts) -> None:
    outcomes = evaluate(RULES_OF[operation], facts)
    assert verdict_of(outcomes) is Verdict.READY
    assert not [outcome.rule.id for outcome in outcomes if outcome.status is Status.FAILED]
    unknown = {outcome.rule.severity for outcome in outcomes if outcome.status is Status.UNKNOWN}
    assert unknown <= {Severity.ATTESTATION}


@pytest.mark.parametrize(("operation", "other"), list(itertools.product(Operation, repeat=2)))
def test_who_is_ready_for_one_operation_is_refused_every_other_one(operation: Operation, other: Operation) -> None:
    """The order of the way: with the reason, and with the right next step."""
    for facts in READY_OF[operation]:
        may = BEGINS[other] is BEGINS[operation] and (other, facts.topology) != (Operation.CANCEL, Topology.CLASSIC)
        outcomes = evaluate(RULES_OF[other], facts)
        refused = {
            outcome.rule.id
            for outcome in outcomes
            if outcome.status is Status.FAILED and outcome.rule.severity is Severity.BLOCKER
        }
        assert bool(refused & REFUSALS[other]) is not may
