"""A sandbox Azure on loopback and the real SDK clients that ask it."""

import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from types import TracebackType
from typing import Any

import aiohttp
import pytest
import trustme
from azure.core.credentials import AccessToken
from azure.core.pipeline.transport import AioHttpTransport
from azure.mgmt.compute.aio import ComputeManagementClient
from azure.mgmt.recoveryservicessiterecovery.aio import SiteRecoveryManagementClient

from homeward.bot.sandbox.arm import SandboxArm
from homeward.bot.sandbox.estate import Estate, company
from homeward.bot.sandbox.estate.model import SUBSCRIPTION

TOKEN = "open-sesame"


class StaticCredential:
    def __init__(self, token: str = TOKEN) -> None:
        self.token = token

    async def get_token(self, *scopes: str, **_: Any) -> AccessToken:
        return AccessToken(self.token, 4102444800)

    async def close(self) -> None:
        pass

    async def __aenter__(self) -> "StaticCredential":
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None = None,
        exc_value: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None:
        pass


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="session")
def server_context(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)  # pyright: ignore[reportUnknownMemberType] # trustme also takes pyOpenSSL's context, which is not installed
    return context


@pytest.fixture(scope="session")
def client_context(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context()
    authority.configure_trust(context)  # pyright: ignore[reportUnknownMemberType] # trustme also takes pyOpenSSL's context, which is not installed
    return context


@pytest.fixture
def estate() -> Estate:
    return company()


@pytest.fixture
async def arm(estate: Estate, server_context: ssl.SSLContext) -> AsyncIterator[SandboxArm]:
    async with SandboxArm(estate, server_context, token=TOKEN) as arm:
        yield arm


@pytest.fixture
async def session(client_context: ssl.SSLContext) -> AsyncIterator[aiohttp.ClientSession]:
    """One for both clients, as the transport wants it: it decompresses by itself and keeps no cookies."""
    async with aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(ssl=client_context),
        auto_decompress=False,
        cookie_jar=aiohttp.DummyCookieJar(),
    ) as session:
        yield session


@pytest.fixture
def options(session: aiohttp.ClientSession) -> Callable[[], dict[str, Any]]:
    def make() -> dict[str, Any]:
        transport = AioHttpTransport(session=session, session_owner=False, connection_timeout=2, read_timeout=2)
        return {"transport": transport, "retry_total": 0}

    return make


@pytest.fixture
def credential() -> type[StaticCredential]:
    return StaticCredential


@pytest.fixture
async def recovery(
    arm: SandboxArm, options: Callable[[], dict[str, Any]]
) -> AsyncIterator[SiteRecoveryManagementClient]:
    async with SiteRecoveryManagementClient(
        StaticCredential(), SUBSCRIPTION, base_url=arm.endpoint, **options()
    ) as client:
        yield client


@pytest.fixture
async def compute(arm: SandboxArm, options: Callable[[], dict[str, Any]]) -> AsyncIterator[ComputeManagementClient]:
    async with ComputeManagementClient(StaticCredential(), SUBSCRIPTION, base_url=arm.endpoint, **options()) as client:
        yield client


@pytest.fixture
def get_json(arm: SandboxArm, client_context: ssl.SSLContext) -> Callable[..., Awaitable[dict[str, Any]]]:
    """A plain GET, for what no SDK of ours reads, and for the wire's own words."""

    async def get(path: str, **query: str) -> dict[str, Any]:
        async with (
            aiohttp.ClientSession(arm.endpoint) as session,
            session.get(
                path,
                params={"api-version": "2025-08-01", **query},
                headers={"Authorization": f"Bearer {TOKEN}"},
                ssl=client_context,
            ) as response,
        ):
            response.raise_for_status()
            body: dict[str, Any] = await response.json()
            return body

    return get
