"""Facts that Azure Site Recovery's vault tells: protected items, jobs, servers, appliances, policies."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from .unknown import Absent, Missing, Moment


class Topology(Enum):
    """Which of Site Recovery's two VMware stacks protects a machine."""

    CLASSIC = "classic"
    MODERNIZED = "modernized"
    OTHER = "other"
    """Another provider (Hyper-V, Azure to Azure): not Homeward's."""
    UNKNOWN = "unknown"
    """The protected item could not be read."""


class Os(Enum):
    WINDOWS = "Windows"
    LINUX = "Linux"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class HealthError:
    """A health or validation error in Azure's own words; `level` is "Error" or "Warning" ("" if not told)."""

    code: str
    level: str
    message: str
    causes: str
    action: str

    @property
    def critical(self) -> bool:
        return self.level.casefold() in {"error", "critical"}


@dataclass(frozen=True, slots=True)
class Disk:
    """A protected disk of the machine. `id` is Azure's, "" where it is not told."""

    name: str
    capacity_bytes: int
    id: str = ""
    system: bool = False
    """Whether it is known to be the disk that the machine starts from."""

    @property
    def key(self) -> str:
        """What tells it apart among the machine's disks."""
        return self.id or self.name


@dataclass(frozen=True, slots=True)
class Discovered:
    """What the appliance last saw of the on-premises VM (modernized)."""

    vcenter_id: str
    datastores: tuple[str, ...]
    is_deleted: bool
    last_discovery: Moment | Missing


@dataclass(frozen=True, slots=True)
class Item:
    """A replication protected item. Ids are ARM ids as Azure spells them: compare without case.

    `provider` is the provider's instance type (InMageRcm, InMageAzureV2, A2A, ...).
    `job_id` is the ARM id of the current scenario's job, "" for none.
    `physical` tells a physical server from a VMware VM.
    `os_version` is Azure's text ("Windows Server 2008 R2 SP1"), "" where Azure has none.
    `vsphere_id` is the vCenter instance UUID of the on-premises VM where Azure tells it, else "".
    `region` is the Azure region of the VM ("westeurope"), "" where Azure has none.
    `log_storage_id` is "" where the provider has none.
    """

    id: str
    name: str
    provider: str
    topology: Topology
    fabric_id: str
    protection_state: str
    state_description: str
    active_location: str
    allowed_operations: tuple[str, ...]
    job_id: str
    replication_health: str
    failover_health: str
    health_errors: tuple[HealthError, ...]
    last_failover: Moment | Missing
    os: Os | Missing
    os_version: str
    physical: bool | Missing
    group_id: str
    group_name: str
    disks: tuple[Disk, ...] | Missing
    azure_vm_id: str
    agent_heartbeat: Moment | Missing
    agent_registered: bool | Missing
    discovered: Discovered | Absent | Missing
    vsphere_id: str
    region: str
    log_storage_id: str
    computer_name: str = ""
    """The guest's own name (its first label), "" where Azure does not tell."""
    fabric_name: str = ""
    """What people call the fabric: the configuration server's or the modernized site's name."""
    provider_id: str = ""
    """The ARM id of its control channel's provider, "" where Azure does not tell."""
    vcenter_id: str = ""
    """Its vCenter's infrastructure id (classic), one of `RegisteredVCenter.ids`; "" where Azure does not tell."""
    target_id: str = ""
    """Of one on its way back: the own id of the master target or appliance that brings it, "" if that is not told."""
    active_site: str = ""
    """Where a classic one on its way back runs: "Azure" or "OnPrem"; "" where Azure does not tell."""
    last_failback: str = ""
    """How its last failback went (modernized): Succeeded, Failed, Cancelled, ...; "" before there was one."""
    home_vm: str = ""
    """Of one on its way back: what its VM on-premises is called, "" where Azure does not tell."""
    home_datastore: str = ""
    """Of one on its way back: the datastore that its disks come to, "" where Azure does not tell."""
    last_policy_id: str = ""
    """Of one on its way back: the policy that it replicated to Azure by (modernized), "" where Azure does not tell."""


@dataclass(frozen=True, slots=True)
class RecoveryPoint:
    """A point in time that a failback may bring home. `id` is its ARM id, `kind` Azure's word for its type.

    `shared` tells a point that all machines of the replication group have (multi-VM consistency).
    """

    id: str
    at: Moment
    kind: str
    shared: bool = False

    @property
    def application_consistent(self) -> bool:
        return "app" in self.kind.casefold()


@dataclass(frozen=True, slots=True)
class Relocation:
    """A move of a VM's disks to another datastore, as vCenter's events tell it."""

    vm: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Job:
    """The job an item is busy with, or was last. `state` as in ASR.md: InProgress, Succeeded, ..."""

    id: str
    scenario: str
    state: str
    started: Moment


