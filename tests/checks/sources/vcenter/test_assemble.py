"""Choosing among datastores of one name, which is unique in a data center only."""

from typing import Any

from pyVmomi import vim

from homeward.checks.facts import ABSENT, Missing, VCenter
from homeward.checks.sources.vcenter import VmQuery, Wanted, paths
from homeward.checks.sources.vcenter.assemble import Assembly
from homeward.checks.sources.vcenter.inventory import Found, Inventory, KnownVm
from homeward.checks.sources.vcenter.parse import Parser
from homeward.checks.sources.vcenter.specs import Answer, Properties

_vim: Any = vim
DELFT, ROTTERDAM = _vim.Datacenter("datacenter-1"), _vim.Datacenter("datacenter-2")
IN_DELFT, IN_ROTTERDAM = _vim.Datastore("datastore-1"), _vim.Datastore("datastore-2")
TARGET, HOST = _vim.VirtualMachine("vm-1"), _vim.HostSystem("host-1")
VCENTER = VCenter("vc01", "VMware vCenter Server", (), "", ())
SOURCE = VmQuery(name="web01")
MT = VmQuery(name="mt01")


def told(asked: tuple[str, ...], **values: object) -> Properties:
    properties = Properties(frozenset(asked))
    properties.values.update({path.replace("__", "."): value for path, value in values.items()})
    return properties


def store(**size: object) -> Properties:
    return told(
        paths.DATASTORE,
        name="gold",
        summary__type="VMFS",
        summary__accessible=True,
        summary__capacity=9,
        host=[],
        **size,
    )


INVENTORY: Answer = {
    DELFT: told(paths.DATACENTER, name="Delft", datastore=[IN_DELFT]),
    ROTTERDAM: told(paths.DATACENTER, name="Rotterdam", datastore=[IN_ROTTERDAM]),
    IN_DELFT: told(paths.KNOWN_DATASTORE, name="gold"),
    IN_ROTTERDAM: told(paths.KNOWN_DATASTORE, name="gold"),
}
ANSWER: Answer = {
    IN_DELFT: store(summary__freeSpace=1),
    IN_ROTTERDAM: store(summary__freeSpace=2),
    TARGET: told(paths.VM, name="mt01", runtime__host=HOST, datastore=[IN_ROTTERDAM]),
    HOST: told(paths.HOST, name="esx01"),
}


def free_bytes(target: VmQuery | None) -> int:
    found: dict[VmQuery, Found] = {SOURCE: ABSENT, MT: KnownVm(TARGET, "mt01", "", "", "", "")}
    assembly = Assembly("vc01", found, Inventory(INVENTORY, vcenter="vc01", taken_at=0), Parser("vc01", ANSWER))
    read = assembly.machine(Wanted("web01", SOURCE, target, "gold", modernized=False), VCENTER)
    assert not isinstance(read.datastores, Missing)
    [chosen] = read.datastores
    return chosen.free_bytes


def test_the_datastore_in_the_targets_data_center_is_meant() -> None:
    assert free_bytes(MT) == 2


def test_without_a_target_the_first_is_shown() -> None:
    assert free_bytes(None) == 1
