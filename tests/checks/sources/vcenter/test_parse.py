"""From pyVmomi's objects to facts, each odd case by itself."""

from typing import Any

import pytest
from pyVmomi import vim, vmodl

from homeward.checks.facts import (
    ABSENT,
    Datastore,
    Host,
    HostState,
    Licence,
    Missing,
    Mount,
    ScsiController,
    StorageCluster,
    VirtualMachine,
)
from homeward.checks.sources.vcenter import paths
from homeward.checks.sources.vcenter.parse import Parser, Seat
from homeward.checks.sources.vcenter.specs import Properties

# Any: pyVmomi's stubs leave constructors and nested types untyped.
_vim: Any = vim
_vmodl: Any = vmodl
_device: Any = vim.vm.device

VM = _vim.VirtualMachine("vm-1")
HOST = _vim.HostSystem("host-1")
STORE = _vim.Datastore("datastore-1")
POD = _vim.StoragePod("group-p1")
LICENCES = _vim.LicenseManager("LicenseManager")
SEAT = Seat(VM, HOST)
GIB = 1024**3


def mount(host: Any = HOST, **more: object) -> Any:
    info: dict[str, object] = {"accessMode": "readWrite", "mounted": True, "accessible": True} | more
    return _vim.Datastore.HostMount(key=host, mountInfo=_vim.host.MountInfo(**info))


VM_VALUES: dict[str, object] = {
    "name": "mt01",
    "config.uuid": "bios",
    "config.instanceUuid": "instance",
    "config.extraConfig": [],
    "config.hardware.device": [],
    "config.hardware.memoryMB": 1024,
    "guest.toolsRunningStatus": "guestToolsRunning",
    "runtime.connectionState": "connected",
    "runtime.powerState": "poweredOn",
    "runtime.host": HOST,
    "runtime.consolidationNeeded": False,
    "datastore": [STORE],
}
HOST_VALUES: dict[str, object] = {
    "name": "esx01",
    "config.product": _vim.AboutInfo(name="VMware ESXi"),
    "runtime.connectionState": "connected",
    "runtime.inMaintenanceMode": False,
    "summary.hardware.memorySize": 4 * GIB,
    "summary.quickStats.overallMemoryUsage": 1024,
    "vm": [VM],
    "datastore": [STORE],
}
STORE_VALUES: dict[str, object] = {
    "name": "gold",
    "summary.type": "VMFS",
    "summary.accessible": True,
    "summary.maintenanceMode": "normal",
    "summary.freeSpace": GIB,
    "summary.capacity": 2 * GIB,
    "host": [mount()],
    "parent": _vim.Folder("group-s1"),
}


def told(asked: tuple[str, ...], values: dict[str, object], *, refused: tuple[str, ...] = ()) -> Properties:
    properties = Properties(frozenset(asked))
    properties.values.update(values)
    refusal = _vmodl.query.PropertyCollector.MissingProperty
    refusals = [refusal(path=path, fault=_vim.fault.NoPermission()) for path in refused]
    properties.add(_vmodl.query.PropertyCollector.ObjectContent(obj=VM, missingSet=refusals))
    return properties


def parser(**changed: Properties) -> Parser:
    answer = {
        VM: changed.get("vm", told(paths.VM, VM_VALUES)),
        HOST: changed.get("host", told(paths.HOST, HOST_VALUES)),
        STORE: changed.get("store", told(paths.DATASTORE, STORE_VALUES)),
    }
    if "pod" in changed:
        answer[POD] = changed["pod"]
    if "licences" in changed:
        answer[LICENCES] = changed["licences"]
    return Parser("vc01", answer)


def read_vm(*without: str, **values: object) -> VirtualMachine | Missing:
    """The VM with some properties unset, and others (dots spelled as __) set."""
    given = VM_VALUES | {path.replace("__", "."): value for path, value in values.items()}
    return parser(vm=told(paths.VM, {path: one for path, one in given.items() if path not in without})).vm(VM)


def the_vm(*without: str, **values: object) -> VirtualMachine:
    vm = read_vm(*without, **values)
    assert isinstance(vm, VirtualMachine), vm
    return vm


def read_store(**values: object) -> Datastore:
    """The datastore with properties (dots spelled as __) changed; None unsets."""
    given = STORE_VALUES | {path.replace("__", "."): value for path, value in values.items()}
    store = parser(
        store=told(paths.DATASTORE, {path: one for path, one in given.items() if one is not None})
    ).datastore(STORE, SEAT)
    assert isinstance(store, Datastore), store
    return store


def test_a_property_that_was_not_asked_for_cannot_be_read() -> None:
    with pytest.raises(KeyError):
        told(paths.NAMED_VM, {"name": "x"}).value("snapshot")


