"""Lists as they came over the wire, through the SDK's own operations."""

import pytest
from azure.core.exceptions import ResourceNotFoundError

from homeward.bot.sandbox.arm import SandboxArm
from homeward.checks.sources.access import VaultAddress
from homeward.checks.sources.azure import AzureConnection
from homeward.checks.sources.azure.raw import raw_list


async def test_all_pages_come_in_order_as_plain_json(
    connection: AzureConnection, address: VaultAddress, arm: SandboxArm
) -> None:
    client = await connection.site_recovery(address.subscription_id)
    items = client.replication_protected_items
    raws = [raw async for raw in raw_list(items.list, address.resource_group, address.vault)]
    assert len(arm.requests) > 2
    assert {type(raw) for raw in raws} == {dict}
    modelled = [one["id"] async for one in items.list(address.resource_group, address.vault)]
    assert [raw["id"] for raw in raws if isinstance(raw, dict)] == modelled


async def test_the_sdk_builds_nothing_of_them(connection: AzureConnection, address: VaultAddress) -> None:
    client = await connection.site_recovery(address.subscription_id)
    built: list[object] = []

    def note(models: list[object]) -> list[object]:
        built.extend(models)
        return models

    items = client.replication_protected_items
    where = (address.resource_group, address.vault)
    [raw async for raw in raw_list(items.list, *where, cls=note)]
    assert built == []


async def test_what_azure_refuses_is_raised_as_the_sdk_raises_it(
    connection: AzureConnection, address: VaultAddress
) -> None:
    client = await connection.site_recovery(address.subscription_id)
    with pytest.raises(ResourceNotFoundError):
        [raw async for raw in raw_list(client.replication_jobs.list, address.resource_group, "no-such-vault")]
