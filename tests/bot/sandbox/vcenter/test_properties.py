"""What the sandbox's property collector answers: bulk reads, traversals, pages, paths, and what is not there."""

# mypy: disallow-untyped-calls=False
# (pyVmomi's constructors have no annotations)

import asyncio
from typing import Any

import pytest
from pyVmomi import vim, vmodl
from pyVmomi.VmomiSupport import ManagedObject

from homeward.bot.sandbox.estate import Estate
from homeward.bot.sandbox.estate.model import GuestDisk
from homeward.bot.sandbox.vcenter import SandboxVCenter

PropertyCollector = vmodl.query.PropertyCollector
Content = vim.ServiceInstanceContent

GOLD = "ds-gold-01"


def traversal(kind: type, path: str, *more: Any, name: str | None = None) -> Any:
    return PropertyCollector.TraversalSpec(name=name, type=kind, path=path, selectSet=list(more))


def selecting(start: ManagedObject, *selections: Any, skip: bool = False) -> Any:
    return PropertyCollector.ObjectSpec(obj=start, skip=skip, selectSet=list(selections))


def wanting(kind: type, *paths: str) -> Any:
    return PropertyCollector.PropertySpec(type=kind, pathSet=list(paths))


async def retrieve(content: Content, objects: list[Any], wanted: list[Any], **options: Any) -> Any:
    """The answer to one filter; typed loosely, as pyVmomi's stubs lose the types of nested classes."""
    spec = PropertyCollector.FilterSpec(objectSet=objects, propSet=wanted, **options)
    collector = content.propertyCollector
    return await asyncio.to_thread(collector.RetrievePropertiesEx, [spec], PropertyCollector.RetrieveOptions())


async def read(content: Content, ref: ManagedObject, *paths: str) -> dict[str, Any]:
    result = await retrieve(content, [selecting(ref)], [wanting(type(ref), *paths)])
    return {str(one.name): one.val for one in result.objects[0].propSet}


async def find(content: Content, number: int) -> vim.VirtualMachine:
    index = content.searchIndex
    assert index
    found = await asyncio.to_thread(index.FindByUuid, None, f"50130000-0000-0000-0000-{number:012x}", True, True)
    assert isinstance(found, vim.VirtualMachine)
    return found


async def everything(content: Content) -> Any:
    assert content.viewManager
    view = await asyncio.to_thread(content.viewManager.CreateContainerView, content.rootFolder, [], True)
    return selecting(view, traversal(vim.view.ContainerView, "view"), skip=True)


async def by_name(content: Content, kind: type, *paths: str) -> dict[str, dict[str, Any]]:
    result = await retrieve(content, [await everything(content)], [wanting(kind, "name", *paths)])
    values = [{str(one.name): one.val for one in found.propSet} for found in result.objects]
    return {value["name"]: value for value in values}


# --- What is drawn


async def test_one_call_reads_all_machines(content: Content, vcenter: SandboxVCenter, estate: Estate) -> None:
    start = await everything(content)
    vcenter.calls.clear()
    result = await retrieve(content, [start], [wanting(vim.VirtualMachine, "name", "runtime.powerState")])
    assert len(result.objects) == len(estate.vcenter.vms)
    assert vcenter.calls == ["RetrievePropertiesEx"]


async def test_every_property_of_every_object_goes_over_the_wire(content: Content, estate: Estate) -> None:
    estate.vcenter.vm("web01").disks = [GuestDisk(raw_mapping=True), GuestDisk(has_parent=True)]
    every = PropertyCollector.PropertySpec(type=vim.ManagedEntity, all=True)
    result = await retrieve(content, [await everything(content)], [every])
    kinds: set[type] = {type(found.obj) for found in result.objects}
    assert kinds == {
        vim.Datacenter,
        vim.Folder,
        vim.ClusterComputeResource,
        vim.ResourcePool,
        vim.HostSystem,
        vim.Datastore,
        vim.StoragePod,
        vim.VirtualMachine,
    }
    names: set[tuple[type, str]] = {(type(found.obj), one.name) for found in result.objects for one in found.propSet}
    assert {(vim.VirtualMachine, "config"), (vim.HostSystem, "summary"), (vim.Datastore, "host")} <= names