def test_a_plain_vm() -> None:
    assert the_vm() == VirtualMachine(
        name="mt01",
        uuid="bios",
        instance_uuid="instance",
        host="esx01",
        standing=HostState("connected", in_maintenance=False, free_bytes=3 * GIB),
        power="poweredOn",
        has_snapshot=False,
        consolidation_needed=False,
        disks=(),
        controllers=(),
        disk_enable_uuid=ABSENT,
        tools_running=True,
        memory_bytes=GIB,
        datastores=("gold",),
    )


@pytest.mark.parametrize(
    ("path", "fact"),
    [
        ("config.uuid", "uuid"),
        ("config.instanceUuid", "instance_uuid"),
        ("config.hardware.device", "disks"),
        ("config.hardware.device", "controllers"),
        ("config.hardware.memoryMB", "memory_bytes"),
        ("guest.toolsRunningStatus", "tools_running"),
        ("runtime.powerState", "power"),
        ("runtime.consolidationNeeded", "consolidation_needed"),
        ("datastore", "datastores"),
    ],
)
def test_what_vcenter_does_not_tell_is_missing_by_itself(path: str, fact: str) -> None:
    assert getattr(the_vm(path), fact) == Missing(f"vc01 does not tell {path} of mt01")


@pytest.mark.parametrize(
    ("path", "fact"),
    [
        ("runtime.connectionState", "connection"),
        ("runtime.inMaintenanceMode", "in_maintenance"),
        ("summary.hardware.memorySize", "free_bytes"),
        ("summary.quickStats.overallMemoryUsage", "free_bytes"),
    ],
)
def test_what_is_not_told_of_the_host_of_a_vm_is_missing(path: str, fact: str) -> None:
    values = {name: value for name, value in HOST_VALUES.items() if name != path}
    vm = parser(host=told(paths.HOST, values), vm=told(paths.VM, VM_VALUES)).vm(VM)
    assert isinstance(vm, VirtualMachine)
    assert getattr(vm.standing, fact) == Missing(f"vc01 does not tell {path} of esx01")


def test_the_state_of_a_host_that_is_not_told_is_missing() -> None:
    assert the_vm("runtime.host").standing == Missing("vc01 does not tell the host of mt01")


@pytest.mark.parametrize("path", ["snapshot", "config.extraConfig"])
def test_what_may_not_be_read_is_missing_where_unset_would_mean_none(path: str) -> None:
    vm = parser(vm=told(paths.VM, VM_VALUES, refused=(path,))).vm(VM)
    missing = vm if path == "snapshot" else getattr(vm, "disk_enable_uuid", None)
    assert missing == Missing(f"vc01 on mt01: {path} cannot be read (NoPermission)")


@pytest.mark.parametrize("state", ["orphaned", "inaccessible", "invalid", "disconnected"])
def test_a_vm_that_vcenter_has_lost_or_tells_stale_facts_of_is_missing(state: str) -> None:
    assert read_vm(runtime__connectionState=state) == Missing(f"vc01 reports the VM mt01 as {state}")


def test_a_vm_left_out_of_the_answer_is_missing() -> None:
    missing = parser().vm(_vim.VirtualMachine("vm-9"))
    assert isinstance(missing, Missing)
    assert "left an object out" in missing.reason


def test_a_host_that_is_not_shown_leaves_its_name_open() -> None:
    assert the_vm("runtime.host").host == ""


def test_a_datastore_that_is_not_shown_makes_the_vms_datastores_missing() -> None:
    vm = the_vm(datastore=[STORE, _vim.Datastore("datastore-9")])
    assert vm.datastores == Missing("vc01 does not show all datastores of mt01")


def test_a_snapshot_is_seen() -> None:
    assert the_vm(snapshot=_vim.vm.SnapshotInfo()).has_snapshot


@pytest.mark.parametrize(
    ("options", "expected"),
    [({"DISK.enableuuid": "true"}, "true"), ({"other": "x"}, ABSENT), ({"disk.EnableUUID": "FALSE"}, "FALSE")],
    ids=["any case", "not set", "false"],
)
def test_disk_enable_uuid(options: dict[str, str], expected: object) -> None:
    values = [_vim.option.OptionValue(key=key, value=value) for key, value in options.items()]
    assert the_vm(config__extraConfig=values).disk_enable_uuid == expected


def test_no_extra_configuration_at_all_is_only_known_where_the_configuration_is() -> None:
    assert the_vm("config.extraConfig").disk_enable_uuid is ABSENT
    assert isinstance(the_vm("config.extraConfig", "config.hardware.device").disk_enable_uuid, Missing)


