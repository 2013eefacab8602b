"""The sandbox bears a company of hundreds of machines."""

from azure.mgmt.recoveryservicessiterecovery.aio import SiteRecoveryManagementClient

from homeward.bot.sandbox.arm import SandboxArm
from homeward.bot.sandbox.estate import VAULT
from homeward.bot.sandbox.estate.model import (
    RESOURCE_GROUP,
    AzureVm,
    GuestDisk,
    ProtectedItem,
    RecoveryPlan,
    VirtualMachine,
)


async def test_a_plan_of_five_hundred_machines_is_read_in_pages(
    arm: SandboxArm, recovery: SiteRecoveryManagementClient
) -> None:
    names = [f"bulk{number:03}" for number in range(500)]
    for number, name in enumerate(names, start=1000):
        arm.estate.vcenter.vms.append(VirtualMachine(name, number, "esx01", "ds-gold-01", [GuestDisk()]))
        item = ProtectedItem(name, number, "modernized", "Windows", "Windows Server 2022", name)
        item.azure_vm = AzureVm(name)
        arm.estate.vault.items.append(item)
    arm.estate.vault.plans.append(RecoveryPlan("everything", [names]))
    items = [item async for item in recovery.replication_protected_items.list(RESOURCE_GROUP, VAULT)]
    plan = await recovery.replication_recovery_plans.get(RESOURCE_GROUP, VAULT, "everything")
    assert len(items) == 513
    assert len(arm.requests) == 6 + 1
    assert plan.properties is not None
    assert plan.properties.groups is not None
    assert len(plan.properties.groups[2].replication_protected_items or []) == 500
