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
