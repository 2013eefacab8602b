"""A login, a read and a snapshot against VMware's own simulator, which is not ours and so agrees with nobody."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable, Generator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pyVmomi import vim
from pyVmomi.SoapAdapter import SoapStubAdapter

from homeward.checks.facts import ABSENT, Host, Missing, Mount, VCenter, VirtualMachine
from homeward.checks.sources.access import Limits, SourceError, VCenterAccess
from homeward.checks.sources.vcenter import VCenterReader, VmQuery, Wanted

NAMES = ("DC0_C0_RP0_VM0", "DC0_C0_RP0_VM1")
_Stub: Any = SoapStubAdapter
_ServiceInstance: Any = vim.ServiceInstance
_Datastore: Any = vim.Datastore
_event: Any = vim.event


@pytest.fixture
def access(vcsim: tuple[str, int], ca_file: Path) -> VCenterAccess:
    host, port = vcsim
    return VCenterAccess("vcsim", host, "user", "pass", port, str(ca_file), "VSPHERE.LOCAL\\asr")


@pytest.fixture
async def reader(access: VCenterAccess, clock: Callable[[], float]) -> AsyncIterator[VCenterReader]:
    reading = VCenterReader(access, limits=Limits(), clock=clock)
    yield reading
    await reading.close()


def wanted(*, datastore: str = "", source: str = NAMES[0]) -> Wanted:
    return Wanted("machine", VmQuery(name=source), VmQuery(name=NAMES[1]), datastore, modernized=True)


async def test_a_machine_and_its_target_are_read(reader: VCenterReader) -> None:
    read = (await reader.read([wanted()]))["machine"]
    assert isinstance(read.vcenter, VCenter)
    # The simulator has no list of privileges: what the account lacks is then unknown, not nothing.
    assert read.vcenter.missing_privileges == Missing("vcsim does not tell which privileges it has")
    assert isinstance(read.source_vm, VirtualMachine)
    assert isinstance(read.target_vm, VirtualMachine)
    assert isinstance(read.target_host, Host)
    assert (read.source_vm.name, read.source_vm.power, read.source_vm.has_snapshot) == (NAMES[0], "poweredOn", False)
    assert isinstance(read.target_vm.disks, tuple)
    assert len(read.target_vm.disks) == 1
    assert read.target_host.name == read.target_vm.host
    assert isinstance(read.target_host.vms, tuple)
    assert NAMES[1] in {vm.name for vm in read.target_host.vms}
    assert isinstance(read.datastores, tuple)
    assert [store.name for store in read.datastores] == ["LocalDS_0"]
    assert read.datastores[0].on_target_host is Mount.READ_WRITE


async def test_a_snapshot_is_seen_once_it_is_made(reader: VCenterReader, access: VCenterAccess) -> None:
    before = (await reader.read([wanted()]))["machine"].target_vm
    await asyncio.to_thread(_make_snapshot, access, NAMES[1])
    after = (await reader.read([wanted()]))["machine"].target_vm
    assert isinstance(before, VirtualMachine)
    assert isinstance(after, VirtualMachine)
    assert (before.has_snapshot, after.has_snapshot) == (False, True)


async def test_a_vm_is_found_by_its_instance_uuid_in_capitals(reader: VCenterReader) -> None:
    vm = (await reader.read([wanted()]))["machine"].source_vm
    assert isinstance(vm, VirtualMachine)
    assert isinstance(vm.instance_uuid, str)
    asked = Wanted("machine", VmQuery(vm.instance_uuid.upper()), None, "", modernized=True)
    assert (await reader.read([asked]))["machine"].source_vm == vm


async def test_a_vm_that_is_gone_and_a_chosen_datastore(reader: VCenterReader) -> None:
    read = (await reader.read([wanted(source="gone01", datastore="LocalDS_0")]))["machine"]
    assert read.source_vm is ABSENT
    assert not isinstance(read.datastores, Missing)
    assert [store.name for store in read.datastores] == ["LocalDS_0"]


async def test_a_move_of_the_target_is_told_by_its_events(reader: VCenterReader, access: VCenterAccess) -> None:
    asked = replace(wanted(), moves_since=datetime.now(UTC) - timedelta(days=1))
    assert (await reader.read([asked]))["machine"].moves == ()
    # The simulator moves no disks, but keeps the events that it is told.
    await asyncio.to_thread(_tell_of_a_move, access, NAMES[0])
    assert (await reader.read([asked]))["machine"].moves == ()
    await asyncio.to_thread(_tell_of_a_move, access, NAMES[1])
    moves = (await reader.read([asked]))["machine"].moves
    assert isinstance(moves, tuple)
    assert [move.vm for move in moves] == [NAMES[1]]


async def test_a_wrong_password_is_refused(vcsim: tuple[str, int], ca_file: Path, clock: Callable[[], float]) -> None:
    host, port = vcsim
    reading = VCenterReader(
        VCenterAccess("vcsim", host, "user", "other", port, str(ca_file)), limits=Limits(), clock=clock
    )
    with pytest.raises(SourceError, match="vcsim refused the user name or password of user"):
        await reading.read([wanted()])
    await reading.close()


def _make_snapshot(access: VCenterAccess, name: str) -> None:
    with _vm(access, name) as (_, vm):
        task = vm.CreateSnapshot("before", "", False, False)
        for _ in range(100):
            if task.info.state == "success":
                break
        assert task.info.state == "success"


def _tell_of_a_move(access: VCenterAccess, name: str) -> None:
    with _vm(access, name) as (content, vm):
        host = _event.HostEventArgument(name="host", host=vm.runtime.host)
        here, before = (_event.DatastoreEventArgument(name=one, datastore=_Datastore(one)) for one in ("a", "b"))
        content.eventManager.PostEvent(
            _event.VmRelocatedEvent(
                key=0,
                chainId=0,
                createdTime=datetime.now(UTC),
                userName="",
                vm=_event.VmEventArgument(name=name, vm=vm),
                ds=here,
                template=False,
                sourceHost=host,
                sourceDatastore=before,
            )
        )


@contextmanager
def _vm(access: VCenterAccess, name: str) -> Generator[tuple[Any, Any]]:
    """The simulator's content and the VM, for whoever changes something in it."""
    trust = ssl.create_default_context(cafile=access.ca_file)
    stub = _Stub(host=access.host, port=access.port, version="vim.version.version11", sslContext=trust)
    content = _ServiceInstance("ServiceInstance", stub).RetrieveContent()
    content.sessionManager.Login(access.username, access.password, None)
    view = content.viewManager.CreateContainerView(content.rootFolder, [vim.VirtualMachine], True)
    yield content, next(vm for vm in view.view if vm.name == name)
    content.sessionManager.Logout()
    stub.DropConnections()
