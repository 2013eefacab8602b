"""What a report has to tell, told once: equal outcomes of several machines or rules become one finding."""

from collections.abc import Mapping
from dataclasses import dataclass

from .model import Outcome, Rule, Severity, Status
from .report import Report

_NOT_ITS_TURN = frozenset({"failback-not-ready", "failback-commit-pending"})
FOLLOWS: Mapping[str, frozenset[str]] = {
    "azure-vm-not-running": _NOT_ITS_TURN,
    "azure-vm-agent-not-ready": frozenset({"azure-vm-not-running"}),
    "mobility-agent-silent": frozenset({"azure-vm-not-running"}),
    "failback-point-missing": _NOT_ITS_TURN,
    "failback-point-expired": _NOT_ITS_TURN,
    "failback-point-late": _NOT_ITS_TURN,
    "failback-vm-powered-on": _NOT_ITS_TURN,
    "commit-vm-not-running": frozenset({"commit-not-offered"}),
    "commit-azure-vm-running": frozenset({"commit-not-offered"}),
    "forward-vm-not-running": frozenset({"forward-not-offered"}),
    "forward-azure-vm-running": frozenset({"forward-not-offered"}),
    "forward-values-missing": frozenset({"forward-not-offered"}),
}
"""By the id of a rule, the blockers that it usually follows from: mending these mends it.

Where it is another step's turn, the hint of a rule can be plainly wrong: the VM that it says to switch off, or on, is
the one that people work with, or the one that must stay off.
"""
FOLLOWING = "Usually follows from the blocker above."
"""What is told of such a finding in place of its own hint."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong, or one thing that could not be read (then for all `rules` that needed it).

    `follows` tells that a blocker of `FOLLOWS` failed on all of its machines, so its own hint is no help yet.
    """

    status: Status
    severity: Severity
    rules: tuple[Rule, ...]
    details: tuple[str, ...]
    machines: tuple[str, ...]
    follows: bool = False


def failed(report: Report, severity: Severity) -> tuple[Finding, ...]:
    """What is wrong, in the order of the rules; the same words about several machines are one finding."""
    machines: dict[tuple[str, tuple[str, ...]], list[Outcome]] = {}
    for outcome in report.with_status(Status.FAILED, severity):
        machines.setdefault((outcome.rule.id, outcome.details), []).append(outcome)
    causes = {(o.rule.id, o.subject) for o in report.with_status(Status.FAILED, Severity.BLOCKER)}
    return tuple(
        Finding(
            Status.FAILED,
            severity,
            (same[0].rule,),
            same[0].details,
            tuple(o.subject for o in same),
            follows=all(_follows(o, causes) for o in same),
        )
        for same in machines.values()
    )


def _follows(outcome: Outcome, causes: set[tuple[str, str]]) -> bool:
    return any((cause, outcome.subject) in causes for cause in FOLLOWS.get(outcome.rule.id, ()))


def unknown(report: Report) -> tuple[Finding, ...]:
    """What could not be read, blockers first; one finding for each reason and set of machines."""
    found: list[Finding] = []
    for severity in (Severity.BLOCKER, Severity.WARNING):
        machines: dict[tuple[str, tuple[str, ...]], tuple[Rule, list[str]]] = {}
        for outcome in report.with_status(Status.UNKNOWN, severity):
            machines.setdefault((outcome.rule.id, outcome.details), (outcome.rule, []))[1].append(outcome.subject)
        rules: dict[tuple[tuple[str, ...], tuple[str, ...]], list[Rule]] = {}
        for (_, details), (rule, names) in machines.items():
            rules.setdefault((details, tuple(names)), []).append(rule)
        found += [
            Finding(Status.UNKNOWN, severity, tuple(of), details, names) for (details, names), of in rules.items()
        ]
    return tuple(found)


def by_machine(report: Report) -> tuple[tuple[str, tuple[Outcome, ...]], ...]:
    """Each machine with its outcomes, in the order of the plan."""
    return report.by_machine


def attestations(report: Report) -> tuple[Rule, ...]:
    """What a person has to confirm, each rule once."""
    wanted = (
        *report.with_status(Status.UNKNOWN, Severity.ATTESTATION),
        *report.with_status(Status.FAILED, Severity.ATTESTATION),
    )
    return tuple({outcome.rule.id: outcome.rule for outcome in wanted}.values())


@dataclass(frozen=True, slots=True)
class Tally:
    """How many outcomes of each sort; attestations count only as such."""

    blockers: int
    warnings: int
    unread_blockers: int
    unread_warnings: int
    passed: int
    not_applicable: int
    attestations: int

    @property
    def unread(self) -> int:
        return self.unread_blockers + self.unread_warnings

    @property
    def checks(self) -> int:
        """How many checks were tried."""
        return self.blockers + self.warnings + self.unread + self.passed


def tally(outcomes: tuple[Outcome, ...]) -> Tally:
    """Counts the outcomes of a machine or of a whole report."""
    blockers = warnings = unread_blockers = unread_warnings = passed = not_applicable = attested = 0
    for outcome in outcomes:
        blocks = outcome.rule.severity is Severity.BLOCKER
        match outcome.status:
            case Status.NOT_APPLICABLE:
                not_applicable += 1
            case Status.PASSED:
                passed += 1
            case _ if outcome.rule.severity is Severity.ATTESTATION:
                attested += 1
            case Status.FAILED:
                blockers += blocks
                warnings += not blocks
            case _:  # UNKNOWN, the last there is
                unread_blockers += blocks
                unread_warnings += not blocks
    return Tally(blockers, warnings, unread_blockers, unread_warnings, passed, not_applicable, attested)