@pytest.mark.parametrize(
    ("status", "running"),
    [("guestToolsNotRunning", False), ("guestToolsExecutingScripts", True), ("guestToolsRunning", True)],
)
def test_tools_run_while_they_execute_scripts(status: str, *, running: bool) -> None:
    assert the_vm(guest__toolsRunningStatus=status).tools_running is running


@pytest.mark.parametrize(
    ("kind", "word"),
    [
        (_device.ParaVirtualSCSIController, ScsiController.PARAVIRTUAL),
        (_device.VirtualLsiLogicController, ScsiController.LSI_LOGIC),
        (_device.VirtualLsiLogicSASController, ScsiController.LSI_LOGIC),
        (_device.VirtualBusLogicController, ScsiController.BUS_LOGIC),
        (_device.VirtualSCSIController, ScsiController.OTHER),
    ],
)
def test_scsi_controllers_are_told_apart(kind: Any, word: ScsiController) -> None:
    devices = [kind(key=1000), _device.VirtualIDEController(key=200)]
    assert the_vm(config__hardware__device=devices).controllers == (word,)


def disk(backing: Any, **more: object) -> Any:
    return _device.VirtualDisk(key=2000, backing=backing, **more)


def test_a_disk_on_a_snapshot_chain() -> None:
    flat = _device.VirtualDisk.FlatVer2BackingInfo
    device = disk(
        flat(fileName="[gold 01] mt01/mt01-000001.vmdk", uuid="u1", parent=flat(fileName="[gold 01] mt01/mt01.vmdk")),
        capacityInBytes=GIB,
        deviceInfo=_vim.Description(label="Hard disk 1", summary=""),
    )
    vm = the_vm(config__hardware__device=[device])
    assert isinstance(vm.disks, tuple)
    [found] = vm.disks
    assert (found.label, found.uuid, found.capacity_bytes) == ("Hard disk 1", "u1", GIB)
    assert (found.has_parent, found.raw_mapping, found.datastore) == (True, False, "gold 01")


def test_a_raw_device_mapping_sized_in_kilobytes() -> None:
    device = disk(_device.VirtualDisk.RawDiskMappingVer1BackingInfo(fileName=""), capacityInKB=1024)
    vm = the_vm(config__hardware__device=[device])
    assert isinstance(vm.disks, tuple)
    [found] = vm.disks
    assert (found.label, found.uuid, found.capacity_bytes) == ("2000", "", 1024 * 1024)
    assert (found.has_parent, found.raw_mapping, found.datastore) == (False, True, "")


def test_a_host_with_its_vms_and_datastores() -> None:
    host = parser().host(SEAT)
    assert isinstance(host, Host)
    assert host.product == "VMware ESXi"
    assert isinstance(host.vms, tuple)
    assert [(vm.name, vm.instance_uuid) for vm in host.vms] == [("mt01", "instance")]
    assert isinstance(host.datastores, tuple)
    assert [store.name for store in host.datastores] == ["gold"]


def test_a_vm_on_the_host_without_a_uuid_says_so() -> None:
    reading = parser(vm=told(paths.VM, {path: one for path, one in VM_VALUES.items() if path != "config.instanceUuid"}))
    host = reading.host(SEAT)
    assert isinstance(host, Host)
    assert isinstance(host.vms, tuple)
    assert host.vms[0].instance_uuid == Missing("vc01 does not tell config.instanceUuid of mt01")


def test_a_vm_on_the_host_that_is_not_shown_makes_the_list_missing() -> None:
    host = parser(host=told(paths.HOST, HOST_VALUES | {"vm": [VM, _vim.VirtualMachine("vm-9")]})).host(SEAT)
    assert isinstance(host, Host)
    assert isinstance(host.vms, Missing)


def test_a_host_without_a_name_is_missing() -> None:
    assert parser(host=told(paths.HOST, {})).host(SEAT) == Missing("vc01 does not tell name of a host")


@pytest.mark.parametrize(
    ("mounts", "seen"),
    [
        ([mount()], Mount.READ_WRITE),
        ([mount(accessMode="readOnly")], Mount.READ_ONLY),
        ([mount(accessible=False)], Mount.INACCESSIBLE),
        ([mount(accessMode="readOnly", accessible=False)], Mount.INACCESSIBLE),
        ([mount(mounted=False)], Mount.NOT_MOUNTED),
        ([mount(_vim.HostSystem("host-2"))], Mount.NOT_MOUNTED),
        ([mount(_vim.HostSystem("host-2"), mounted=False), mount()], Mount.READ_WRITE),
        ([mount(accessMode="readOnly", mounted=None, accessible=None)], Mount.READ_ONLY),
        ([mount(accessible=None)], Missing("vc01 does not tell how the target's host sees gold")),
        ([mount(mounted=None)], Missing("vc01 does not tell how the target's host sees gold")),
        ([mount(accessMode="unheard of")], Missing("vc01 does not tell how the target's host sees gold")),
        (None, Missing("vc01 does not tell host of gold")),
    ],
)
def test_how_the_targets_host_sees_a_datastore(mounts: object, seen: Mount | Missing) -> None:
    assert read_store(host=mounts).on_target_host == seen


