"""What a report has to tell, and how it is counted."""

from datetime import UTC, datetime

from homeward.checks.findings import Finding, attestations, failed, tally, unknown
from homeward.checks.model import ANY, Outcome, Rule, Severity, Status
from homeward.checks.report import Report
from homeward.checks.subjects import Kind, Subject


def a_rule(id: str, severity: Severity = Severity.BLOCKER) -> Rule:
    docs = "https://learn.microsoft.com/x"
    return Rule(id=id, title=id, severity=severity, topologies=ANY, hint="Mend it.", docs=docs, judge=lambda _: ())


FULL, OLD = a_rule("datastore-full"), a_rule("vm-old", Severity.WARNING)
LINK = a_rule("network-link", Severity.ATTESTATION)
ROLES = a_rule("vcenter-roles")


def a_report(*outcomes: Outcome) -> Report:
    machines = tuple(dict.fromkeys(outcome.subject for outcome in outcomes))
    subject = Subject("payroll", Kind.PLAN, "prod-dr")
    return Report(subject, "classic", datetime(2026, 3, 14, tzinfo=UTC), machines, outcomes, (), ())


def test_the_same_words_about_several_machines_are_one_finding() -> None:
    seen = a_report(
        Outcome(FULL, "a", Status.FAILED, ("ds1 is full.",)),
        Outcome(FULL, "b", Status.FAILED, ("ds2 is full.",)),
        Outcome(FULL, "c", Status.FAILED, ("ds1 is full.",)),
    )
    assert failed(seen, Severity.BLOCKER) == (
        Finding(Status.FAILED, Severity.BLOCKER, (FULL,), ("ds1 is full.",), ("a", "c")),
        Finding(Status.FAILED, Severity.BLOCKER, (FULL,), ("ds2 is full.",), ("b",)),
    )
    assert failed(seen, Severity.WARNING) == ()


def test_a_reason_is_one_finding_for_all_rules_that_needed_it() -> None:
    reason = ("vc01 did not answer",)
    seen = a_report(
        Outcome(OLD, "a", Status.UNKNOWN, reason),
        Outcome(FULL, "a", Status.UNKNOWN, reason),
        Outcome(ROLES, "a", Status.UNKNOWN, reason),
    )
    assert unknown(seen) == (
        Finding(Status.UNKNOWN, Severity.BLOCKER, (FULL, ROLES), reason, ("a",)),
        Finding(Status.UNKNOWN, Severity.WARNING, (OLD,), reason, ("a",)),
    )


def test_what_a_person_confirms_is_named_once() -> None:
    seen = a_report(Outcome(LINK, "a", Status.UNKNOWN, ("?",)), Outcome(LINK, "b", Status.FAILED, ("No.",)))
    assert attestations(seen) == (LINK,)


def test_every_outcome_is_counted_as_one_sort() -> None:
    each = [Outcome(rule, "a", status, ()) for rule in (FULL, OLD, LINK) for status in Status]
    counts = tally(tuple(each))
    assert (counts.blockers, counts.warnings, counts.unread_blockers, counts.unread_warnings) == (1, 1, 1, 1)
    assert (counts.passed, counts.not_applicable, counts.attestations) == (3, 3, 2)
    assert counts.checks + counts.not_applicable + counts.attestations == len(each)


def test_where_it_is_another_steps_turn_nobody_is_told_to_switch_a_vm_on_or_off() -> None:
    turn = a_rule("failback-commit-pending")
    azure, home = a_rule("azure-vm-not-running"), a_rule("failback-vm-powered-on", Severity.WARNING)
    seen = a_report(*(Outcome(each, "web01", Status.FAILED, ("x",)) for each in (turn, azure, home)))
    assert [each.follows for each in failed(seen, Severity.BLOCKER)] == [False, True]
    assert [each.follows for each in failed(seen, Severity.WARNING)] == [True]
