"""From vCenter's properties to facts: every property that is not there says so, none is guessed."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from pyVmomi import vim

from homeward.checks.facts import (
    ABSENT,
    Absent,
    Datastore,
    Host,
    HostState,
    Licence,
    Missing,
    Mount,
    NamedVm,
    ScsiController,
    StorageCluster,
    VirtualDisk,
    VirtualMachine,
)

from .specs import Answer, Properties

T = TypeVar("T")
MIB = 1024**2
_BROKEN = {"disconnected", "inaccessible", "invalid", "orphaned"}
"""Connection states in which vCenter knows little of a VM but its name, or tells what was so long ago."""
_TOOLS_UP = {"guestToolsRunning", "guestToolsExecutingScripts"}
_device: Any = vim.vm.device
_CONTROLLERS = (
    (_device.ParaVirtualSCSIController, ScsiController.PARAVIRTUAL),
    (_device.VirtualLsiLogicController, ScsiController.LSI_LOGIC),
    (_device.VirtualLsiLogicSASController, ScsiController.LSI_LOGIC),
    (_device.VirtualBusLogicController, ScsiController.BUS_LOGIC),
    (_device.VirtualSCSIController, ScsiController.OTHER),
)
_RAW = (_device.VirtualDisk.RawDiskMappingVer1BackingInfo, _device.VirtualDisk.RawDiskVer2BackingInfo)


class _Unread(Exception):
    """A property without which the whole fact would be a guess."""

    def __init__(self, missing: Missing) -> None:
        super().__init__(missing.reason)
        self.missing = missing


@dataclass(frozen=True, slots=True)
class Seat:
    """The target's VM and the host it runs on: datastores are judged from there."""

    vm: Any
    host: Any