async def test_a_machine_shows_what_the_estate_says(content: Content) -> None:
    vm = await read(
        content,
        await find(content, 3),
        "name",
        "config.uuid",
        "config.template",
        "guest.toolsRunningStatus",
        "guest.hostName",
        "guest.ipAddress",
        "runtime.powerState",
        "runtime.consolidationNeeded",
        "summary.config.memorySizeMB",
        "snapshot",
    )
    snapshot = vm.pop("snapshot")
    assert snapshot.rootSnapshotList[0].snapshot == snapshot.currentSnapshot
    assert vm == {
        "name": "mt-lin01",
        "config.uuid": "42130000-0000-0000-0000-000000000003",
        "config.template": False,
        "guest.toolsRunningStatus": "guestToolsRunning",
        "guest.hostName": "mt-lin01",
        "guest.ipAddress": "10.20.0.22",
        "runtime.powerState": "poweredOn",
        "runtime.consolidationNeeded": False,
        "summary.config.memorySizeMB": 16384,
    }


async def test_devices_are_disks_on_their_controllers(content: Content) -> None:
    devices = (await read(content, await find(content, 3), "config.hardware.device"))["config.hardware.device"]
    controllers = {one.key: one for one in devices if isinstance(one, vim.vm.device.VirtualSCSIController)}
    disks = [one for one in devices if isinstance(one, vim.vm.device.VirtualDisk)]
    assert [type(one) for one in controllers.values()] == [vim.vm.device.ParaVirtualSCSIController]
    assert len(disks) == 60
    places = {(disk.controllerKey, disk.unitNumber) for disk in disks}
    assert len(places) == 60
    assert all(key in controllers and unit != 7 for key, unit in places)
    backings: list[Any] = [disk.backing for disk in disks]
    assert all(backing.parent for backing in backings), "a snapshot shows as a parent of each disk"
    assert len({backing.uuid for backing in backings}) == 60


@pytest.mark.parametrize(
    ("kind", "drawn"),
    [
        ("lsilogic", vim.vm.device.VirtualLsiLogicController),
        ("lsilogicsas", vim.vm.device.VirtualLsiLogicSASController),
        ("buslogic", vim.vm.device.VirtualBusLogicController),
    ],
)
async def test_more_disks_than_a_bus_takes_need_another_controller(
    content: Content, estate: Estate, kind: Any, drawn: type
) -> None:
    web01 = estate.vcenter.vm("web01")
    web01.scsi, web01.disks = kind, [GuestDisk() for _ in range(16)]
    devices = (await read(content, await find(content, 11), "config.hardware.device"))["config.hardware.device"]
    assert [type(one) for one in devices[:2]] == [drawn, drawn]
    assert devices[-1].controllerKey == devices[1].key


async def test_a_raw_mapping_is_no_flat_disk(content: Content, estate: Estate) -> None:
    estate.vcenter.vm("web01").disks = [GuestDisk(raw_mapping=True, uuid="6000C290-1")]
    devices = (await read(content, await find(content, 11), "config.hardware.device"))["config.hardware.device"]
    assert isinstance(devices[-1].backing, vim.vm.device.VirtualDisk.RawDiskMappingVer1BackingInfo)
    assert devices[-1].backing.uuid == "6000C290-1"


async def test_a_host_shows_its_memory_and_state(content: Content, estate: Estate) -> None:
    estate.vcenter.host("esx01").in_maintenance = True
    paths = ["summary.hardware.memorySize", "summary.quickStats.overallMemoryUsage", "runtime.connectionState"]
    esx01 = (await by_name(content, vim.HostSystem, *paths, "runtime.inMaintenanceMode", "config.product"))["esx01"]
    assert esx01["summary.hardware.memorySize"] == 768 * 1024**3
    assert esx01["summary.quickStats.overallMemoryUsage"] == 210 * 1024
    assert esx01["runtime.connectionState"] == "connected"
    assert esx01["runtime.inMaintenanceMode"] is True
    assert esx01["config.product"].name == "VMware ESXi"


