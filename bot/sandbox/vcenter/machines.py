"""Virtual machines as vCenter shows them."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pyVmomi import vim

from .inventory import RESOURCE_POOL, VM_FOLDER
from .schema import data, reference

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..estate.model import GuestDisk, VirtualMachine
    from .inventory import Inventory

_MADE = datetime(2023, 3, 14, 9, 30, tzinfo=UTC)
_FIRST_CONTROLLER = 1000
_FIRST_DISK = 2000
_UNITS_PER_CONTROLLER = 15
_OWN_UNIT = 7
"""The place on the bus that the controller itself takes."""
_PARAVIRTUAL_UNITS = 64

_CONTROLLERS: dict[str, type[vim.vm.device.VirtualSCSIController]] = {
    "lsilogic": vim.vm.device.VirtualLsiLogicController,
    "lsilogicsas": vim.vm.device.VirtualLsiLogicSASController,
    "pvscsi": vim.vm.device.ParaVirtualSCSIController,
    "buslogic": vim.vm.device.VirtualBusLogicController,
}


def machine(inventory: "Inventory", vm: "VirtualMachine") -> "dict[str, Callable[[], object]]":
    return {
        "name": lambda: vm.name,
        "parent": lambda: VM_FOLDER,
        "overallStatus": lambda: "green",
        "configStatus": lambda: "green",
        "config": lambda: _config(inventory, vm),
        "guest": lambda: _guest(vm),
        "guestHeartbeatStatus": lambda: "green" if vm.tools == "guestToolsRunning" else "gray",
        "runtime": lambda: _runtime(inventory, vm),
        "summary": lambda: _summary(inventory, vm),
        "snapshot": lambda: _snapshots(inventory, vm) if vm.snapshot else None,
        "rootSnapshot": lambda: [_snapshot(inventory, vm)] if vm.snapshot else [],
        "datastore": lambda: [inventory.datastore(vm.datastore)],
        "resourcePool": lambda: RESOURCE_POOL,
    }


def _config(inventory: "Inventory", vm: "VirtualMachine") -> vim.vm.ConfigInfo:
    settings = [data(vim.option.OptionValue, key=key, value=value) for key, value in vm.extra_config.items()]
    return data(
        vim.vm.ConfigInfo,
        changeVersion=_MADE.isoformat(),
        modified=_MADE,
        name=vm.name,
        guestFullName="Other (64-bit)",
        version="vmx-19",
        uuid=vm.bios_uuid or vm.uuid,
        instanceUuid=vm.instance_uuid,
        template=vm.template,
        guestId="otherGuest64",
        alternateGuestName="",
        files=data(vim.vm.FileInfo, vmPathName=_file(vm, "vmx")),
        flags=data(vim.vm.FlagInfo, diskUuidEnabled=_enabled(vm)),
        defaultPowerOps=data(vim.vm.DefaultPowerOpInfo),
        hardware=data(
            vim.vm.VirtualHardware,
            numCPU=4,
            numCoresPerSocket=1,
            memoryMB=vm.memory_gb * 1024,
            device=_devices(inventory, vm),
        ),
        extraConfig=settings,
        firmware="bios",
    )


def _enabled(vm: "VirtualMachine") -> bool:
    return any(key.lower() == "disk.enableuuid" and value.upper() == "TRUE" for key, value in vm.extra_config.items())


def _devices(inventory: "Inventory", vm: "VirtualMachine") -> list[vim.vm.device.VirtualDevice]:
    room = _PARAVIRTUAL_UNITS if vm.scsi == "pvscsi" else _UNITS_PER_CONTROLLER
    controllers = [
        data(
            _CONTROLLERS[vm.scsi],
            key=_FIRST_CONTROLLER + bus,
            deviceInfo=data(vim.Description, label=f"SCSI controller {bus}", summary=vm.scsi),
            controllerKey=100,
            busNumber=bus,
            sharedBus="noSharing",
            scsiCtlrUnitNumber=_OWN_UNIT,
        )
        for bus in range(max(1, -(-len(vm.disks) // room)))
    ]
    disks = [_disk(inventory, vm, disk, index, room) for index, disk in enumerate(vm.disks)]
    return [*controllers, *disks]


def _disk(
    inventory: "Inventory", vm: "VirtualMachine", disk: "GuestDisk", index: int, room: int
) -> vim.vm.device.VirtualDisk:
    bus, unit = divmod(index, room)
    return data(
        vim.vm.device.VirtualDisk,
        key=_FIRST_DISK + index,
        deviceInfo=data(vim.Description, label=f"Hard disk {index + 1}", summary=f"{disk.size_gb} GB"),
        backing=_backing(inventory, vm, disk, index),
        controllerKey=_FIRST_CONTROLLER + bus,
        unitNumber=unit + (unit >= _OWN_UNIT),
        capacityInKB=disk.size_gb * 1024**2,
        capacityInBytes=disk.size_gb * 1024**3,
    )


def _backing(
    inventory: "Inventory", vm: "VirtualMachine", disk: "GuestDisk", index: int
) -> vim.vm.device.VirtualDevice.FileBackingInfo:
    datastore = inventory.datastore(vm.datastore)
    number = f"_{index}" if index else ""
    uuid = disk.uuid or f"6000c29{index % 16:x}-{vm.number:04x}-{index:04x}-0000-{vm.number:012x}"
    if disk.raw_mapping:
        return data(
            vim.vm.device.VirtualDisk.RawDiskMappingVer1BackingInfo,
            fileName=_file(vm, f"{number}.vmdk"),
            datastore=datastore,
            uuid=uuid,
            lunUuid=f"02000000006000{vm.number:08x}{index:04x}",
            deviceName=f"vml.02000000006000{vm.number:08x}{index:04x}",
            compatibilityMode="physicalMode",
            diskMode="independent_persistent",
        )
    flat = vim.vm.device.VirtualDisk.FlatVer2BackingInfo
    base = data(
        flat,
        fileName=_file(vm, f"{number}.vmdk"),
        datastore=datastore,
        diskMode="persistent",
        thinProvisioned=True,
        uuid=uuid,
    )
    if not (disk.has_parent or vm.snapshot):
        return base
    return data(
        flat,
        fileName=_file(vm, f"{number}-000001.vmdk"),
        datastore=datastore,
        diskMode="persistent",
        thinProvisioned=True,
        uuid=uuid,
        parent=base,
    )


def _file(vm: "VirtualMachine", ending: str) -> str:
    dot = "." if ending.isalpha() else ""
    return f"[{vm.datastore}] {vm.name}/{vm.name}{dot}{ending}"


def _guest(vm: "VirtualMachine") -> vim.vm.GuestInfo:
    running = vm.tools == "guestToolsRunning"
    return data(
        vim.vm.GuestInfo,
        toolsStatus=_old_tools_status(vm),
        toolsRunningStatus=vm.tools,
        toolsVersionStatus=vm.tools_version,
        toolsVersionStatus2=vm.tools_version,
        guestState="running" if running else "notRunning",
        hostName=vm.guest_hostname or None,
        ipAddress=vm.guest_ip or None,
        guestOperationsReady=running,
    )


def _old_tools_status(vm: "VirtualMachine") -> str:
    if vm.tools_version == "guestToolsNotInstalled":
        return "toolsNotInstalled"
    return "toolsOk" if vm.tools == "guestToolsRunning" else "toolsNotRunning"


def _runtime(inventory: "Inventory", vm: "VirtualMachine") -> vim.vm.RuntimeInfo:
    return data(
        vim.vm.RuntimeInfo,
        host=inventory.host(vm.host),
        connectionState="connected",
        powerState=vm.power,
        faultToleranceState="notConfigured",
        toolsInstallerMounted=False,
        numMksConnections=0,
        recordReplayState="inactive",
        onlineStandby=False,
        consolidationNeeded=vm.consolidation_needed,
    )


def _summary(inventory: "Inventory", vm: "VirtualMachine") -> vim.vm.Summary:
    return data(
        vim.vm.Summary,
        vm=inventory.vm(vm),
        runtime=_runtime(inventory, vm),
        guest=data(
            vim.vm.Summary.GuestSummary,
            toolsStatus=_old_tools_status(vm),
            toolsRunningStatus=vm.tools,
            toolsVersionStatus2=vm.tools_version,
            hostName=vm.guest_hostname or None,
            ipAddress=vm.guest_ip or None,
        ),
        config=data(
            vim.vm.Summary.ConfigSummary,
            name=vm.name,
            template=vm.template,
            vmPathName=_file(vm, "vmx"),
            memorySizeMB=vm.memory_gb * 1024,
            numCpu=4,
            numVirtualDisks=len(vm.disks),
            uuid=vm.bios_uuid or vm.uuid,
            instanceUuid=vm.instance_uuid,
        ),
        quickStats=data(vim.vm.Summary.QuickStats, guestHeartbeatStatus="gray"),
        overallStatus="green",
    )


def _snapshots(inventory: "Inventory", vm: "VirtualMachine") -> vim.vm.SnapshotInfo:
    tree = data(
        vim.vm.SnapshotTree,
        snapshot=_snapshot(inventory, vm),
        vm=inventory.vm(vm),
        name="before patching",
        description="",
        id=1,
        createTime=inventory.estate.ago(60 * 24),
        state=vm.power,
        quiesced=False,
        replaySupported=False,
    )
    return data(vim.vm.SnapshotInfo, currentSnapshot=tree.snapshot, rootSnapshotList=[tree])


def _snapshot(inventory: "Inventory", vm: "VirtualMachine") -> vim.vm.Snapshot:
    return reference(vim.vm.Snapshot, inventory.moids.snapshot(vm.number))
