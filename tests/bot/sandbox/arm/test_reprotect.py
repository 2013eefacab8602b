"""A reprotect in the sandbox's Azure: its start as the real client makes it, its job, and the way home."""

from collections.abc import Awaitable, Callable
from typing import Any, cast

import pytest
from azure.core.exceptions import HttpResponseError, ResourceExistsError, ServiceRequestError
from azure.mgmt.recoveryservicessiterecovery.aio import SiteRecoveryManagementClient
from azure.mgmt.recoveryservicessiterecovery.models import (
    InMageRcmReprotectInput,
    ReverseReplicationInput,
    ReverseReplicationInputProperties,
)

from homeward.bot.sandbox.arm import SandboxArm
from homeward.bot.sandbox.arm.names import Names
from homeward.bot.sandbox.estate import VAULT
from homeward.bot.sandbox.estate.model import RESOURCE_GROUP
from homeward.bot.sandbox.estate.reprotects import Fate

HERE = (RESOURCE_GROUP, VAULT)
GetJson = Callable[..., Awaitable[dict[str, Any]]]
Reprotect = Callable[[], Awaitable[dict[str, str]]]


@pytest.fixture
def reprotect(arm: SandboxArm, recovery: SiteRecoveryManagementClient) -> Reprotect:
    """Starts web01's and gives the answer's headers."""
    names = Names(arm.estate)

    async def start() -> dict[str, str]:
        headers: dict[str, str] = {}

        def keep(response: Any) -> None:
            headers.update(response.http_response.headers)
            headers["status"] = str(response.http_response.status_code)

        details = InMageRcmReprotectInput(
            reprotect_agent_id=names.appliance_id(arm.estate.vault.appliances[0]),
            datastore_name="ds-gold-01",
            log_storage_account_id=names.log_storage,
        )
        body = ReverseReplicationInput(
            properties=ReverseReplicationInputProperties(
                failover_direction="RecoveryToPrimary", provider_specific_details=details
            )
        )
        fabric, container = names.modernized_fabric_name, names.container_name("modernized")
        await recovery.replication_protected_items.begin_reprotect(
            *HERE, fabric, container, "web01-0011", body, polling=False, raw_response_hook=keep
        )
        return headers

    return start


async def job_of(recovery: SiteRecoveryManagementClient, name: str) -> Any:
    return cast("Any", (await recovery.replication_jobs.get(*HERE, name)).properties)


async def test_a_start_is_answered_as_recorded(arm: SandboxArm, reprotect: Reprotect) -> None:
    headers = await reprotect()
    (start,) = arm.starts
    assert (headers["status"], headers["Content-Length"]) == ("202", "0")
    assert f"/replicationOperationStatus/{start.job}?" in headers["Azure-AsyncOperation"]
    assert f"/operationresults/{start.job}?" in headers["Location"]
    assert headers["x-ms-request-id"].endswith(f"/replicationJobs/{start.job}")
    assert headers["Retry-After"] == "30"
    assert headers["x-ms-ratelimit-remaining-subscription-writes"] == "199"
    assert arm.per_minute("POST") == [1]


async def test_two_starts_make_one_job(arm: SandboxArm, reprotect: Reprotect) -> None:
    await reprotect()
    with pytest.raises(ResourceExistsError):
        await reprotect()
    assert len(arm.starts) == 1
    arm.estate.advance(3)
    with pytest.raises(HttpResponseError, match="OperationNotAllowed"):
        await reprotect()
    assert len(arm.starts) == 1


async def test_a_start_can_be_taken_although_its_answer_says_otherwise(
    arm: SandboxArm, reprotect: Reprotect, recovery: SiteRecoveryManagementClient
) -> None:
    arm.estate.vault.item("web01").fates.append(Fate(end="Failed"))
    arm.faults.refuse(503, method="POST", accepted=True, times=1)
    with pytest.raises(HttpResponseError):
        await reprotect()
    assert (await job_of(recovery, arm.starts[0].job)).state == "InProgress"
    arm.estate.advance(3)
    arm.faults.drop(method="POST", accepted=True, times=1)
    with pytest.raises(ServiceRequestError):
        await reprotect()
    assert len(arm.starts) == 2


