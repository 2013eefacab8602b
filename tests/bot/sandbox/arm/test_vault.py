"""The vault, its plans, jobs and policies, and its identity's roles."""

from collections.abc import Awaitable, Callable
from typing import Any, cast

import aiohttp
import pytest
from azure.core.exceptions import HttpResponseError, ResourceNotFoundError
from azure.mgmt.recoveryservicessiterecovery.aio import SiteRecoveryManagementClient

from homeward.bot.sandbox.arm import SandboxArm
from homeward.bot.sandbox.estate import VAULT
from homeward.bot.sandbox.estate.model import RESOURCE_GROUP, SUBSCRIPTION

GetJson = Callable[..., Awaitable[dict[str, Any]]]
HERE = (RESOURCE_GROUP, VAULT)
GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{RESOURCE_GROUP}"
VAULT_PATH = f"{GROUP}/providers/Microsoft.RecoveryServices/vaults/{VAULT}"
STORAGE_PATH = f"{GROUP}/providers/Microsoft.Storage/storageAccounts/drcache01"


async def test_policies_of_both_stacks_and_both_ways_are_listed(
    arm: SandboxArm, recovery: SiteRecoveryManagementClient
) -> None:
    async def names() -> list[tuple[str, str]]:
        policies = recovery.replication_policies.list(*HERE)
        return [
            (str(one.name), cast("Any", one.properties).provider_specific_details.instance_type)
            async for one in policies
        ]

    assert await names() == [
        ("24-hour-retention", "InMageAzureV2"),
        ("24-hour-replication-policy", "InMageRcm"),
        ("24-hour-retention-failback", "InMage"),
        ("crashconsistency-policy-failback", "InMageRcmFailback"),
        ("appconsistency-policy-failback", "InMageRcmFailback"),
    ]
    arm.estate.vault.failback_policies = False
    assert [provider for _, provider in await names()] == ["InMageAzureV2", "InMageRcm"]


async def test_a_policy_is_found_by_name(recovery: SiteRecoveryManagementClient) -> None:
    policy = await recovery.replication_policies.get(*HERE, "24-HOUR-retention")
    assert cast("Any", policy.properties).provider_specific_details.recovery_point_history == 1440
    with pytest.raises(ResourceNotFoundError):
        await recovery.replication_policies.get(*HERE, "none")


async def test_a_plan_boots_in_order_and_spells_ids_in_its_own_case(recovery: SiteRecoveryManagementClient) -> None:
    items = {str(item.id): item.name async for item in recovery.replication_protected_items.list(*HERE) if item.id}
    plan = cast("Any", (await recovery.replication_recovery_plans.get(*HERE, "Payroll")).properties)
    assert [group.group_type for group in plan.groups] == ["Shutdown", "Failover", "Boot", "Boot"]
    first = plan.groups[2].replication_protected_items[0].id
    assert first not in items
    assert {id.casefold(): name for id, name in items.items()}[first.casefold()] == "pay-db01-0023"
    assert len(plan.groups[3].replication_protected_items) == 2
    assert plan.replication_providers == ["InMageAzureV2"]


async def test_an_item_is_found_by_the_id_that_a_plan_spells(
    recovery: SiteRecoveryManagementClient, get_json: GetJson
) -> None:
    plan = cast("Any", (await recovery.replication_recovery_plans.get(*HERE, "payroll")).properties)
    item = await get_json(plan.groups[2].replication_protected_items[0].id)
    assert item["properties"]["friendlyName"] == "pay-db01"


async def test_plans_are_listed_without_machines_that_nobody_protects(
    arm: SandboxArm, recovery: SiteRecoveryManagementClient
) -> None:
    arm.estate.vault.items.remove(arm.estate.vault.item("pay-db01"))
    plans = [cast("Any", plan.properties) async for plan in recovery.replication_recovery_plans.list(*HERE)]
    assert [plan.friendly_name for plan in plans] == ["payroll", "mixed"]
    assert plans[0].groups[2].replication_protected_items == []
    with pytest.raises(ResourceNotFoundError):
        await recovery.replication_recovery_plans.get(*HERE, "none")


async def test_a_busy_item_names_its_job_which_runs(arm: SandboxArm, recovery: SiteRecoveryManagementClient) -> None:
    arm.estate.vault.item("web01").job_id = "11112222-aaaa"
    item, *_ = [one async for one in recovery.replication_protected_items.list(*HERE)]
    job_id = cast("Any", item.properties).current_scenario.job_id
    job = cast("Any", (await recovery.replication_jobs.get(*HERE, job_id.rsplit("/", 1)[1])).properties)
    assert (job.state, job.scenario_name, job.end_time) == ("InProgress", "SwitchReplicationGroupProtection", None)
    assert [task.state for task in job.tasks] == ["Succeeded", "Other", "Succeeded", "Succeeded", "InProgress"]
    assert job.tasks[1].end_time.year == 1
    assert job.tasks[4].group_task_custom_details.child_tasks[0].friendly_name == "web01"


