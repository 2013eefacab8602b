"""Everything of Azure that a collection reads, over one connection."""

import asyncio
from collections.abc import Mapping, Sequence

from homeward.checks.facts import (
    Absent,
    AzureVm,
    GuestProbe,
    Item,
    LogStorage,
    Missing,
    ProcessServer,
)
from homeward.checks.sources.access import AzureAccess, Limits, VaultAddress

from .compute import Compute
from .connection import AzureConnection
from .network import Networks
from .probe import GuestProber
from .shared import Clock
from .storage import Storage
from .vault import VaultReader


class AzureReader:
    """`vaults` are its readers in the settings' order. Reads raise `SourceError`; `close` ends the connection."""

    def __init__(self, access: AzureAccess, addresses: Sequence[VaultAddress], *, limits: Limits, clock: Clock) -> None:
        self._connection = AzureConnection(access, timeout=limits.collect_timeout)
        self._limits = limits
        self._compute = Compute(self._connection, limits=limits, clock=clock)
        self._storage = Storage(self._connection)
        self._networks = Networks(self._connection, limits=limits, clock=clock)
        self._prober = GuestProber(self._connection, timeout=limits.run_command_timeout)
        self.vaults = tuple(VaultReader(self._connection, one, limits=limits, clock=clock) for one in addresses)

    async def azure_vms(self, ids: Sequence[str]) -> Mapping[str, AzureVm | Absent | Missing]:
        return await self._compute.azure_vms(ids)

    async def find_vm(self, name: str) -> bool:
        """Whether a VM of that name runs in one of the vaults' subscriptions."""
        subscriptions = dict.fromkeys(vault.address.subscription_id for vault in self.vaults)
        known = await asyncio.gather(*map(self._compute.names, subscriptions))
        return name.casefold() in {one.casefold() for names in known for one in names}

    async def log_storage(self, account_id: str, vault: VaultAddress) -> LogStorage | Absent | Missing:
        return await self._storage.log_storage(account_id, vault)

    async def place(self, servers: Sequence[ProcessServer], vnet_id: str) -> tuple[ProcessServer, ...]:
        """The process servers with `in_azure` told for a machine that failed over into that network."""
        return await self._networks.place(servers, vnet_id)

    async def probe(self, item: Item, *, control: str, data: str) -> GuestProbe | Missing:
        """Looks into the item's Azure VM, and from there at two addresses; only where the settings allow it."""
        if not self._limits.run_command:
            return Missing("run-command is not allowed by the settings")
        return await self._prober.probe(item.azure_vm_id, item.os, control=control, data=data)

    def forget(self) -> None:
        """The next reads see Azure as it is then."""
        self._compute.forget()
        for vault in self.vaults:
            vault.forget()

    async def close(self) -> None:
        await self._connection.close()
