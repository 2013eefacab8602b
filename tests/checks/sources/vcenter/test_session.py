"""Sessions that end, vCenters that do not answer: the cause is named, within the time-out, without the password."""

import asyncio
import socket
import ssl
import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import pytest

from homeward.bot.sandbox.estate.model import Estate
from homeward.bot.sandbox.vcenter import SandboxVCenter
from homeward.checks.facts import VirtualMachine
from homeward.checks.sources.access import SourceError
from homeward.checks.sources.vcenter import VCenterReader, Wanted

Want = Callable[..., Wanted]


class Readers(Protocol):
    def __call__(self, *, timeout: float = 5.0, **changes: str | int) -> VCenterReader: ...


async def refusal(reader: VCenterReader, wanted: Wanted, *, within: float = 1.5) -> str:
    """The reason a reading fails for; it must come in time and hold no secret."""
    began = time.monotonic()
    with pytest.raises(SourceError) as caught:
        await reader.read([wanted])
    assert time.monotonic() - began < within
    assert "sandbox" not in caught.value.reason
    return caught.value.reason


async def test_an_ended_session_is_renewed_unnoticed(
    reader: VCenterReader, vcenter: SandboxVCenter, want: Want
) -> None:
    await reader.read([want("web01")])
    vcenter.expire_sessions()
    vcenter.calls.clear()
    read = await reader.read([want("web01")])
    assert isinstance(read["web01"].source_vm, VirtualMachine)
    assert vcenter.calls == ["RetrievePropertiesEx", "RetrieveServiceContent", "Login", "RetrievePropertiesEx"]
    assert vcenter.open_sessions == 1


async def test_a_restarted_vcenter_is_reached_again(reader: VCenterReader, vcenter: SandboxVCenter, want: Want) -> None:
    await reader.read([want("web01")])
    await vcenter.stop_listening()
    assert "refused the connection" in await refusal(reader, want("web01"))
    await vcenter.listen()
    read = await reader.read([want("web01")])
    assert isinstance(read["web01"].source_vm, VirtualMachine)


async def test_closing_logs_out_and_needs_no_login(readers: Readers, vcenter: SandboxVCenter, want: Want) -> None:
    used, unused = readers(), readers()
    await used.read([want("web01")])
    assert vcenter.open_sessions == 1
    vcenter.calls.clear()
    await used.close()
    await unused.close()
    assert vcenter.open_sessions == 0
    assert vcenter.calls == ["Logout"]


async def test_a_silent_vcenter_does_not_keep_a_closing_bot(
    readers: Readers, vcenter: SandboxVCenter, want: Want
) -> None:
    reader = readers(timeout=0.3)
    await reader.read([want("web01")])
    vcenter.faults.silent = True
    async with asyncio.timeout(0.9):
        await reader.close()


async def test_a_closed_reader_reads_no_more(reader: VCenterReader, want: Want) -> None:
    await reader.close()
    await reader.close()
    assert await refusal(reader, want("web01")) == "vc01 is no longer read: its connection was closed"


async def test_concurrent_checks_share_one_session_and_one_inventory(
    reader: VCenterReader, vcenter: SandboxVCenter, want: Want
) -> None:
    await asyncio.gather(*(reader.read([want(name)]) for name in ("web01", "web02", "db01", "build01", "hr01")))
    assert vcenter.open_sessions == 1
    assert vcenter.calls.count("CreateContainerView") == 1


async def test_a_refused_login_names_the_account(readers: Readers, want: Want) -> None:
    reason = await refusal(readers(password="wrong"), want("web01"))
    assert reason == "vc01 refused the user name or password of homeward@vsphere.local"


async def test_a_silent_vcenter_costs_the_time_out_and_no_more(
    readers: Readers, vcenter: SandboxVCenter, want: Want
) -> None:
    vcenter.faults.silent = True
    assert await refusal(readers(timeout=0.3), want("web01"), within=0.9) == "vc01 did not answer within 0.3 s"


async def test_a_vcenter_that_falls_silent_later_holds_no_thread_and_is_read_again(
    readers: Readers, vcenter: SandboxVCenter, want: Want
) -> None:
    reader = readers(timeout=1.5)
    await reader.read([want("web01")])
    vcenter.faults.silent = True
    reasons = await asyncio.gather(*(refusal(reader, want("web01"), within=6.0) for _ in range(6)))
    assert set(reasons) == {"vc01 did not answer within 1.5 s"}
    vcenter.faults.clear()
    read = await reader.read([want("web01")])
    assert isinstance(read["web01"].source_vm, VirtualMachine)


async def test_a_port_that_takes_connections_and_never_speaks(readers: Readers, want: Want) -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        reader = readers(timeout=0.3, port=mute.getsockname()[1])
        assert await refusal(reader, want("web01"), within=0.9) == "vc01 did not answer within 0.3 s"


