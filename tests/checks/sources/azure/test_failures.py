"""Azure in trouble: every kind of it becomes one clause, within the time-out."""

import asyncio
import ssl
import time
from collections.abc import Callable
from dataclasses import replace

import pytest
import trustme

from homeward.bot.sandbox.arm import Faults, SandboxArm
from homeward.bot.sandbox.estate import Estate
from homeward.checks.sources.access import AzureAccess, Limits, SourceError, VaultAddress
from homeward.checks.sources.azure import AzureConnection, VaultReader

TIMEOUT = 1.0


async def _reason(vault: VaultReader) -> str:
    """What reading says; it may not take longer than the time-out (and a little, for a busy machine)."""
    began = time.monotonic()
    with pytest.raises(SourceError) as caught:
        await vault.items()
    assert time.monotonic() - began < TIMEOUT + 1
    assert "a-token-for-tests" not in caught.value.reason
    return caught.value.reason


def _refuse(status: int, retry_after: int | None = None) -> Callable[[Faults], None]:
    return lambda faults: faults.refuse(status, retry_after=retry_after)


def _slow(faults: Faults) -> None:
    faults.slow(5)


@pytest.mark.parametrize(
    ("trouble", "words"),
    [
        (_refuse(401), "Azure refused the sign-in (401): The access token expired"),
        (_refuse(403), "Azure denies access to vault prod-dr (403): Planned by the sandbox: AuthorizationFailed"),
        (_refuse(404), "Azure does not find vault prod-dr (404): Planned by the sandbox: ResourceNotFound"),
        (_refuse(429, 30), "Azure allows no more requests for now (429), try again in 30 s"),
        (_refuse(429), "Azure allows no more requests for now (429), try again later"),
        (_refuse(500), "Azure failed to answer for vault prod-dr (500): Planned by the sandbox: InternalServerError"),
        (_refuse(503), "Azure failed to answer for vault prod-dr (503): Planned by the sandbox: ServiceUnavailable"),
        (_refuse(409), "Azure refused the request for vault prod-dr (409): Planned by the sandbox: Conflict"),
        (Faults.half_a_body, "Azure's answer for vault prod-dr broke off half way"),
        (Faults.garbage, "Azure's answer for vault prod-dr is not readable"),
        (Faults.silence, "vault prod-dr did not answer within 1 s"),
        (_slow, "vault prod-dr did not answer within 1 s"),
        (Faults.drop, "closed the connection without an answer"),
    ],
)
async def test_trouble_is_named(
    vault: VaultReader, arm: SandboxArm, trouble: Callable[[Faults], None], words: str
) -> None:
    trouble(arm.faults)
    assert words in await _reason(vault)


async def test_a_server_that_recovers_at_once_is_asked_again(vault: VaultReader, arm: SandboxArm) -> None:
    arm.faults.refuse(503, times=1)
    assert await vault.items()


async def test_a_short_wait_that_azure_asks_for_is_kept(
    access: AzureAccess, address: VaultAddress, arm: SandboxArm
) -> None:
    arm.faults.refuse(429, times=1, retry_after=1)
    async with AzureConnection(access, timeout=5) as connection:
        began = time.monotonic()
        assert await VaultReader(connection, address, limits=Limits(), clock=time.monotonic).items()
        assert time.monotonic() - began >= 1


async def test_a_failure_on_a_later_page_is_a_failure(vault: VaultReader, arm: SandboxArm) -> None:
    arm.faults.slow(0, times=1)  # the first page is answered, the next is not
    arm.faults.refuse(403)
    assert "403" in await _reason(vault)
    assert len(arm.requests) == 2


async def test_a_failure_is_not_kept(vault: VaultReader, arm: SandboxArm) -> None:
    arm.faults.refuse(403)
    await _reason(vault)
    arm.faults.clear()
    assert await vault.items()


async def test_a_token_that_azure_does_not_know_is_a_refused_sign_in(
    access: AzureAccess, address: VaultAddress
) -> None:
    async with AzureConnection(replace(access, token="another"), timeout=TIMEOUT) as connection:
        vault = VaultReader(connection, address, limits=Limits(), clock=time.monotonic)
        assert await _reason(vault) == "Azure refused the sign-in (401): The access token is invalid"


async def test_a_certificate_of_a_stranger_is_not_trusted(
    estate: Estate, access: AzureAccess, address: VaultAddress
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)  # pyright: ignore[reportUnknownMemberType] # trustme also takes pyOpenSSL's context, which is not installed
    async with (
        SandboxArm(estate, context, token="a") as stranger,
        AzureConnection(replace(access, endpoint=stranger.endpoint), timeout=TIMEOUT) as connection,
    ):
        reason = await _reason(VaultReader(connection, address, limits=Limits(), clock=time.monotonic))
    assert reason.startswith(f"the certificate of {stranger.endpoint.removeprefix('https://')} is not trusted: ")


async def test_a_certificate_for_another_name_is_not_trusted(
    authority: trustme.CA, estate: Estate, access: AzureAccess, address: VaultAddress
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("other.example").configure_cert(context)  # pyright: ignore[reportUnknownMemberType] # trustme also takes pyOpenSSL's context, which is not installed
    async with (
        SandboxArm(estate, context, token="a") as stranger,
        AzureConnection(replace(access, endpoint=stranger.endpoint), timeout=TIMEOUT) as connection,
    ):
        reason = await _reason(VaultReader(connection, address, limits=Limits(), clock=time.monotonic))
    assert "is not trusted: IP address mismatch" in reason


async def test_a_closed_port_is_a_refused_connection(access: AzureAccess, address: VaultAddress) -> None:
    server = await asyncio.start_server(lambda reader, writer: None, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()
    server.close()
    await server.wait_closed()
    async with AzureConnection(replace(access, endpoint=f"https://{host}:{port}"), timeout=TIMEOUT) as connection:
        reason = await _reason(VaultReader(connection, address, limits=Limits(), clock=time.monotonic))
    assert reason == f"{host}:{port} refused the connection"


async def test_a_name_without_address_is_told(access: AzureAccess, address: VaultAddress) -> None:
    async with AzureConnection(replace(access, endpoint="https://arm.invalid"), timeout=TIMEOUT) as connection:
        reason = await _reason(VaultReader(connection, address, limits=Limits(), clock=time.monotonic))
    assert reason in {"the name arm.invalid is not found in DNS", "vault prod-dr did not answer within 1 s"}


async def test_a_peer_without_tls_is_told(access: AzureAccess, address: VaultAddress) -> None:
    async def speak_plainly(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
        writer.close()
        await writer.wait_closed()

    async with await asyncio.start_server(speak_plainly, "127.0.0.1", 0) as server:
        host, port = server.sockets[0].getsockname()
        async with AzureConnection(replace(access, endpoint=f"https://{host}:{port}"), timeout=TIMEOUT) as connection:
            reason = await _reason(VaultReader(connection, address, limits=Limits(), clock=time.monotonic))
    assert reason.startswith(f"no TLS connection to {host}:{port}: ")


async def test_a_ca_file_that_is_none_is_told(access: AzureAccess, address: VaultAddress, tmp_path: object) -> None:
    async with AzureConnection(replace(access, ca_file=f"{tmp_path}/none.pem"), timeout=TIMEOUT) as connection:
        reason = await _reason(VaultReader(connection, address, limits=Limits(), clock=time.monotonic))
    assert reason == f"the CA file {tmp_path}/none.pem cannot be used: No such file or directory"
