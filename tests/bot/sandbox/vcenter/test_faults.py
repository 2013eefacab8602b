"""The ways in which the sandbox's vCenter fails on demand, as pyVmomi meets them."""

# mypy: disallow-untyped-calls=False
# (pyVmomi's stub adapters have no annotations)

import asyncio
import ssl
import time
from http.client import HTTPException
from xml.parsers.expat import ExpatError

import aiohttp
import pytest
from pyVmomi import vim
from pyVmomi.SoapAdapter import SoapStubAdapter

from homeward.bot.sandbox.vcenter import SandboxVCenter

Service = vim.ServiceInstance


async def test_a_dead_vcenter_refuses_connections_until_it_is_back(
    content: vim.ServiceInstanceContent, service: Service, vcenter: SandboxVCenter
) -> None:
    await vcenter.stop_listening()
    with pytest.raises((ConnectionError, ssl.SSLError)):
        await asyncio.to_thread(service.CurrentTime)
    with pytest.raises(ConnectionRefusedError):
        await asyncio.to_thread(service.CurrentTime)
    await vcenter.listen()
    await asyncio.to_thread(service.CurrentTime)


async def test_a_silent_vcenter_never_answers(vcenter: SandboxVCenter, client_context: ssl.SSLContext) -> None:
    vcenter.faults.silent = True
    stub = SoapStubAdapter(
        host=vcenter.host,
        port=vcenter.port,
        version="vim.version.v8_0_3_0",
        sslContext=client_context,
        httpConnectionTimeout=0.3,
    )
    with pytest.raises(TimeoutError):
        await asyncio.to_thread(Service("ServiceInstance", stub).RetrieveContent)
    assert vcenter.calls == ["RetrieveServiceContent"]


async def test_a_slow_vcenter_takes_its_time_for_each_call(service: Service, vcenter: SandboxVCenter) -> None:
    vcenter.faults.latency = 0.05
    started = time.perf_counter()
    await asyncio.to_thread(service.RetrieveContent)
    await asyncio.to_thread(service.RetrieveContent)
    assert time.perf_counter() - started >= 0.1


async def test_slow_calls_wait_side_by_side(
    service: Service, content: vim.ServiceInstanceContent, vcenter: SandboxVCenter
) -> None:
    vcenter.faults.latency = 0.2
    started = time.perf_counter()
    await asyncio.gather(*(asyncio.to_thread(service.CurrentTime) for _ in range(4)))
    assert time.perf_counter() - started < 0.6


async def test_a_proxy_before_a_vcenter_that_is_down_answers_503(service: Service, vcenter: SandboxVCenter) -> None:
    vcenter.faults.status = 503
    with pytest.raises(HTTPException, match="503"):
        await asyncio.to_thread(service.RetrieveContent)


async def test_half_a_body_is_no_answer(service: Service, vcenter: SandboxVCenter) -> None:
    vcenter.faults.half_body = True
    with pytest.raises((ExpatError, HTTPException, OSError)):
        await asyncio.to_thread(service.RetrieveContent)


async def test_garbage_is_no_answer(service: Service, vcenter: SandboxVCenter) -> None:
    vcenter.faults.garbage = b"\x00\xff not xml"
    with pytest.raises(ExpatError):
        await asyncio.to_thread(service.RetrieveContent)


async def test_a_page_of_html_is_read_as_no_result_at_all(service: Service, vcenter: SandboxVCenter) -> None:
    """A trap of pyVmomi: well-formed XML that is no SOAP gives None where a value is promised."""
    vcenter.faults.garbage = b"<html><body>Welcome</body></html>"
    assert await asyncio.to_thread(service.RetrieveContent) is None


async def test_trouble_can_be_taken_back(service: Service, vcenter: SandboxVCenter) -> None:
    vcenter.faults.status, vcenter.faults.garbage = 503, b"x"
    vcenter.faults.no_permission_paths.add("name")
    vcenter.faults.clear()
    assert (await asyncio.to_thread(service.RetrieveContent)).about.apiType == "VirtualCenter"
    assert not vcenter.faults.forbids("name")


@pytest.mark.parametrize(
    ("action", "body", "expected"),
    [
        ('"urn:vim25/9.9.9.9"', b"<x/>", "Unsupported version URI"),
        ('"urn:vim25/9.0.0.0"', b"<x/>", "Unsupported version URI"),
        ('"urn:vim25/8.0.3.0"', b"no xml", "InvalidRequest"),
        ('"urn:vim25/8.0.3.0"', b"<x/>", "InvalidRequest"),
    ],
)
async def test_what_is_no_request_of_this_api_is_refused(
    vcenter: SandboxVCenter, client_context: ssl.SSLContext, action: str, body: bytes, expected: str
) -> None:
    url = f"https://{vcenter.host}:{vcenter.port}/sdk"
    connector = aiohttp.TCPConnector(ssl=client_context)
    async with (
        aiohttp.ClientSession(connector=connector) as session,
        session.post(url, data=body, headers={"SOAPAction": action}) as response,
    ):
        assert response.status == 500
        assert expected in await response.text()
