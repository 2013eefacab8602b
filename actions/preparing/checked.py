"""A report as the ledger keeps it: told once, in words that stay when the rules change."""

from collections.abc import Iterable

from homeward.actions.plan import Checked, Found
from homeward.checks.findings import FOLLOWING, Finding, failed, tally, unknown
from homeward.checks.model import Outcome, Rule, Severity, Status
from homeward.checks.report import Report


def checked(report: Report) -> Checked:
    unread = unknown(report)
    return Checked(
        verdict=report.verdict,
        at=report.checked_at,
        passed=tally(report.outcomes).passed,
        blockers=_told(failed(report, Severity.BLOCKER)),
        warnings=_told(failed(report, Severity.WARNING)),
        unread_blockers=_told(one for one in unread if one.severity is Severity.BLOCKER),
        unread_warnings=_told(one for one in unread if one.severity is Severity.WARNING),
        attestations=_attestations(report),
    )


def _told(findings: Iterable[Finding]) -> tuple[Found, ...]:
    """One for each rule: which of them could not be read is compared later."""
    return tuple(
        Found(
            rule=rule.id,
            title=rule.title,
            machines=finding.machines,
            details=finding.details,
            hint=FOLLOWING if finding.follows else rule.hint,
            docs=rule.docs,
        )
        for finding in findings
        for rule in finding.rules
    )


def _attestations(report: Report) -> tuple[Found, ...]:
    """What a person confirms, each rule once for all of its machines."""
    rules: dict[str, tuple[Rule, list[Outcome]]] = {}
    for outcome in report.outcomes:
        rule = outcome.rule
        if rule.severity is Severity.ATTESTATION and outcome.status in {Status.UNKNOWN, Status.FAILED}:
            rules.setdefault(rule.id, (rule, []))[1].append(outcome)
    return tuple(
        Found(
            rule=rule.id,
            title=rule.title,
            machines=tuple(outcome.subject for outcome in outcomes),
            details=tuple(dict.fromkeys(detail for outcome in outcomes for detail in outcome.details)),
            hint=rule.hint,
            docs=rule.docs,
        )
        for rule, outcomes in rules.values()
    )
