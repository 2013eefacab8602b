"""A world for the reporter, with Slack over TLS."""

import ssl
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
import trustme

from tests.handlers.reporting.world import World, world


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """slack_sdk takes a proxy from the environment even for loopback."""
    for name in ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def tls(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)  # pyright: ignore[reportUnknownMemberType] # trustme names pyOpenSSL, absent here
    return context


@pytest.fixture
def trust(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context()
    authority.configure_trust(context)  # pyright: ignore[reportUnknownMemberType] # as above
    return context


@pytest.fixture
async def here(tmp_path: Path, tls: ssl.SSLContext, trust: ssl.SSLContext) -> AsyncGenerator[World]:
    async with world(tmp_path, tls, trust) as here:
        yield here
