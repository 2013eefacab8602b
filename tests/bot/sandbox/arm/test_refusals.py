"""What Azure refuses, and how it says so."""

import ssl
from typing import Any

import aiohttp
import pytest
from azure.core.exceptions import ClientAuthenticationError, HttpResponseError, ResourceNotFoundError
from azure.mgmt.recoveryservicessiterecovery.aio import SiteRecoveryManagementClient

from homeward.bot.sandbox.arm import SandboxArm
from homeward.bot.sandbox.estate import VAULT
from homeward.bot.sandbox.estate.model import RESOURCE_GROUP, SUBSCRIPTION

GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{RESOURCE_GROUP}"
VERSION = {"api-version": "2025-08-01"}


@pytest.fixture
async def bare(arm: SandboxArm, client_context: ssl.SSLContext) -> Any:
    """A session that signs nothing."""
    connector = aiohttp.TCPConnector(ssl=client_context)
    async with aiohttp.ClientSession(arm.endpoint, connector=connector) as session:
        yield session


@pytest.mark.parametrize(
    ("headers", "code"),
    [({}, "AuthenticationFailed"), ({"Authorization": "Bearer stolen"}, "InvalidAuthenticationToken")],
)
async def test_a_request_without_the_right_token_is_challenged(
    bare: aiohttp.ClientSession, headers: dict[str, str], code: str
) -> None:
    async with bare.get(GROUP, params=VERSION, headers=headers) as response:
        body = await response.json()
    assert response.status == 401
    assert response.headers["WWW-Authenticate"].startswith("Bearer authorization_uri=")
    assert body["error"]["code"] == code
    assert response.headers["x-ms-request-id"]


@pytest.mark.parametrize("query", [{}, {"api-version": ""}])
async def test_a_request_without_an_api_version_is_refused(
    bare: aiohttp.ClientSession, arm: SandboxArm, query: dict[str, str]
) -> None:
    headers = {"Authorization": "Bearer open-sesame"}
    async with bare.get(f"{GROUP}/providers/Microsoft.Compute/virtualMachines", params=query, headers=headers) as got:
        body = await got.json()
    assert (got.status, body["error"]["code"]) == (400, "MissingApiVersionParameter")


async def test_the_client_learns_of_a_wrong_token(arm: SandboxArm, options: Any, credential: Any) -> None:
    async with SiteRecoveryManagementClient(
        credential("stolen"), SUBSCRIPTION, base_url=arm.endpoint, **options()
    ) as client:
        with pytest.raises(ClientAuthenticationError):
            await client.replication_jobs.get(RESOURCE_GROUP, VAULT, "1")


async def test_another_subscription_is_not_found(arm: SandboxArm, options: Any, credential: Any) -> None:
    async with SiteRecoveryManagementClient(
        credential(), SUBSCRIPTION.replace("1", "9"), base_url=arm.endpoint, **options()
    ) as client:
        with pytest.raises(ResourceNotFoundError) as refusal:
            await client.replication_jobs.get(RESOURCE_GROUP, VAULT, "1")
    assert refusal.value.error is not None
    assert refusal.value.error.code == "SubscriptionNotFound"


@pytest.mark.parametrize(
    ("group", "vault", "code"),
    [("elsewhere", VAULT, "ResourceGroupNotFound"), (RESOURCE_GROUP, "elsewhere", "ResourceNotFound")],
)
async def test_another_group_or_vault_is_not_found(
    arm: SandboxArm, recovery: SiteRecoveryManagementClient, group: str, vault: str, code: str
) -> None:
    with pytest.raises(ResourceNotFoundError) as refusal:
        await recovery.replication_jobs.get(group, vault, "1")
    assert refusal.value.error is not None
    assert refusal.value.error.code == code
    assert arm.unexpected == []


async def test_a_path_that_no_route_knows_is_not_found_and_noted(
    arm: SandboxArm, recovery: SiteRecoveryManagementClient
) -> None:
    with pytest.raises(HttpResponseError):
        await recovery.replication_vault_health.get(RESOURCE_GROUP, VAULT)
    with pytest.raises(HttpResponseError):
        await recovery.replication_jobs.begin_cancel(RESOURCE_GROUP, VAULT, "1", polling=False)
    assert [note.partition("/replication")[2].partition("?")[0] for note in arm.unexpected] == [
        "VaultHealth",
        "Jobs/1/cancel",
    ]
    assert arm.unexpected[1].startswith("POST ")
