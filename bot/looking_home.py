"""The reconciler's look at a machine that failed back: its VM in vCenter, in the words of a request."""

from typing import Protocol

from homeward.actions.requests import AtHome, RequestItem
from homeward.checks.facts import Absent, Missing, VirtualMachine


class _Reads(Protocol):
    """`checks.sources.collect.Collector`, as far as it is used here."""

    async def at_home(self, vault: str, item_id: str, machine: str) -> VirtualMachine | Absent | Missing: ...


class HomeLook:
    """`actions.ports.LookAtHome`."""

    def __init__(self, reads: _Reads, *, sees: bool = True) -> None:
        """`sees` tells whether any vCenter is configured."""
        self._reads = reads
        self._sees = sees

    async def __call__(self, vault: str, item: RequestItem) -> AtHome:
        if not self._sees:
            return AtHome(why="no vCenter is configured", final=True)
        name = item.planned.source_vm or item.machine
        found = await self._reads.at_home(vault, item.item_id, name)
        if isinstance(found, Missing):
            return AtHome(why=found.reason)
        if isinstance(found, Absent):
            return AtHome(why=f"vCenter has no VM {name}")
        power, tools = found.power, found.tools_running
        return AtHome(
            vm=found.name,
            host=found.host,
            power="" if isinstance(power, Missing) else power,
            tools=None if isinstance(tools, Missing) else tools,
            address=found.address,
        )