async def test_the_tasks_begin_one_after_the_other(
    arm: SandboxArm, reprotect: Reprotect, recovery: SiteRecoveryManagementClient
) -> None:
    await reprotect()
    seen: list[list[str]] = []
    for _ in range(4):
        seen.append([task.state for task in (await job_of(recovery, arm.starts[0].job)).tasks])
        arm.estate.advance(0.75)
    waiting = "NotStarted"
    assert seen == [
        ["InProgress", "Other", waiting, waiting, waiting],
        ["Succeeded", "Other", "Succeeded", "Succeeded", "InProgress"],
        ["Succeeded", "Other", "Succeeded", "Succeeded", "InProgress"],
        ["Succeeded", "Other", "Succeeded", "Succeeded", "Succeeded"],
    ]


async def test_a_failover_that_was_not_committed_is_committed_by_the_job(
    arm: SandboxArm, reprotect: Reprotect, recovery: SiteRecoveryManagementClient
) -> None:
    arm.estate.vault.item("web01").stage = "failed-over"
    await reprotect()
    arm.estate.advance(0.15)
    commit = (await job_of(recovery, arm.starts[0].job)).tasks[1]
    assert (commit.friendly_name, commit.state) == ("Committing failover", "InProgress")


async def test_fates_are_used_up_one_by_one(arm: SandboxArm, reprotect: Reprotect) -> None:
    item = arm.estate.vault.item("web01")
    item.fates.append(Fate(end="Failed", job_minutes=1))
    await reprotect()
    arm.estate.advance(1)
    await reprotect()
    assert [job.state(arm.estate.clock()) for job in arm.estate.vault.jobs] == ["Failed", "InProgress"]


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ("", 1),
        ("startTime eq '2020-01-01T00:00:00Z'", 1),
        ("startTime eq '2999-01-01T00:00:00Z'", 0),
        ("endTime eq '2020-01-01T00:00:00Z'", 0),
        ("startTime eq '2020-01-01T00:00:00Z' and jobStatus eq 'InProgress'", 1),
        ("jobStatus eq 'Failed' and affectedObjectTypes eq 'ProtectionEntity'", 0),
        ("affectedObjectTypes eq 'RecoveryPlan'", 0),
    ],
)
async def test_the_list_of_jobs_is_filtered(
    reprotect: Reprotect, recovery: SiteRecoveryManagementClient, condition: str, found: int
) -> None:
    await reprotect()
    listed = [one async for one in recovery.replication_jobs.list(*HERE, filter=condition or None)]
    assert len(listed) == found
    assert all(cast("Any", one.properties).tasks == [] for one in listed)


@pytest.mark.parametrize("condition", ["state eq 'x'", "startTime ge '2020-01-01T00:00:00Z'", "startTime eq 'soon'"])
async def test_a_filter_of_jobs_that_is_not_known_is_refused(
    recovery: SiteRecoveryManagementClient, condition: str
) -> None:
    with pytest.raises(HttpResponseError, match="not valid"):
        _ = [one async for one in recovery.replication_jobs.list(*HERE, filter=condition)]


async def test_lagging_lists_show_what_was_and_single_reads_what_is(
    arm: SandboxArm, reprotect: Reprotect, recovery: SiteRecoveryManagementClient
) -> None:
    async def listed() -> tuple[int, str]:
        jobs = [one async for one in recovery.replication_jobs.list(*HERE)]
        items = [one async for one in recovery.replication_protected_items.list(*HERE)]
        return len(jobs), str(cast("Any", items[0].properties).protection_state)

    arm.lists_lag(90)
    await reprotect()
    assert (await job_of(recovery, arm.starts[0].job)).state == "InProgress"
    assert await listed() == (0, "UnplannedFailoverCommitted")
    arm.estate.advance(2)
    assert await listed() == (1, "UnplannedFailoverCommitted")
    arm.estate.advance(2)
    assert await listed() == (1, "InitialReplicationInProgress")
    arm.lists_lag(0)
    assert await listed() == (1, "InitialReplicationInProgress")


async def test_the_replication_grows_until_the_machine_may_fail_back(
    arm: SandboxArm, reprotect: Reprotect, recovery: SiteRecoveryManagementClient
) -> None:
    await reprotect()
    percents: list[int] = []
    operations: list[str] = []
    for _ in range(5):
        arm.estate.advance(5)
        items = [one async for one in recovery.replication_protected_items.list(*HERE)]
        properties = cast("Any", items[0].properties)
        operations = properties.allowed_operations
        percents.append(properties.provider_specific_details.initial_replication_progress_percentage)
    assert percents == [15, 40, 65, 90, 100]
    assert "PlannedFailover" in operations