async def test_a_disconnected_host_has_no_configuration(content: Content, estate: Estate) -> None:
    estate.vcenter.host("esx01").connection = "disconnected"
    assert "config.product" not in (await by_name(content, vim.HostSystem, "config.product"))["esx01"]


async def test_a_datastore_is_mounted_as_each_host_sees_it(content: Content, estate: Estate) -> None:
    estate.vcenter.datastore("ds-db").mounts["esx03"] = "unmounted"
    mounts = (await by_name(content, vim.Datastore, "host"))["ds-db"]["host"]
    seen = [(one.mountInfo.accessMode, one.mountInfo.mounted, one.mountInfo.accessible) for one in mounts]
    assert seen == [("readOnly", True, True), ("readWrite", True, True), ("readWrite", False, False)]


async def test_a_datastore_cluster_tells_whom_it_leaves_alone(content: Content) -> None:
    pod = (await by_name(content, vim.StoragePod, "podStorageDrsEntry"))["gold-cluster"]["podStorageDrsEntry"]
    assert pod.storageDrsConfig.podConfig.enabled
    assert pod.storageDrsConfig.podConfig.defaultVmBehavior == "automated"
    excluded = [(one.vm, one.enabled) for one in pod.storageDrsConfig.vmConfig]
    assert excluded == [(await find(content, 1), False), (await find(content, 2), False)]
    stores = await by_name(content, vim.Datastore, "parent")
    assert isinstance(stores[GOLD]["parent"], vim.StoragePod)
    assert type(stores["ds-db"]["parent"]) is vim.Folder


async def test_what_is_mended_in_the_estate_is_seen_at_once(content: Content, estate: Estate) -> None:
    target = await find(content, 3)
    assert "snapshot" in await read(content, target, "snapshot")
    estate.vcenter.vm("mt-lin01").snapshot = False
    assert "snapshot" not in await read(content, target, "snapshot")


async def test_ids_stay_when_others_come_and_go(content: Content, estate: Estate) -> None:
    async def ids() -> dict[str, ManagedObject]:
        found = await by_name(content, vim.Datastore, "summary.datastore")
        return {name: value["summary.datastore"] for name, value in found.items()}

    before = await ids()
    del estate.vcenter.datastores[0]
    assert await ids() == {name: ref for name, ref in before.items() if name != GOLD}


# --- Traversals and pages


async def test_a_traversal_follows_references(content: Content) -> None:
    """From a machine to its host, to the host's datastores, to their clusters: one call."""
    to_pod = traversal(vim.Datastore, "parent")
    to_stores = traversal(vim.HostSystem, "datastore", to_pod)
    to_host = traversal(vim.VirtualMachine, "runtime.host", to_stores)
    wanted = [wanting(vim.ManagedEntity, "name")]
    result = await retrieve(content, [selecting(await find(content, 2), to_host)], wanted)
    names = [found.propSet[0].val for found in result.objects]
    assert names == ["mt-win01", "esx02", GOLD, "gold-cluster", "ds-gold-02", "ds-db", "datastore"]


async def test_a_named_traversal_calls_itself(content: Content) -> None:
    again = PropertyCollector.SelectionSpec(name="folders")
    into = traversal(vim.Datacenter, "vmFolder", again)
    folders = traversal(vim.Folder, "childEntity", again, into, name="folders")
    result = await retrieve(
        content, [selecting(content.rootFolder, folders, skip=True)], [wanting(vim.VirtualMachine, "name")]
    )
    assert "web01" in {found.propSet[0].val for found in result.objects}


