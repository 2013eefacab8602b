"""Clouds, sign-in, plain reads."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from aiohttp import web
from azure.core import AzureClouds
from azure.mgmt.core.tools import get_arm_endpoints

from homeward.bot.sandbox.arm import SandboxArm
from homeward.checks.facts import ABSENT, LogStorage, Missing
from homeward.checks.sources.access import AzureAccess, Limits, SourceError, VaultAddress
from homeward.checks.sources.azure import AzureConnection, VaultReader
from homeward.checks.sources.azure.connection import CLOUDS, StaticToken
from homeward.checks.sources.azure.network import Networks
from homeward.checks.sources.azure.parse_fabric import fabric
from homeward.checks.sources.azure.storage import Storage

GROUP = "/subscriptions/s/resourceGroups/rg/providers"
ACCOUNT = f"{GROUP}/Microsoft.Storage/storageAccounts/cache"
VNET = f"{GROUP}/Microsoft.Network/virtualNetworks/vnet"
VAULT = f"{GROUP}/Microsoft.RecoveryServices/vaults/v"
ADDRESS = VaultAddress("v", "s", "rg", "v")


class Azure:
    """Answers what a test puts into `bodies`, by path (and `?page=2` for a second page)."""

    def __init__(self) -> None:
        self.bodies: dict[str, object] = {}
        self.endpoint = ""

    async def answer(self, request: web.Request) -> web.Response:
        page = f"?page={request.query['page']}" if "page" in request.query else ""
        body = self.bodies.get(request.path + page)
        if body is None:
            return web.json_response({"error": {"code": "ResourceNotFound", "message": "no"}}, status=404)
        return web.json_response(body)


@pytest.fixture
async def azure(server_context: ssl.SSLContext) -> AsyncIterator[Azure]:
    azure = Azure()
    app = web.Application()
    app.router.add_get("/{path:.*}", azure.answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=server_context).start()
    azure.endpoint = f"https://127.0.0.1:{runner.addresses[0][1]}"
    yield azure
    await runner.cleanup()


@pytest.fixture
async def near(azure: Azure, access: AzureAccess) -> AsyncIterator[AzureConnection]:
    async with AzureConnection(replace(access, endpoint=azure.endpoint), timeout=5) as connection:
        yield connection


@pytest.mark.parametrize(
    ("name", "cloud"),
    [
        ("AzureCloud", AzureClouds.AZURE_PUBLIC_CLOUD),
        ("AzureUSGovernment", AzureClouds.AZURE_US_GOVERNMENT),
        ("AzureChinaCloud", AzureClouds.AZURE_CHINA_CLOUD),
    ],
)
async def test_each_cloud_has_microsofts_own_addresses(name: str, cloud: AzureClouds) -> None:
    told = get_arm_endpoints(cloud)
    endpoint, audience, _ = CLOUDS[name]
    assert told["resource_manager"] == f"{endpoint}/"
    assert told["credential_scopes"] == [f"{audience}/.default"]
    async with AzureConnection(AzureAccess(cloud=name, token="not-for-this"), timeout=1) as connection:
        assert connection.endpoint == endpoint
        assert await connection.site_recovery("s") is await connection.site_recovery("s")


async def test_a_custom_endpoint_without_a_token_signs_in_by_default(access: AzureAccess) -> None:
    async with AzureConnection(replace(access, token=""), timeout=1) as connection:
        assert await connection.compute("s") is await connection.compute("s")


async def test_a_static_token_is_the_credential() -> None:
    async with StaticToken("t") as credential:
        assert (await credential.get_token("any/.default")).token == "t"


@pytest.mark.parametrize("used", [True, False], ids=["used before", "never used"])
async def test_a_closed_connection_refuses_further_reads_and_opens_nothing(
    connection: AzureConnection, vault: VaultReader, arm: SandboxArm, *, used: bool
) -> None:
    if used:
        assert await vault.items()
    await connection.close()
    await connection.close()
    vault.forget()
    before = len(arm.requests)
    for read in (vault.items(), vault.job("x"), vault.plans()):
        with pytest.raises(SourceError, match="its connection was closed"):
            await read
    with pytest.raises(SourceError, match="its connection was closed"):
        async with connection.asking("things"):
            await connection.get("/things", "2024-01-01")
    assert len(arm.requests) == before


async def test_a_read_that_the_closing_overtakes_is_a_reason_and_no_crash(
    connection: AzureConnection, vault: VaultReader, arm: SandboxArm
) -> None:
    assert await vault.items()
    arm.faults.silence()
    reading = asyncio.create_task(vault.job("x"))
    await asyncio.wait({reading}, timeout=0.1)
    assert arm.requests[-1].path.casefold().endswith("/replicationjobs/x")
    await connection.close()
    with pytest.raises(SourceError, match="its connection was closed"):
        await reading


async def test_closing_while_it_opens_leaves_nothing_open(connection: AzureConnection, vault: VaultReader) -> None:
    reading = asyncio.create_task(vault.job("x"))
    await asyncio.sleep(0)  # it has begun
    await connection.close()
    with pytest.raises(SourceError, match="its connection was closed"):
        await reading


async def test_other_errors_of_the_runtime_are_our_own_bugs(connection: AzureConnection) -> None:
    with pytest.raises(RuntimeError, match="ours"):
        async with connection.asking("things"):
            raise RuntimeError("ours")


async def test_a_plain_list_is_read_to_its_end(azure: Azure, near: AzureConnection) -> None:
    azure.bodies["/things"] = {"value": [{"a": 1}], "nextLink": f"{azure.endpoint}/things?page=2"}
    azure.bodies["/things?page=2"] = {"value": None, "nextLink": None}
    async with near.asking("things"):
        assert await near.get_list("/things", "2024-01-01") == [{"a": 1}]


@pytest.mark.parametrize("body", [[], "text", 3])
async def test_a_body_that_is_no_object_is_not_readable(azure: Azure, near: AzureConnection, body: object) -> None:
    azure.bodies["/things"] = body
    with pytest.raises(SourceError, match="Azure's answer for things is not readable"):
        async with near.asking("things"):
            await near.get("/things", "2024-01-01")


async def test_a_vault_with_only_its_users_identities_leaves_the_roles_open(
    azure: Azure, near: AzureConnection
) -> None:
    azure.bodies[ACCOUNT] = {"location": "westeurope", "sku": {"name": "Premium_LRS"}}
    azure.bodies[VAULT] = {"identity": {"type": "UserAssigned", "userAssignedIdentities": {}}}
    told = await Storage(near).log_storage(ACCOUNT, ADDRESS)
    assert isinstance(told, LogStorage)
    assert (told.premium, told.vault_has_identity) == (True, True)
    assert isinstance(told.vault_roles, Missing)


async def test_only_roles_that_hold_for_the_whole_account_count(azure: Azure, near: AzureConnection) -> None:
    def assignment(role: str, scope: str) -> dict[str, object]:
        return {"properties": {"roleDefinitionId": f"/x/roleDefinitions/{role}", "scope": scope}}

    azure.bodies[ACCOUNT] = {"location": "westeurope"}
    azure.bodies[VAULT] = {"identity": {"type": "SystemAssigned", "principalId": "p"}}
    azure.bodies[f"{ACCOUNT}/providers/Microsoft.Authorization/roleAssignments"] = {
        "value": [
            assignment("B24988AC-6180-42A0-AB88-20F7382DD24C", "/subscriptions/S"),
            assignment("ba92f5b4-2d11-453d-a403-e96b0029c9fe", f"{ACCOUNT}/blobServices/default/containers/one"),
            assignment("8e3af657-a8ff-443c-a75c-2fe8c4bcb635", f"{ACCOUNT}2"),
            assignment("b7e6dc6d-f1e8-4753-8033-0f276bb0955b", "/"),
            assignment("00000000-own", ACCOUNT.upper()),
        ]
    }
    told = await Storage(near).log_storage(ACCOUNT, ADDRESS)
    assert isinstance(told, LogStorage)
    assert told.vault_roles == ("Contributor", "Storage Blob Data Owner", "00000000-own")


@pytest.mark.parametrize("prefixes", [[], None, ["not a network"]])
async def test_a_network_of_unreadable_addresses_leaves_the_place_open(
    azure: Azure, near: AzureConnection, prefixes: object
) -> None:
    azure.bodies[VNET] = {"properties": {"addressSpace": {"addressPrefixes": prefixes}}}
    details = {"instanceType": "VMware", "processServers": [{"friendlyName": "ps01", "ipAddress": "10.0.0.1"}]}
    servers = fabric({"properties": {"customDetails": details}}, ()).process_servers
    networks = Networks(near, limits=Limits(), clock=lambda: 0.0)
    with pytest.raises(SourceError, match="does not tell the addresses"):
        await networks.place(servers, VNET)


async def test_plans_and_fabrics_in_short_are_read_in_full(azure: Azure, near: AzureConnection) -> None:
    fabrics, plans = f"{VAULT}/replicationFabrics", f"{VAULT}/replicationRecoveryPlans"
    short = {"id": f"{fabrics}/f", "name": "f", "properties": {"customDetails": {"instanceType": "VMware"}}}
    full = {"instanceType": "VMware", "processServers": [{"friendlyName": "ps01"}]}
    azure.bodies[fabrics] = {"value": [short]}
    azure.bodies[f"{fabrics}/f"] = {**short, "properties": {"customDetails": full}}
    azure.bodies[plans] = {"value": [{"id": "p", "name": "payroll", "properties": {"friendlyName": "payroll"}}]}
    azure.bodies[f"{plans}/payroll"] = {
        "id": "p",
        "name": "payroll",
        "properties": {"groups": [{"groupType": "Boot", "replicationProtectedItems": [{"id": "/a"}]}]},
    }
    azure.bodies[f"{VAULT}/replicationRecoveryServicesProviders"] = {"value": []}
    vault = VaultReader(near, ADDRESS, limits=Limits(), clock=lambda: 0.0)
    (site,) = await vault.fabrics()
    assert [server.server.name for server in site.process_servers] == ["ps01"]
    (plan,) = await vault.plans()
    assert plan.groups == (("/a",),)
    assert await vault.job("nothing") is ABSENT


async def test_the_sandbox_knows_every_request(vault: VaultReader, arm: SandboxArm) -> None:
    for read in (vault.items, vault.plans, vault.fabrics, vault.vcenters, vault.policies):
        assert await read()
    assert arm.unexpected == []