async def test_a_list_of_jobs_leaves_the_tasks_out(arm: SandboxArm, recovery: SiteRecoveryManagementClient) -> None:
    item = arm.estate.vault.item("web01")
    item.job_id, item.job_state = "11112222-aaaa", "Succeeded"
    (job,) = [cast("Any", one.properties) async for one in recovery.replication_jobs.list(*HERE)]
    assert (job.state, job.tasks, job.allowed_actions) == ("Succeeded", [], [])
    assert job.end_time > job.start_time


async def test_a_job_that_is_not_there_and_a_filter_are_refused(recovery: SiteRecoveryManagementClient) -> None:
    with pytest.raises(ResourceNotFoundError):
        await recovery.replication_jobs.get(*HERE, "None")
    with pytest.raises(HttpResponseError, match="not valid"):
        _ = [job async for job in recovery.replication_jobs.list(*HERE, filter="State eq 'Failed'")]


async def test_the_vault_has_an_identity_if_the_estate_says_so(arm: SandboxArm, get_json: GetJson) -> None:
    assert (await get_json(VAULT_PATH))["identity"]["type"] == "SystemAssigned"
    arm.estate.vault.has_identity = False
    assert "identity" not in await get_json(VAULT_PATH)


async def test_the_log_storage_tells_region_and_tier(arm: SandboxArm, get_json: GetJson) -> None:
    account = await get_json(STORAGE_PATH)
    assert (account["location"], account["sku"]["tier"]) == ("westeurope", "Standard")
    arm.estate.vault.log_storage.premium = True
    assert (await get_json(STORAGE_PATH))["sku"] == {"name": "Premium_LRS", "tier": "Premium"}


@pytest.mark.parametrize(
    "wording", ["principalId eq '{}'", "assignedTo('{}')", "atScope() and assignedTo('{}')", "PrincipalId EQ '{}'"]
)
async def test_the_identity_holds_roles_on_the_log_storage(arm: SandboxArm, get_json: GetJson, wording: str) -> None:
    arm.estate.vault.log_storage.vault_roles.append("Our own role")
    principal = (await get_json(VAULT_PATH))["identity"]["principalId"]
    path = f"{STORAGE_PATH}/providers/Microsoft.Authorization/roleAssignments"
    found = await get_json(path, **{"$filter": wording.format(principal)})
    definitions = [await get_json(one["properties"]["roleDefinitionId"]) for one in found["value"]]
    assert [one["properties"]["roleName"] for one in definitions] == [
        "Contributor",
        "Storage Blob Data Contributor",
        "Our own role",
    ]
    assert (await get_json(path, **{"$filter": wording.format("somebody")}))["value"] == []


async def test_without_an_identity_there_are_no_roles(arm: SandboxArm, get_json: GetJson) -> None:
    arm.estate.vault.has_identity = False
    assert (await get_json(f"{GROUP}/providers/Microsoft.Authorization/roleAssignments"))["value"] == []


async def test_role_definitions_are_found_by_their_name(get_json: GetJson) -> None:
    path = "/providers/Microsoft.Authorization/roleDefinitions"
    (found,) = (await get_json(path, **{"$filter": "roleName eq 'contributor'"}))["value"]
    assert found["name"] == "b24988ac-6180-42a0-ab88-20f7382dd24c"


@pytest.mark.parametrize(
    ("path", "query", "status"),
    [
        ("/providers/Microsoft.Authorization/roleDefinitions", {"$filter": "type eq 'x'"}, 400),
        ("/providers/Microsoft.Authorization/roleDefinitions/0", {}, 404),
        (f"{GROUP}/providers/Microsoft.Authorization/roleAssignments", {"$filter": "roleName eq 'x'"}, 400),
        (f"{GROUP}elsewhere/providers/Microsoft.Authorization/roleAssignments", {}, 404),
        (f"{GROUP}/providers/Microsoft.Storage/storageAccounts/other", {}, 404),
        (f"{VAULT_PATH}/replicationPolicies", {"$skipToken": "x"}, 400),
    ],
)
async def test_what_is_not_there_or_not_understood_is_refused(
    arm: SandboxArm, get_json: GetJson, path: str, query: dict[str, str], status: int
) -> None:
    with pytest.raises(aiohttp.ClientResponseError) as refusal:
        await get_json(path, **query)
    assert refusal.value.status == status
    assert arm.unexpected == []
