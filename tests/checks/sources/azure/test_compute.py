"""The failed-over VMs: a few one by one, many from the list."""

import time

import pytest

from homeward.bot.sandbox.arm import SandboxArm
from homeward.bot.sandbox.arm.names import Names
from homeward.checks.facts import ABSENT, AzureVm, Missing
from homeward.checks.sources.access import Limits, SourceError
from homeward.checks.sources.azure import AzureConnection
from homeward.checks.sources.azure.compute import CONFIRMED, Compute
from homeward.checks.sources.azure.parse_compute import NOT_REPORTING, azure_vm

GROUP = "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/rg-dr"


def _id(name: str) -> str:
    return f"{GROUP}/providers/Microsoft.Compute/virtualMachines/{name}"


@pytest.fixture
def compute(connection: AzureConnection) -> Compute:
    return Compute(connection, limits=Limits(), clock=time.monotonic)


def _all(arm: SandboxArm) -> list[str]:
    names = Names(arm.estate)
    return [names.azure_vm(item.azure_vm) for item in arm.estate.vault.items if item.azure_vm]


async def test_a_few_vms_cost_a_request_each(compute: Compute, arm: SandboxArm) -> None:
    found = await compute.azure_vms([_id("web01"), _id("WEB02"), _id("nobody"), ""])
    assert found[_id("web01")] == AzureVm(_id("web01"), "web01", "running", "Ready")
    stopped = found[_id("WEB02")]
    assert isinstance(stopped, AzureVm)
    assert (stopped.power, stopped.agent_status) == ("deallocated", "Not Ready")
    assert found[_id("nobody")] is ABSENT
    assert isinstance(found[""], Missing)
    assert len(arm.requests) == 3


async def test_many_vms_cost_the_lists_pages(compute: Compute, arm: SandboxArm) -> None:
    ids = _all(arm)
    assert len(ids) > 5
    found = await compute.azure_vms([id.upper() for id in ids])
    assert all(isinstance(vm, AzureVm) for vm in found.values())
    assert len(arm.requests) == -(-len(ids) // arm.page_size)


async def test_vms_that_the_list_lacks_are_confirmed_to_be_absent(compute: Compute, arm: SandboxArm) -> None:
    lost = [_id(f"gone{number:02}") for number in range(7)]
    found = await compute.azure_vms([*_all(arm), *lost])
    assert all(found[id] is ABSENT for id in lost)
    confirmed = [request for request in arm.requests if "gone" in request.path]
    assert len(confirmed) == 7


async def test_of_many_vms_that_the_list_lacks_those_not_asked_for_are_not_called_absent(
    compute: Compute, arm: SandboxArm
) -> None:
    lost = [_id(f"gone{number:02}") for number in range(CONFIRMED + 2)]
    found = await compute.azure_vms([*_all(arm), *lost])
    assert all(found[id] is ABSENT for id in lost[:CONFIRMED])
    assert found[lost[-1]] == Missing(f"gone{CONFIRMED + 1} is not among the VMs that Azure shows us")
    assert len([request for request in arm.requests if "gone" in request.path]) == CONFIRMED


async def test_one_vm_that_we_may_not_see_is_not_called_absent_because_the_others_are(
    compute: Compute, arm: SandboxArm
) -> None:
    arm.faults.refuse(403, path="/gone06")
    lost = [_id(f"gone{number:02}") for number in range(7)]
    found = await compute.azure_vms([*_all(arm), *lost])
    assert isinstance(found[lost[6]], Missing)
    assert all(found[id] is ABSENT for id in lost[:6])


async def test_vms_that_we_may_not_see_are_not_called_absent(compute: Compute, arm: SandboxArm) -> None:
    arm.faults.refuse(403, path="/gone")
    lost = [_id(f"gone{number:02}") for number in range(7)]
    found = await compute.azure_vms([*_all(arm), *lost])
    assert all(isinstance(found[id], Missing) for id in lost)


async def test_a_subscription_that_is_not_there_says_nothing_of_its_vms(compute: Compute, arm: SandboxArm) -> None:
    other = _id("web01").replace("11111111", "99999999")
    found = await compute.azure_vms([other, _id("web01")])
    assert isinstance(found[other], Missing)
    assert isinstance(found[_id("web01")], AzureVm)


async def test_a_dead_compute_is_an_error_of_the_source(compute: Compute, arm: SandboxArm) -> None:
    arm.faults.refuse(403)
    with pytest.raises(SourceError, match=r"Azure denies access to the Azure VM web01 \(403\)"):
        await compute.azure_vms([_id("web01")])
    with pytest.raises(SourceError, match=r"Azure denies access to Azure compute \(403\)"):
        await compute.azure_vms(_all(arm))
    assert await compute.azure_vms([]) == {}


async def test_the_names_of_a_subscription_are_shared_for_a_while(compute: Compute, arm: SandboxArm) -> None:
    subscription = "11111111-2222-3333-4444-555555555555"
    assert "web01" in await compute.names(subscription)
    before = len(arm.requests)
    await compute.names(subscription.upper())
    assert len(arm.requests) == before
    compute.forget()
    await compute.names(subscription)
    assert len(arm.requests) == 2 * before


def test_a_silent_agent_is_told_from_one_that_a_list_leaves_out() -> None:
    body = {"id": "x", "name": "web01", "properties": {"instanceView": {"statuses": [{"code": "powerState/starting"}]}}}
    assert azure_vm(body, listed=False) == AzureVm("x", "web01", "starting", NOT_REPORTING)
    assert isinstance(azure_vm(body, listed=True).agent_status, Missing)
    assert azure_vm({"id": "x", "properties": None}, listed=False).power == ""
