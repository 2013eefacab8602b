"""`Facts`: everything that was read about one machine, as plain frozen values that serialise to JSON."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from .azure import AzureVm, GuestProbe
from .site_recovery import (
    Choice,
    ConfigurationServer,
    Discovered,
    Disk,
    HealthError,
    Item,
    Job,
    LogStorage,
    MasterTarget,
    Member,
    Os,
    Policy,
    ProcessServer,
    Provider,
    RecoveryPoint,
    RegisteredVCenter,
    Relocation,
    ReplicationGroup,
    ReprotectAgent,
    RetentionVolume,
    ServerHealth,
    Topology,
    VaultDatastore,
)
from .unknown import ABSENT, NEVER, Absent, Missing, Moment, Never, NotKnown, known
from .vsphere import (
    Datastore,
    Host,
    HostState,
    Licence,
    Mount,
    NamedVm,
    ScsiController,
    StorageCluster,
    VCenter,
    VirtualDisk,
    VirtualMachine,
)


class NotAsked(Enum):
    """An optional reading that is switched off; its rules are not applicable."""

    NOT_ASKED = "not asked"


NOT_ASKED = NotAsked.NOT_ASKED


@dataclass(frozen=True, slots=True)
class Facts:
    """All that one check read about one machine. Each group is its value, a value of absence, or `Missing`.

    `now` is the moment of the check, with zone: rules have no other clock.
    `item` is ABSENT when the vault has no such protected item (any more).
    `configuration_server` is ABSENT when the vault's fabrics were read and none is the machine's.
    `job` is ABSENT when the item is not busy.
    `group` is ABSENT when the machine is in no replication group.
    `provider` is the control channel of the machine's configuration server or appliance, whichever it has.
    Server facts of the other topology are `Missing`; their rules are not applicable before they are asked.
    `target` / `agent` are the chosen master target / reprotect agent, ABSENT when there is none to choose.
    `policies` are those of the vault, `vcenters` those registered in the item's fabric.
    `source_vm` is the machine's VM on-premises (ABSENT: it is gone, so failback goes to an alternate location).
    `target_vm`, `target_host` are the VM of the master target or appliance and the ESXi host it runs on.
    `datastores` are those the machine would return to: the ones of its existing VM, else the chosen one;
    an empty tuple when the VM is gone and none is chosen.
    `disks_to_come` is how many disks the chosen target would get from all machines of this check together.
    """

    now: datetime
    machine: str
    topology: Topology
    item: Item | Absent | Missing
    job: Job | Absent | Missing
    group: ReplicationGroup | Absent | Missing
    choice: Choice | Missing
    provider: Provider | Missing
    configuration_server: ConfigurationServer | Absent | Missing
    process_servers: tuple[ProcessServer, ...] | Missing
    master_targets: tuple[MasterTarget, ...] | Missing
    target: MasterTarget | Absent | Missing
    agents: tuple[ReprotectAgent, ...] | Missing
    agent: ReprotectAgent | Absent | Missing
    log_storage: LogStorage | Absent | Missing
    vcenters: tuple[RegisteredVCenter, ...] | Missing
    policies: tuple[Policy, ...] | Missing
    azure_vm: AzureVm | Absent | Missing
    guest: GuestProbe | NotAsked | Missing
    vcenter: VCenter | Missing
    source_vm: VirtualMachine | Absent | Missing
    target_vm: VirtualMachine | Absent | Missing
    target_host: Host | Missing
    datastores: tuple[Datastore, ...] | Missing
    disks_to_come: int | Missing
    points: tuple[RecoveryPoint, ...] | NotAsked | Missing = NOT_ASKED
    """The recovery points that a failback may take, the newest first; read for a failback only."""
    moves: tuple[Relocation, ...] | NotAsked | Missing = NOT_ASKED
    """Storage moves of the master target's or appliance's VM that vCenter remembers; read for a failback only."""


__all__ = [
    "ABSENT",
    "NEVER",
    "NOT_ASKED",
    "Absent",
    "AzureVm",
    "Choice",
    "ConfigurationServer",
    "Datastore",
    "Discovered",
    "Disk",
    "Facts",
    "GuestProbe",
    "HealthError",
    "Host",
    "HostState",
    "Item",
    "Job",
    "Licence",
    "LogStorage",
    "MasterTarget",
    "Member",
    "Missing",
    "Moment",
    "Mount",
    "NamedVm",
    "Never",
    "NotAsked",
    "NotKnown",
    "Os",
    "Policy",
    "ProcessServer",
    "Provider",
    "RecoveryPoint",
    "RegisteredVCenter",
    "Relocation",
    "ReplicationGroup",
    "ReprotectAgent",
    "RetentionVolume",
    "ScsiController",
    "ServerHealth",
    "StorageCluster",
    "Topology",
    "VCenter",
    "VaultDatastore",
    "VirtualDisk",
    "VirtualMachine",
    "known",
]
