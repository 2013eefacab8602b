"""What the sandbox's company is made of; plain mutable values that the sandbox's servers draw their answers from."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Literal

from .reprotects import Fate, Job

GIB = 1024**3
SUBSCRIPTION = "11111111-2222-3333-4444-555555555555"
RESOURCE_GROUP = "rg-dr"
REGION = "westeurope"

OsType = Literal["Windows", "Linux"]
Topology = Literal["classic", "modernized"]
Mount = Literal["readWrite", "readOnly", "unmounted", "inaccessible"]
"""How an ESXi host sees a datastore."""


# --- vSphere -------------------------------------------------------------------------------------------------------


@dataclass
class EsxiHost:
    name: str
    memory_gb: int = 512
    memory_used_gb: int = 128
    connection: str = "connected"
    in_maintenance: bool = False
    product: str = "VMware ESXi"


@dataclass
class Pod:
    """A datastore cluster; `excluded` are names of VMs that Storage DRS leaves alone."""

    name: str
    automated: bool = True
    excluded: list[str] = field(default_factory=list[str])


@dataclass
class Datastore:
    """`mounts`: how each ESXi host, by name, sees it."""

    name: str
    mounts: dict[str, Mount]
    type: str = "VMFS"
    capacity_gb: int = 4096
    free_gb: int = 2048
    pod: str = ""
    accessible: bool = True
    maintenance: str = "normal"


@dataclass
class GuestDisk:
    size_gb: int = 64
    uuid: str = ""
    has_parent: bool = False
    raw_mapping: bool = False


@dataclass
class VirtualMachine:
    """A VM in vCenter; `number` gives its UUIDs, unique in the estate."""

    name: str
    number: int
    host: str
    datastore: str
    disks: list[GuestDisk] = field(default_factory=lambda: [GuestDisk()])
    scsi: Literal["lsilogic", "lsilogicsas", "pvscsi", "buslogic"] = "lsilogicsas"
    power: Literal["poweredOn", "poweredOff"] = "poweredOff"
    tools: str = "guestToolsNotRunning"
    snapshot: bool = False
    consolidation_needed: bool = False
    extra_config: dict[str, str] = field(default_factory=dict[str, str])
    memory_gb: int = 16
    guest_hostname: str = ""
    guest_ip: str = ""
    bios_uuid: str = ""
    """Another BIOS UUID than its own, as a clone of a template may have."""
    template: bool = False
    tools_version: str = "guestToolsCurrent"
    moves: list[tuple[datetime, str]] = field(default_factory=list[tuple[datetime, str]])
    """When it was moved, and the datastore it came from: its own where it only changed its host."""

    @property
    def uuid(self) -> str:
        return f"42130000-0000-0000-0000-{self.number:012x}"

    @property
    def instance_uuid(self) -> str:
        return f"50130000-0000-0000-0000-{self.number:012x}"


@dataclass
class VCenter:
    """A vCenter Server with one data centre. `missing_privileges` are what `asr_account` lacks."""

    name: str
    hosts: list[EsxiHost]
    datastores: list[Datastore]
    vms: list[VirtualMachine]
    pods: list[Pod] = field(default_factory=list[Pod])
    username: str = "homeward@vsphere.local"
    password: str = "sandbox"  # noqa: S105 - the sandbox's own, on loopback
    asr_account: str = "VSPHERE.LOCAL\\asr"
    missing_privileges: list[str] = field(default_factory=list[str])
    licence_edition: str = "esx.enterprisePlus.cpuPackage"
    licence_name: str = "VMware vSphere 8 Enterprise Plus"
    licence_features: list[str] = field(default_factory=lambda: ["vsphereapi", "vmotion", "drs"])

    def vm(self, name: str) -> VirtualMachine:
        return next(vm for vm in self.vms if vm.name == name)

    def host(self, name: str) -> EsxiHost:
        return next(host for host in self.hosts if host.name == name)

    def datastore(self, name: str) -> Datastore:
        return next(datastore for datastore in self.datastores if datastore.name == name)


# --- Azure ---------------------------------------------------------------------------------------------------------


@dataclass
class AzureVm:
    name: str
    power: str = "running"
    """Azure's code: running, stopped, deallocated, starting, ..."""
    agent: str = "Ready"
    exists: bool = True