async def test_a_server_that_drips_cannot_hold_a_check(
    readers: Readers, server_tls: ssl.SSLContext, want: Want
) -> None:
    gone = asyncio.Event()

    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
        try:
            while True:
                writer.write(b" ")
                await writer.drain()
                await asyncio.sleep(0.02)
        except OSError:
            gone.set()
        finally:
            writer.close()

    server = await asyncio.start_server(drip, "127.0.0.1", 0, ssl=server_tls)
    async with server:
        reader = readers(timeout=0.4, port=server.sockets[0].getsockname()[1])
        assert await refusal(reader, want("web01"), within=1) == "vc01 did not answer within 0.4 s"
        async with asyncio.timeout(2):
            await gone.wait()  # the line was hung up: the thread is free


async def test_a_closed_port_is_refused_at_once(readers: Readers, want: Want) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    assert await refusal(readers(port=port), want("web01")) == f"vc01 refused the connection to 127.0.0.1:{port}"


async def test_a_certificate_of_an_unknown_authority_is_not_trusted(readers: Readers, want: Want) -> None:
    reason = await refusal(readers(ca_file=""), want("web01"))
    assert reason.startswith("vc01's certificate is not trusted: ")
    assert reason.endswith("set ca_file to the file of the authority that signed it")


async def test_an_impostor_is_refused_each_time_and_sees_no_login(
    readers: Readers, estate: Estate, impostor_tls: ssl.SSLContext, want: Want
) -> None:
    async with SandboxVCenter(estate, impostor_tls) as server:
        reader = readers(port=server.port)
        for _ in range(3):
            assert "certificate is not trusted" in await refusal(reader, want("web01"))
        assert server.calls == []


async def test_a_certificate_for_another_host_is_not_trusted(
    readers: Readers, estate: Estate, other_name_tls: ssl.SSLContext, want: Want
) -> None:
    async with SandboxVCenter(estate, other_name_tls) as server:
        reason = await refusal(readers(port=server.port), want("web01"))
    assert reason == (
        "vc01's certificate is not trusted: it is not made for 127.0.0.1: set host to a name in the certificate"
    )


async def test_a_ca_file_that_is_not_there_is_named(readers: Readers, tmp_path: Path, want: Want) -> None:
    path = tmp_path / "none.pem"
    assert str(path) in await refusal(readers(ca_file=str(path)), want("web01"))


async def test_a_port_without_tls_is_named(readers: Readers, want: Want) -> None:
    async def plain(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(100)
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(plain, "127.0.0.1", 0)
    async with server:
        port: int = server.sockets[0].getsockname()[1]
        assert "does not speak TLS" in await refusal(readers(port=port), want("web01"))


async def test_a_proxys_error_is_told_with_its_status(readers: Readers, vcenter: SandboxVCenter, want: Want) -> None:
    vcenter.faults.status = 503
    assert await refusal(readers(), want("web01")) == "vc01 answered with HTTP 503 Service Unavailable"


@pytest.mark.parametrize("garbage", [b"not xml at all", b"<html><body>Login</body></html>", b"\xff\xfe\x00", b"<a>"])
@pytest.mark.parametrize("warm", [False, True], ids=["first", "later"])
async def test_garbage_is_no_answer(
    reader: VCenterReader, vcenter: SandboxVCenter, want: Want, garbage: bytes, *, warm: bool
) -> None:
    if warm:
        await reader.read([want("web01")])
    vcenter.faults.garbage = garbage
    assert (await refusal(reader, want("web01"))).startswith("vc01 sent an answer that ")


SERVICE_CONTENT = """<?xml version="1.0" encoding="UTF-8"?>
<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body>
<RetrieveServiceContentResponse xmlns="urn:vim25"><returnval><about><apiVersion>{}</apiVersion></about></returnval>
</RetrieveServiceContentResponse></soapenv:Body></soapenv:Envelope>"""


@pytest.mark.parametrize("version", ["6.0", "5.5", "6.4.9"])
async def test_a_vcenter_that_is_too_old_is_told_so_before_the_password_is_sent(
    reader: VCenterReader, vcenter: SandboxVCenter, want: Want, version: str
) -> None:
    vcenter.faults.garbage = SERVICE_CONTENT.format(version).encode()
    said = await refusal(reader, want("web01"))
    assert said == f"vc01 speaks the vSphere API {version}; Homeward needs 6.5 or later"


async def test_half_an_answer_is_no_answer(reader: VCenterReader, vcenter: SandboxVCenter, want: Want) -> None:
    await reader.read([want("web01")])
    vcenter.faults.half_body = True
    assert (await refusal(reader, want("web01"))).startswith("vc01 ")
