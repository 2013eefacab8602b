"""docs/rules.md, made from the rules and notes themselves: `python -m homeward.checks.rules.table > docs/rules.md`."""

import sys
from collections.abc import Iterator

from homeward.checks.facts import Topology
from homeward.checks.model import Rule, Severity
from homeward.checks.notes import NOTES

from . import RULES

OPENING = """\
# Rules

<!-- Made by `python -m homeward.checks.rules.table`; do not edit. -->

What Homeward checks before a reprotect, in the order shown. A **blocker** that fails means that the reprotect fails
or must not be tried. A **warning** lets it run, but somebody should look first. An **attestation** is something that no
API can tell: a person confirms it when approving. What could not be read is *unknown*, never passed.
"""

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
    for severity, heading in SEVERITIES.items():
        yield f"## {heading}\n"
        yield "| rule | topology | must be true | what to do |"
        yield "|---|---|---|---|"
        for rule in RULES:
            if rule.severity is severity:
                yield f"| [`{rule.id}`]({rule.docs}) | {_topologies(rule)} | {_cell(rule.title)} | {_cell(rule.hint)} |"
        yield ""
    yield "## Notes\n"
    yield "Shown in the report, never judged.\n"
    yield "| note | tells |"
    yield "|---|---|"
    for id, tells in NOTES.items():
        yield f"| `{id}` | {_cell(tells)} |"
    yield ""


def _topologies(rule: Rule) -> str:
    if rule.topologies == frozenset(Topology):
        return "any"
    return " and ".join(topology.value for topology in Topology if topology in rule.topologies)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    sys.stdout.write(markdown())