async def test_a_circle_of_traversals_ends(content: Content) -> None:
    to_vms = traversal(vim.HostSystem, "vm", PropertyCollector.SelectionSpec(name="host"))
    to_host = traversal(vim.VirtualMachine, "runtime.host", to_vms, name="host")
    result = await retrieve(
        content, [selecting(await find(content, 14), to_host)], [wanting(vim.VirtualMachine, "name")]
    )
    assert {found.propSet[0].val for found in result.objects} == {"mt-lin01", "legacy01", "mix-lin01"}


async def test_a_view_shows_direct_children_unless_it_is_recursive(content: Content) -> None:
    views = content.viewManager
    assert views
    view = await asyncio.to_thread(views.CreateContainerView, content.rootFolder, [], False)
    assert [type(ref) for ref in await asyncio.to_thread(lambda: view.view)] == [vim.Datacenter]


async def test_a_destroyed_view_is_gone(content: Content) -> None:
    views = content.viewManager
    assert views
    # Typed loosely: to a checker, its methods are lost in pyVmomi's machinery.
    view: Any = await asyncio.to_thread(views.CreateContainerView, content.rootFolder, [], True)
    await asyncio.to_thread(view.DestroyView)
    with pytest.raises(vmodl.fault.ManagedObjectNotFound):
        await asyncio.to_thread(lambda: view.view)


async def test_an_unknown_traversal_name_is_refused(content: Content) -> None:
    lost = PropertyCollector.SelectionSpec(name="nowhere")
    with pytest.raises(vmodl.fault.InvalidArgument):
        await retrieve(content, [selecting(content.rootFolder, lost)], [wanting(vim.Folder, "name")])


async def test_several_filters_answer_in_one_call(content: Content, vcenter: SandboxVCenter) -> None:
    web01, root = await find(content, 11), content.rootFolder
    filters = [
        PropertyCollector.FilterSpec(objectSet=[selecting(web01)], propSet=[wanting(vim.VirtualMachine, "name")]),
        PropertyCollector.FilterSpec(objectSet=[selecting(root)], propSet=[wanting(vim.Folder, "name")]),
    ]
    result: Any = await asyncio.to_thread(
        content.propertyCollector.RetrievePropertiesEx, filters, PropertyCollector.RetrieveOptions()
    )
    assert [found.propSet[0].val for found in result.objects] == ["web01", "Datacenters"]


@pytest.mark.parametrize(("asked", "ceiling"), [(4, 0), (None, 4), (9, 4), (4, 9)])
async def test_long_answers_come_in_pages(
    content: Content, vcenter: SandboxVCenter, asked: int | None, ceiling: int
) -> None:
    vcenter.faults.page_size = ceiling
    start = await everything(content)
    spec = PropertyCollector.FilterSpec(objectSet=[start], propSet=[wanting(vim.VirtualMachine, "name")])
    options = PropertyCollector.RetrieveOptions(maxObjects=asked)
    collector = content.propertyCollector
    page: Any = await asyncio.to_thread(collector.RetrievePropertiesEx, [spec], options)
    sizes, names = [len(page.objects)], {found.propSet[0].val for found in page.objects}
    while page.token:
        page = await asyncio.to_thread(collector.ContinueRetrievePropertiesEx, page.token)
        sizes.append(len(page.objects))
        names |= {found.propSet[0].val for found in page.objects}
    assert sizes == [4, 4, 4, 3]
    assert len(names) == 15


async def test_a_cancelled_answer_has_no_more_pages(content: Content) -> None:
    spec = PropertyCollector.FilterSpec(
        objectSet=[await everything(content)], propSet=[wanting(vim.VirtualMachine, "name")]
    )
    options, collector = PropertyCollector.RetrieveOptions(maxObjects=4), content.propertyCollector
    page: Any = await asyncio.to_thread(collector.RetrievePropertiesEx, [spec], options)
    await asyncio.to_thread(collector.CancelRetrievePropertiesEx, page.token)
    with pytest.raises(vmodl.fault.InvalidArgument):
        await asyncio.to_thread(collector.ContinueRetrievePropertiesEx, page.token)