def test_a_datastore_without_a_maintenance_mode_is_in_service() -> None:
    assert read_store(summary__maintenanceMode=None).maintenance == "normal"
    assert read_store(summary__maintenanceMode="inMaintenance").maintenance == "inMaintenance"


@pytest.mark.parametrize("path", [path for path in paths.DATASTORE if path.startswith(("summary", "name"))])
def test_a_datastore_without_a_whole_description_is_missing(path: str) -> None:
    values = {key: value for key, value in STORE_VALUES.items() if key != path}
    reading = parser(store=told(paths.DATASTORE, values, refused=(path,)))
    missing = reading.datastore(STORE, SEAT)
    assert isinstance(missing, Missing)
    assert path in missing.reason
    assert reading.datastores([STORE], SEAT) == missing


def pod(*overrides: Any, enabled: bool = True, behavior: str = "automated") -> Properties:
    drs = _vim.storageDrs
    entry = _vim.StorageResourceManager.PodStorageDrsEntry(
        storageDrsConfig=drs.ConfigInfo(
            podConfig=drs.PodConfigInfo(enabled=enabled, defaultVmBehavior=behavior), vmConfig=list(overrides)
        )
    )
    return told(paths.POD, {"name": "cluster", "podStorageDrsEntry": entry})


def override(vm: Any = VM, **values: object) -> Any:
    return _vim.storageDrs.VmConfigInfo(vm=vm, **values)


@pytest.mark.parametrize(
    ("told_of_pod", "automated", "excluded"),
    [
        (pod(), True, False),
        (pod(enabled=False), False, False),
        (pod(behavior="manual"), False, False),
        (pod(override(enabled=False)), True, True),
        (pod(override(behavior="manual")), True, True),
        (pod(override(_vim.VirtualMachine("vm-2"), enabled=False)), True, False),
        (pod(override(behavior="automated"), behavior="manual"), True, False),
    ],
    ids=["on", "off", "manual", "disabled", "manual for it", "another VM", "automated for it alone"],
)
def test_storage_drs(told_of_pod: Properties, *, automated: bool, excluded: bool) -> None:
    store = parser(pod=told_of_pod, store=told(paths.DATASTORE, STORE_VALUES | {"parent": POD})).datastore(STORE, SEAT)
    assert isinstance(store, Datastore)
    assert store.cluster == StorageCluster("cluster", automated, excluded)


def test_a_cluster_that_is_not_shown_is_missing() -> None:
    assert read_store(parent=POD).cluster == Missing("vc01 does not show the datastore cluster of gold")


def test_without_a_target_mount_and_cluster_are_missing() -> None:
    reason = Missing("no target")
    store = parser(pod=pod(), store=told(paths.DATASTORE, STORE_VALUES | {"parent": POD})).datastore(STORE, reason)
    assert isinstance(store, Datastore)
    assert (store.on_target_host, store.cluster) == (reason, reason)


def test_an_unreadable_folder_leaves_the_cluster_open() -> None:
    values = {path: value for path, value in STORE_VALUES.items() if path != "parent"}
    store = parser(store=told(paths.DATASTORE, values, refused=("parent",))).datastore(STORE, SEAT)
    assert isinstance(store, Datastore)
    assert isinstance(store.cluster, Missing)


def test_licences_with_their_features_and_without_their_keys() -> None:
    feature = _vim.KeyValue(key="vsphereapi", value="vSphere API")
    info = _vim.LicenseManager.LicenseInfo(
        licenseKey="SECRET-KEY",
        editionKey="esx.basic",
        name="VMware vSphere Hypervisor",
        properties=[
            _vmodl.KeyAnyValue(key="feature", value=feature),
            _vmodl.KeyAnyValue(key="feature", value="vmotion"),
            _vmodl.KeyAnyValue(key="ProductName", value="ESX"),
        ],
    )
    found = parser(licences=told(paths.LICENCES, {"licenses": [info]})).licences(LICENCES)
    assert found == (Licence("VMware vSphere Hypervisor", "esx.basic", ("vsphereapi", "vmotion")),)
