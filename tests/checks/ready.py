"""Facts of machines that are READY, one per topology; tests replace the one thing they are about."""

from datetime import UTC, datetime, timedelta

from homeward.checks.facts import (
    ABSENT,
    NOT_ASKED,
    AzureVm,
    Choice,
    ConfigurationServer,
    Datastore,
    Discovered,
    Disk,
    Facts,
    Host,
    HostState,
    Item,
    Licence,
    LogStorage,
    MasterTarget,
    Member,
    Missing,
    Mount,
    NamedVm,
    Os,
    Policy,
    ProcessServer,
    Provider,
    RegisteredVCenter,
    ReplicationGroup,
    ReprotectAgent,
    RetentionVolume,
    ScsiController,
    ServerHealth,
    StorageCluster,
    Topology,
    VaultDatastore,
    VCenter,
    VirtualDisk,
    VirtualMachine,
)

GIB = 1024**3
NOW = datetime(2026, 3, 14, 3, 0, tzinfo=UTC)
RECENT = NOW - timedelta(minutes=1)

_VAULT = (
    "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/rg-dr"
    "/providers/Microsoft.RecoveryServices/vaults/prod-dr"
)
_VMS = "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/rg-dr/providers/Microsoft.Compute"
_SITE = "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/rg-dr/providers/Microsoft.OffAzure"

CLASSIC_FABRIC = f"{_VAULT}/replicationFabrics/cs01"
MODERNIZED_FABRIC = f"{_VAULT}/replicationFabrics/rotterdam"

HOST_DATASTORE = Datastore(
    name="ds-target",
    type="VMFS",
    accessible=True,
    maintenance="normal",
    free_bytes=900 * GIB,
    capacity_bytes=2000 * GIB,
    on_target_host=Mount.READ_WRITE,
    cluster=StorageCluster(name="pod01", automated=True, target_excluded=True),
)
DATASTORE = Datastore(
    name="ds-prod",
    type="VMFS",
    accessible=True,
    maintenance="normal",
    free_bytes=900 * GIB,
    capacity_bytes=2000 * GIB,
    on_target_host=Mount.READ_WRITE,
    cluster=ABSENT,
)
SOURCE_VM = VirtualMachine(
    name="web01",
    uuid="42130000-0000-0000-0000-000000000001",
    instance_uuid="50130000-0000-0000-0000-000000000001",
    host="esx01",
    standing=HostState(connection="connected", in_maintenance=False, free_bytes=256 * GIB),
    power="poweredOff",
    has_snapshot=False,
    consolidation_needed=False,
    disks=(
        VirtualDisk(
            label="Hard disk 1",
            uuid="6000c290-0000-0000-0000-000000000001",
            capacity_bytes=64 * GIB,
            has_parent=False,
            raw_mapping=False,
            datastore="ds-prod",
        ),
    ),
    controllers=(ScsiController.PARAVIRTUAL,),
    disk_enable_uuid=ABSENT,
    tools_running=False,
    memory_bytes=16 * GIB,
    datastores=("ds-prod",),
)
TARGET_VM = VirtualMachine(
    name="mt01",
    uuid="42130000-0000-0000-0000-0000000000a1",
    instance_uuid="50130000-0000-0000-0000-0000000000a1",
    host="esx01",
    standing=HostState(connection="connected", in_maintenance=False, free_bytes=256 * GIB),
    power="poweredOn",
    has_snapshot=False,
    consolidation_needed=False,
    disks=(
        VirtualDisk(
            label="Hard disk 1",
            uuid="6000c290-0000-0000-0000-0000000000a1",
            capacity_bytes=80 * GIB,
            has_parent=False,
            raw_mapping=False,
            datastore="ds-target",
        ),
    ),
    controllers=(ScsiController.LSI_LOGIC,),
    disk_enable_uuid="TRUE",
    tools_running=True,
    memory_bytes=16 * GIB,
    datastores=("ds-target",),
)
HOST = Host(
    name="esx01",
    product="VMware ESXi",
    connection="connected",
    in_maintenance=False,
    vms=(
        NamedVm(name="mt01", instance_uuid="50130000-0000-0000-0000-0000000000a1"),
        NamedVm(name="web01", instance_uuid="50130000-0000-0000-0000-000000000001"),
    ),
    datastores=(HOST_DATASTORE, DATASTORE),
)
VCENTER = VCenter(
    name="vc01",
    product="VMware vCenter Server",
    licences=(
        Licence(name="vCenter Server 8 Standard", edition="vc", features=()),
        Licence(name="vSphere 8 Enterprise Plus", edition="esx.enterprisePlus", features=("vsphereapi", "vmotion")),
    ),
    asr_account="VSPHERE.LOCAL\\asr",
    missing_privileges=(),
)
REGISTERED_VCENTER = RegisteredVCenter(
    id=f"{CLASSIC_FABRIC}/replicationvCenters/vc01",
    name="vc01",
    address="vc01.example.com",
    discovery_status="Success",
    last_heartbeat=RECENT,
    health_errors=(),
)


