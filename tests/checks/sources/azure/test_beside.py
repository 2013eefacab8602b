"""What stands beside the vault: log storage, roles, networks; and the reader that joins all."""

import time
from dataclasses import replace

import pytest

from homeward.bot.sandbox.arm import SandboxArm
from homeward.bot.sandbox.arm.names import Names
from homeward.checks.facts import ABSENT, LogStorage, Missing, Topology
from homeward.checks.sources.access import AzureAccess, Limits, SourceError, VaultAddress
from homeward.checks.sources.azure import AzureConnection, AzureReader, VaultReader
from homeward.checks.sources.azure.network import Networks
from homeward.checks.sources.azure.storage import Storage


@pytest.fixture
def storage(connection: AzureConnection) -> Storage:
    return Storage(connection)


@pytest.fixture
def account(arm: SandboxArm) -> str:
    return Names(arm.estate).log_storage


async def test_the_account_and_the_vaults_roles_on_it_are_read(
    storage: Storage, arm: SandboxArm, account: str, address: VaultAddress
) -> None:
    assert await storage.log_storage(account, address) == LogStorage(
        id=account,
        region="westeurope",
        premium=False,
        vault_has_identity=True,
        vault_roles=("Contributor", "Storage Blob Data Contributor"),
    )
    arm.estate.vault.log_storage.premium = True
    arm.estate.vault.has_identity = False
    told = await storage.log_storage(account, address)
    assert isinstance(told, LogStorage)
    assert (told.premium, told.vault_has_identity, told.vault_roles) == (True, False, ())
    assert not arm.unexpected


async def test_roles_that_may_not_be_read_are_missing(
    storage: Storage, arm: SandboxArm, account: str, address: VaultAddress
) -> None:
    arm.faults.refuse(403, path="roleAssignments")
    told = await storage.log_storage(account, address)
    assert isinstance(told, LogStorage)
    assert isinstance(told.vault_roles, Missing)
    assert "the role assignments of drcache01 (403)" in told.vault_roles.reason


async def test_an_account_that_is_gone_is_absent_and_no_id_is_missing(
    storage: Storage, account: str, address: VaultAddress
) -> None:
    assert await storage.log_storage(account + "x", address) is ABSENT
    assert isinstance(await storage.log_storage("", address), Missing)
    assert isinstance(await storage.log_storage("drcache01", address), Missing)
    with pytest.raises(SourceError, match=r"\(404\)"):
        await storage.log_storage(account.replace("11111111", "99999999"), address)


async def test_a_vault_that_may_not_be_read_is_an_error(
    storage: Storage, arm: SandboxArm, account: str, address: VaultAddress
) -> None:
    arm.faults.refuse(403, path="/vaults/prod-dr$")
    with pytest.raises(SourceError, match=r"vault prod-dr \(403\)"):
        await storage.log_storage(account, address)


async def test_process_servers_in_the_network_of_the_machines_are_in_azure(
    connection: AzureConnection, vault: VaultReader, arm: SandboxArm
) -> None:
    networks = Networks(connection, limits=Limits(), clock=time.monotonic)
    (classic,) = (fabric for fabric in await vault.fabrics() if fabric.topology is Topology.CLASSIC)
    vnet = Names(arm.estate).vnet
    before = len(arm.requests)
    placed = await networks.place(classic.process_servers, vnet)
    assert [(server.server.name, server.in_azure) for server in placed] == [("ps-azure01", True), ("cs01", False)]
    await networks.place(classic.process_servers, vnet.upper())
    assert len(arm.requests) == before + 1
    nameless = replace(placed[0], server=replace(placed[0].server, ip_address=""))
    assert isinstance((await networks.place([nameless], vnet))[0].in_azure, Missing)
    assert await networks.place((), vnet) == ()


async def test_without_a_network_that_can_be_read_the_place_is_not_known(
    connection: AzureConnection, vault: VaultReader, arm: SandboxArm
) -> None:
    networks = Networks(connection, limits=Limits(), clock=time.monotonic)
    (classic,) = (fabric for fabric in await vault.fabrics() if fabric.topology is Topology.CLASSIC)
    placed = await networks.place(classic.process_servers, "/subscriptions/s")
    assert placed
    assert all(isinstance(server.in_azure, Missing) for server in placed)
    with pytest.raises(SourceError, match="404"):
        await networks.place(classic.process_servers, Names(arm.estate).vnet + "x")


async def test_one_reader_has_it_all_over_one_connection(
    access: AzureAccess, address: VaultAddress, arm: SandboxArm, account: str
) -> None:
    reader = AzureReader(access, [address], limits=Limits(), clock=time.monotonic)
    try:
        (vault,) = reader.vaults
        assert vault.name == "prod-dr"
        items = await vault.items()
        web01 = next(item for item in items if item.name == "web01")
        assert set(await reader.azure_vms([web01.azure_vm_id])) == {web01.azure_vm_id}
        assert await reader.find_vm("WEB01")
        assert not await reader.find_vm("nobody")
        assert isinstance(await reader.log_storage(account, address), LogStorage)
        probe = await reader.probe(web01, control="10.0.0.1", data="10.0.0.2")
        assert isinstance(probe, Missing)
        assert "not allowed" in probe.reason
        reader.forget()
        assert not arm.unexpected
        assert {request.method for request in arm.requests} == {"GET"}
    finally:
        await reader.close()
        await reader.close()
