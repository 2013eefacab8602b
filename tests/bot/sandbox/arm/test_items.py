"""Protected items as the real client reads them."""

from azure.mgmt.recoveryservicessiterecovery.aio import SiteRecoveryManagementClient

from homeward.bot.sandbox.arm import SandboxArm
from homeward.bot.sandbox.estate import VAULT
from homeward.bot.sandbox.estate.model import RESOURCE_GROUP


async def test_all_items_are_listed_page_by_page(arm: SandboxArm, recovery: SiteRecoveryManagementClient) -> None:
    arm.page_size = 5
    items = [item async for item in recovery.replication_protected_items.list(RESOURCE_GROUP, VAULT)]
    assert [item.name for item in items] == [item.id_name for item in arm.estate.vault.items]
    assert len(arm.requests) == 3
    assert arm.unexpected == []
