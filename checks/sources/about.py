"""The second stage of a check's reading: everything about its machines, from all sources at once."""

import asyncio
from collections.abc import Awaitable, Iterable, Mapping, Sequence
from datetime import datetime

from homeward.checks.facts import (
    NOT_ASKED,
    Absent,
    AzureVm,
    GuestProbe,
    Item,
    Job,
    LogStorage,
    Missing,
    NotAsked,
    Policy,
    ProcessServer,
    RecoveryPoint,
    Topology,
)
from homeward.checks.names import fold
from homeward.checks.way import Operation

from .access import Limits, SourceError
from .azure import AzureReader, Fabric, VaultReader, unplaced
from .group import returning
from .join import Around
from .machines import Machine, peers, placed, wanted
from .readings import Readings
from .vcenter import OnPremises, VCenterReader, Wanted, merge

COMPUTE = "Azure compute"
STORAGE = "Azure storage"
NETWORK = "Azure network"
RUN_COMMAND = "run-command"

READS_AT_ONCE = 8
"""Reads of one sort in flight: a plan's jobs must not take the subscription's reading budget (ASR.md) at once."""


class AboutMachines:
    """Reads what a check needs beyond the vaults' lists. Nothing raises for what the outside does."""

    def __init__(self, azure: AzureReader, vcenters: Mapping[str, VCenterReader], *, limits: Limits) -> None:
        self._azure = azure
        self._vcenters = vcenters
        self._limits = limits

    async def read(
        self,
        vault: VaultReader,
        machines: Sequence[Machine],
        policies: tuple[Policy, ...] | Missing,
        networks: Mapping[str, str],
        readings: Readings,
        now: datetime,
    ) -> tuple[Sequence[Machine], Around]:
        """The machines in their places, and what is around them. `policies` and `networks` are the vault's."""
        items = [machine.item for machine in machines]
        async with asyncio.TaskGroup() as at_once:
            jobs = at_once.create_task(self._jobs(vault, items, readings))
            azure_vms = at_once.create_task(self._azure_vms(items, readings))
            log_storage = at_once.create_task(self._log_storage(vault, machines, readings))
            vcenters = at_once.create_task(readings.read(vault_source(vault.name), vault.vcenters()))
            in_place = at_once.create_task(self._placed(machines, networks, readings, now))
            guests = at_once.create_task(self._guests(in_place, readings))
            on_premises = at_once.create_task(self._on_premises(machines, readings, now))
            points = at_once.create_task(self._points(vault, machines, readings))
        return in_place.result(), Around(
            jobs=jobs.result(),
            azure_vms=azure_vms.result(),
            log_storage=log_storage.result(),
            guests=guests.result(),
            on_premises=on_premises.result(),
            vcenters=vcenters.result(),
            policies=policies,
            asked=frozenset(fold(name) for each in self._vcenters.values() for name in (each.name, each.host)),
            points=points.result(),
        )

    async def _placed(
        self, machines: Sequence[Machine], networks: Mapping[str, str], readings: Readings, now: datetime
    ) -> Sequence[Machine]:
        """The machines, classic ones with their process servers placed as seen from their networks in Azure."""

        async def one(fabric: Fabric, network: str) -> tuple[ProcessServer, ...]:
            servers = fabric.process_servers
            if not network or not servers:
                return unplaced(servers, "Azure does not tell the virtual network of the failed-over VM")
            read = await readings.read(NETWORK, self._azure.place(servers, network))
            return unplaced(servers, read.reason) if isinstance(read, Missing) else read

        wanted: dict[tuple[str, str], tuple[Fabric, str]] = {}
        of_item: dict[str, tuple[str, str]] = {}
        for each in machines:
            item, fabric = each.item, each.fabric
            if item.topology is Topology.CLASSIC and not isinstance(fabric, Missing):
                network = networks.get(item.id.casefold(), "")
                key = of_item[fold(item.id)] = (fold(fabric.id), fold(network))
                wanted.setdefault(key, (fabric, network))
        found = dict(zip(wanted, await asyncio.gather(*(one(*each) for each in wanted.values())), strict=True))
        return [
            placed(each, found[own], now) if (own := of_item.get(fold(each.item.id))) else each for each in machines
        ]

    async def _jobs(
        self, vault: VaultReader, items: Iterable[Item], readings: Readings
    ) -> Mapping[str, Job | Absent | Missing]:
        some = asyncio.Semaphore(READS_AT_ONCE)

        async def one(id: str) -> Job | Absent | Missing:
            async with some:
                return await readings.read(vault_source(vault.name), vault.job(id))

        ids = list(dict.fromkeys(item.job_id for item in items if item.job_id))
        return dict(zip(map(fold, ids), await asyncio.gather(*map(one, ids)), strict=True))

    async def _azure_vms(self, items: Iterable[Item], readings: Readings) -> Mapping[str, AzureVm | Absent | Missing]:
        ids = [item.azure_vm_id for item in items if item.azure_vm_id]
        if not ids:
            readings.skip(COMPUTE, "the machine has no VM in Azure")
            return {}
        read = await readings.read(COMPUTE, self._azure.azure_vms(ids))
        if isinstance(read, Missing):
            return {fold(id): read for id in ids}
        return {fold(id): vm for id, vm in read.items()}

    async def _log_storage(
        self, vault: VaultReader, machines: Iterable[Machine], readings: Readings
    ) -> Mapping[str, LogStorage | Absent | Missing]:
        ids = list(dict.fromkeys(each.choice.log_storage for each in machines if each.choice.log_storage))
        read = await asyncio.gather(*(readings.read(STORAGE, self._azure.log_storage(id, vault.address)) for id in ids))
        return dict(zip(map(fold, ids), read, strict=True))

    async def _guests(
        self, machines: Awaitable[Sequence[Machine]], readings: Readings
    ) -> Mapping[str, GuestProbe | Missing] | NotAsked:
        if not self._limits.run_command:
            return NOT_ASKED

        async def one(machine: Machine) -> GuestProbe | Missing:
            if isinstance(machine.fabric, Missing):
                return machine.fabric
            control, data = peers(machine)
            return await readings.read(RUN_COMMAND, self._azure.probe(machine.item, control=control, data=data))

        # Which process server has to be reached is only known when they have been placed.
        there = await machines
        if not any(each.operation is Operation.REPROTECT for each in there):
            return NOT_ASKED  # the VM in Azure need not reach anything any more, and may be off for good
        asked = {fold(each.item.azure_vm_id): each for each in there if each.item.azure_vm_id}
        read = await asyncio.gather(*map(one, asked.values()))
        return dict(zip(asked, read, strict=True))

    async def _points(
        self, vault: VaultReader, machines: Iterable[Machine], readings: Readings
    ) -> Mapping[str, tuple[RecoveryPoint, ...] | Missing] | NotAsked:
        asked = [each.item for each in machines if each.operation is Operation.FAILBACK]
        if not asked:
            return NOT_ASKED
        some = asyncio.Semaphore(READS_AT_ONCE)

        async def one(id: str) -> tuple[RecoveryPoint, ...] | Missing:
            async with some:
                return await readings.read(vault_source(vault.name), vault.points(id))

        ids = [item.id for item in asked if returning(item)]
        return dict(zip(map(fold, ids), await asyncio.gather(*map(one, ids)), strict=True))

    async def _on_premises(
        self, machines: Sequence[Machine], readings: Readings, now: datetime
    ) -> Mapping[str, OnPremises]:
        return await self.vcenters_told([wanted(machine, now) for machine in machines], readings)

    async def vcenters_told(self, queries: Sequence[Wanted], readings: Readings) -> Mapping[str, OnPremises]:
        read = await asyncio.gather(
            *(readings.read(vcenter_source(name), reader.read(queries)) for name, reader in self._vcenters.items())
        )
        answers = [SourceError(answer.reason) if isinstance(answer, Missing) else answer for answer in read]
        return merge(dict(zip(self._vcenters, answers, strict=True)), queries)


def vault_source(name: str) -> str:
    return f"vault {name}"


def vcenter_source(name: str) -> str:
    return f"vCenter {name}"
