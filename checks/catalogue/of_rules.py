"""The rules of the checks as entries, so that an id copied from a report is answered by its rule."""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from homeward.checks.facts import Topology
from homeward.checks.model import CLASSIC, MODERNIZED, Rule, Severity
from homeward.checks.rules import EVERY_RULE

from .load import entries
from .model import Cause, Entry, Kind, Source, Stack

_MEANS = {
    Severity.BLOCKER: "a blocker: while it fails, the operation would fail or must not be tried",
    Severity.WARNING: "a warning: the operation can run, but somebody should look first",
    Severity.ATTESTATION: "an attestation: no API can tell, so a person confirms it when approving",
}


@cache
def rule_entries() -> Mapping[str, Entry]:
    """An entry for each rule, by the rule's id."""
    return MappingProxyType({rule.id: _entry(rule) for rule in EVERY_RULE})


def _entry(rule: Rule) -> Entry:
    attested = rule.severity is Severity.ATTESTATION
    found = "Nobody has confirmed it yet." if attested else "What was found stands in the report, beside this id."
    return Entry(
        code=rule.id,
        kind=Kind.RULE,
        title=rule.title,
        what=f"A rule of the checks. What must be true: {rule.title}. It is {_MEANS[rule.severity]}.",
        causes=(Cause(found, ""),),
        steps=(rule.hint,),
        rules=(),
        related=tuple(entry.code for entry in entries() if rule.id in entry.rules),
        stack=_stack(rule.topologies),
        phase="check",
        component=rule.severity.value,
        aliases=(),
        keywords=(),
        sources=(Source("Microsoft: the page that states it", rule.docs),),
        note="",
    )


def _stack(topologies: frozenset[Topology]) -> Stack:
    return {CLASSIC: Stack.CLASSIC, MODERNIZED: Stack.MODERNIZED}.get(topologies, Stack.BOTH)
