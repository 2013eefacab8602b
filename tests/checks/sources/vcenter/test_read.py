"""Reading the sandbox's vCenter with the real pyVmomi over TLS."""

from collections.abc import Callable
from typing import Any

import pytest

from homeward.bot.sandbox.estate.model import GIB, Estate
from homeward.bot.sandbox.estate.model import VirtualMachine as EstateVm
from homeward.bot.sandbox.vcenter import SandboxVCenter
from homeward.checks.facts import (
    ABSENT,
    Absent,
    Datastore,
    Host,
    HostState,
    Missing,
    Mount,
    ScsiController,
    StorageCluster,
    VCenter,
    VirtualMachine,
)
from homeward.checks.sources.access import SourceError
from homeward.checks.sources.vcenter import OnPremises, VCenterReader, VmQuery, Wanted

Want = Callable[..., Wanted]


def vm_of(found: VirtualMachine | Absent | Missing) -> VirtualMachine:
    assert isinstance(found, VirtualMachine), found
    return found


def host_of(found: Host | Missing) -> Host:
    assert isinstance(found, Host), found
    return found


def stores_of(found: tuple[Datastore, ...] | Missing) -> tuple[Datastore, ...]:
    assert not isinstance(found, Missing), found
    return found


async def read_one(reader: VCenterReader, wanted: Wanted) -> OnPremises:
    return (await reader.read([wanted]))[wanted.machine]


async def test_a_machine_its_target_and_their_storage_are_read(reader: VCenterReader, want: Want) -> None:
    read = await read_one(reader, want("web01"))
    source, target, host = vm_of(read.source_vm), vm_of(read.target_vm), host_of(read.target_host)
    assert (source.name, source.power, source.host, source.datastores) == (
        "web01",
        "poweredOff",
        "esx01",
        ("ds-gold-01",),
    )
    assert (target.name, target.tools_running, target.has_snapshot) == ("appliance01", True, False)
    assert (host.name, host.product, host.connection, host.in_maintenance) == (
        "esx01",
        "VMware ESXi",
        "connected",
        False,
    )
    assert isinstance(host.vms, tuple)
    assert {vm.name for vm in host.vms} == {"appliance01", "web01", "web02", "hr01", "build01"}
    assert {store.name for store in stores_of(host.datastores)} == {"ds-gold-01", "ds-gold-02", "ds-db"}
    [store] = stores_of(read.datastores)
    assert (store.name, store.type, store.on_target_host) == ("ds-gold-01", "VMFS", Mount.READ_WRITE)
    assert store.cluster == StorageCluster("gold-cluster", automated=True, target_excluded=True)


async def test_the_vcenter_is_described_with_its_licences_and_no_keys(reader: VCenterReader, want: Want) -> None:
    read = await read_one(reader, want("web01"))
    assert isinstance(read.vcenter, VCenter)
    assert read.vcenter.name == "vc01"
    assert read.vcenter.product.startswith("VMware vCenter Server")
    assert isinstance(read.vcenter.licences, tuple)
    assert "vsphereapi" in read.vcenter.licences[0].features
    assert read.vcenter.licences[0].edition == "esx.enterprisePlus.cpuPackage"


async def test_the_host_of_the_machines_own_vm_is_read_beside_the_targets(
    reader: VCenterReader, estate: Estate, want: Want
) -> None:
    next(host for host in estate.vcenter.hosts if host.name == "esx02").in_maintenance = True
    estate.vcenter.vm("web01").host = "esx02"
    read = await read_one(reader, want("web01"))
    assert vm_of(read.source_vm).standing == HostState("connected", in_maintenance=True, free_bytes=588 * GIB)
    assert host_of(read.target_host).in_maintenance is False


async def test_a_faulty_master_target_shows_its_faults(reader: VCenterReader, want: Want) -> None:
    target = vm_of((await read_one(reader, want("legacy01", "mt-lin01", modernized=False))).target_vm)
    assert target.has_snapshot
    assert target.controllers == (ScsiController.PARAVIRTUAL,)
    assert target.disk_enable_uuid is ABSENT
    assert isinstance(target.disks, tuple)
    assert len(target.disks) == 60


