"""A web shop that nothing keeps from coming home: a reprotect that goes well, beside the company's troubled rest."""

from .model import AzureVm, Estate, GuestDisk, ProtectedItem, RecoveryPlan, VirtualMachine

PLAN = "shop"
_DISKS = {"shop-db01": [128, 400], "shop-web01": [64], "shop-web02": [64]}


def add_shop(estate: Estate) -> Estate:
    """The estate with the recovery plan `shop`: a database first, then two web servers; all modernized, all ready.

    Let one of them fail with `estate.vault.item("shop-web02").fates.append(unreachable("shop-web02"))`.
    """
    for number, (name, disks) in enumerate(_DISKS.items(), start=51):
        estate.vcenter.vms.append(
            VirtualMachine(name, number, "esx01", "ds-gold-01", [GuestDisk(size) for size in disks])
        )
        estate.vault.items.append(
            ProtectedItem(
                name,
                number,
                topology="modernized",
                os="Windows",
                os_version="Windows Server 2019",
                source_vm=name,
                azure_vm=AzureVm(name),
                disks_gb=disks,
            )
        )
    estate.vault.plans.append(RecoveryPlan(PLAN, [["shop-db01"], ["shop-web01", "shop-web02"]]))
    return estate
