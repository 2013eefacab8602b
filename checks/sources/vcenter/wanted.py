"""What is asked of a vCenter about one machine, and what it answers."""

from dataclasses import dataclass, field
from datetime import datetime

from homeward.checks.facts import (
    NOT_ASKED,
    Absent,
    Datastore,
    Host,
    Missing,
    NotAsked,
    Relocation,
    VCenter,
    VirtualMachine,
)


@dataclass(frozen=True, slots=True)
class VmQuery:
    """How a VM is known from outside vCenter; all compared without case.

    `instance_uuid` alone decides where it is given: another VM of the same name is another VM.
    Without it the name in the inventory, the guest's host name and its address must not name different VMs,
    unless the guest's two agree.
    """

    instance_uuid: str = ""
    name: str = ""
    host_name: str = ""
    ip: str = ""

    @property
    def empty(self) -> bool:
        return not (self.instance_uuid or self.name or self.host_name or self.ip)

    def __str__(self) -> str:
        return self.name or self.host_name or self.ip or self.instance_uuid


@dataclass(frozen=True, slots=True)
class Wanted:
    """One machine of a check: its own VM (an empty query for a physical server) and the chosen target's VM.

    `machine` tells it apart in the answer; names do not, since machines may share one.
    `datastore` is the chosen one, "" for none; `modernized` tells which privileges Site Recovery's account needs.
    `moves_since` is since when moves of the target's disks are asked for, None where they are not.
    """

    machine: str
    source: VmQuery
    target: VmQuery | None
    datastore: str
    modernized: bool = field(kw_only=True)
    moves_since: datetime | None = field(default=None, kw_only=True)


@dataclass(frozen=True, slots=True)
class OnPremises:
    """The facts of `Facts` that vCenter tells."""

    vcenter: VCenter | Missing
    source_vm: VirtualMachine | Absent | Missing
    target_vm: VirtualMachine | Absent | Missing
    target_host: Host | Missing
    datastores: tuple[Datastore, ...] | Missing
    moves: tuple[Relocation, ...] | NotAsked | Missing = NOT_ASKED


NO_TARGET = Missing("no master target or appliance is chosen")