class Parser:
    """Reads one vCenter's answer; `vcenter` is its name for the reasons."""

    def __init__(self, vcenter: str, answer: Answer) -> None:
        self._vcenter = vcenter
        self._answer = answer

    def vm(self, ref: Any) -> VirtualMachine | Missing:
        return self._whole(ref, self._vm)

    def host(self, seat: Seat) -> Host | Missing:
        return self._whole(seat.host, lambda told: self._host(told, seat))

    def datastore(self, ref: Any, seat: Seat | Missing) -> Datastore | Missing:
        """`seat` is `Missing` where the target's host is not known, with the reason."""
        return self._whole(ref, lambda told: self._datastore(told, seat))

    def datastores(self, refs: Iterable[Any], seat: Seat | Missing) -> tuple[Datastore, ...] | Missing:
        """All or none: a list that silently lacks one would be wrong."""
        found = [self.datastore(ref, seat) for ref in refs]
        return next((one for one in found if isinstance(one, Missing)), None) or tuple(
            one for one in found if not isinstance(one, Missing)
        )

    def licences(self, ref: Any) -> tuple[Licence, ...] | Missing:
        return self._whole(ref, lambda told: self._fact(told, "licenses", "its licences", _licences))

    def of_vm(self, ref: Any, path: str) -> Any:
        """A reference, or references, that a VM holds; None if they cannot be read."""
        told = self._answer.get(ref)
        found = told.value(path) if told else None
        return None if isinstance(found, Missing) else found

    def _vm(self, told: Properties) -> VirtualMachine:
        name = self._must(told, "name", "a VM")
        state = told.text("runtime.connectionState")
        if state in _BROKEN:
            raise _Unread(Missing(f"{self._vcenter} reports the VM {name} as {state}"))
        devices = self._fact(told, "config.hardware.device", name, tuple)
        extra = self._fact(told, "config.extraConfig", name, _disk_enable_uuid)
        if isinstance(extra, Missing) and told.value("config.extraConfig") is None and not isinstance(devices, Missing):
            extra = ABSENT
        snapshot = told.value("snapshot")
        if isinstance(snapshot, Missing):
            raise _Unread(self._explained(snapshot, name))
        return VirtualMachine(
            name=name,
            uuid=self._fact(told, "config.uuid", name, str),
            instance_uuid=self._fact(told, "config.instanceUuid", name, str),
            host=self._host_name(told),
            standing=self._standing(told, name),
            power=self._fact(told, "runtime.powerState", name, str),
            has_snapshot=snapshot is not None,
            consolidation_needed=self._fact(told, "runtime.consolidationNeeded", name, bool),
            disks=_disks(devices),
            controllers=_controllers(devices),
            disk_enable_uuid=extra,
            tools_running=self._fact(told, "guest.toolsRunningStatus", name, lambda status: str(status) in _TOOLS_UP),
            memory_bytes=self._fact(told, "config.hardware.memoryMB", name, lambda size: int(size) * MIB),
            datastores=self._names(told, "datastore", name),
            address=told.text("guest.ipAddress"),
        )

    def _host_name(self, told: Properties) -> str:
        host = self._answer.get(told.value("runtime.host"))
        return host.text("name") if host else ""

    def _standing(self, told: Properties, name: str) -> HostState | Missing:
        host = self._answer.get(told.value("runtime.host"))
        if host is None:
            return Missing(f"{self._vcenter} does not tell the host of {name}")
        size, used = self._memory(host)
        return HostState(
            connection=self._fact(host, "runtime.connectionState", host.text("name"), str),
            in_maintenance=self._fact(host, "runtime.inMaintenanceMode", host.text("name"), bool),
            free_bytes=size if isinstance(size, Missing) else used if isinstance(used, Missing) else size - used,
        )

    def _memory(self, host: Properties) -> tuple[int | Missing, int | Missing]:
        """All and used memory of a host."""
        name = host.text("name")
        return (
            self._fact(host, "summary.hardware.memorySize", name, int),
            self._fact(host, "summary.quickStats.overallMemoryUsage", name, lambda used: int(used) * MIB),
        )

    def _host(self, told: Properties, seat: Seat) -> Host:
        name = self._must(told, "name", "a host")
        return Host(
            name=name,
            product=self._fact(told, "config.product", name, lambda product: str(product.name)),
            connection=self._fact(told, "runtime.connectionState", name, str),
            in_maintenance=self._fact(told, "runtime.inMaintenanceMode", name, bool),
            vms=self._fact(told, "vm", name, self._named),
            datastores=self._fact(told, "datastore", name, lambda refs: self.datastores(refs, seat)),
        )

    def _named(self, refs: Iterable[Any]) -> tuple[NamedVm, ...] | Missing:
        found: list[NamedVm] = []
        for ref in refs:
            told = self._answer.get(ref)
            if told is None or not told.text("name"):
                return Missing(f"{self._vcenter} does not tell the names of all VMs on the host")
            name = told.text("name")
            found.append(NamedVm(name, self._fact(told, "config.instanceUuid", name, str)))
        return tuple(found)

    def _datastore(self, told: Properties, seat: Seat | Missing) -> Datastore:
        name = self._must(told, "name", "a datastore")
        maintenance = told.value("summary.maintenanceMode")
        if isinstance(maintenance, Missing):
            raise _Unread(self._explained(maintenance, name))
        return Datastore(
            name=name,
            type=self._must(told, "summary.type", name),
            accessible=bool(self._must(told, "summary.accessible", name)),
            # Optional in the API, and unset where maintenance mode does not apply (a lone host).
            maintenance=maintenance or "normal",
            free_bytes=int(self._must(told, "summary.freeSpace", name)),
            capacity_bytes=int(self._must(told, "summary.capacity", name)),
            on_target_host=seat
            if isinstance(seat, Missing)
            else self._fact(told, "host", name, lambda mounts: self._mount(mounts, seat.host, name)),
            cluster=self._cluster(told, seat, name),
        )

    def _mount(self, mounts: Iterable[Any], host: Any, datastore: str) -> Mount | Missing:
        entry = next((one.mountInfo for one in mounts if one.key == host), None)
        if entry is None or entry.mounted is False:
            return Mount.NOT_MOUNTED
        if entry.accessible is False:
            return Mount.INACCESSIBLE
        if entry.accessMode == "readOnly":
            return Mount.READ_ONLY
        if entry.mounted and entry.accessible and entry.accessMode == "readWrite":
            return Mount.READ_WRITE
        return Missing(f"{self._vcenter} does not tell how the target's host sees {datastore}")

    def _cluster(self, told: Properties, seat: Seat | Missing, datastore: str) -> StorageCluster | Absent | Missing:
        parent = told.value("parent")
        if isinstance(parent, Missing):
            return self._explained(parent, datastore)
        if not isinstance(parent, vim.StoragePod):
            return ABSENT
        pod = self._answer.get(parent)
        if pod is None:
            return Missing(f"{self._vcenter} does not show the datastore cluster of {datastore}")
        if isinstance(seat, Missing):
            return seat
        name = pod.text("name")
        return self._fact(pod, "podStorageDrsEntry", name, lambda entry: _storage_cluster(name, entry, seat.vm))

    def _names(self, told: Properties, path: str, subject: str) -> tuple[str, ...] | Missing:
        refs = self._fact(told, path, subject, tuple)
        if isinstance(refs, Missing):
            return refs
        objects = [self._answer.get(ref) for ref in refs]
        names = [one.text("name") for one in objects if one]
        if len(names) < len(refs) or not all(names):
            return Missing(f"{self._vcenter} does not show all datastores of {subject}")
        return tuple(names)

    def _whole(self, ref: Any, parse: Callable[[Properties], T | Missing]) -> T | Missing:
        told = self._answer.get(ref)
        if told is None:
            return Missing(f"{self._vcenter} left an object out of its answer ({ref})")
        try:
            return parse(told)
        except _Unread as unread:
            return unread.missing

    def _fact(self, told: Properties, path: str, subject: str, parse: Callable[[Any], T]) -> T | Missing:
        found = told.value(path)
        if isinstance(found, Missing):
            return self._explained(found, subject)
        if found is None:
            return Missing(f"{self._vcenter} does not tell {path} of {subject}")
        return parse(found)

    def _must(self, told: Properties, path: str, subject: str) -> Any:
        found = self._fact(told, path, subject, lambda value: value)
        if isinstance(found, Missing):
            raise _Unread(found)
        return found

    def _explained(self, missing: Missing, subject: str) -> Missing:
        return Missing(f"{self._vcenter} on {subject}: {missing.reason}")


