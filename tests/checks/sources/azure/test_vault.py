"""Reading the sandbox's vault over TLS."""

import asyncio

from homeward.bot.sandbox.arm import SandboxArm
from homeward.checks.facts import Topology
from homeward.checks.sources.azure import VaultReader


async def test_all_items_of_all_pages_are_read(vault: VaultReader, arm: SandboxArm) -> None:
    items = await vault.items()
    assert sorted(item.name for item in items) == sorted(item.name for item in arm.estate.vault.items)
    web01 = next(item for item in items if item.name == "web01")
    assert web01.topology is Topology.MODERNIZED
    assert web01.azure_vm_id.endswith("/virtualMachines/web01")
    assert web01.job_id == ""


async def test_ten_readers_at_once_cost_one_set_of_pages(vault: VaultReader, arm: SandboxArm) -> None:
    await asyncio.gather(*(vault.items() for _ in range(10)))
    pages = -(-len(arm.estate.vault.items) // arm.page_size)
    assert len(arm.requests) == pages