def server(name: str, address: str) -> ServerHealth:
    """A healthy on-premises server of the classic stack."""
    return ServerHealth(
        name=name,
        id=f"id-{name}",
        ip_address=address,
        version="9.62.7172.1",
        last_heartbeat=RECENT,
        health="Normal",
        health_errors=(),
    )


CONFIGURATION_SERVER = ConfigurationServer(
    server=ServerHealth(
        name="cs01",
        id=CLASSIC_FABRIC,
        ip_address="10.1.0.10",
        version="9.62.7172.1",
        last_heartbeat=RECENT,
        health="Normal",
        health_errors=(),
    ),
    service_status="Running",
    provider_status="Connected",
    provider_heartbeat=RECENT,
)
PROVIDER = Provider(status="Connected", last_heartbeat=RECENT, name="cs01")
PROCESS_SERVER = ProcessServer(
    server=server("ps-azure", "10.20.0.4"),
    service_status="Running",
    cpu_percent=12.0,
    memory_used_percent=35.0,
    space_free_percent=82.0,
    certificate_days_left=700,
    in_azure=True,
)
MASTER_TARGET = MasterTarget(
    server=server("mt01", "10.1.0.11"),
    os=Os.WINDOWS,
    os_version="Windows Server 2019",
    version_status="Supported",
    expires=NOW + timedelta(days=300),
    retention_volumes=(
        RetentionVolume(name="R", capacity_bytes=500 * GIB, free_bytes=420 * GIB, threshold_percent=70.0),
    ),
    datastores=(VaultDatastore(name="ds-prod", type="VMFS", capacity_bytes=2000 * GIB, free_bytes=900 * GIB),),
    disk_count=1,
)
AGENT = ReprotectAgent(
    id="83629832-8201-4d31-b9cd-a644185d035a",
    name="appliance01",
    fqdn="appliance01.example.com",
    health="Normal",
    health_errors=(),
    last_heartbeat=RECENT,
    accessible_datastores=("ds-prod", "ds-target"),
    vcenter_id=f"{_SITE}/VMwareSites/rotterdam/vcenters/vc01",
    last_discovery=NOW - timedelta(minutes=5),
    vsphere_id="50130000-0000-0000-0000-0000000000a1",
)

_NOT_CLASSIC = Missing("not of this topology")
_NOT_MODERNIZED = Missing("not of this topology")

READY_CLASSIC = Facts(
    now=NOW,
    machine="web01",
    topology=Topology.CLASSIC,
    item=Item(
        id=f"{CLASSIC_FABRIC}/replicationProtectionContainers/cloud/replicationProtectedItems/web01-0001",
        name="web01",
        provider="InMageAzureV2",
        topology=Topology.CLASSIC,
        fabric_id=CLASSIC_FABRIC,
        protection_state="UnplannedFailoverCommitted",
        state_description="Failover committed",
        active_location="Recovery",
        allowed_operations=("DisableProtection", "ReverseReplicate"),
        job_id="",
        replication_health="Normal",
        failover_health="Normal",
        health_errors=(),
        last_failover=NOW - timedelta(days=1),
        os=Os.WINDOWS,
        os_version="Windows Server 2016",
        physical=False,
        group_id="group-1",
        group_name="payroll",
        disks=(Disk(name="disk0", capacity_bytes=64 * GIB),),
        azure_vm_id=f"{_VMS}/virtualMachines/web01",
        agent_heartbeat=RECENT,
        agent_registered=True,
        discovered=ABSENT,
        vsphere_id="50130000-0000-0000-0000-000000000001",
        region="westeurope",
        log_storage_id="",
    ),
    job=ABSENT,
    group=ReplicationGroup(
        id="group-1",
        name="payroll",
        members=(
            Member(name="web01", os=Os.WINDOWS, requested=True, target="mt01"),
            Member(name="web02", os=Os.WINDOWS, requested=True, target="mt01"),
        ),
    ),
    choice=Choice(
        asked=True,
        target="mt01",
        process_server="ps-azure",
        datastore="ds-prod",
        retention="R",
        log_storage="",
        policy="24h-failback",
    ),
    provider=PROVIDER,
    configuration_server=CONFIGURATION_SERVER,
    process_servers=(PROCESS_SERVER,),
    master_targets=(MASTER_TARGET,),
    target=MASTER_TARGET,
    agents=_NOT_CLASSIC,
    agent=_NOT_CLASSIC,
    log_storage=_NOT_CLASSIC,
    vcenters=(REGISTERED_VCENTER,),
    policies=(
        Policy(id=f"{_VAULT}/replicationPolicies/24h-failback", name="24h-failback", provider="InMage"),
        Policy(id=f"{_VAULT}/replicationPolicies/24h", name="24h", provider="InMageAzureV2"),
    ),
    azure_vm=AzureVm(id=f"{_VMS}/virtualMachines/web01", name="web01", power="running", agent_status="Ready"),
    guest=NOT_ASKED,
    vcenter=VCENTER,
    source_vm=SOURCE_VM,
    target_vm=TARGET_VM,
    target_host=HOST,
    datastores=(DATASTORE,),
    disks_to_come=1,
)
"""web01, a Windows VM in a replication group, that returns through mt01 to its own VM."""

