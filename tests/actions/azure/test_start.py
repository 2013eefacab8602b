"""The one start call: what is posted, how often, and what is known of it afterwards."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from azure.core.credentials import AccessToken
from azure.core.pipeline import PipelineRequest
from azure.core.pipeline.policies import AsyncRetryPolicy

from homeward.actions.azure import job_named
from homeward.actions.plan import PlannedDisk, PlannedItem
from homeward.actions.ports import Accepted, NotSent, Refused, Unanswered
from homeward.actions.site_recovery import AzureSiteRecovery
from homeward.actions.states import Operation
from homeward.bot.sandbox.arm import SandboxArm
from homeward.bot.sandbox.estate import Estate
from homeward.checks.facts import Topology
from homeward.checks.sources.access import AzureAccess, VaultAddress
from homeward.checks.sources.azure.connection import FAR_FUTURE, StaticToken

Plan = Callable[[str], PlannedItem]
Answer = Accepted | Refused | Unanswered | NotSent
POST = "POST"
GUID = "3e53d760-0533-4692-88ba-bbf28b26823a"
VAULT_PATH = "/Subscriptions/s/resourceGroups/g/providers/Microsoft.RecoveryServices/vaults/v"


async def start(azure: AzureSiteRecovery, planned: PlannedItem, still: Callable[[], bool] = lambda: True) -> Answer:
    return await azure.start("prod-dr", Operation.REPROTECT, planned, planned.item_id, still=still)


def with_value(planned: PlannedItem, field: str, value: str) -> PlannedItem:
    values: dict[str, Any] = {field: value}
    return replace(planned, **values)


def posts(arm: SandboxArm) -> int:
    return sum(1 for one in arm.requests if one.method == POST)


async def test_a_modernized_machine_is_posted_as_recorded(
    azure: AzureSiteRecovery, arm: SandboxArm, plan: Plan
) -> None:
    planned = plan("web01")
    answer = await start(azure, planned)
    (taken,) = arm.starts
    assert answer == Accepted(taken.job)
    assert taken.item == "web01-0011"
    assert taken.body == {
        "properties": {
            "failoverDirection": "RecoveryToPrimary",
            "providerSpecificDetails": {
                "instanceType": "InMageRcm",
                "reprotectAgentId": planned.target_id,
                "datastoreName": "ds-gold-01",
                "logStorageAccountId": planned.log_storage_id,
                "policyId": planned.policy_id,
            },
        }
    }


async def test_a_classic_machine_is_posted_with_its_target_and_only_the_disks_that_come(
    azure: AzureSiteRecovery, arm: SandboxArm, plan: Plan
) -> None:
    planned = plan("legacy01")
    planned = replace(planned, excluded=planned.disks[1:2])
    assert isinstance(await start(azure, planned), Accepted)
    (taken,) = arm.starts
    assert taken.body["properties"] == {
        "failoverDirection": "RecoveryToPrimary",
        "providerSpecificDetails": {
            "instanceType": "InMage",
            "masterTargetId": planned.target_id,
            "processServerId": planned.process_server_id,
            "retentionDrive": "/mnt/retention",
            "profileId": planned.policy_id,
            "disksToInclude": ["Disk0", "Disk2", "Disk3"],
        },
    }


async def test_a_modernized_plan_that_leaves_out_a_disk_is_not_posted_since_no_call_can_say_so(
    azure: AzureSiteRecovery, arm: SandboxArm, plan: Plan
) -> None:
    planned = replace(plan("web01"), excluded=(PlannedDisk("Disk0", "disk 0", 1),))
    assert isinstance(await start(azure, planned), Refused)
    assert isinstance(await start(azure, replace(plan("web01"), topology=Topology.OTHER)), Refused)
    assert isinstance(await start(azure, replace(plan("web01"), item_id="/web01")), Refused)
    assert posts(arm) == 0


@pytest.mark.parametrize("status", [500, 502, 503, 504, 408])
@pytest.mark.parametrize("retry_after", [None, 1])
@pytest.mark.parametrize("accepted", [True, False])
async def test_a_failing_answer_is_no_answer_and_nothing_is_posted_again(
    azure: AzureSiteRecovery, arm: SandboxArm, plan: Plan, status: int, retry_after: int | None, accepted: bool
) -> None:
    arm.faults.refuse(status, method=POST, retry_after=retry_after, accepted=accepted)
    answer = await start(azure, plan("web01"))
    assert isinstance(answer, Unanswered)
    assert str(status) in answer.why
    assert (posts(arm), len(arm.starts)) == (1, int(accepted))


@pytest.mark.parametrize("retry_after", [None, 1])
async def test_too_many_requests_is_a_refusal_and_nothing_is_posted_again(
    azure: AzureSiteRecovery, arm: SandboxArm, plan: Plan, retry_after: int | None
) -> None:
    arm.faults.refuse(429, method=POST, retry_after=retry_after)
    answer = await start(azure, plan("web01"))
    assert answer == Refused("TooManyRequests", "Planned by the sandbox: TooManyRequests")
    assert (posts(arm), arm.starts) == (1, [])


@pytest.mark.parametrize("accepted", [True, False])
async def test_a_lost_answer_is_looked_for_and_not_posted_again(
    azure: AzureSiteRecovery, arm: SandboxArm, plan: Plan, accepted: bool
) -> None:
    arm.faults.drop(method=POST, accepted=accepted)
    assert isinstance(await start(azure, plan("web01")), Unanswered)
    assert (posts(arm), len(arm.starts)) == (1, int(accepted))


async def test_silence_ends_and_is_no_answer(
    access: AzureAccess, address: VaultAddress, arm: SandboxArm, plan: Plan
) -> None:
    arm.faults.silence(method=POST, accepted=True)
    azure = AzureSiteRecovery(access, [address], answer_seconds=0.2)
    try:
        answer = await start(azure, plan("web01"))
    finally:
        await azure.close()
    assert answer == Unanswered("vault prod-dr did not answer within 0.2 s")
    assert (posts(arm), len(arm.starts)) == (1, 1)


async def test_an_accepted_call_whose_job_is_not_named_is_looked_for(
    azure: AzureSiteRecovery, arm: SandboxArm, plan: Plan
) -> None:
    arm.faults.nameless()
    assert await start(azure, plan("web01")) == Unanswered("Azure took the call but named no job")
    assert len(arm.starts) == 1


async def test_a_second_start_is_a_conflict_in_azures_own_words(
    azure: AzureSiteRecovery, arm: SandboxArm, plan: Plan
) -> None:
    arm.start_elsewhere("web01")
    answer = await start(azure, plan("web01"))
    assert isinstance(answer, Refused)
    assert (answer.code, answer.conflict) == ("Conflict", True)
    assert "web01" in answer.why
    assert (posts(arm), arm.starts) == (1, [])


async def test_a_machine_that_does_not_allow_it_is_refused(
    azure: AzureSiteRecovery, arm: SandboxArm, plan: Plan
) -> None:
    arm.estate.vault.item("web01").stage = "protected"
    answer = await start(azure, plan("web01"))
    assert isinstance(answer, Refused)
    assert (answer.code, answer.conflict) == ("OperationNotAllowed", False)


@pytest.mark.parametrize(
    ("machine", "field"),
    [
        ("web01", "target_id"),
        ("web01", "datastore"),
        ("web01", "log_storage_id"),
        ("web01", "policy_id"),
        ("legacy01", "target_id"),
        ("legacy01", "process_server_id"),
        ("legacy01", "retention"),
        ("legacy01", "policy_id"),
        ("legacy01", "datastore"),
    ],
)
async def test_a_value_that_does_not_exist_is_refused(
    azure: AzureSiteRecovery, arm: SandboxArm, plan: Plan, machine: str, field: str
) -> None:
    planned = plan(machine)
    answer = await start(azure, with_value(planned, field, "nowhere"))
    assert isinstance(answer, Refused)
    assert (answer.code, "nowhere" in answer.why) == ("InvalidParameter", True)
    assert arm.starts == []


@pytest.mark.parametrize(("machine", "field"), [("web01", "datastore"), ("legacy01", "retention")])
async def test_a_required_value_that_is_missing_is_refused(
    azure: AzureSiteRecovery, arm: SandboxArm, plan: Plan, machine: str, field: str
) -> None:
    answer = await start(azure, with_value(plan(machine), field, ""))
    assert isinstance(answer, Refused)
    assert answer.code == "MissingRequiredParameter"
    assert arm.starts == []


async def test_a_call_whose_claim_has_grown_old_is_not_sent(
    azure: AzureSiteRecovery, arm: SandboxArm, plan: Plan
) -> None:
    answer = await start(azure, plan("web01"), still=lambda: False)
    assert isinstance(answer, NotSent)
    assert arm.requests == []


async def test_the_claim_is_asked_about_after_the_sign_in(
    access: AzureAccess, address: VaultAddress, arm: SandboxArm, plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    happened: list[str] = []

    async def get_token(credential: StaticToken, *scopes: str, **options: object) -> AccessToken:
        happened.append("token")
        return AccessToken("a-token-for-tests", FAR_FUTURE)

    def still() -> bool:
        happened.append("still")
        return True

    monkeypatch.setattr(StaticToken, "get_token", get_token)
    azure = AzureSiteRecovery(access, [address])
    try:
        await start(azure, plan("web01"), still=still)
    finally:
        await azure.close()
    assert happened == ["token", "still"]


async def test_a_refused_sign_in_is_a_refusal(
    access: AzureAccess, address: VaultAddress, arm: SandboxArm, plan: Plan
) -> None:
    azure = AzureSiteRecovery(replace(access, token="wrong"), [address])
    try:
        answer = await start(azure, plan("web01"))
    finally:
        await azure.close()
    assert isinstance(answer, Refused)
    assert answer.code == "InvalidAuthenticationToken"
    assert arm.starts == []


@pytest.mark.parametrize("broken", ["port", "name", "trust", "ca file", "closed"])
async def test_without_a_connection_nothing_was_sent(
    access: AzureAccess, address: VaultAddress, arm: SandboxArm, plan: Plan, broken: str
) -> None:
    nowhere = {
        "port": replace(access, endpoint="https://127.0.0.1:9", audience="https://127.0.0.1:9"),
        "name": replace(access, endpoint="https://nowhere.invalid", audience="https://nowhere.invalid"),
        "trust": replace(access, ca_file=""),
        "ca file": replace(access, ca_file="/nowhere/ca.pem"),
        "closed": access,
    }
    azure = AzureSiteRecovery(nowhere[broken], [address])
    if broken == "closed":
        await azure.close()
    try:
        answer = await start(azure, plan("web01"))
    finally:
        await azure.close()
    assert isinstance(answer, NotSent), answer
    assert answer.why
    assert (posts(arm), arm.starts) == (0, [])


async def test_an_unknown_vault_is_a_refusal(azure: AzureSiteRecovery, plan: Plan) -> None:
    planned = plan("web01")
    answer = await azure.start("elsewhere", Operation.REPROTECT, planned, planned.item_id, still=lambda: True)
    assert isinstance(answer, Refused)


async def test_a_cancelled_start_is_cancelled(azure: AzureSiteRecovery, arm: SandboxArm, plan: Plan) -> None:
    arm.faults.silence(method=POST)
    asked = asyncio.Event()

    def still() -> bool:
        asked.set()
        return True

    task = asyncio.create_task(start(azure, plan("web01"), still))
    await asked.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_many_machines_start_at_once_each_once(
    azure: AzureSiteRecovery, arm: SandboxArm, plan: Plan, estate: Estate
) -> None:
    machines = ["web01", "web02", "db01", "legacy01", "pay-app01", "pay-db01"]
    answers = await asyncio.gather(*(start(azure, plan(machine)) for machine in machines))
    assert {answer.job for answer in answers if isinstance(answer, Accepted)} == {one.job for one in arm.starts}
    assert sorted(one.machine for one in arm.starts) == sorted(machines)


@pytest.mark.parametrize(
    ("headers", "name"),
    [
        ({"Azure-AsyncOperation": f"https://a{VAULT_PATH}/replicationOperationStatus/{GUID}?api-version=1"}, GUID),
        ({"location": f"https://weu.a{VAULT_PATH}/operationresults/{GUID}?api-version=1"}, GUID),
        ({"x-ms-request-id": f"{VAULT_PATH}/replicationJobs/{GUID}"}, GUID),
        ({"x-ms-request-id": GUID}, ""),
        ({"Location": "https://a/operationresults/TVFNTA=="}, ""),
        ({"Location": "https://a/operationresults/x", "x-ms-request-id": f"/replicationJobs/{GUID}"}, GUID),
        ({}, ""),
    ],
)
def test_the_job_is_named_by_the_guid_that_ends_an_address(headers: dict[str, str], name: str) -> None:
    assert job_named(headers) == name


async def test_a_call_that_was_let_out_is_not_let_out_again_whatever_the_sdk_does(
    azure: AzureSiteRecovery, arm: SandboxArm, plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def insists(policy: AsyncRetryPolicy[Any, Any], request: PipelineRequest[Any]) -> Any:
        policy.configure_retries(request.context.options)
        await policy.next.send(request)
        return await policy.next.send(request)

    monkeypatch.setattr(AsyncRetryPolicy, "send", insists)
    answer = await start(azure, plan("web01"))
    assert isinstance(answer, Accepted)
    assert (posts(arm), len(arm.starts)) == (1, 1)
