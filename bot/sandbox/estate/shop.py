"""Machines that nothing keeps from coming home, beside the company's troubled rest: a web shop, and any number more."""

from .model import AzureVm, Estate, GuestDisk, ProtectedItem, RecoveryPlan, VirtualMachine

PLAN = "shop"
_DISKS = {"shop-db01": [128, 400], "shop-web01": [64], "shop-web02": [64]}
_SHOP_NUMBER = 51
_FLEET_NUMBER = 1000


def add_shop(estate: Estate) -> Estate:
    """The estate with the recovery plan `shop`: a database first, then two web servers; all modernized, all ready.

    Let one of them fail with `estate.vault.item("shop-web02").fates.append(unreachable("shop-web02"))`.
    """
    for number, (name, disks) in enumerate(_DISKS.items(), start=_SHOP_NUMBER):
        _add(estate, name, number, disks)
    estate.vault.plans.append(RecoveryPlan(PLAN, [["shop-db01"], ["shop-web01", "shop-web02"]]))
    return estate


def add_fleet(estate: Estate, count: int) -> list[str]:
    """Adds so many single machines, modernized and ready; their names."""
    names = [f"fleet-{number:04d}" for number in range(1, count + 1)]
    for number, name in enumerate(names, start=_FLEET_NUMBER):
        _add(estate, name, number, [64])
    return names


def _add(estate: Estate, name: str, number: int, disks: list[int]) -> None:
    estate.vcenter.vms.append(VirtualMachine(name, number, "esx01", "ds-gold-01", [GuestDisk(size) for size in disks]))
    estate.vault.items.append(
        ProtectedItem(
            name,
            number,
            topology="modernized",
            os="Windows",
            os_version="Windows Server 2019",
            source_vm=name,
            azure_vm=AzureVm(name),
            disks_gb=list(disks),
        )
    )