async def test_a_set_disk_enable_uuid_is_read(reader: VCenterReader, want: Want) -> None:
    target = vm_of((await read_one(reader, want("pay-app01", "mt-win01", modernized=False))).target_vm)
    assert target.disk_enable_uuid == "TRUE"


async def test_a_datastore_that_the_targets_host_sees_read_only(reader: VCenterReader, want: Want) -> None:
    [store] = stores_of((await read_one(reader, want("db01"))).datastores)
    assert (store.name, store.on_target_host, store.cluster) == ("ds-db", Mount.READ_ONLY, ABSENT)


async def test_a_datastore_that_the_targets_host_does_not_mount(reader: VCenterReader, want: Want) -> None:
    [store] = stores_of((await read_one(reader, want("legacy01"))).datastores)
    assert (store.name, store.on_target_host) == ("ds-legacy", Mount.NOT_MOUNTED)


async def test_a_warm_check_costs_one_round_trip_whatever_it_covers(
    reader: VCenterReader, vcenter: SandboxVCenter, want: Want
) -> None:
    wanted = [want("pay-db01", "mt-win01"), want("pay-app01", "mt-win01"), want("web01")]
    await reader.read(wanted)
    vcenter.calls.clear()
    await reader.read(wanted)
    assert vcenter.calls == ["RetrievePropertiesEx"]


async def test_an_answer_in_pages_is_read_to_its_end(
    reader: VCenterReader, vcenter: SandboxVCenter, want: Want
) -> None:
    whole = await read_one(reader, want("web01"))
    vcenter.faults.page_size = 2
    vcenter.calls.clear()
    assert await read_one(reader, want("web01")) == whole
    assert vcenter.calls[:2] == ["RetrievePropertiesEx", "ContinueRetrievePropertiesEx"]


async def test_a_target_that_moved_is_judged_from_its_new_host(
    reader: VCenterReader, vcenter: SandboxVCenter, estate: Estate, want: Want
) -> None:
    await read_one(reader, want("db01"))
    estate.vcenter.vm("appliance01").host = "esx02"
    vcenter.calls.clear()
    read = await read_one(reader, want("db01"))
    assert host_of(read.target_host).name == "esx02"
    assert stores_of(read.datastores)[0].on_target_host is Mount.READ_WRITE
    assert vcenter.calls == ["RetrievePropertiesEx"]


async def test_a_vm_that_is_gone_is_absent_and_the_chosen_datastore_counts(
    reader: VCenterReader, estate: Estate, want: Want
) -> None:
    wanted = want("web01", datastore="DS-GOLD-02")
    estate.vcenter.vms.remove(estate.vcenter.vm("web01"))
    read = await read_one(reader, wanted)
    assert read.source_vm is ABSENT
    assert [store.name for store in stores_of(read.datastores)] == ["ds-gold-02"]


async def test_a_vm_that_is_gone_without_a_chosen_datastore_has_none(reader: VCenterReader, want: Want) -> None:
    read = await read_one(reader, want("nobody"))
    assert read.source_vm is ABSENT
    assert read.datastores == ()


async def test_a_chosen_datastore_that_nobody_knows_is_missing(reader: VCenterReader, want: Want) -> None:
    read = await read_one(reader, want("nobody", datastore="ds-typo"))
    assert read.datastores == Missing("vc01 shows no datastore ds-typo")


async def test_an_existing_vms_datastores_win_over_the_chosen_one(reader: VCenterReader, want: Want) -> None:
    read = await read_one(reader, want("web01", datastore="ds-gold-02"))
    assert [store.name for store in stores_of(read.datastores)] == ["ds-gold-01"]


async def test_a_physical_server_has_no_vm_and_is_not_searched_for(
    reader: VCenterReader, vcenter: SandboxVCenter, clock: Any
) -> None:
    wanted = Wanted("old2008", VmQuery(), VmQuery(name="mt-win01"), "", modernized=False)
    await reader.read([wanted])
    clock.now += 30
    vcenter.calls.clear()
    read = await read_one(reader, wanted)
    assert read.source_vm is ABSENT
    assert vm_of(read.target_vm).name == "mt-win01"
    assert vcenter.calls == ["RetrievePropertiesEx"]


