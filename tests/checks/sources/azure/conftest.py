"""The sandbox's Azure over TLS, and our connection to it."""

import ssl
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import trustme

from homeward.bot.sandbox.arm import SandboxArm
from homeward.bot.sandbox.estate import Estate, company
from homeward.bot.sandbox.estate.model import RESOURCE_GROUP, SUBSCRIPTION
from homeward.checks.sources.access import AzureAccess, Limits, VaultAddress
from homeward.checks.sources.azure import AzureConnection, VaultReader

TOKEN = "a-token-for-tests"
TIMEOUT = 1.0


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="session")
def ca_file(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("tls") / "ca.pem"
    path.write_bytes(authority.cert_pem.bytes())
    return path


@pytest.fixture(scope="session")
def server_context(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)  # pyright: ignore[reportUnknownMemberType] # trustme also takes pyOpenSSL's context, which is not installed
    return context


@pytest.fixture
def estate() -> Estate:
    return company()


@pytest.fixture
async def arm(estate: Estate, server_context: ssl.SSLContext) -> AsyncIterator[SandboxArm]:
    async with SandboxArm(estate, server_context, token=TOKEN, page_size=3) as arm:
        yield arm


@pytest.fixture
def access(arm: SandboxArm, ca_file: Path) -> AzureAccess:
    return AzureAccess(cloud="custom", endpoint=arm.endpoint, audience=arm.endpoint, ca_file=str(ca_file), token=TOKEN)


@pytest.fixture
async def connection(access: AzureAccess) -> AsyncIterator[AzureConnection]:
    async with AzureConnection(access, timeout=TIMEOUT) as connection:
        yield connection


@pytest.fixture
def address(estate: Estate) -> VaultAddress:
    return VaultAddress("prod-dr", SUBSCRIPTION, RESOURCE_GROUP, estate.vault.name)


@pytest.fixture
def vault(connection: AzureConnection, address: VaultAddress) -> VaultReader:
    return VaultReader(connection, address, limits=Limits(), clock=time.monotonic)
