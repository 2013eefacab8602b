"""Fabrics, providers and vCenters as the real client reads them."""

from typing import Any, cast

import pytest
from azure.core.exceptions import ResourceNotFoundError
from azure.mgmt.recoveryservicessiterecovery.aio import SiteRecoveryManagementClient
from azure.mgmt.recoveryservicessiterecovery.models import InMageRcmFabricSpecificDetails, VMwareDetails

from homeward.bot.sandbox.arm import SandboxArm
from homeward.bot.sandbox.estate import VAULT
from homeward.bot.sandbox.estate.model import RESOURCE_GROUP, ConfigurationServer

HERE = (RESOURCE_GROUP, VAULT)


async def details_of(recovery: SiteRecoveryManagementClient) -> list[Any]:
    """Loosely typed: the SDK's models have every field optional."""
    fabrics = recovery.replication_fabrics.list(*HERE)
    return [cast("Any", fabric.properties).custom_details async for fabric in fabrics]


def classic(arm: SandboxArm) -> ConfigurationServer:
    server = arm.estate.vault.configuration_server
    assert server is not None
    return server


async def test_each_stack_is_a_fabric(recovery: SiteRecoveryManagementClient) -> None:
    assert [type(details) for details in await details_of(recovery)] == [VMwareDetails, InMageRcmFabricSpecificDetails]


async def test_a_fabric_is_found_by_its_name(recovery: SiteRecoveryManagementClient) -> None:
    listed, _ = [fabric async for fabric in recovery.replication_fabrics.list(*HERE)]
    got = await recovery.replication_fabrics.get(*HERE, str(listed.name).upper())
    assert got.id == listed.id


async def test_without_servers_a_stack_has_no_fabric_vcenter_or_policy(
    arm: SandboxArm, recovery: SiteRecoveryManagementClient
) -> None:
    arm.estate.vault.configuration_server = None
    arm.estate.vault.appliances = []
    assert [fabric async for fabric in recovery.replication_fabrics.list(*HERE)] == []
    assert [vcenter async for vcenter in recovery.replicationv_centers.list(*HERE)] == []
    assert [policy async for policy in recovery.replication_policies.list(*HERE)] == []
    assert [one async for one in recovery.replication_recovery_services_providers.list(*HERE)] == []
    with pytest.raises(ResourceNotFoundError):
        await recovery.replication_fabrics.get(*HERE, "prod-dr-vmwarefabric")


async def test_a_master_target_lists_the_datastores_of_its_vms_host_with_sizes_in_text(
    arm: SandboxArm, recovery: SiteRecoveryManagementClient
) -> None:
    windows, linux = (await details_of(recovery))[0].master_target_servers
    assert [store.symbolic_name for store in windows.data_stores] == ["ds-gold-01", "ds-gold-02", "ds-db"]
    assert (windows.data_stores[0].capacity, windows.data_stores[0].free_space) == ("8192.0", "5100.0")
    assert [store.symbolic_name for store in linux.data_stores] == ["ds-legacy"]
    assert (linux.os_type, linux.disk_count) == ("Linux", 60)
    assert linux.retention_volumes[0].volume_name == "/mnt/retention"
    assert linux.agent_expiry_date.year == 9999
    assert linux.agent_expiry_date.tzinfo is None
    assert linux.validation_errors is None


async def test_a_master_target_without_a_vm_or_a_retention_volume_has_null_lists(
    arm: SandboxArm, recovery: SiteRecoveryManagementClient
) -> None:
    target = classic(arm).master_targets[0]
    target.vm, target.retention = "elsewhere", []
    windows = (await details_of(recovery))[0].master_target_servers[0]
    assert windows.data_stores is None
    assert windows.retention_volumes is None