READY_MODERNIZED = Facts(
    now=NOW,
    machine="web01",
    topology=Topology.MODERNIZED,
    item=Item(
        id=f"{MODERNIZED_FABRIC}/replicationProtectionContainers/site/replicationProtectedItems/web01-0001",
        name="web01",
        provider="InMageRcm",
        topology=Topology.MODERNIZED,
        fabric_id=MODERNIZED_FABRIC,
        protection_state="UnplannedFailoverCommitted",
        state_description="Failover committed",
        active_location="Recovery",
        allowed_operations=("CompleteMigration", "DisableProtection", "SwitchProtection"),
        job_id="",
        replication_health="Normal",
        failover_health="Normal",
        health_errors=(),
        last_failover=NOW - timedelta(days=1),
        os=Os.LINUX,
        os_version="Ubuntu 22.04",
        physical=False,
        group_id="",
        group_name="",
        disks=(Disk(name="disk0", capacity_bytes=64 * GIB),),
        azure_vm_id=f"{_VMS}/virtualMachines/web01",
        agent_heartbeat=RECENT,
        agent_registered=True,
        discovered=Discovered(
            vcenter_id=f"{_SITE}/VMwareSites/rotterdam/vcenters/vc01",
            datastores=("ds-prod",),
            is_deleted=False,
            last_discovery=NOW - timedelta(minutes=50),
        ),
        vsphere_id="50130000-0000-0000-0000-000000000001",
        region="westeurope",
        log_storage_id="",
    ),
    job=ABSENT,
    group=ABSENT,
    choice=Choice(
        asked=True,
        target="appliance01",
        process_server="",
        datastore="ds-prod",
        retention="",
        log_storage="logs01",
        policy="",
    ),
    provider=Provider(status="Connected", last_heartbeat=RECENT, name="appliance01"),
    configuration_server=_NOT_MODERNIZED,
    process_servers=_NOT_MODERNIZED,
    master_targets=_NOT_MODERNIZED,
    target=_NOT_MODERNIZED,
    agents=(AGENT,),
    agent=AGENT,
    log_storage=LogStorage(
        id="/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/rg-dr"
        "/providers/Microsoft.Storage/storageAccounts/logs01",
        region="West Europe",
        premium=False,
        vault_has_identity=True,
        vault_roles=("Contributor", "Storage Blob Data Contributor"),
    ),
    vcenters=(),
    policies=(
        Policy(
            id=f"{_VAULT}/replicationPolicies/crashconsistency-policy-failback",
            name="crashconsistency-policy-failback",
            provider="InMageRcmFailback",
        ),
    ),
    azure_vm=AzureVm(id=f"{_VMS}/virtualMachines/web01", name="web01", power="running", agent_status="Ready"),
    guest=NOT_ASKED,
    vcenter=VCENTER,
    source_vm=SOURCE_VM,
    target_vm=TARGET_VM,
    target_host=HOST,
    datastores=(DATASTORE,),
    disks_to_come=1,
)
"""web01, a Linux VM, that returns through appliance01 to its own VM."""
