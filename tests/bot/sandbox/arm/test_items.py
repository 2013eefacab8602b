"""Protected items as the real client reads them."""

from datetime import timedelta
from typing import Any, cast

import pytest
from azure.mgmt.recoveryservicessiterecovery.aio import SiteRecoveryManagementClient
from azure.mgmt.recoveryservicessiterecovery.models import (
    InMageAzureV2ReplicationDetails,
    InMageRcmFailbackReplicationDetails,
    InMageRcmReplicationDetails,
    InMageReplicationDetails,
    ReplicationProtectedItem,
    ReplicationProviderSpecificSettings,
)

from homeward.bot.sandbox.arm import SandboxArm
from homeward.bot.sandbox.estate import VAULT
from homeward.bot.sandbox.estate.model import RESOURCE_GROUP


async def read(recovery: SiteRecoveryManagementClient, id_name: str) -> Any:
    """The item's properties; typed loosely, since the SDK's model has every field optional."""
    return cast("Any", (await _find(recovery, id_name)).properties)


async def _find(recovery: SiteRecoveryManagementClient, id_name: str) -> ReplicationProtectedItem:
    items = [item async for item in recovery.replication_protected_items.list(RESOURCE_GROUP, VAULT)]
    return next(item for item in items if item.name == id_name)


async def test_all_items_are_listed_page_by_page(arm: SandboxArm, recovery: SiteRecoveryManagementClient) -> None:
    arm.page_size = 5
    items = [item async for item in recovery.replication_protected_items.list(RESOURCE_GROUP, VAULT)]
    assert [item.name for item in items] == [item.id_name for item in arm.estate.vault.items]
    assert len(arm.requests) == 3
    assert arm.unexpected == []


async def test_each_request_is_recorded_with_its_client_id(
    arm: SandboxArm, recovery: SiteRecoveryManagementClient
) -> None:
    await _find(recovery, "web01-0011")
    (received,) = arm.requests
    assert received.method == "GET"
    assert received.path.endswith("/replicationProtectedItems")
    assert received.query == {"api-version": "2025-08-01"}
    assert len(received.client_request_id) == 36


async def test_the_list_gives_what_a_get_of_the_item_gives_in_whatever_case_it_is_asked(
    recovery: SiteRecoveryManagementClient,
) -> None:
    listed = await _find(recovery, "legacy01-0014")
    parts = str(listed.id).upper().split("/")
    got = await recovery.replication_protected_items.get(
        RESOURCE_GROUP.upper(), VAULT.upper(), parts[10], parts[12], parts[14]
    )
    assert got.id == listed.id


async def test_an_item_asked_for_in_the_other_fabric_is_not_there(
    arm: SandboxArm, recovery: SiteRecoveryManagementClient
) -> None:
    fabric, _ = [one async for one in recovery.replication_fabrics.list(RESOURCE_GROUP, VAULT)]
    own = str((await _find(recovery, "web01-0011")).id).split("/")
    with pytest.raises(Exception, match="ResourceNotFound"):
        await recovery.replication_protected_items.get(RESOURCE_GROUP, VAULT, str(fabric.name), own[12], own[14])
    assert arm.unexpected == []


async def test_an_item_that_is_not_busy_names_the_job_none(recovery: SiteRecoveryManagementClient) -> None:
    scenario = (await read(recovery, "web01-0011")).current_scenario
    assert scenario.job_id.endswith("/replicationJobs/None")
    assert scenario.start_time.year == 1753


@pytest.mark.parametrize(
    ("id_name", "stage", "details", "state", "active", "operation"),
    [
        ("web01-0011", "protected", InMageRcmReplicationDetails, "Protected", "Primary", "UnplannedFailover"),
        (
            "web01-0011",
            "failed-over",
            InMageRcmReplicationDetails,
            "UnplannedFailoverCommitPendingStatesBegin",
            "Recovery",
            "Commit",
        ),
        (
            "web01-0011",
            "committed",
            InMageRcmReplicationDetails,
            "UnplannedFailoverCommitted",
            "Recovery",
            "SwitchProtection",
        ),
        (
            "web01-0011",
            "replicating-back",
            InMageRcmFailbackReplicationDetails,
            "InitialReplicationInProgress",
            "Primary",
            "DisableProtection",
        ),
        (
            "web01-0011",
            "ready-to-fail-back",
            InMageRcmFailbackReplicationDetails,
            "Protected",
            "Primary",
            "PlannedFailover",
        ),
        (
            "legacy01-0014",
            "committed",
            InMageAzureV2ReplicationDetails,
            "UnplannedFailoverCommitted",
            "Recovery",
            "SwitchProtection",
        ),
        (
            "legacy01-0014",
            "replicating-back",
            InMageReplicationDetails,
            "InitialReplicationInProgress",
            "Primary",
            "DisableProtection",
        ),
        (
            "legacy01-0014",
            "ready-to-fail-back",
            InMageReplicationDetails,
            "Protected",
            "Primary",
            "UnplannedFailover",
        ),
    ],
)
async def test_a_stage_shows_in_provider_state_and_operations(
    arm: SandboxArm,
    recovery: SiteRecoveryManagementClient,
    id_name: str,
    stage: str,
    details: type[ReplicationProviderSpecificSettings],
    state: str,
    active: str,
    operation: str,
) -> None:
    next(item for item in arm.estate.vault.items if item.id_name == id_name).stage = stage
    item = await read(recovery, id_name)
    assert type(item.provider_specific_details) is details
    assert (item.protection_state, item.active_location) == (state, active)
    assert operation in item.allowed_operations
    assert ("SwitchProtection" in item.allowed_operations) == (stage in {"failed-over", "committed"})


