"""A machine that comes home, as the sandbox's vCenter shows it while nobody asks Azure."""

import asyncio
from uuid import uuid4

from pyVmomi import vim

from homeward.bot.sandbox.estate import Estate
from homeward.bot.sandbox.estate.progress import begin
from homeward.bot.sandbox.estate.way_home import WINDOWS, add_way_home
from homeward.checks.way import Operation


async def test_a_machine_boots_before_vcenters_eyes(content: vim.ServiceInstanceContent, estate: Estate) -> None:
    add_way_home(estate)
    begin(estate, estate.vault.item(WINDOWS), str(uuid4()), Operation.FAILBACK, body=None)
    number = estate.vault.item(WINDOWS).number

    def look() -> tuple[str, str | None, str | None]:
        assert content.searchIndex
        found = content.searchIndex.FindByUuid(None, f"50130000-0000-0000-0000-{number:012x}", True, True)
        assert isinstance(found, vim.VirtualMachine)
        assert found.guest
        return found.runtime.powerState, found.guest.toolsRunningStatus, found.guest.ipAddress

    seen = [await asyncio.to_thread(look)]
    for _ in range(2):
        estate.advance(2)
        seen.append(await asyncio.to_thread(look))
    assert seen == [
        ("poweredOff", "guestToolsNotRunning", None),
        ("poweredOn", "guestToolsNotRunning", None),
        ("poweredOn", "guestToolsRunning", estate.vault.item(WINDOWS).address),
    ]
