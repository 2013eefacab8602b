"""What a report has to tell, told once: equal outcomes of several machines or rules become one finding."""

from dataclasses import dataclass

from homeward.checks.model import Outcome, Rule, Severity, Status
from homeward.checks.report import Report


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong, or one thing that could not be read (then for all `rules` that needed it)."""

    status: Status
    severity: Severity
    rules: tuple[Rule, ...]
    details: tuple[str, ...]
    machines: tuple[str, ...]


def failed(report: Report, severity: Severity) -> tuple[Finding, ...]:
    """What is wrong, in the order of the rules; the same words about several machines are one finding."""
    machines: dict[tuple[str, tuple[str, ...]], list[Outcome]] = {}
    for outcome in report.with_status(Status.FAILED, severity):
        machines.setdefault((outcome.rule.id, outcome.details), []).append(outcome)
    return tuple(
        Finding(Status.FAILED, severity, (same[0].rule,), same[0].details, tuple(o.subject for o in same))
        for same in machines.values()
    )


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
    """Each machine with its outcomes. By place, not by name: two machines of a plan may have the same."""
    each = len(report.outcomes) // max(1, len(report.machines))
    return tuple(
        (machine, report.outcomes[place * each : (place + 1) * each]) for place, machine in enumerate(report.machines)
    )


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

    @property
    def calm(self) -> bool:
        """Whether there is nothing that somebody should look at."""
        return not (self.blockers or self.warnings or self.unread)


def tally(outcomes: tuple[Outcome, ...]) -> Tally:
    """Counts the outcomes of a machine or of a whole report."""
    counts: dict[tuple[Status, Severity], int] = {}
    for outcome in outcomes:
        key = (outcome.status, outcome.rule.severity)
        counts[key] = counts.get(key, 0) + 1

    def count(status: Status, *severities: Severity) -> int:
        return sum(counts.get((status, severity), 0) for severity in severities)

    judged = (Severity.BLOCKER, Severity.WARNING)
    attested = Severity.ATTESTATION
    return Tally(
        blockers=count(Status.FAILED, Severity.BLOCKER),
        warnings=count(Status.FAILED, Severity.WARNING),
        unread_blockers=count(Status.UNKNOWN, Severity.BLOCKER),
        unread_warnings=count(Status.UNKNOWN, Severity.WARNING),
        passed=count(Status.PASSED, *judged),
        not_applicable=count(Status.NOT_APPLICABLE, *Severity),
        attestations=count(Status.UNKNOWN, attested) + count(Status.FAILED, attested),
    )