@dataclass(frozen=True, slots=True)
class Member:
    """One machine of a replication group.

    `requested` tells whether this check (or request) covers it, or whether it is on its way back already.
    """

    name: str
    os: Os | Missing
    requested: bool
    target: str
    """Name of the master target or reprotect agent chosen for it, "" for none."""


@dataclass(frozen=True, slots=True)
class ReplicationGroup:
    """A multi-VM consistency group with all its members, asked for or not."""

    id: str
    name: str
    members: tuple[Member, ...]


@dataclass(frozen=True, slots=True)
class ServerHealth:
    """What every on-premises server of the classic stack reports of itself."""

    name: str
    id: str
    ip_address: str
    version: str
    last_heartbeat: Moment | Missing
    health: str
    """Normal, Warning, Critical, or "" where Azure does not tell."""
    health_errors: tuple[HealthError, ...]


@dataclass(frozen=True, slots=True)
class ConfigurationServer:
    """`service_status` is "Running" when its service runs; the provider's fields are of its DRA (control channel)."""

    server: ServerHealth
    service_status: str
    provider_status: str | Missing
    """"Connected" when the vault reaches it."""
    provider_heartbeat: Moment | Missing


@dataclass(frozen=True, slots=True)
class Provider:
    """The machine's control channel: the provider (DRA) of its configuration server or appliance, as the vault sees it.

    `status` is "Connected" when the vault reaches it, "" where Azure does not tell.
    """

    status: str
    last_heartbeat: Moment | Missing
    name: str = ""
    """The name of the configuration server or appliance it runs on, "" where Azure does not tell."""
    id: str = ""
    """Its ARM id."""


@dataclass(frozen=True, slots=True)
class ProcessServer:
    """Loads are whole percents; `in_azure` is whether its address lies in the failed-over VM's virtual network."""

    server: ServerHealth
    service_status: str
    cpu_percent: float | Missing
    memory_used_percent: float | Missing
    space_free_percent: float | Missing
    certificate_days_left: int | Missing
    in_azure: bool | Missing


@dataclass(frozen=True, slots=True)
class RetentionVolume:
    name: str
    capacity_bytes: int | Missing
    free_bytes: int | Missing
    threshold_percent: float | Absent | Missing
    """The share of the volume that may be used before Azure warns; absent where Azure has none."""


@dataclass(frozen=True, slots=True)
class VaultDatastore:
    """A datastore as the vault lists it for a master target. Azure gives GB as text; here they are bytes."""

    name: str
    type: str
    capacity_bytes: int
    free_bytes: int


@dataclass(frozen=True, slots=True)
class MasterTarget:
    server: ServerHealth
    os: Os | Missing
    os_version: str
    version_status: str
    """Supported, UpdateRequired, Deprecated, Expired, NotSupported, or ""."""
    expires: Moment | Missing
    retention_volumes: tuple[RetentionVolume, ...]
    datastores: tuple[VaultDatastore, ...]
    disk_count: int | Missing
    """The disks attached to it as it reports them; vCenter knows better."""


@dataclass(frozen=True, slots=True)
class ReprotectAgent:
    """The part of the replication appliance that brings machines back (modernized)."""

    id: str
    name: str
    fqdn: str
    health: str
    health_errors: tuple[HealthError, ...]
    last_heartbeat: Moment | Missing
    accessible_datastores: tuple[str, ...]
    vcenter_id: str
    last_discovery: Moment | Missing
    vsphere_id: str
    """The vCenter instance UUID of the appliance's VM, "" where Azure does not tell."""


@dataclass(frozen=True, slots=True)
class RegisteredVCenter:
    """A vCenter as the vault knows it. `address` is its name or IP address as registered."""

    id: str
    name: str
    address: str
    discovery_status: str
    last_heartbeat: Moment | Missing
    health_errors: tuple[HealthError, ...]
    ids: tuple[str, ...] = ()
    """What protected items may call it by: its infrastructure and internal ids."""


@dataclass(frozen=True, slots=True)
class Policy:
    id: str
    name: str
    provider: str


@dataclass(frozen=True, slots=True)
class LogStorage:
    """The cache (log) storage account for a modernized reprotect."""

    id: str
    region: str
    premium: bool
    vault_has_identity: bool
    """Only a vault with a managed identity needs roles on the account."""
    vault_roles: tuple[str, ...] | Missing
    """Names of the roles that the vault's identity holds on the account."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The values that a start would use for this machine: asked for, or the one sensible choice. "" is open.

    `asked` tells whether somebody asked for a start (then open values are faults) or only for a check.
    """

    asked: bool
    target: str
    process_server: str
    datastore: str
    retention: str
    log_storage: str
    policy: str
    excluded: tuple[str, ...] = ()
    """The keys of the disks that stay behind."""

    def takes(self, disk: Disk) -> bool:
        """Whether the disk comes home."""
        return disk.key not in self.excluded
