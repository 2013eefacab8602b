"""Virtual machines in Azure as the real client reads them, with their network."""

from collections.abc import Awaitable, Callable
from typing import Any, cast

import aiohttp
import pytest
from azure.core.exceptions import ResourceNotFoundError
from azure.mgmt.compute.aio import ComputeManagementClient

from homeward.bot.sandbox.arm import SandboxArm
from homeward.bot.sandbox.estate.model import RESOURCE_GROUP, SUBSCRIPTION

GetJson = Callable[..., Awaitable[dict[str, Any]]]
GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{RESOURCE_GROUP}"


async def test_the_instance_view_tells_power_and_agent(compute: ComputeManagementClient) -> None:
    running = cast("Any", await compute.virtual_machines.instance_view(RESOURCE_GROUP, "web01"))
    stopped = cast("Any", await compute.virtual_machines.instance_view(RESOURCE_GROUP, "WEB02"))
    assert [status.code for status in running.statuses] == ["ProvisioningState/succeeded", "PowerState/running"]
    assert running.vm_agent.statuses[0].display_status == "Ready"
    assert stopped.statuses[1].code == "PowerState/deallocated"
    assert stopped.vm_agent.statuses[0].display_status == "Not Ready"


async def test_a_machine_without_the_agent_has_no_agent_view(arm: SandboxArm, compute: ComputeManagementClient) -> None:
    vm = arm.estate.vault.item("web01").azure_vm
    assert vm is not None
    vm.agent = ""
    assert (await compute.virtual_machines.instance_view(RESOURCE_GROUP, "web01")).vm_agent is None


async def test_the_instance_view_comes_with_the_machine_only_when_asked(compute: ComputeManagementClient) -> None:
    plain = await compute.virtual_machines.get(RESOURCE_GROUP, "web01")
    expanded = await compute.virtual_machines.get(RESOURCE_GROUP, "web01", expand="instanceView")
    assert plain.instance_view is None
    assert expanded.instance_view is not None
    assert (plain.location, plain.provisioning_state) == ("westeurope", "Succeeded")


@pytest.mark.parametrize("name", ["hr01", "gone", "legacy01"])
async def test_a_machine_that_failover_did_not_make_or_that_is_gone_is_not_found(
    arm: SandboxArm, compute: ComputeManagementClient, name: str
) -> None:
    vm = arm.estate.vault.item("legacy01").azure_vm
    assert vm is not None
    vm.exists = False
    with pytest.raises(ResourceNotFoundError) as refusal:
        await compute.virtual_machines.instance_view(RESOURCE_GROUP, name)
    assert refusal.value.error is not None
    assert refusal.value.error.code == "ResourceNotFound"


async def test_all_machines_are_listed_with_their_status_page_by_page(
    arm: SandboxArm, compute: ComputeManagementClient
) -> None:
    arm.page_size = 5
    vms = [cast("Any", vm) async for vm in compute.virtual_machines.list_all(status_only="true")]
    assert len(vms) == 12
    assert len(arm.requests) == 3
    assert all(vm.instance_view.statuses[1].code.startswith("PowerState/") for vm in vms)


async def test_a_resource_groups_machines_are_listed_without_status(compute: ComputeManagementClient) -> None:
    vms = [vm async for vm in compute.virtual_machines.list(RESOURCE_GROUP)]
    assert len(vms) == 12
    assert vms[0].instance_view is None


async def test_the_way_from_a_machine_to_its_address_space_can_be_followed(
    compute: ComputeManagementClient, get_json: GetJson
) -> None:
    vm = cast("Any", await compute.virtual_machines.get(RESOURCE_GROUP, "web01"))
    nic = await get_json(vm.network_profile.network_interfaces[0].id)
    subnet = nic["properties"]["ipConfigurations"][0]["properties"]["subnet"]["id"]
    vnet = await get_json(subnet.partition("/subnets/")[0])
    assert vnet["properties"]["addressSpace"]["addressPrefixes"] == ["10.60.0.0/16"]


@pytest.mark.parametrize("path", ["networkInterfaces/none-nic", "virtualNetworks/none"])
async def test_other_network_parts_are_not_there(get_json: GetJson, path: str) -> None:
    with pytest.raises(aiohttp.ClientResponseError) as refusal:
        await get_json(f"{GROUP}/providers/Microsoft.Network/{path}")
    assert refusal.value.status == 404