def _disk_enable_uuid(options: Iterable[Any]) -> str | Absent:
    found = (str(one.value) for one in options if str(one.key).casefold() == "disk.enableuuid")
    return next(found, ABSENT)


def _disks(devices: tuple[Any, ...] | Missing) -> tuple[VirtualDisk, ...] | Missing:
    if isinstance(devices, Missing):
        return devices
    return tuple(_disk(device) for device in devices if isinstance(device, _device.VirtualDisk))


def _disk(device: Any) -> VirtualDisk:
    backing = device.backing
    file_name = str(getattr(backing, "fileName", None) or "")
    return VirtualDisk(
        label=str(device.deviceInfo.label if device.deviceInfo else device.key),
        uuid=str(getattr(backing, "uuid", None) or ""),
        capacity_bytes=int(device.capacityInBytes or device.capacityInKB * 1024),
        has_parent=getattr(backing, "parent", None) is not None,
        raw_mapping=isinstance(backing, _RAW),
        datastore=file_name[1:].partition("]")[0] if file_name.startswith("[") else "",
    )


def _controllers(devices: tuple[Any, ...] | Missing) -> tuple[ScsiController, ...] | Missing:
    if isinstance(devices, Missing):
        return devices
    return tuple(
        next(word for kind, word in _CONTROLLERS if isinstance(device, kind))
        for device in devices
        if isinstance(device, _device.VirtualSCSIController)
    )


def _storage_cluster(name: str, entry: Any, target: Any) -> StorageCluster:
    """An override for the target's VM counts both ways: it can be exempt, or moved by itself alone."""
    pod = entry.storageDrsConfig.podConfig
    own = next((one for one in entry.storageDrsConfig.vmConfig if one.vm == target), None)
    behavior = (own and own.behavior) or pod.defaultVmBehavior
    return StorageCluster(
        name=name,
        automated=bool(pod.enabled) and "automated" in (pod.defaultVmBehavior, behavior),
        target_excluded=own is not None and (own.enabled is False or own.behavior == "manual"),
    )


def _licences(licences: Iterable[Any]) -> tuple[Licence, ...]:
    return tuple(
        Licence(
            name=str(one.name),
            edition=str(one.editionKey),
            features=tuple(
                str(getattr(each.value, "key", each.value)) for each in one.properties if each.key == "feature"
            ),
        )
        for one in licences
    )
