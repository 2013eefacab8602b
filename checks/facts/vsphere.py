"""Facts that vCenter tells: virtual machines, hosts, datastores, licences, privileges."""

from dataclasses import dataclass
from enum import Enum

from .unknown import Absent, Missing


class ScsiController(Enum):
    LSI_LOGIC = "LSI Logic"
    """Parallel or SAS: the supported ones."""
    PARAVIRTUAL = "VMware Paravirtual"
    BUS_LOGIC = "BusLogic"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class VirtualDisk:
    """`has_parent` marks a snapshot chain or linked clone, `raw_mapping` a raw device mapping (RDM)."""

    label: str
    uuid: str
    capacity_bytes: int
    has_parent: bool
    raw_mapping: bool
    datastore: str


@dataclass(frozen=True, slots=True)
class HostState:
    """Whether the ESXi host that a VM stands on can run it."""

    connection: str | Missing
    """connected, disconnected, notResponding."""
    in_maintenance: bool | Missing
    free_bytes: int | Missing
    """Memory."""


@dataclass(frozen=True, slots=True)
class VirtualMachine:
    """A VM in vCenter's inventory. `power` is poweredOn, poweredOff or suspended; `uuid` the BIOS UUID."""

    name: str
    uuid: str | Missing
    instance_uuid: str | Missing
    host: str
    """Its name, "" where it is not told."""
    standing: HostState | Missing
    """Of that host."""
    power: str | Missing
    has_snapshot: bool
    consolidation_needed: bool | Missing
    disks: tuple[VirtualDisk, ...] | Missing
    controllers: tuple[ScsiController, ...] | Missing
    disk_enable_uuid: str | Absent | Missing
    """The value of extraConfig's disk.EnableUUID, name compared without case; absent if not set."""
    tools_running: bool | Missing
    memory_bytes: int | Missing
    datastores: tuple[str, ...] | Missing
    address: str = ""
    """The guest's IP address as Tools tell it, "" while they tell none."""


class Mount(Enum):
    """How a datastore is seen from the target's ESXi host."""

    READ_WRITE = "read and write"
    READ_ONLY = "read-only"
    INACCESSIBLE = "inaccessible"
    NOT_MOUNTED = "not mounted"


@dataclass(frozen=True, slots=True)
class StorageCluster:
    """The datastore cluster (StoragePod) a datastore is in.

    `automated`: Storage DRS is on and moves disks by itself; `target_excluded`: the target's VM is exempt from it.
    """

    name: str
    automated: bool
    target_excluded: bool


@dataclass(frozen=True, slots=True)
class Datastore:
    """A datastore; `type` is vCenter's word (VMFS, vsan, NFS, NFS41, VVOL, OTHER)."""

    name: str
    type: str
    accessible: bool
    maintenance: str
    """ "normal" when it is in service."""
    free_bytes: int
    capacity_bytes: int
    on_target_host: Mount | Missing
    cluster: StorageCluster | Absent | Missing


@dataclass(frozen=True, slots=True)
class NamedVm:
    """A VM on the target's host, for finding two of one name."""

    name: str
    instance_uuid: str | Missing


@dataclass(frozen=True, slots=True)
class Host:
    """The ESXi host that runs the master target's or the appliance's VM."""

    name: str
    product: str | Missing
    """The product's name, as "VMware ESXi"."""
    connection: str | Missing
    """connected, disconnected, notResponding."""
    in_maintenance: bool | Missing
    vms: tuple[NamedVm, ...] | Missing
    datastores: tuple[Datastore, ...] | Missing


@dataclass(frozen=True, slots=True)
class Licence:
    """A licence known to the vCenter or ESXi; `features` are its feature keys."""

    name: str
    edition: str
    features: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class VCenter:
    """The vCenter that manages the target."""

    name: str
    product: str
    licences: tuple[Licence, ...] | Missing
    asr_account: str
    missing_privileges: tuple[str, ...] | Missing
    """Privilege ids that the account used by Site Recovery lacks."""
