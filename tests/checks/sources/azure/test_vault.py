"""Reading the sandbox's vault over TLS."""

import asyncio
from pathlib import Path

import pytest

from homeward.bot.sandbox.arm import SandboxArm
from homeward.checks.facts import ABSENT, ConfigurationServer, Job, Missing, Topology
from homeward.checks.sources.access import AzureAccess, Limits, SourceError, VaultAddress
from homeward.checks.sources.azure import AzureConnection, VaultReader


def _paths(arm: SandboxArm) -> list[str]:
    return [request.path.rpartition("/")[2] for request in arm.requests]


async def test_all_items_of_all_pages_are_read(vault: VaultReader, arm: SandboxArm) -> None:
    items = await vault.items()
    assert sorted(item.name for item in items) == sorted(item.name for item in arm.estate.vault.items)
    web01 = next(item for item in items if item.name == "web01")
    assert web01.topology is Topology.MODERNIZED
    assert web01.azure_vm_id.endswith("/virtualMachines/web01")
    assert web01.job_id == ""
    networks = await vault.networks()
    assert set(networks) == {item.id.casefold() for item in items}
    assert networks[web01.id.casefold()].endswith("/virtualNetworks/vnet-dr")


async def test_ten_readers_at_once_cost_one_set_of_pages(vault: VaultReader, arm: SandboxArm) -> None:
    await asyncio.gather(*(vault.items() for _ in range(10)))
    pages = -(-len(arm.estate.vault.items) // arm.page_size)
    assert len(arm.requests) == pages


async def test_a_list_is_read_anew_after_its_time_or_when_forgotten(
    connection: AzureConnection, address: VaultAddress, arm: SandboxArm
) -> None:
    now = 0.0
    vault = VaultReader(connection, address, limits=Limits(list_ttl=5), clock=lambda: now)
    await vault.policies()
    once = len(arm.requests)
    now = 4.9
    await vault.policies()
    assert len(arm.requests) == once
    now = 5.0
    await vault.policies()
    assert len(arm.requests) == 2 * once
    vault.forget()
    await vault.policies()
    assert len(arm.requests) == 3 * once


async def test_fabrics_come_with_their_control_channel(vault: VaultReader, arm: SandboxArm) -> None:
    by_topology = {fabric.topology: fabric for fabric in await vault.fabrics()}
    classic, modernized = by_topology[Topology.CLASSIC], by_topology[Topology.MODERNIZED]
    assert isinstance(classic.configuration_server, ConfigurationServer)
    assert classic.configuration_server.provider_status == "Connected"
    assert [target.server.name for target in classic.master_targets] == ["mt-win01", "mt-lin01"]
    assert [server.server.ip_address for server in classic.process_servers] == ["10.60.0.4", "10.20.0.20"]
    assert [agent.name for agent in modernized.agents] == ["appliance01"]
    assert {item.fabric_id.casefold() for item in await vault.items()} == {
        classic.id.casefold(),
        modernized.id.casefold(),
    }
    assert sorted(set(_paths(arm))) == [
        "replicationFabrics",
        "replicationProtectedItems",
        "replicationRecoveryServicesProviders",
    ]


async def test_without_the_providers_the_fabrics_are_still_read(vault: VaultReader, arm: SandboxArm) -> None:
    arm.faults.refuse(403, path="replicationRecoveryServicesProviders")
    (classic,) = (fabric for fabric in await vault.fabrics() if fabric.topology is Topology.CLASSIC)
    assert isinstance(classic.configuration_server, ConfigurationServer)
    status = classic.configuration_server.provider_status
    assert isinstance(status, Missing)
    assert "(403)" in status.reason


async def test_without_the_fabrics_there_is_an_error_and_nothing_left_behind(
    vault: VaultReader, arm: SandboxArm
) -> None:
    arm.faults.refuse(403)
    with pytest.raises(SourceError, match="403"):
        await vault.fabrics()


async def test_plans_policies_and_vcenters_are_read(vault: VaultReader) -> None:
    by_id = {item.id.casefold(): item.name for item in await vault.items()}
    plans = {plan.name: plan for plan in await vault.plans()}
    assert [[by_id[id.casefold()] for id in group] for group in plans["payroll"].groups] == [
        ["pay-db01"],
        ["pay-app01", "pay-app02"],
    ]
    assert {"InMage", "InMageRcmFailback"} <= {policy.provider for policy in await vault.policies()}
    assert [vcenter.name for vcenter in await vault.vcenters()] == ["vc01"]


async def test_a_job_is_read_each_time_and_one_that_is_gone_is_absent(vault: VaultReader, arm: SandboxArm) -> None:
    arm.estate.vault.item("web01").job_id = "3e53d760-0533-4692-88ba-bbf28b26823a"
    web01 = next(item for item in await vault.items() if item.name == "web01")
    job = await vault.job(web01.job_id)
    assert isinstance(job, Job)
    assert job.state == "InProgress"
    arm.estate.vault.item("web01").job_id = ""
    assert await vault.job(web01.job_id) is ABSENT


async def test_a_vault_at_a_wrong_place_has_no_absent_jobs(connection: AzureConnection, address: VaultAddress) -> None:
    stranger = VaultAddress("other", "99999999-0000-0000-0000-000000000000", address.resource_group, address.vault)
    vault = VaultReader(connection, stranger, limits=Limits(), clock=lambda: 0.0)
    with pytest.raises(SourceError, match=r"\(404\)"):
        await vault.job("x")


async def test_closing_ends_what_is_still_read(access: AzureAccess, address: VaultAddress, arm: SandboxArm) -> None:
    arm.faults.silence()
    connection = AzureConnection(access, timeout=60)
    vault = VaultReader(connection, address, limits=Limits(), clock=lambda: 0.0)
    reading = asyncio.create_task(vault.items())
    await asyncio.sleep(0.05)
    await connection.close()
    with pytest.raises(SourceError, match="the connection was closed"):
        await reading


def test_only_reads_are_named_in_the_code() -> None:
    code = Path(__file__).parents[4] / "checks" / "sources" / "azure"
    names = {path.name for path in code.glob("*.py") if "begin_" in path.read_text()}
    assert names == {"probe.py"}
