"""Finding the VM that is meant, and saying so when several could be."""

from collections.abc import Callable
from typing import Any

import pytest
from pyVmomi import vim

from homeward.bot.sandbox.estate.model import Estate, VirtualMachine
from homeward.bot.sandbox.vcenter import SandboxVCenter
from homeward.checks.facts import ABSENT, Missing
from homeward.checks.sources.vcenter import VCenterReader, VmQuery, Wanted, paths
from homeward.checks.sources.vcenter.inventory import Inventory, KnownVm
from homeward.checks.sources.vcenter.specs import Properties

PATHS = {"vm": paths.KNOWN_VM, "datastore": paths.KNOWN_DATASTORE, "datacenter": paths.DATACENTER}
_Vm: Any = vim.VirtualMachine
_Datastore: Any = vim.Datastore
_Datacenter: Any = vim.Datacenter


def told(kind: str, *values: object) -> Properties:
    properties = Properties(frozenset(PATHS[kind]))
    properties.values.update({path: value for path, value in zip(PATHS[kind], values, strict=True) if value})
    return properties


def inventory(*vms: tuple[str, str, str, str, str]) -> Inventory:
    """Each VM as (name, BIOS UUID, instance UUID, guest's host name, guest's address)."""
    answer = {_Vm(f"vm-{number}"): told("vm", *vm) for number, vm in enumerate(vms)}
    return Inventory(answer, vcenter="vc01", taken_at=0)


def found(known: Inventory, query: VmQuery) -> str:
    vm = known.find(query)
    assert isinstance(vm, KnownVm), vm
    return str(vm.ref._GetMoId())


ESTATE = inventory(
    ("web01", "BIOS-1", "Inst-1", "web01.corp.example", "10.0.0.1"),
    ("web02", "BIOS-2", "Inst-2", "", ""),
    ("twin", "BIOS-3", "Inst-3", "twin-a", "10.0.0.3"),
    ("twin", "BIOS-4", "Inst-4", "twin-b", "10.0.0.4"),
    ("Master Target", "BIOS-5", "Inst-5", "mt01", "10.0.0.5"),
)


@pytest.mark.parametrize(
    ("query", "moid"),
    [
        (VmQuery(instance_uuid="INST-1"), "vm-0"),
        (VmQuery(instance_uuid="bios-2"), "vm-1"),
        (VmQuery(name="WEB02"), "vm-1"),
        (VmQuery(name="twin", host_name="twin-b"), "vm-3"),
        (VmQuery(name="twin", ip="10.0.0.3"), "vm-2"),
        (VmQuery(name="mt01", host_name="MT01.corp.example"), "vm-4"),
        (VmQuery(host_name="web01"), "vm-0"),
        (VmQuery(host_name="web01.CORP.example"), "vm-0"),
        (VmQuery(ip="10.0.0.5"), "vm-4"),
    ],
    ids=str,
)
def test_a_vm_is_found_without_case(query: VmQuery, moid: str) -> None:
    assert found(ESTATE, query) == moid


@pytest.mark.parametrize(
    "query",
    [VmQuery(instance_uuid="inst-9", name="web01"), VmQuery(name="web0"), VmQuery(ip="10.0.0.9"), VmQuery()],
    ids=["another VM of that name", "part of a name", "address", "nothing"],
)
def test_what_is_not_there_is_absent(query: VmQuery) -> None:
    assert ESTATE.find(query) is ABSENT


def test_two_vms_of_one_name_are_no_answer() -> None:
    assert ESTATE.find(VmQuery(name="twin")) == Missing("vc01 has 2 VMs that could be twin")


NAMESAKE = ("mt-win01", "BIOS-8", "Inst-8", "other01", "10.0.0.8")
REAL = ("Master Target 1", "BIOS-9", "Inst-9", "mt-win01.corp.example", "10.0.0.9")
SERVER = VmQuery(name="mt-win01", host_name="mt-win01", ip="10.0.0.9")


def test_a_guest_known_by_name_and_address_outranks_a_namesake_in_the_inventory() -> None:
    assert found(inventory(NAMESAKE, REAL), SERVER) == "vm-1"


