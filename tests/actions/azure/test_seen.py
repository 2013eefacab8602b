"""Azure's recorded answers, and answers with its oddities, as acting sees them."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from homeward.actions.item_ids import item_path, job_name
from homeward.actions.ports import JobState
from homeward.actions.requests import AzureError
from homeward.actions.seen import item_seen, job_seen
from homeward.actions.states import Operation
from homeward.checks.sources.azure.wire import Wire

REPROTECT = Operation.REPROTECT
RECORDED = Path(__file__).parents[4] / "shared" / "data" / "asr"
recorded = pytest.mark.skipif(not RECORDED.is_dir(), reason="the recorded bodies are not here")


def read(name: str) -> Wire:
    return Wire(json.loads((RECORDED / f"{name}.json").read_text(encoding="utf-8")))


def job(**told: Any) -> Wire:
    return Wire({"name": "j", "properties": {"state": "InProgress", **told}})


def item(details: dict[str, Any] | None = None, **told: Any) -> Wire:
    return Wire({"id": "/i", "properties": {**told, "providerSpecificDetails": details}})


@recorded
def test_the_recorded_job_shows_its_group_while_it_runs() -> None:
    seen = job_seen(read("v2a_job_reprotect_inprogress"))
    assert (seen.name, seen.state, seen.word) == (
        "3e53d760-0533-4692-88ba-bbf28b26823a",
        JobState.RUNNING,
        "InProgress",
    )
    assert seen.step == "Reprotecting virtual machine (1)"  # its one child has ended
    assert (seen.errors, seen.new_item_id, seen.ended) == ((), "", None)
    assert seen.started == datetime(2021, 4, 6, 15, 14, 24, 25546, tzinfo=UTC)


@recorded
def test_the_recorded_success_names_the_new_item() -> None:
    seen = job_seen(read("v2a_job_reprotect_succeeded"))
    assert (seen.state, seen.step) == (JobState.SUCCEEDED, "")
    assert seen.new_item_id.endswith("/replicationProtectedItems/V2A-W2K16-201-new")
    assert seen.ended == datetime(2021, 4, 6, 15, 16, 33, tzinfo=UTC)


@recorded
def test_the_recorded_items_are_told_apart() -> None:
    away, back = (
        item_seen(read(name), REPROTECT)
        for name in ("rcm_item_failed_over_uncommitted", "rcm_item_reverse_replicating")
    )
    assert (away.may_start, away.replicating, away.ready, away.percent, away.job) == (True, False, False, None, "")
    assert (back.may_start, back.replicating, back.ready, back.percent, back.job) == (False, True, False, 0, "")
    assert (away.trouble, back.trouble) == ((), ())


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("Succeeded", JobState.SUCCEEDED),
        ("SUCCEEDED", JobState.SUCCEEDED),
        ("Failed", JobState.FAILED),
        ("Cancelled", JobState.CANCELLED),
        ("Canceled", JobState.CANCELLED),
        ("NotStarted", JobState.RUNNING),
        ("Suspended", JobState.RUNNING),
        ("Other", JobState.RUNNING),
        ("Cancelling", JobState.RUNNING),
        ("", JobState.RUNNING),
    ],
)
def test_only_known_words_end_a_job(word: str, state: JobState) -> None:
    assert job_seen(job(state=word)).state is state


def test_lists_that_are_null_and_dates_that_mean_never_are_nothing() -> None:
    seen = job_seen(
        job(tasks=None, errors=None, startTime="0001-01-01T00:00:00", endTime="9999-12-31T23:59:59.9999999")
    )
    assert (seen.step, seen.errors, seen.started, seen.ended) == ("", (), None, None)
    empty = item_seen(item(allowedOperations=None, healthErrors=None, currentScenario=None), REPROTECT)
    assert (empty.ready, empty.replicating, empty.may_start, empty.percent, empty.job) == (
        False,
        False,
        False,
        None,
        "",
    )


def test_a_time_without_zone_is_utc() -> None:
    assert job_seen(job(startTime="2026-07-01T10:00:00")).started == datetime(2026, 7, 1, 10, tzinfo=UTC)


def test_errors_of_tasks_inside_groups_are_found_and_each_is_told_once() -> None:
    service = {
        "serviceErrorDetails": {"code": "78093", "message": "M", "possibleCauses": "C"},
        "providerErrorDetails": None,
    }
    provider = {"serviceErrorDetails": None, "providerErrorDetails": {"errorCode": 95226, "errorMessage": "P"}}
    empty: dict[str, object] = {"serviceErrorDetails": None, "providerErrorDetails": {"errorCode": 0}}
    child = {"name": "c", "state": "Failed", "errors": [provider, service]}
    group = {"state": "Failed", "errors": None, "groupTaskCustomDetails": {"childTasks": [child]}}
    seen = job_seen(job(state="Failed", errors=[service, empty], tasks=[group]))
    assert seen.errors == (AzureError("78093", "", "M", "C", ""), AzureError("", "95226", "P", "", ""))


def test_a_failed_task_is_the_step_that_is_shown() -> None:
    tasks = [
        {"friendlyName": "Prerequisite check", "state": "Succeeded"},
        {"friendlyName": "Discovering", "state": "Failed"},
        {"friendlyName": "Reprotecting", "state": "NotStarted"},
    ]
    assert job_seen(job(state="Failed", tasks=tasks)).step == "Discovering"


@pytest.mark.parametrize(
    ("provider", "state", "allowed", "ready", "replicating", "may_start"),
    [
        ("InMageRcmFailback", "Protected", ["PlannedFailover"], True, False, False),
        ("InMageRcmFailback", "Protected", ["DisableProtection"], False, True, False),
        ("InMage", "Protected", ["UnplannedFailover"], True, False, False),
        ("inmage", "InitialReplicationInProgress", [], False, True, False),
        # On its way to Azure, never failed over: protected, but not for the way home.
        ("InMageRcm", "Protected", ["UnplannedFailover", "PlannedFailover"], False, False, False),
        ("InMageAzureV2", "UnplannedFailoverCommitted", ["switchprotection"], False, False, True),
        ("InMageAzureV2", "UnplannedFailoverCommitted", ["ReverseReplicate"], False, False, True),
        ("InMage", "UnplannedFailoverCommitted", ["SwitchProtection"], False, False, True),
        # Home again; the same operation would now lead to Azure.
        ("InMageRcmFailback", "PlannedFailoverCommitted", ["SwitchProtection"], False, False, False),
        ("", "Protected", ["PlannedFailover"], False, False, False),
    ],
)
def test_an_item_is_ready_only_on_the_way_home(
    provider: str, state: str, allowed: list[str], ready: bool, replicating: bool, may_start: bool
) -> None:
    seen = item_seen(item({"instanceType": provider}, protectionState=state, allowedOperations=allowed), REPROTECT)
    assert (seen.ready, seen.replicating, seen.may_start) == (ready, replicating, may_start)


@pytest.mark.parametrize(
    ("details", "percent"),
    [
        ({"initialReplicationProgressPercentage": 37}, 37),
        ({"initialReplicationProgressPercentage": "37"}, 37),
        ({"initialReplicationProgressPercentage": 180}, 100),
        ({"resyncDetails": {"initialReplicationProgressPercentage": "8"}}, 8),
        (
            {
                "protectedDisks": [
                    {"irDetails": {"progressPercentage": 50}},
                    {"irDetails": {"progressPercentage": None}},
                ]
            },
            25,
        ),
        ({"protectedDisks": [{"resyncProgressPercentage": 50}, {"resyncProgressPercentage": 100}]}, 75),
        ({"protectedDisks": [{"irDetails": {"progressPercentage": 0}}]}, 0),
        ({"protectedDisks": None, "resyncDetails": None}, None),
    ],
)
def test_progress_is_of_the_machine_or_the_mean_of_its_disks(details: dict[str, Any], percent: int | None) -> None:
    told = {"instanceType": "InMageRcmFailback", **details}
    assert item_seen(item(told, protectionState="InitialReplicationInProgress"), REPROTECT).percent == percent


def test_an_error_without_a_level_is_trouble_where_the_replication_is_critical() -> None:
    errors = [{"errorCode": "90078", "errorMessage": "Stuck.", "errorLevel": None}]
    assert item_seen(item(healthErrors=errors, replicationHealth="Normal"), REPROTECT).trouble == ()
    assert len(item_seen(item(healthErrors=errors, replicationHealth="Critical"), REPROTECT).trouble) == 1


def test_an_items_id_is_taken_apart_without_case_and_no_job_has_no_name() -> None:
    path = "/Subscriptions/s/x/REPLICATIONFABRICS/f/replicationProtectionContainers/c/replicationProtectedItems/i"
    assert item_path(path) == ("f", "c", "i")
    assert item_path("/subscriptions/s") is None
    assert (job_name("/a/replicationJobs/None"), job_name("/a/replicationJobs/j"), job_name("")) == ("", "j", "")


BACK, AWAY = "InMageRcmFailback", "InMageRcm"
PENDING, COMMITTED = "PlannedFailoverCommitPendingStatesBegin", "PlannedFailoverCommitted"
CLASSIC_PENDING, CLASSIC_COMMITTED = "UnplannedFailoverCommitPendingStatesBegin", "UnplannedFailoverCommitted"
FAILBACK, COMMIT, CANCEL, TO_AZURE = Operation.FAILBACK, Operation.COMMIT, Operation.CANCEL, Operation.TO_AZURE


@pytest.mark.parametrize(
    ("provider", "site", "state", "allowed", "through", "on_its_way", "may_start"),
    [
        (BACK, "", "InitialReplicationInProgress", [], [], [REPROTECT, CANCEL], []),
        (BACK, "", "Protected", ["PlannedFailover"], [REPROTECT, CANCEL], [], [FAILBACK]),
        (BACK, "", "PlannedFailoverInProgressStatesBegin", [], [], [], []),
        (BACK, "", PENDING, ["Commit", "CancelFailover"], [FAILBACK], [], [COMMIT, CANCEL]),
        (BACK, "", COMMITTED, ["SwitchProtection"], [FAILBACK, COMMIT], [], [TO_AZURE]),
        (BACK, "", COMMITTED, ["DisableProtection"], [FAILBACK, COMMIT], [], []),
        (AWAY, "", "InitialReplicationInProgress", [], [COMMIT], [TO_AZURE], []),
        (AWAY, "", "Protected", ["UnplannedFailover"], [COMMIT, TO_AZURE], [], []),
        (AWAY, "", CLASSIC_COMMITTED, ["SwitchProtection"], [], [], [REPROTECT]),
        ("InMage", "Azure", "InitialReplicationInProgress", [], [], [REPROTECT, CANCEL], []),
        ("InMage", "Azure", "Protected", ["UnplannedFailover"], [REPROTECT, CANCEL], [], [FAILBACK]),
        ("InMage", "OnPrem", CLASSIC_PENDING, ["Commit"], [FAILBACK], [], [COMMIT]),
        ("InMage", "OnPrem", CLASSIC_COMMITTED, ["ReverseReplicate"], [FAILBACK, COMMIT], [], [TO_AZURE]),
        # It failed over to Azure; where it runs is not told.
        ("InMage", "", CLASSIC_COMMITTED, ["SwitchProtection"], [], [], [REPROTECT]),
        ("InMage", "", CLASSIC_PENDING, ["Commit"], [], [], []),
        ("InMageAzureV2", "", "InitialReplicationInProgress", [], [COMMIT], [TO_AZURE], []),
        ("InMageAzureV2", "", "Protected", ["UnplannedFailover"], [COMMIT, TO_AZURE], [], []),
        ("InMageAzureV2", "", "Pondering", ["UnplannedFailover"], [], [], []),
    ],
)
def test_where_an_item_stands_tells_each_operation_how_far_it_is(
    provider: str,
    site: str,
    state: str,
    allowed: list[str],
    through: list[Operation],
    on_its_way: list[Operation],
    may_start: list[Operation],
) -> None:
    wire = item({"instanceType": provider, "activeSiteType": site}, protectionState=state, allowedOperations=allowed)
    seen = {operation: item_seen(wire, operation) for operation in Operation}
    assert [operation for operation, one in seen.items() if one.ready] == through
    assert [operation for operation, one in seen.items() if one.replicating] == on_its_way
    assert [operation for operation, one in seen.items() if one.may_start] == may_start


@pytest.mark.parametrize(
    ("provider", "details", "operation", "percent"),
    [
        (AWAY, {"initialReplicationProgressPercentage": 40}, TO_AZURE, 40),
        (AWAY, {"protectedDisks": [{"irDetails": {"progressPercentage": 30}}]}, TO_AZURE, 30),
        ("InMageAzureV2", {"protectedDisks": [{"resyncProgressPercentage": 70}]}, TO_AZURE, 70),
        ("InMageAzureV2", {"resyncProgressPercentage": 20}, TO_AZURE, 20),
        # Of a resynchronization later on, in the other direction.
        (BACK, {"resyncProgressPercentage": 20}, REPROTECT, None),
        # That is of the way back, and no progress of what is asked about.
        (BACK, {"initialReplicationProgressPercentage": 100}, FAILBACK, None),
        (BACK, {"initialReplicationProgressPercentage": 100}, COMMIT, None),
        (BACK, {"initialReplicationProgressPercentage": 100}, TO_AZURE, None),
        (BACK, {"initialReplicationProgressPercentage": 60}, CANCEL, 60),
    ],
)
def test_progress_is_told_of_the_replication_that_the_operation_begins(
    provider: str, details: dict[str, Any], operation: Operation, percent: int | None
) -> None:
    wire = item({"instanceType": provider, **details}, protectionState="InitialReplicationInProgress")
    assert item_seen(wire, operation).percent == percent


@pytest.mark.parametrize(("operation", "state"), [(FAILBACK, PENDING), (COMMIT, COMMITTED)])
def test_a_machine_at_home_tells_no_progress_of_its_replication_before(operation: Operation, state: str) -> None:
    wire = item({"instanceType": BACK, "initialReplicationProgressPercentage": 100}, protectionState=state)
    seen = item_seen(wire, operation)
    assert (seen.ready, seen.percent) == (True, None)


@pytest.mark.parametrize(
    ("status", "state", "job_id", "operation", "told"),
    [
        ("Cancelled", "Protected", "/replicationJobs/None", FAILBACK, True),
        ("Failed", "Protected", "", FAILBACK, True),
        ("Succeeded", "Protected", "", FAILBACK, False),
        (None, "Protected", "", FAILBACK, False),
        ("Failed", "Protected", "", REPROTECT, False),
        # It is under way again, or came through since.
        ("Failed", "Protected", "/replicationJobs/j", FAILBACK, False),
        ("Failed", PENDING, "", FAILBACK, False),
    ],
)
def test_a_failback_that_did_not_come_through_is_trouble_where_the_machine_stands_as_before(
    status: str | None, state: str, job_id: str, operation: Operation, told: bool
) -> None:
    wire = item(
        {"instanceType": BACK, "lastPlannedFailoverStatus": status},
        protectionState=state,
        currentScenario={"jobId": job_id},
    )
    trouble = item_seen(wire, operation).trouble
    assert [one.message for one in trouble] == [f"Azure tells of its last planned failover: {status}."] * told
