"""A sandbox's Slack over TLS and a real Bolt app beside it, over HTTP."""

import ssl
import time
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest
import trustme
from aiohttp import web
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from homeward.bot.sandbox.slack import SandboxSlack


@dataclass
class Clock:
    """The time of the machine, moved ahead at will."""

    ahead: float = 0.0

    def __call__(self) -> float:
        return time.time() + self.ahead


@dataclass
class Desk:
    slack: SandboxSlack
    app: AsyncApp
    client: AsyncWebClient
    clock: Clock


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """slack_sdk takes a proxy from the environment even for loopback."""
    for name in ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def slack(authority: trustme.CA, clock: Clock) -> AsyncIterator[SandboxSlack]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)  # pyright: ignore[reportUnknownMemberType] - trustme names pyOpenSSL, absent here
    async with SandboxSlack(ssl_context=context, clock=clock) as slack:
        yield slack


@pytest.fixture
def trust(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context()
    authority.configure_trust(context)  # pyright: ignore[reportUnknownMemberType] - as above
    return context


@pytest.fixture
def client(slack: SandboxSlack, trust: ssl.SSLContext) -> AsyncWebClient:
    return AsyncWebClient(token=slack.token, base_url=slack.base_url, ssl=trust)


@pytest.fixture
def app(slack: SandboxSlack, client: AsyncWebClient) -> AsyncApp:
    return AsyncApp(client=client, signing_secret=slack.signing_secret)


@asynccontextmanager
async def serving(app: AsyncApp) -> AsyncGenerator[str]:
    runner = web.AppRunner(app.web_app(), access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
    await runner.cleanup()


@pytest.fixture
async def desk(slack: SandboxSlack, app: AsyncApp, client: AsyncWebClient, clock: Clock) -> AsyncIterator[Desk]:
    """The app over HTTP; listeners may still be added in the test."""
    async with serving(app) as url:
        slack.request_url = url
        yield Desk(slack, app, client, clock)
