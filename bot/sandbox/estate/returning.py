"""What the end of a job does to a machine: to its item, to its VM in Azure, and to its VM at home.

After a failback only what is documented is certain (the VM in Azure is stopped, the one at home runs; a commit of the
classic stack deletes the VM in Azure); the rest is inferred.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from homeward.checks.way import Operation

from .model import GuestDisk, VirtualMachine

if TYPE_CHECKING:
    from .model import Estate, ProtectedItem
    from .reprotects import Job

_NEW_NUMBERS = 9000
"""From here on number the VMs that a failback makes: they are others than those that are gone."""


def shut_down(item: ProtectedItem) -> None:
    _power(item, "deallocated")


def end_of(estate: Estate, item: ProtectedItem, job: Job, state: str) -> None:
    """`state`: how the job ended."""
    if job.operation is Operation.FAILBACK:
        item.last_failback, item.last_failback_at = state, job.started
    if state != "Succeeded":
        if job.operation is Operation.FAILBACK:
            _power(item, "running")
        return  # it stays where it was, and the same may be started again [inferred]
    match job.operation:
        case Operation.REPROTECT:
            _replicates(item, job, "replicating-back")
        case Operation.TO_AZURE:
            _replicates(item, job, "replicating-to-azure")
        case Operation.FAILBACK:
            _come_home(estate, item)
        case Operation.COMMIT:
            item.stage = "home-committed"
            if item.topology == "classic" and item.azure_vm:
                item.azure_vm.exists = False
        case Operation.CANCEL:
            _go_back(estate, item)


def booted(estate: Estate, item: ProtectedItem) -> None:
    """Its Tools run, and tell an address."""
    vm = estate.source_vm(item)
    if vm and vm.power == "poweredOn":
        vm.tools, vm.guest_hostname, vm.guest_ip = "guestToolsRunning", item.name, item.address_at_home


def _replicates(item: ProtectedItem, job: Job, stage: str) -> None:
    item.stage, item.replicating_since = stage, job.ends
    item.replication_minutes = job.fate.replication_minutes / job.speed


def _come_home(estate: Estate, item: ProtectedItem) -> None:
    item.stage = "home"
    shut_down(item)
    vm = estate.source_vm(item) or _new_vm(estate, item)
    vm.power, vm.tools, vm.guest_ip = "poweredOn", "guestToolsNotRunning", ""


def _go_back(estate: Estate, item: ProtectedItem) -> None:
    item.stage, item.last_failback, item.point = "ready-to-fail-back", "Cancelled", ""
    _power(item, "running")
    vm = estate.source_vm(item)
    if vm:
        vm.power, vm.tools, vm.guest_ip = "poweredOff", "guestToolsNotRunning", ""


def _power(item: ProtectedItem, power: str) -> None:
    if item.azure_vm:
        item.azure_vm.power = power
        item.azure_vm.agent = "Ready" if power == "running" else "Not Ready"


def _new_vm(estate: Estate, item: ProtectedItem) -> VirtualMachine:
    """The alternate location: where the last reprotect said, else the first datastore that a host can write to."""
    stores = estate.vcenter.datastores
    store = next((one for one in stores if one.name == item.datastore), stores[0])
    host = next((name for name, mount in store.mounts.items() if mount == "readWrite"), estate.vcenter.hosts[0].name)
    disks = [GuestDisk(size) for size in item.disks_gb]
    vm = VirtualMachine(item.name, _NEW_NUMBERS + item.number, host, store.name, disks)
    estate.vcenter.vms.append(vm)
    item.home_vm = vm.name
    return vm