async def test_a_physical_server_without_a_target_has_nothing_to_read(reader: VCenterReader) -> None:
    read = await read_one(reader, Wanted("old2008", VmQuery(), None, "", modernized=False))
    assert (read.source_vm, read.datastores) == (ABSENT, ())
    assert isinstance(read.vcenter, VCenter)


async def test_without_a_target_its_facts_are_missing_with_the_reason(reader: VCenterReader, want: Want) -> None:
    read = await read_one(reader, want("web01", ""))
    reason = Missing("no master target or appliance is chosen")
    assert (read.target_vm, read.target_host) == (reason, reason)
    [store] = stores_of(read.datastores)
    assert (store.on_target_host, store.cluster) == (reason, reason)


async def test_an_unknown_target_is_absent_and_its_host_missing(reader: VCenterReader, want: Want) -> None:
    read = await read_one(reader, want("web01", "mt-gone"))
    assert read.target_vm is ABSENT
    assert read.target_host == Missing("mt-gone is not in vc01")


async def test_a_vm_that_vanished_since_the_last_reading_is_looked_for_again(
    reader: VCenterReader, estate: Estate, want: Want
) -> None:
    wanted = want("web01")
    await reader.read([wanted])
    estate.vcenter.vms.remove(estate.vcenter.vm("web01"))
    assert (await read_one(reader, wanted)).source_vm is ABSENT


async def test_a_vm_that_was_renamed_is_not_taken_for_the_one_of_its_old_name(
    reader: VCenterReader, estate: Estate, want: Want
) -> None:
    await read_one(reader, want("web01"))
    estate.vcenter.vm("appliance01").name = "appliance-old"
    assert (await read_one(reader, want("web01"))).target_vm is ABSENT


@pytest.mark.parametrize(
    ("query", "attribute"),
    [
        (VmQuery(host_name="mt-win01"), "guest_hostname"),
        (VmQuery(ip="10.20.0.99"), "guest_ip"),
    ],
    ids=["host name", "address"],
)
async def test_a_vm_found_by_its_guest_is_looked_for_again_when_the_guest_has_changed(
    reader: VCenterReader, estate: Estate, query: VmQuery, attribute: str
) -> None:
    target = estate.vcenter.vm("mt-win01")
    target.guest_hostname, target.guest_ip = "mt-win01", "10.20.0.99"
    wanted = Wanted("web01", VmQuery(), query, "", modernized=False)
    assert vm_of((await read_one(reader, wanted)).target_vm).name == "mt-win01"
    setattr(target, attribute, "")
    assert (await read_one(reader, wanted)).target_vm is ABSENT


@pytest.mark.parametrize("path", ["config.instanceUuid", "config.uuid", "config"])
async def test_a_vm_is_not_gone_while_uuids_may_not_be_read(
    reader: VCenterReader, vcenter: SandboxVCenter, estate: Estate, path: str
) -> None:
    vcenter.faults.no_permission_paths.add(path)
    query = VmQuery(instance_uuid="50130000-0000-0000-0000-00000000ffff", name="gone01")
    read = await read_one(reader, Wanted("gone01", query, VmQuery(name="appliance01"), "", modernized=True))
    assert isinstance(read.source_vm, Missing)
    assert "vc01 does not tell the UUIDs of all its VMs" in read.source_vm.reason


async def test_what_was_not_told_is_asked_again_once_the_inventory_may_be_read_again(
    reader: VCenterReader, vcenter: SandboxVCenter, want: Want, clock: Any
) -> None:
    vcenter.faults.no_permission_paths.add("config.instanceUuid")
    assert isinstance((await read_one(reader, want("web01"))).source_vm, Missing)
    vcenter.faults.clear()
    clock.now += 11
    assert vm_of((await read_one(reader, want("web01"))).source_vm).name == "web01"


