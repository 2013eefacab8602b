"""Which job is of which operation, by Azure's words and by the time it began."""

from datetime import UTC, datetime, timedelta

import pytest

from homeward.actions.matching import is_job_of
from homeward.actions.states import Operation
from homeward.checks.sources.azure.wire import Wire

NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)
BOTH_WAYS = [Operation.REPROTECT, Operation.TO_AZURE]


def job(scenario: str, title: str, began: datetime | None = NOON) -> Wire:
    told = {"scenarioName": scenario, "friendlyName": title, "startTime": began.isoformat() if began else None}
    return Wire({"name": "j", "properties": told})


@pytest.mark.parametrize(
    ("scenario", "title", "operations"),
    [
        ("SwitchReplicationGroupProtection", "Reprotect", BOTH_WAYS),
        ("ReverseReplicate", "", BOTH_WAYS),
        ("", "reprotect", BOTH_WAYS),
        ("PlannedFailover", "Planned failover", [Operation.FAILBACK]),
        ("PLANNEDFAILOVER", "", [Operation.FAILBACK]),
        ("", "Planned failover", [Operation.FAILBACK]),
        ("UnplannedFailover", "", [Operation.FAILBACK]),
        ("", "Unplanned failover", [Operation.FAILBACK]),
        ("CommitFailover", "", [Operation.COMMIT]),
        ("", "Commit", [Operation.COMMIT]),
        ("CancelFailover", "", [Operation.CANCEL]),
        ("", "Cancel failover", [Operation.CANCEL]),
        ("TestFailover", "Test failover", []),
        ("TestFailoverCleanup", "Cleanup test failover", []),
        ("", "", []),
    ],
)
def test_a_job_is_told_by_its_scenario_or_its_title(scenario: str, title: str, operations: list[Operation]) -> None:
    told = [one for one in Operation if is_job_of(job(scenario, title), one, since=NOON)]
    assert told == operations


def test_a_job_that_began_before_is_another_one() -> None:
    for operation, scenario in ((Operation.COMMIT, "CommitFailover"), (Operation.TO_AZURE, "SwitchProtection")):
        assert is_job_of(job(scenario, ""), operation, since=NOON)
        assert not is_job_of(job(scenario, ""), operation, since=NOON + timedelta(seconds=1))
        assert not is_job_of(job(scenario, "", None), operation, since=NOON)