@pytest.mark.parametrize(
    "real",
    [(*REAL[:3], REAL[3], ""), (*REAL[:3], "", REAL[4]), (*REAL[:3], REAL[3], "10.0.0.7")],
    ids=["host name only", "address only", "another address"],
)
def test_a_name_and_a_guest_of_different_vms_are_no_answer(real: tuple[str, str, str, str, str]) -> None:
    both = Missing("vc01 has 2 VMs that could be mt-win01: Master Target 1, mt-win01")
    assert inventory(NAMESAKE, real).find(SERVER) == both


def test_a_host_name_and_an_address_of_different_vms_are_no_answer() -> None:
    other = ("Master Target 2", "BIOS-7", "Inst-7", "mt02", "10.0.0.9")
    assert isinstance(inventory((*REAL[:4], "10.0.0.7"), other).find(SERVER), Missing)


@pytest.mark.parametrize(
    "vm",
    [NAMESAKE, ("mt-old", "BIOS-8", "Inst-8", "other01", "10.0.0.9")],
    ids=["the name", "the address"],
)
def test_a_vm_whose_guest_calls_itself_otherwise_is_no_answer(vm: tuple[str, str, str, str, str]) -> None:
    assert inventory(vm).find(SERVER) == Missing(f"vc01's VM {vm[0]} calls itself other01: it may not be mt-win01")


def test_a_vm_with_the_name_and_the_address_may_call_itself_otherwise() -> None:
    assert found(inventory(("mt-win01", "BIOS-8", "Inst-8", "other01", "10.0.0.9")), SERVER) == "vm-0"


@pytest.mark.parametrize("untold", [("", ""), ("BIOS-1", ""), ("", "Inst-1")], ids=["both", "instance", "BIOS"])
def test_a_uuid_that_is_not_found_is_no_answer_while_some_vms_tell_none(untold: tuple[str, str]) -> None:
    known = inventory(("lost", *untold, "", ""), ("web02", "BIOS-2", "Inst-2", "", ""))
    assert found(known, VmQuery(instance_uuid="inst-2")) == "vm-1"
    assert known.find(VmQuery(instance_uuid="inst-9", name="web01")) == Missing(
        "vc01 does not tell the UUIDs of all its VMs (lost): one could be web01"
    )


def test_of_many_vms_without_a_uuid_three_are_named() -> None:
    missing = inventory(*((f"lost{number}", "", "", "", "") for number in range(4))).find(VmQuery(instance_uuid="x"))
    assert isinstance(missing, Missing)
    assert "(lost0, lost1, lost2, ...)" in missing.reason


def test_two_vms_of_one_bios_uuid_are_told_apart_by_name() -> None:
    copies = inventory(("web01", "same", "i1", "", ""), ("web01-copy", "same", "i2", "", ""))
    assert isinstance(copies.find(VmQuery(instance_uuid="SAME")), Missing)
    assert found(copies, VmQuery(instance_uuid="SAME", name="web01-copy")) == "vm-1"


def test_datastores_belong_to_data_centers() -> None:
    here, there, stray = (_Datastore(f"datastore-{number}") for number in (1, 2, 3))
    home = _Datacenter("datacenter-1")
    known = Inventory(
        {
            here: told("datastore", "gold"),
            there: told("datastore", "GOLD"),
            home: told("datacenter", "Rotterdam", [here]),
            _Datacenter("datacenter-2"): told("datacenter", "Delft", None),
        },
        vcenter="vc01",
        taken_at=0,
    )
    assert known.datastores("Gold") == (here, there)
    assert known.datacenter([stray, here]) == home
    assert known.datacenter([there]) is None


async def test_a_vm_with_two_matches_in_vcenter_is_missing(
    reader: VCenterReader, vcenter: SandboxVCenter, estate: Estate
) -> None:
    estate.vcenter.vms.append(VirtualMachine("appliance01", 99, "esx02", "ds-gold-02"))
    wanted = Wanted("web01", VmQuery(name="web01"), VmQuery(name="appliance01"), "", modernized=True)
    read = (await reader.read([wanted]))["web01"]
    reason = Missing("vc01 has 2 VMs that could be appliance01")
    assert (read.target_vm, read.target_host) == (reason, reason)


Want = Callable[..., Wanted]


async def test_names_are_kept_for_a_while(
    reader: VCenterReader, vcenter: SandboxVCenter, estate: Estate, clock: Any
) -> None:
    await reader.names()
    estate.vcenter.vms.append(VirtualMachine("new01", 99, "esx02", "ds-gold-02"))
    assert "new01" not in await reader.names()
    clock.now += 61
    assert "new01" in await reader.names()
