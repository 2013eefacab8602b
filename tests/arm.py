"""The sandbox's Azure over TLS with an estate of the test's own, and the way to it: fixtures for whoever reads or acts.

A conftest imports those it needs by name.
"""

import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import trustme

from homeward.bot.sandbox.arm import SandboxArm
from homeward.bot.sandbox.estate import Estate, company
from homeward.bot.sandbox.estate.model import RESOURCE_GROUP, SUBSCRIPTION
from homeward.checks.sources.access import AzureAccess, VaultAddress

TOKEN = "a-token-for-tests"
PAGE_SIZE = 3
"""Small enough that every list of the estate has several pages."""


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
    async with SandboxArm(estate, server_context, token=TOKEN, page_size=PAGE_SIZE) as arm:
        yield arm


@pytest.fixture
def access(arm: SandboxArm, ca_file: Path) -> AzureAccess:
    return AzureAccess(cloud="custom", endpoint=arm.endpoint, audience=arm.endpoint, ca_file=str(ca_file), token=TOKEN)


@pytest.fixture
def address(estate: Estate) -> VaultAddress:
    return VaultAddress("prod-dr", SUBSCRIPTION, RESOURCE_GROUP, estate.vault.name)
