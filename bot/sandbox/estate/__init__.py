"""One small, believable company: Rotterdam's data centre lost power last night, its machines run in Azure now."""

from dataclasses import replace

from .model import (
    Appliance,
    AzureVm,
    ConfigurationServer,
    Datastore,
    Estate,
    EsxiHost,
    GuestDisk,
    LogStorageAccount,
    MasterTarget,
    Mount,
    OsType,
    Pod,
    ProcessServer,
    ProtectedItem,
    RecoveryPlan,
    Retention,
    Topology,
    Vault,
    VCenter,
    VirtualMachine,
)

VAULT = "prod-dr"
VCENTER = "vc01"

_WINDOWS = "Windows Server 2019"
_LINUX = "Red Hat Enterprise Linux 8.8"
_OLD_WINDOWS = "Windows Server 2008 R2 SP1"


def company() -> Estate:
    """A fresh copy of the estate; change it freely, it is yours."""
    return Estate(vault=_vault(), vcenter=_vcenter())


def _vcenter() -> VCenter:
    both: dict[str, Mount] = {"esx01": "readWrite", "esx02": "readWrite"}
    return VCenter(
        name=VCENTER,
        hosts=[
            EsxiHost("esx01", memory_gb=768, memory_used_gb=210),
            EsxiHost("esx02", memory_gb=768, memory_used_gb=180),
            EsxiHost("esx03", memory_gb=512, memory_used_gb=90),
        ],
        pods=[Pod("gold-cluster", automated=True, excluded=["appliance01", "mt-win01"])],
        datastores=[
            Datastore("ds-gold-01", dict(both), pod="gold-cluster", capacity_gb=8192, free_gb=5100),
            Datastore("ds-gold-02", dict(both), pod="gold-cluster", capacity_gb=8192, free_gb=4700),
            Datastore("ds-db", {"esx01": "readOnly", "esx02": "readWrite"}, capacity_gb=4096, free_gb=2900),
            Datastore("ds-legacy", {"esx03": "readWrite"}, capacity_gb=2048, free_gb=900),
        ],
        vms=[
            # What runs the way home.
            VirtualMachine(
                "appliance01",
                1,
                "esx01",
                "ds-gold-01",
                [GuestDisk(80), GuestDisk(600)],
                power="poweredOn",
                tools="guestToolsRunning",
                guest_hostname="appliance01.corp.example",
                guest_ip="10.20.0.11",
                memory_gb=32,
            ),
            VirtualMachine(
                "mt-win01",
                2,
                "esx02",
                "ds-gold-02",
                [GuestDisk(80), GuestDisk(500)],
                power="poweredOn",
                tools="guestToolsRunning",
                extra_config={"disk.EnableUUID": "TRUE"},
                guest_hostname="mt-win01",
                guest_ip="10.20.0.21",
            ),
            VirtualMachine(
                "mt-lin01",
                3,
                "esx03",
                "ds-legacy",
                [GuestDisk(40) for _ in range(60)],
                power="poweredOn",
                tools="guestToolsRunning",
                snapshot=True,
                scsi="pvscsi",
                guest_hostname="mt-lin01",
                guest_ip="10.20.0.22",
            ),
            # What waits on-premises, switched off.
            VirtualMachine("web01", 11, "esx01", "ds-gold-01"),
            VirtualMachine("web02", 12, "esx01", "ds-gold-01"),
            VirtualMachine("db01", 13, "esx02", "ds-db", [GuestDisk(128), GuestDisk(1024)], memory_gb=64),
            VirtualMachine("legacy01", 14, "esx03", "ds-legacy", [GuestDisk(20) for _ in range(4)]),
            VirtualMachine("pay-app01", 21, "esx02", "ds-gold-02"),
            VirtualMachine("pay-app02", 22, "esx02", "ds-gold-02"),
            VirtualMachine("pay-db01", 23, "esx02", "ds-gold-02", [GuestDisk(128), GuestDisk(900)], memory_gb=64),
            VirtualMachine("mix-win01", 31, "esx02", "ds-gold-02"),
            VirtualMachine("mix-lin01", 32, "esx03", "ds-legacy"),
            VirtualMachine("hr01", 41, "esx01", "ds-gold-01", power="poweredOn", tools="guestToolsRunning"),
            VirtualMachine("build01", 42, "esx01", "ds-gold-01"),
            VirtualMachine("build01-old", 43, "esx02", "ds-gold-02"),
        ],
    )


def _vault() -> Vault:
    def item(name: str, number: int, topology: Topology, os: OsType = "Windows", *disks: int) -> ProtectedItem:
        """A machine in the usual state: failed over, committed, its VM running in Azure."""
        return ProtectedItem(
            name,
            number,
            topology=topology,
            os=os,
            os_version=_WINDOWS if os == "Windows" else _LINUX,
            source_vm=name,
            azure_vm=AzureVm(name),
            disks_gb=list(disks) or [64],
        )

    return Vault(
        name=VAULT,
        items=[
            item("web01", 11, "modernized"),
            replace(
                item("web02", 12, "modernized"),
                azure_vm=AzureVm("web02", power="deallocated", agent="Not Ready"),
                agent_silent_minutes=47,
            ),
            item("db01", 13, "modernized", "Windows", 128, 1024),
            item("legacy01", 14, "classic", "Linux", 20, 20, 20, 20),
            replace(item("old2008", 15, "classic"), os_version=_OLD_WINDOWS, source_vm=""),
            replace(item("pay-app01", 21, "classic"), group="payroll-vms"),
            replace(item("pay-app02", 22, "classic"), group="payroll-vms"),
            replace(item("pay-db01", 23, "classic", "Windows", 128, 900), group="payroll-vms"),
            replace(item("mix-win01", 31, "classic"), group="mixed-vms"),
            replace(item("mix-lin01", 32, "classic", "Linux"), group="mixed-vms"),
            replace(item("hr01", 41, "modernized"), stage="protected", azure_vm=None),
            item("build01", 42, "modernized"),
            replace(item("build01", 43, "classic"), source_vm="build01-old", azure_vm=AzureVm("build01-old")),
        ],
        plans=[
            RecoveryPlan("payroll", [["pay-db01"], ["pay-app01", "pay-app02"]]),
            RecoveryPlan("mixed", [["mix-win01", "mix-lin01"]]),
        ],
        configuration_server=ConfigurationServer(
            name="cs01",
            ip="10.20.0.20",
            process_servers=[ProcessServer("ps-azure01", "10.60.0.4"), ProcessServer("cs01", "10.20.0.20")],
            master_targets=[
                MasterTarget(
                    "mt-win01",
                    "Windows",
                    "Microsoft Windows Server 2019 Datacenter",
                    "mt-win01",
                    "10.20.0.21",
                    retention=[Retention("R")],
                ),
                MasterTarget(
                    "mt-lin01",
                    "Linux",
                    "Ubuntu 20.04",
                    "mt-lin01",
                    "10.20.0.22",
                    retention=[Retention("/mnt/retention")],
                ),
            ],
        ),
        appliances=[
            Appliance("appliance01", "appliance01", "appliance01.corp.example", ["ds-gold-01", "ds-gold-02", "ds-db"]),
        ],
        log_storage=LogStorageAccount("drcache01"),
    )


__all__ = ["VAULT", "VCENTER", "Estate", "company"]
