"""The read that the sandbox answers, answered by VMware's own simulator too."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from pyVmomi import vim

SmallRead = Callable[[vim.ServiceInstanceContent], dict[str, dict[str, Any]]]


Peer = tuple[vim.ServiceInstance, str, str]


@pytest.fixture(params=["sandbox", "vcsim"])
def peer(request: pytest.FixtureRequest) -> Peer:
    """Each of the two, with the login it takes."""
    if request.param == "sandbox":
        return request.getfixturevalue("service"), "homeward@vsphere.local", "sandbox"
    return request.getfixturevalue("vcsim"), "user", "pass"


@pytest.fixture
async def either(peer: Peer) -> vim.ServiceInstanceContent:
    service, user, password = peer

    def log_in() -> vim.ServiceInstanceContent:
        content = service.RetrieveContent()
        assert content.sessionManager
        content.sessionManager.Login(user, password, None)
        return content

    return await asyncio.to_thread(log_in)


async def test_both_peers_answer_the_same_read(either: vim.ServiceInstanceContent, small_read: SmallRead) -> None:
    found = await asyncio.to_thread(small_read, either)
    assert found
    for vm in found.values():
        assert vm["runtime.powerState"] in ("poweredOn", "poweredOff")
        assert isinstance(vm["runtime.powerState"], vim.VirtualMachine.PowerState)
        assert isinstance(vm["runtime.host"], vim.HostSystem)
        devices = vm["config.hardware.device"]
        keys = {device.key for device in devices}
        disks = [device for device in devices if isinstance(device, vim.vm.device.VirtualDisk)]
        assert disks
        assert all(disk.controllerKey in keys for disk in disks)
        assert all(isinstance(disk.backing, vim.vm.device.VirtualDisk.FlatVer2BackingInfo) for disk in disks)


async def test_both_peers_find_a_machine_by_its_instance_uuid(
    either: vim.ServiceInstanceContent, small_read: SmallRead
) -> None:
    found = await asyncio.to_thread(small_read, either)
    name, vm = sorted(found.items())[0]
    index = either.searchIndex
    assert index
    ref: Any = await asyncio.to_thread(index.FindByUuid, None, vm["config.instanceUuid"], True, True)
    assert await asyncio.to_thread(lambda: ref.name) == name
