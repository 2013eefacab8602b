"""Trouble on demand, as the real client meets it."""

import ssl
import time
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from azure.core.exceptions import (
    AzureError,
    ClientAuthenticationError,
    DecodeError,
    HttpResponseError,
    IncompleteReadError,
    ServiceRequestError,
    ServiceResponseTimeoutError,
)
from azure.core.pipeline.transport import AioHttpTransport
from azure.mgmt.compute.aio import ComputeManagementClient

from homeward.bot.sandbox.arm import SandboxArm
from homeward.bot.sandbox.estate.model import RESOURCE_GROUP, SUBSCRIPTION


async def look(compute: ComputeManagementClient) -> None:
    await compute.virtual_machines.instance_view(RESOURCE_GROUP, "web01")


@pytest.fixture
async def impatient(
    arm: SandboxArm, session: aiohttp.ClientSession, credential: Any
) -> AsyncIterator[ComputeManagementClient]:
    transport = AioHttpTransport(session=session, session_owner=False, read_timeout=0.1)
    async with ComputeManagementClient(
        credential(), SUBSCRIPTION, base_url=arm.endpoint, transport=transport, retry_total=0
    ) as client:
        yield client


@pytest.mark.parametrize(
    ("status", "error", "code"),
    [
        (401, ClientAuthenticationError, "ExpiredAuthenticationToken"),
        (403, HttpResponseError, "AuthorizationFailed"),
        (429, HttpResponseError, "TooManyRequests"),
        (500, HttpResponseError, "InternalServerError"),
        (503, HttpResponseError, "ServiceUnavailable"),
    ],
)
async def test_a_planned_refusal_arrives_with_its_code(
    arm: SandboxArm, compute: ComputeManagementClient, status: int, error: type[HttpResponseError], code: str
) -> None:
    arm.faults.refuse(status)
    with pytest.raises(error) as refusal:
        await look(compute)
    assert refusal.value.status_code == status
    assert refusal.value.error is not None
    assert refusal.value.error.code == code


async def test_throttling_says_when_to_come_back(arm: SandboxArm, compute: ComputeManagementClient) -> None:
    arm.faults.refuse(429, "OperationNotAllowed", retry_after=7)
    with pytest.raises(HttpResponseError) as refusal:
        await look(compute)
    response: Any = refusal.value.response
    assert response.headers["Retry-After"] == "7"


async def test_a_fault_meets_only_the_paths_it_was_planned_for(
    arm: SandboxArm, compute: ComputeManagementClient
) -> None:
    arm.faults.refuse(403, path="virtualmachines/web02$")
    await look(compute)
    with pytest.raises(HttpResponseError):
        await compute.virtual_machines.get(RESOURCE_GROUP, "web02")


async def test_a_fault_ends_after_its_times(arm: SandboxArm, compute: ComputeManagementClient) -> None:
    arm.faults.refuse(500, times=2)
    for _ in range(2):
        with pytest.raises(HttpResponseError):
            await look(compute)
    await look(compute)


async def test_cleared_faults_are_over(arm: SandboxArm, compute: ComputeManagementClient) -> None:
    arm.faults.garbage()
    arm.faults.clear()
    await look(compute)


async def test_half_a_body_is_incomplete(arm: SandboxArm, compute: ComputeManagementClient) -> None:
    arm.faults.half_a_body()
    with pytest.raises(IncompleteReadError):
        await look(compute)


async def test_garbage_is_not_json(arm: SandboxArm, compute: ComputeManagementClient) -> None:
    arm.faults.garbage()
    with pytest.raises(DecodeError):
        await look(compute)


async def test_a_dropped_connection_is_an_azure_error(arm: SandboxArm, compute: ComputeManagementClient) -> None:
    arm.faults.drop()
    with pytest.raises(ServiceRequestError):
        await look(compute)


async def test_silence_lasts_until_the_client_gives_up(arm: SandboxArm, impatient: ComputeManagementClient) -> None:
    arm.faults.silence(times=1)
    with pytest.raises(ServiceResponseTimeoutError):
        await look(impatient)
    await look(impatient)


async def test_a_slow_answer_is_the_right_one(arm: SandboxArm, compute: ComputeManagementClient) -> None:
    arm.faults.slow(0.05)
    began = time.monotonic()
    await look(compute)
    assert time.monotonic() - began >= 0.05


async def test_the_server_closes_at_once_although_somebody_waits_in_silence(
    arm: SandboxArm, impatient: ComputeManagementClient
) -> None:
    arm.faults.silence()
    with pytest.raises(AzureError):
        await look(impatient)
    began = time.monotonic()
    await arm.__aexit__(None, None, None)
    assert time.monotonic() - began < 2


async def test_requests_that_met_trouble_are_recorded_too(
    arm: SandboxArm, compute: ComputeManagementClient, client_context: ssl.SSLContext
) -> None:
    arm.faults.refuse(503)
    with pytest.raises(HttpResponseError):
        await look(compute)
    assert len(arm.requests) == 1