async def test_a_process_server_shows_its_loads_in_text_and_colour(
    arm: SandboxArm, recovery: SiteRecoveryManagementClient
) -> None:
    server = classic(arm).process_servers[0]
    server.cpu_percent, server.memory_used_percent, server.space_free_percent = 97, 85, 24
    one = (await details_of(recovery))[0].process_servers[0]
    assert (one.cpu_load, one.cpu_load_status) == ("97%", "Red")
    assert (one.memory_usage_status, one.space_usage_status) == ("Yellow", "Red")
    assert one.available_space_in_bytes * 100 // one.total_space_in_bytes == 24
    assert (one.health, one.ps_service_status) == ("Critical", "Running")


async def test_servers_that_fell_silent_say_so(arm: SandboxArm, recovery: SiteRecoveryManagementClient) -> None:
    server = classic(arm)
    server.silent_minutes, server.provider_status = 40, "Disconnected"
    server.process_servers[0].silent_minutes = 40
    details = (await details_of(recovery))[0]
    assert details.cs_service_status == "Stopped"
    assert details.process_servers[0].health == "Critical"
    assert "40 minutes" in details.process_servers[0].health_errors[0].error_message
    providers = [
        cast("Any", one.properties) async for one in recovery.replication_recovery_services_providers.list(*HERE)
    ]
    assert [one.connection_status for one in providers] == ["Disconnected", "Connected"]
    assert providers[0].last_heart_beat < providers[1].last_heart_beat


async def test_a_reprotect_agent_tells_its_vm_vcenter_and_datastores(
    arm: SandboxArm, recovery: SiteRecoveryManagementClient
) -> None:
    (agent,) = (await details_of(recovery))[1].reprotect_agents
    assert agent.fabric_object_id.endswith(f"_{arm.estate.vcenter.vm('appliance01').instance_uuid}")
    assert agent.accessible_datastores == ["ds-gold-01", "ds-gold-02", "ds-db"]
    assert agent.vcenter_id.endswith("/vcenters/vc01")
    assert agent.health == "Normal"


async def test_an_ailing_appliance_says_why(arm: SandboxArm, recovery: SiteRecoveryManagementClient) -> None:
    arm.estate.vault.appliances[0].health = "Warning"
    arm.estate.vault.appliances[0].accessible_datastores = []
    (agent,) = (await details_of(recovery))[1].reprotect_agents
    assert agent.health == "Warning"
    assert agent.health_errors[0].error_level == "Warning"
    assert agent.accessible_datastores is None


async def test_a_silent_appliance_is_disconnected(arm: SandboxArm, recovery: SiteRecoveryManagementClient) -> None:
    arm.estate.vault.appliances[0].silent_minutes = 40
    *_, provider = [one async for one in recovery.replication_recovery_services_providers.list(*HERE)]
    *_, fabric = [one async for one in recovery.replication_fabrics.list(*HERE)]
    assert cast("Any", provider.properties).connection_status == "Disconnected"
    assert cast("Any", fabric.properties).health == "Critical"


async def test_only_the_classic_stack_registers_its_vcenter(recovery: SiteRecoveryManagementClient) -> None:
    (vcenter,) = [cast("Any", one.properties) async for one in recovery.replicationv_centers.list(*HERE)]
    assert (vcenter.ip_address, vcenter.port, vcenter.health_errors) == ("vc01", "443", None)


async def test_containers_are_named_as_in_the_items_ids(recovery: SiteRecoveryManagementClient) -> None:
    containers = {str(one.id) async for one in recovery.replication_protection_containers.list(*HERE)}
    items = {str(one.id).rsplit("/", 2)[0] async for one in recovery.replication_protected_items.list(*HERE)}
    assert items == containers


async def test_the_items_of_a_container_are_listed_alone(recovery: SiteRecoveryManagementClient) -> None:
    container = [one async for one in recovery.replication_protection_containers.list(*HERE)][1]
    parts = str(container.id).split("/")
    items = recovery.replication_protected_items.list_by_replication_protection_containers(*HERE, parts[10], parts[12])
    assert [item.name async for item in items] == [
        "web01-0011",
        "web02-0012",
        "db01-0013",
        "hr01-0041",
        "build01-0042",
    ]