async def test_a_vm_that_appeared_is_found_once_the_inventory_may_be_read_again(
    reader: VCenterReader, vcenter: SandboxVCenter, estate: Estate, clock: Any, want: Want
) -> None:
    vm = estate.vcenter.vm("web01")
    wanted = want("web01")
    estate.vcenter.vms.remove(vm)
    assert (await read_one(reader, wanted)).source_vm is ABSENT
    estate.vcenter.vms.append(vm)
    vcenter.calls.clear()
    assert (await read_one(reader, wanted)).source_vm is ABSENT
    assert "CreateContainerView" not in vcenter.calls
    clock.now += 11
    assert vm_of((await read_one(reader, wanted)).source_vm).name == "web01"


async def test_names_are_found_without_case(reader: VCenterReader) -> None:
    assert await reader.find("WEB01")
    assert not await reader.find("web99")
    assert {"web01", "mt-lin01", "build01-old"} <= set(await reader.names())


async def test_an_inventory_that_shows_nothing_is_no_answer(reader: VCenterReader, estate: Estate, want: Want) -> None:
    estate.vcenter.vms.clear()
    with pytest.raises(SourceError, match=r"vc01 shows homeward@vsphere\.local no virtual machine at all"):
        await reader.read([want("web01")])


@pytest.mark.parametrize("path", ["snapshot", "name"])
async def test_a_vm_whose_snapshots_may_not_be_read_is_missing_never_clean(
    reader: VCenterReader, vcenter: SandboxVCenter, want: Want, path: str
) -> None:
    wanted = want("web01")
    await reader.read([wanted])
    vcenter.faults.no_permission_paths.add(path)
    read = await read_one(reader, wanted)
    assert isinstance(read.source_vm, Missing)
    assert "NoPermission" in read.source_vm.reason


async def test_one_unreadable_property_leaves_the_others(
    reader: VCenterReader, vcenter: SandboxVCenter, want: Want
) -> None:
    vcenter.faults.no_permission_paths |= {"config.extraConfig", "podStorageDrsEntry", "licenses"}
    read = await read_one(reader, want("web01"))
    target = vm_of(read.target_vm)
    assert isinstance(target.disk_enable_uuid, Missing)
    assert target.tools_running is True
    assert isinstance(stores_of(read.datastores)[0].cluster, Missing)
    assert isinstance(read.vcenter, VCenter)
    assert isinstance(read.vcenter.licences, Missing)


async def test_unreadable_mounts_of_a_datastore_are_missing(
    reader: VCenterReader, vcenter: SandboxVCenter, want: Want
) -> None:
    vcenter.faults.no_permission_paths.add("host")
    read = await read_one(reader, want("web01"))
    assert isinstance(stores_of(read.datastores)[0].on_target_host, Missing)


async def test_datastores_of_the_vm_that_may_not_be_read_are_missing(
    reader: VCenterReader, vcenter: SandboxVCenter, want: Want
) -> None:
    await read_one(reader, want("web01"))
    vcenter.faults.no_permission_paths.add("datastore")
    read = await read_one(reader, want("web01"))
    assert isinstance(read.datastores, Missing)
    assert read.datastores.reason.startswith("vc01 does not tell the datastores of ")


class Restless(EstateVm):
    """A VM that is renamed each time somebody looks."""

    def __getattribute__(self, name: str) -> Any:
        found: Any = super().__getattribute__(name)
        if name == "name":
            self.__dict__["looks"] = looks = self.__dict__.get("looks", 0) + 1
            return "".join(one.upper() if looks >> place & 1 else one for place, one in enumerate(found))
        return found


async def test_an_inventory_that_never_rests_is_no_answer(reader: VCenterReader, estate: Estate, want: Want) -> None:
    estate.vcenter.vms.append(Restless("restless", 99, "esx01", "ds-gold-01"))
    with pytest.raises(SourceError, match="the inventory of vc01 changed again and again"):
        await reader.read([want("web01", "restless")])


async def test_nobody_asks_and_nothing_is_read(reader: VCenterReader) -> None:
    assert await reader.read([]) == {}