async def test_a_machine_returning_to_its_place_says_how_far_it_is(
    arm: SandboxArm, recovery: SiteRecoveryManagementClient
) -> None:
    arm.estate.vault.item("web01").stage = "replicating-back"
    details = (await read(recovery, "web01-0011")).provider_specific_details
    assert 0 < details.initial_replication_progress_percentage < 100
    assert details.azure_virtual_machine_id.endswith("/virtualMachines/web01")
    assert details.target_data_store_name == "ds-gold-01"


async def test_modernized_details_name_the_vm_in_vcenter_the_azure_vm_and_the_disks(
    arm: SandboxArm, recovery: SiteRecoveryManagementClient
) -> None:
    details = (await read(recovery, "db01-0013")).provider_specific_details
    assert details.fabric_discovery_machine_id.endswith(f"_{arm.estate.vcenter.vm('db01').instance_uuid}")
    assert (details.target_vm_name, details.target_location) == ("db01", "westeurope")
    assert [disk.capacity_in_bytes // 1024**3 for disk in details.protected_disks] == [128, 1024]
    assert details.protected_disks[1].is_os_disk == "false"
    assert details.discovered_vm_details.datastores == ["ds-db"]
    assert details.discovered_vm_details.is_deleted is False


async def test_a_vm_that_left_vcenter_is_discovered_as_deleted(
    arm: SandboxArm, recovery: SiteRecoveryManagementClient
) -> None:
    known = arm.estate.vcenter.vm("db01")
    arm.estate.vcenter.vms.remove(known)
    details = (await read(recovery, "db01-0013")).provider_specific_details
    assert details.discovered_vm_details.is_deleted is True
    assert details.discovered_vm_details.datastores is None
    assert details.fabric_discovery_machine_id.endswith(known.instance_uuid)


async def test_classic_details_name_the_vm_the_group_and_the_disks(
    arm: SandboxArm, recovery: SiteRecoveryManagementClient
) -> None:
    details = (await read(recovery, "pay-db01-0023")).provider_specific_details
    other = (await read(recovery, "pay-app01-0021")).provider_specific_details
    assert details.infrastructure_vm_id == arm.estate.vcenter.vm("pay-db01").instance_uuid
    assert details.multi_vm_group_name == "payroll-vms"
    assert details.multi_vm_group_id == other.multi_vm_group_id != ""
    assert details.discovery_type == "VCenter"
    assert len(details.protected_disks) == 2
    assert details.target_vm_id.endswith("/virtualMachines/pay-db01")
    assert details.validation_errors is None


async def test_a_physical_server_is_told_from_a_vm(recovery: SiteRecoveryManagementClient) -> None:
    details = (await read(recovery, "old2008-0015")).provider_specific_details
    assert details.discovery_type == "Physical"
    assert details.v_center_infrastructure_id is None
    assert details.os_version == "Windows Server 2008 R2 SP1"


async def test_a_modernized_physical_server_was_not_discovered_in_vcenter(
    arm: SandboxArm, recovery: SiteRecoveryManagementClient
) -> None:
    arm.estate.vault.item("web01").source_vm = ""
    details = (await read(recovery, "web01-0011")).provider_specific_details
    assert details.discovery_type == "Physical"
    assert details.discovered_vm_details is None
    assert "/ServerSites/" in details.fabric_discovery_machine_id


async def test_a_silent_agent_shows_in_its_heartbeat(arm: SandboxArm, recovery: SiteRecoveryManagementClient) -> None:
    arm.estate.now = arm.estate.clock()
    details = (await read(recovery, "web02-0012")).provider_specific_details
    assert arm.estate.now - details.mobility_agent_details.last_heartbeat_utc == timedelta(minutes=47)


async def test_health_errors_are_told_whole(arm: SandboxArm, recovery: SiteRecoveryManagementClient) -> None:
    arm.estate.vault.item("web01").health_errors = [{"errorCode": "78052", "errorMessage": "Two of one name."}]
    item = await read(recovery, "web01-0011")
    (error,) = item.health_errors
    assert (error.error_code, error.error_message, error.error_level) == ("78052", "Two of one name.", "Error")
    assert error.recommended_action == ""
    assert item.replication_health == "Critical"


async def test_an_unknown_provider_leaves_only_its_name(
    arm: SandboxArm, recovery: SiteRecoveryManagementClient
) -> None:
    arm.estate.vault.item("web01").provider = "InMageOrbital"
    details = (await read(recovery, "web01-0011")).provider_specific_details
    assert type(details) is ReplicationProviderSpecificSettings
    assert details.instance_type == "InMageOrbital"


async def test_a_change_of_the_estate_shows_in_the_next_answer(
    arm: SandboxArm, recovery: SiteRecoveryManagementClient
) -> None:
    before = await read(recovery, "hr01-0041")
    arm.estate.vault.item("hr01").stage = "committed"
    after = await read(recovery, "hr01-0041")
    assert (before.active_location, after.active_location) == ("Primary", "Recovery")


async def test_a_filter_that_the_sandbox_does_not_know_is_refused_rather_than_ignored(
    recovery: SiteRecoveryManagementClient,
) -> None:
    with pytest.raises(Exception, match="not valid"):
        _ = [
            item
            async for item in recovery.replication_protected_items.list(RESOURCE_GROUP, VAULT, filter="state eq 'x'")
        ]
