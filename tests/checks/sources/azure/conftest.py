"""Our connection to the sandbox's Azure."""

import time
from collections.abc import AsyncIterator

import pytest

from homeward.checks.sources.access import AzureAccess, Limits, VaultAddress
from homeward.checks.sources.azure import AzureConnection, VaultReader
from tests.arm import access, address, arm, authority, ca_file, estate, server_context

__all__ = ["access", "address", "arm", "authority", "ca_file", "estate", "server_context"]

TIMEOUT = 1.0


@pytest.fixture
async def connection(access: AzureAccess) -> AsyncIterator[AzureConnection]:
    async with AzureConnection(access, timeout=TIMEOUT) as connection:
        yield connection


@pytest.fixture
def vault(connection: AzureConnection, address: VaultAddress) -> VaultReader:
    return VaultReader(connection, address, limits=Limits(), clock=time.monotonic)
