"""One line per behaviour of a rule: facts with a difference, the outcome, and what it says."""

from collections.abc import Mapping
from dataclasses import dataclass

from homeward.checks.evaluate import judge
from homeward.checks.facts import Facts
from homeward.checks.model import Rule, Status

from .changing import changed

NO_CHANGE: Mapping[str, object] = {}


@dataclass(frozen=True)
class Case:
    """`name` is a sentence about the behaviour; `says` stands in the outcome's detail."""

    name: str
    rule: Rule
    facts: Facts
    status: Status
    says: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.rule.id}: {self.name}"

    def check(self) -> None:
        outcome = judge(self.rule, self.facts)
        assert outcome.status is self.status, outcome.detail
        for words in self.says:
            assert words in outcome.detail


def fails(rule: Rule, name: str, facts: Facts, changes: Mapping[str, object], *says: str) -> Case:
    return Case(name, rule, changed(facts, changes), Status.FAILED, says)


def passes(rule: Rule, name: str, facts: Facts, changes: Mapping[str, object] = NO_CHANGE) -> Case:
    return Case(name, rule, changed(facts, changes), Status.PASSED, ())


def unknown(rule: Rule, name: str, facts: Facts, changes: Mapping[str, object], *says: str) -> Case:
    return Case(name, rule, changed(facts, changes), Status.UNKNOWN, says)


def elsewhere(rule: Rule, name: str, facts: Facts, changes: Mapping[str, object], *says: str) -> Case:
    return Case(name, rule, changed(facts, changes), Status.NOT_APPLICABLE, says)
