"""Machines that stand ready to fail back, beside the company's troubled rest: both stacks, single ones and plans."""

from .model import AzureVm, Estate, GuestDisk, OsType, ProtectedItem, RecoveryPlan, Topology, VirtualMachine

WINDOWS = "crm01"
"""Modernized. It keeps its static address when it comes home."""
LINUX = "crm02"
"""Modernized. Its static address was not kept: it comes home with another."""
CLASSIC = "files01"
PLAN = "erp"
"""Modernized: a database, then two application servers."""
CLASSIC_PLAN = "ledger"
"""Classic, the same, and all three in one replication group: their recovery points are shared."""
GROUP = "ledger-vms"
_NUMBER = 61
_VERSIONS: dict[OsType, str] = {"Windows": "Windows Server 2019", "Linux": "Red Hat Enterprise Linux 8.8"}


def add_way_home(estate: Estate) -> Estate:
    """The estate with machines that wait for their failback: three single ones, and two recovery plans.

    Let one of them fail with `estate.vault.item("erp-app02").fates.append(no_memory("erp-app02"))`.
    """
    _add(estate, WINDOWS, 0, "modernized")
    _add(estate, LINUX, 1, "modernized", os="Linux")
    _add(estate, CLASSIC, 2, "classic")
    for number, name in enumerate(_plan(estate, PLAN), start=3):
        _add(estate, name, number, "modernized")
    for number, name in enumerate(_plan(estate, CLASSIC_PLAN), start=6):
        _add(estate, name, number, "classic", group=GROUP)
    return estate


def _plan(estate: Estate, name: str) -> list[str]:
    """Adds the plan; the names of its machines."""
    first, *rest = f"{name}-db01", f"{name}-app01", f"{name}-app02"
    estate.vault.plans.append(RecoveryPlan(name, [[first], rest]))
    return [first, *rest]


def _add(
    estate: Estate, name: str, number: int, topology: Topology, *, os: OsType = "Windows", group: str = ""
) -> None:
    number += _NUMBER
    disks = [128, 400] if name.endswith("db01") else [64]
    # The classic stack's master target reaches what its own ESXi host reaches.
    host, store = ("esx01", "ds-gold-01") if topology == "modernized" else ("esx02", "ds-gold-02")
    estate.vcenter.vms.append(VirtualMachine(name, number, host, store, [GuestDisk(size) for size in disks]))
    estate.vault.items.append(
        ProtectedItem(
            name,
            number,
            topology=topology,
            os=os,
            os_version=_VERSIONS[os],
            source_vm=name,
            stage="ready-to-fail-back",
            azure_vm=AzureVm(name),
            disks_gb=disks,
            group=group,
        )
    )