async def test_an_unknown_token_is_refused(content: Content) -> None:
    with pytest.raises(vmodl.fault.InvalidArgument):
        await asyncio.to_thread(content.propertyCollector.ContinueRetrievePropertiesEx, "7")


# --- Paths


async def test_a_key_picks_one_of_a_list(content: Content) -> None:
    path = 'config.extraConfig["disk.EnableUUID"]'
    assert (await read(content, await find(content, 2), path))[path].value == "TRUE"
    assert await read(content, await find(content, 3), path) == {}


async def test_a_path_goes_on_behind_a_key(content: Content) -> None:
    path = "config.hardware.device[2001].capacityInBytes"
    assert await read(content, await find(content, 1), path) == {path: 600 * 1024**3}


@pytest.mark.parametrize(
    "path",
    [
        "colour",
        "config.colour",
        "snapshot.colour",
        "config.hardware.device.key",
        "runtime.host.name",
        "name[1]",
        "config..uuid",
        "",
    ],
)
async def test_a_wrong_path_fails_the_whole_call(content: Content, path: str) -> None:
    with pytest.raises(vmodl.query.InvalidProperty) as caught:
        await read(content, await find(content, 11), "name", path)
    refusal: Any = caught.value
    assert refusal.name == path


async def test_a_required_property_that_is_not_drawn_is_refused_not_invented(content: Content) -> None:
    with pytest.raises(vmodl.fault.NotSupported, match=r"VirtualMachine\.environmentBrowser"):
        await read(content, await find(content, 11), "environmentBrowser")


# --- What is not there


async def test_an_unset_property_is_simply_absent(content: Content) -> None:
    result = await retrieve(content, [selecting(await find(content, 11))], [wanting(vim.VirtualMachine, "snapshot")])
    assert result.objects[0].propSet == []
    assert result.objects[0].missingSet == []


async def test_a_vanished_object_is_not_found(content: Content, estate: Estate) -> None:
    web01 = await find(content, 11)
    estate.vcenter.vms.remove(estate.vcenter.vm("web01"))
    with pytest.raises(vmodl.fault.ManagedObjectNotFound) as caught:
        await read(content, web01, "name")
    assert caught.value.obj == web01
    with pytest.raises(vmodl.fault.ManagedObjectNotFound):
        await asyncio.to_thread(lambda: web01.name)


async def test_missing_objects_are_left_out_if_the_filter_allows_it(content: Content, estate: Estate) -> None:
    web01, web02 = await find(content, 11), await find(content, 12)
    estate.vcenter.vms.remove(estate.vcenter.vm("web01"))
    wanted = [wanting(vim.VirtualMachine, "name")]
    result = await retrieve(content, [selecting(web01), selecting(web02)], wanted, reportMissingObjectsInResults=True)
    assert [found.obj for found in result.objects] == [web02]


async def test_nothing_found_is_no_result_at_all(content: Content, estate: Estate) -> None:
    estate.vcenter.vms.clear()
    assert await retrieve(content, [await everything(content)], [wanting(vim.VirtualMachine, "name")]) is None


async def test_what_may_not_be_read_is_in_the_missing_set(content: Content, vcenter: SandboxVCenter) -> None:
    vcenter.faults.no_permission_paths.add("config")
    web01 = await find(content, 11)
    wanted = [wanting(vim.VirtualMachine, "name", "config.uuid", "config.extraConfig")]
    result = await retrieve(content, [selecting(web01)], wanted)
    assert [one.name for one in result.objects[0].propSet] == ["name"]
    missing: dict[str, type] = {one.path: type(one.fault) for one in result.objects[0].missingSet}
    assert missing == {"config.uuid": vim.fault.NoPermission, "config.extraConfig": vim.fault.NoPermission}
    with pytest.raises(vim.fault.NoPermission):
        await asyncio.to_thread(lambda: web01.config)