@dataclass
class ProtectedItem:
    """A protected machine.

    `stage` is where it is on its way: "protected" (on-premises), "failed-over" (not committed), "committed",
    "replicating-back", "ready-to-fail-back", "home" (failed back, not committed), "home-committed",
    "replicating-to-azure", and "protected" again.
    `source_vm` is the name of its VM in vCenter ("" for a physical server).
    `azure_vm` is what failover made (None before). `agent_silent_minutes` is the age of the mobility heartbeat.
    """

    name: str
    number: int
    topology: Topology
    os: OsType
    os_version: str
    source_vm: str
    stage: str = "committed"
    disks_gb: list[int] = field(default_factory=lambda: [64])
    group: str = ""
    azure_vm: AzureVm | None = None
    agent_silent_minutes: int = 1
    agent_registered: bool = True
    job_id: str = ""
    job_state: str = "InProgress"
    provider: str = ""
    """Another provider's instance type (A2A, or one that no SDK knows) in place of the topology's own."""
    health_errors: list[dict[str, str]] = field(default_factory=list[dict[str, str]])
    fates: list[Fate] = field(default_factory=list[Fate])
    """What becomes of its next starts, in order; after that all goes well."""
    renamed: str = ""
    """Its name in its id since a job changed it."""
    job: Job | None = None
    """The last that was started (`job_id` is a job that stands still, for whoever only reads)."""
    replicating_since: datetime | None = None
    """None: its replication stands still."""
    replication_minutes: float = 20
    """How long it takes, by the clock."""
    datastore: str = ""
    """Where the last reprotect brings it, if it said so."""
    newest_point_minutes: int | None = 0
    """For so long no recovery point was made; None: there is none at all."""
    last_failback: str = ""
    """How it ended: Succeeded, Failed, Cancelled."""
    last_failback_at: datetime | None = None
    """When it began."""
    point: str = ""
    """The ARM id of the recovery point that a failback chose."""
    home_vm: str = ""
    """The VM that a failback made in vCenter where there was none."""

    @property
    def address(self) -> str:
        """The static address it had on-premises before the disaster."""
        return f"10.20.1.{self.number % 250 + 1}"

    @property
    def address_at_home(self) -> str:
        """Windows keeps its static address when it comes home, Linux asks DHCP for one."""
        return self.address if self.os == "Windows" else f"10.20.99.{self.number % 250 + 1}"

    @property
    def physical(self) -> bool:
        return not self.source_vm

    @property
    def id_name(self) -> str:
        """The resource name of the item in its ARM id."""
        return self.renamed or self.original_id_name

    @property
    def original_id_name(self) -> str:
        return f"{self.name}-{self.number:04d}"


@dataclass
class Retention:
    name: str
    capacity_gb: int = 500
    free_gb: int = 420


@dataclass
class MasterTarget:
    """`vm` is the name of its VM in vCenter; the datastores it lists come from that VM's host."""

    name: str
    os: OsType
    os_version: str
    vm: str
    ip: str
    version: str = "9.62.7172.1"
    silent_minutes: int = 1
    retention: list[Retention] = field(default_factory=list[Retention])


@dataclass
class ProcessServer:
    name: str
    ip: str
    version: str = "9.62.7172.1"
    silent_minutes: int = 1
    cpu_percent: int = 12
    memory_used_percent: int = 35
    space_free_percent: int = 82
    certificate_days_left: int = 700


@dataclass
class ConfigurationServer:
    """The classic fabric."""

    name: str
    ip: str
    process_servers: list[ProcessServer]
    master_targets: list[MasterTarget]
    version: str = "9.62.7172.1"
    silent_minutes: int = 1
    provider_status: str = "Connected"


@dataclass
class Appliance:
    """The modernized fabric's replication appliance; `vm` is its VM in vCenter."""

    name: str
    vm: str
    fqdn: str
    accessible_datastores: list[str]
    silent_minutes: int = 1
    health: str = "Normal"
    discovery_minutes: int = 5
    provider_status: str = "Connected"
    """What the vault says of its control channel while the appliance is not silent."""


@dataclass
class RecoveryPlan:
    """`groups`: the names of the items that boot together, in order."""

    name: str
    groups: list[list[str]]
    stale: list[ProtectedItem] = field(default_factory=list[ProtectedItem])
    """Items that the plan still names though the vault has them no longer."""


@dataclass
class LogStorageAccount:
    name: str
    region: str = REGION
    premium: bool = False
    vault_roles: list[str] = field(default_factory=lambda: ["Contributor", "Storage Blob Data Contributor"])


@dataclass
class Vault:
    name: str
    items: list[ProtectedItem]
    plans: list[RecoveryPlan]
    configuration_server: ConfigurationServer | None
    appliances: list[Appliance]
    log_storage: LogStorageAccount
    has_identity: bool = True
    failback_policies: bool = True
    jobs: list[Job] = field(default_factory=list[Job])
    """All that were started, the oldest first."""

    def item(self, name: str) -> ProtectedItem:
        return next(item for item in self.items if item.name == name)


@dataclass
class Estate:
    """The whole company at the moment `clock` tells."""

    vault: Vault
    vcenter: VCenter
    now: datetime | None = None
    """A fixed moment for tests; None follows the clock."""
    speed: float = 1
    """How many minutes of a job or a replication pass in one; the clock itself keeps its pace."""
    _ahead: timedelta = timedelta()

    def source_vm(self, item: ProtectedItem) -> VirtualMachine | None:
        """The item's VM in vCenter, None when it is gone (or the machine is physical)."""
        name = item.home_vm or item.source_vm
        return next((vm for vm in self.vcenter.vms if vm.name == name), None)

    def clock(self) -> datetime:
        return (self.now or datetime.now(UTC)) + self._ahead

    def advance(self, minutes: float) -> None:
        """Time passes."""
        self._ahead += timedelta(minutes=minutes)

    def at(self, moment: datetime, vault: Vault) -> "Estate":
        """The same company at another moment, with its vault as it was then."""
        return replace(self, vault=vault, now=moment, _ahead=timedelta())

    def ago(self, minutes: int) -> datetime:
        return self.clock() - timedelta(minutes=minutes)
