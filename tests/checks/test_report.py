"""The report over everything that was collected."""

from typing import cast

import pytest

from homeward.checks.facts import ABSENT, Facts, Missing, Topology
from homeward.checks.model import Severity, Status
from homeward.checks.report import Verdict, report, verdict_of
from homeward.checks.rules import RULES
from homeward.checks.subjects import Collected, Kind, SourceReading, SourceState, Subject
from tests.checks.changing import changed
from tests.checks.ready import NOW, READY_CLASSIC, READY_MODERNIZED

STOPPED = changed(READY_CLASSIC, {"azure_vm.power": "stopped", "machine": "web02"})
UNREAD = changed(READY_CLASSIC, {"azure_vm": Missing("Azure did not answer"), "machine": "web03"})
GONE = changed(READY_CLASSIC, {"item": ABSENT, "topology": Topology.UNKNOWN, "machine": "web04"})
FOREIGN = changed(READY_CLASSIC, {"item.provider": "A2A", "topology": Topology.OTHER})
WARNED = changed(READY_CLASSIC, {"azure_vm.agent_status": "Not Ready"})


def collected(*machines: Facts) -> Collected:
    return Collected(
        subject=Subject(name="payroll", kind=Kind.PLAN, vault="prod-dr"),
        checked_at=NOW,
        machines=machines,
        sources=(SourceReading(name="vault prod-dr", state=SourceState.READ, detail="", seconds=0.12345),),
    )


@pytest.mark.parametrize(
    ("machines", "verdict"),
    [
        ((READY_CLASSIC, READY_MODERNIZED), Verdict.READY),
        ((WARNED,), Verdict.READY),
        ((READY_CLASSIC, UNREAD), Verdict.UNKNOWN),
        ((STOPPED, UNREAD), Verdict.BLOCKED),
        ((GONE,), Verdict.BLOCKED),
        ((FOREIGN,), Verdict.BLOCKED),
        ((), Verdict.UNKNOWN),
    ],
    ids=["all ready", "a warning", "one unread", "one blocked", "one gone", "another provider", "nothing at all"],
)
def test_the_verdict_is_that_of_the_worst_machine(machines: tuple[Facts, ...], verdict: Verdict) -> None:
    assert report(collected(*machines), RULES).verdict is verdict


def test_a_machine_that_is_gone_fails_one_rule_and_asks_no_other() -> None:
    outcomes = report(collected(GONE), RULES).outcomes
    assert [o.rule.id for o in outcomes if o.status is not Status.NOT_APPLICABLE] == ["item-migrated-or-gone"]


def test_a_stopped_vm_is_the_only_blocker() -> None:
    judged = report(collected(STOPPED), RULES)
    assert [o.rule.id for o in judged.with_status(Status.FAILED)] == ["azure-vm-not-running"]


def test_rules_that_all_do_not_apply_are_not_ready() -> None:
    outcomes = report(collected(READY_MODERNIZED), [rule for rule in RULES if rule.id == "retention-missing"]).outcomes
    assert verdict_of(outcomes) is Verdict.UNKNOWN


def test_a_machine_of_which_nothing_is_known_is_not_made_ready_by_another() -> None:
    rules = [rule for rule in RULES if rule.id == "retention-missing"]
    judged = report(collected(READY_CLASSIC, READY_MODERNIZED), rules)
    assert [verdict_of(outcomes) for _, outcomes in judged.by_machine] == [Verdict.READY, Verdict.UNKNOWN]
    assert judged.verdict is Verdict.UNKNOWN


def test_machines_of_one_name_keep_their_own_outcomes() -> None:
    judged = report(collected(READY_CLASSIC, STOPPED, WARNED), RULES)
    assert [machine for machine, _ in judged.by_machine] == ["web01", "web02", "web01"]
    first, _, last = (outcomes for _, outcomes in judged.by_machine)
    assert {o.status for o in first if o.rule.id == "azure-vm-agent-not-ready"} == {Status.PASSED}
    assert {o.status for o in last if o.rule.id == "azure-vm-agent-not-ready"} == {Status.FAILED}


def test_outcomes_are_found_by_status_and_severity() -> None:
    judged = report(collected(READY_CLASSIC, STOPPED, WARNED), RULES)
    assert judged.machines == ("web01", "web02", "web01")
    assert [o.rule.id for o in judged.with_status(Status.FAILED, Severity.WARNING)] == ["azure-vm-agent-not-ready"]
    assert len(judged.with_status(Status.FAILED)) == 2


@pytest.mark.parametrize(
    ("machines", "topology"),
    [
        ((READY_CLASSIC, STOPPED), "classic"),
        ((READY_CLASSIC, READY_MODERNIZED), "mixed"),
        ((), "unknown"),
    ],
)
def test_the_topology_is_that_of_all_machines(machines: tuple[Facts, ...], topology: str) -> None:
    assert report(collected(*machines), RULES).topology == topology


def test_a_report_as_json_is_what_programs_are_promised() -> None:
    as_dict = report(collected(STOPPED), RULES).as_dict()
    assert {name: as_dict[name] for name in ("subject", "kind", "topology", "verdict", "checked_at", "sources")} == {
        "subject": "payroll",
        "kind": "recovery plan",
        "topology": "classic",
        "verdict": "BLOCKED",
        "checked_at": "2026-03-14T03:00:00+00:00",
        "sources": {"vault prod-dr": {"state": "read", "detail": "", "seconds": 0.123}},
    }
    outcomes = as_dict["outcomes"]
    assert isinstance(outcomes, list)
    assert len(cast("list[object]", outcomes)) == len(RULES)
    assert as_dict["notes"] == [
        {
            "id": "vm-location",
            "subject": "web02",
            "text": "It returns to its existing VM on esx01 (original location): only changes are sent.",
        }
    ]
