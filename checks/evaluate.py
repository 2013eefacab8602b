"""Judging: every rule over one machine's facts, nothing caught but not-knowing."""

from collections.abc import Iterable

from .facts import ABSENT, Facts, Missing, NotKnown, Topology
from .model import NotApplicable, Outcome, Rule, Severity, Status

NO_API = "No API can tell: whoever approves the start confirms it."
UNKNOWN_PROTECTION = "it is not known how the machine is protected"


def evaluate(rules: Iterable[Rule], facts: Facts) -> tuple[Outcome, ...]:
    """The outcome of each rule, in the rules' order. An exception other than not-knowing is a bug and leaves."""
    return tuple(judge(rule, facts) for rule in rules)


def judge(rule: Rule, facts: Facts) -> Outcome:
    """One rule over one machine.

    A rule of another topology is not applicable; where the topology itself is unknown, so is the outcome.
    What a rule found before it missed a fact still counts: one thing wrong is enough to fail.
    """
    if facts.topology not in rule.topologies:
        return _elsewhere(rule, facts)
    found: list[str] = []
    try:
        for sentence in rule.judge(facts):
            found.append(sentence)
    except NotKnown as unknown:
        if not found:
            return Outcome(rule, facts.machine, Status.UNKNOWN, (unknown.reason,))
    except NotApplicable as elsewhere:
        if not found:
            return Outcome(rule, facts.machine, Status.NOT_APPLICABLE, (elsewhere.reason,))
    if found:
        return Outcome(rule, facts.machine, Status.FAILED, tuple(found))
    if rule.severity is Severity.ATTESTATION:
        return Outcome(rule, facts.machine, Status.UNKNOWN, (NO_API,))
    return Outcome(rule, facts.machine, Status.PASSED, ())


def _elsewhere(rule: Rule, facts: Facts) -> Outcome:
    """An item that could not be read, or not understood, may be of the rule's topology: that is not knowing."""
    if facts.topology is Topology.UNKNOWN and facts.item is not ABSENT:
        reason = facts.item.reason if isinstance(facts.item, Missing) else UNKNOWN_PROTECTION
        return Outcome(rule, facts.machine, Status.UNKNOWN, (reason,))
    reason = f"Does not apply to {facts.topology.value} protection."
    return Outcome(rule, facts.machine, Status.NOT_APPLICABLE, (reason,))
