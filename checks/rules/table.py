"""docs/rules.md, made from the rules and notes themselves: `python -m homeward.checks.rules.table > docs/rules.md`."""

import sys
from collections.abc import Iterator, Mapping

from homeward.checks.facts import Topology
from homeward.checks.model import Rule, Severity
from homeward.checks.notes import NOTES
from homeward.checks.way import Operation

from . import RULES_OF

OPENING = """\
# Rules

<!-- Made by `python -m homeward.checks.rules.table`; do not edit. -->

What Homeward checks before each step of the way home, in the order shown. A **blocker** that fails means that the step
fails or must not be tried. A **warning** lets it run, but somebody should look first. An **attestation** is something
that no API can tell: a person confirms it when approving. What could not be read is *unknown*, never passed.
"""

STEPS: Mapping[Operation, str] = {
    Operation.REPROTECT: "Before a reprotect",
    Operation.FAILBACK: "Before a failback",
    Operation.COMMIT: "Before a commit",
    Operation.CANCEL: "Before a failback is cancelled",
    Operation.TO_AZURE: "Before a reprotect toward Azure",
}
SEVERITIES = {
    Severity.BLOCKER: "Blockers",
    Severity.WARNING: "Warnings",
    Severity.ATTESTATION: "Attestations",
}


def markdown() -> str:
    """The whole page."""
    return "\n".join(_lines())


def _lines() -> Iterator[str]:
    yield OPENING
    for operation, heading in STEPS.items():
        yield f"## {heading}\n"
        for severity, plural in SEVERITIES.items():
            rules = [rule for rule in RULES_OF[operation] if rule.severity is severity]
            if rules:
                yield f"### {plural}\n"
                yield "| rule | topology | must be true | what to do |"
                yield "|---|---|---|---|"
                yield from map(_row, rules)
                yield ""
    yield "## Notes\n"
    yield "Shown in the report, never judged.\n"
    yield "| note | tells |"
    yield "|---|---|"
    for id, tells in NOTES.items():
        yield f"| `{id}` | {_cell(tells)} |"
    yield ""


def _row(rule: Rule) -> str:
    return f"| [`{rule.id}`]({rule.docs}) | {_topologies(rule)} | {_cell(rule.title)} | {_cell(rule.hint)} |"


def _topologies(rule: Rule) -> str:
    if rule.topologies == frozenset(Topology):
        return "any"
    return " and ".join(topology.value for topology in Topology if topology in rule.topologies)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    sys.stdout.write(markdown())
