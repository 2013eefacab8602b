"""One check's reading: find the subject, read every source at once, and give each machine its `Facts`."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
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
    ProcessServer,
    Topology,
)
from homeward.checks.subjects import Answer, Choices, Collected, Kind, NoMatch, SourceState, Subject, Watch

from .access import Limits, SourceError
from .azure import AzureReader, Fabric, VaultReader
from .find import Listing, Match, fold, last_segment, matches, nearest
from .join import FABRIC_UNKNOWN, OTHER_STACK, Around, Machine, facts_of, gone, machine, nothing_known, wanted
from .readings import Readings
from .vcenter import OnPremises, VCenterReader, merge

COMPUTE = "Azure compute"
STORAGE = "Azure storage"
RUN_COMMAND = "run-command"

JOBS_AT_ONCE = 8
"""Job reads in flight: a plan of busy machines must not take the subscription's reading budget (ASR.md) at once."""


@dataclass(frozen=True, slots=True)
class Clocks:
    """`now` gives the wall clock with zone, `monotonic` seconds for measuring."""

    now: Callable[[], datetime]
    monotonic: Callable[[], float]


class Collector:
    """Reads for `/reprotect-check` and `homeward check`; the `Collect` of the handlers.

    It keeps the readers, whose caches concurrent checks share, and closes them.
    """

    def __init__(
        self,
        azure: AzureReader,
        vcenters: Mapping[str, VCenterReader],
        *,
        limits: Limits,
        clocks: Clocks,
    ) -> None:
        self._azure = azure
        self._vaults = {vault.name: vault for vault in azure.vaults}
        self._vcenters = dict(vcenters)
        self._limits = limits
        self._clocks = clocks

    async def __call__(self, name: str, watch: Watch) -> Answer:
        readings = Readings(watch, timeout=self._limits.collect_timeout, clock=self._clocks.monotonic)
        readings.expect(*map(_vault_source, self._vaults), COMPUTE, *map(_vcenter_source, self._vcenters))
        listed = await asyncio.gather(*(self._list(vault, readings) for vault in self._vaults.values()))
        listings = [listing for listing in listed if isinstance(listing, Listing)]
        unread = [reason.reason for reason in listed if isinstance(reason, Missing)]
        found = matches(name, listings)
        if len(found) > 1:
            return Choices(name, tuple(match.candidate for match in found))
        if found:
            listing = next(listing for listing in listings if listing.vault == found[0].vault)
            return await self._subject(found[0], listing, readings)
        if unread or not self._vaults:
            return self._nothing(name, unread[0] if unread else "no vault is configured", readings)
        return await self._elsewhere(name, listings, readings)

    async def close(self) -> None:
        """Closes every connection; safe to call twice."""
        await asyncio.gather(self._azure.close(), *(vcenter.close() for vcenter in self._vcenters.values()))

    async def _list(self, vault: VaultReader, readings: Readings) -> Listing | Missing:
        source = _vault_source(vault.name)
        # The networks come from the items' list: asked for at once they share its pages, later it might be read anew.
        items, networks, plans = await asyncio.gather(
            readings.read(source, vault.items()),
            readings.read(source, vault.networks()),
            readings.read(source, vault.plans()),
        )
        if isinstance(items, Missing):
            return items
        if isinstance(networks, Missing):
            return networks
        # Without its plans a vault can still tell of its machines; a plan's name is then not known to be wrong.
        return plans if isinstance(plans, Missing) else Listing(vault.name, items, plans, networks)

    async def _subject(self, match: Match, listing: Listing, readings: Readings) -> Collected:
        now = self._clocks.now()
        vault = self._vaults[match.vault]
        by_id = {fold(item.id): item for item in listing.items}
        present = [by_id[fold(id)] for id in match.item_ids if fold(id) in by_id]
        lost = [id for id in match.item_ids if fold(id) not in by_id]
        source = _vault_source(vault.name)
        async with asyncio.TaskGroup() as at_once:
            jobs = at_once.create_task(self._jobs(vault, present, readings))
            azure_vms = at_once.create_task(self._azure_vms(present, readings))
            log_storage = at_once.create_task(self._log_storage(vault, present, readings))
            guests = at_once.create_task(self._guests(present, readings))
            vcenters = at_once.create_task(readings.read(source, vault.vcenters()))
            # vCenter is asked for the target's VM too, so it waits for the lists that tell the target.
            fabrics, policies = await asyncio.gather(
                readings.read(source, vault.fabrics()), readings.read(source, vault.policies())
            )
            by_fabric = fabrics if isinstance(fabrics, Missing) else {fold(fabric.id): fabric for fabric in fabrics}
            servers = await self._process_servers(present, by_fabric, listing.networks)
            machines = [
                machine(label, item, by_fabric, servers.get(fold(item.id), Missing(OTHER_STACK)), policies, now)
                for label, item in zip(_labels(present), present, strict=True)
            ]
            on_premises = await self._on_premises(machines, readings)
        around = Around(
            jobs=jobs.result(),
            azure_vms=azure_vms.result(),
            log_storage=log_storage.result(),
            guests=guests.result(),
            on_premises=on_premises,
            vcenters=vcenters.result(),
            policies=policies,
        )
        facts = facts_of(machines, listing.items, around, now)
        return Collected(
            subject=Subject(match.candidate.name, match.candidate.kind, match.vault),
            checked_at=now,
            machines=facts + tuple(gone(last_segment(id), now) for id in lost),
            sources=readings.all(),
        )

    async def _process_servers(
        self, items: Iterable[Item], fabrics: Mapping[str, Fabric] | Missing, networks: Mapping[str, str]
    ) -> Mapping[str, tuple[ProcessServer, ...] | Missing]:
        """Each classic machine's process servers, with their place told as seen from its network in Azure."""
        classic = [item for item in items if item.topology is Topology.CLASSIC]
        if isinstance(fabrics, Missing) or not classic:
            return {fold(item.id): fabrics for item in classic if isinstance(fabrics, Missing)}
        placed: dict[tuple[str, str], tuple[ProcessServer, ...]] = {}
        of_item: dict[str, tuple[ProcessServer, ...] | Missing] = {}
        for item in classic:
            fabric, network = fabrics.get(fold(item.fabric_id)), networks.get(item.id.casefold(), "")
            if fabric is None:
                of_item[fold(item.id)] = Missing(FABRIC_UNKNOWN)
                continue
            key = (fabric.id, fold(network))
            if key not in placed:
                placed[key] = await self._azure.place(fabric.process_servers, network)
            of_item[fold(item.id)] = placed[key]
        return of_item

    async def _jobs(
        self, vault: VaultReader, items: Iterable[Item], readings: Readings
    ) -> Mapping[str, Job | Absent | Missing]:
        some = asyncio.Semaphore(JOBS_AT_ONCE)

        async def one(id: str) -> Job | Absent | Missing:
            async with some:
                return await readings.read(_vault_source(vault.name), vault.job(id))

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
        self, vault: VaultReader, items: Iterable[Item], readings: Readings
    ) -> Mapping[str, LogStorage | Absent | Missing]:
        ids = list(dict.fromkeys(item.log_storage_id for item in items if item.log_storage_id))
        read = await asyncio.gather(*(readings.read(STORAGE, self._azure.log_storage(id, vault.address)) for id in ids))
        return dict(zip(map(fold, ids), read, strict=True))

    async def _guests(self, items: Iterable[Item], readings: Readings) -> Mapping[str, GuestProbe | Missing] | NotAsked:
        if not self._limits.run_command:
            return NOT_ASKED
        machines = [item for item in items if item.azure_vm_id]
        read = await asyncio.gather(*(readings.read(RUN_COMMAND, self._azure.probe(item)) for item in machines))
        return {fold(item.azure_vm_id): probe for item, probe in zip(machines, read, strict=True)}

    async def _on_premises(self, machines: Sequence[Machine], readings: Readings) -> Mapping[str, OnPremises]:
        queries = [wanted(machine) for machine in machines]
        read = await asyncio.gather(
            *(readings.read(_vcenter_source(name), reader.read(queries)) for name, reader in self._vcenters.items())
        )
        answers = [SourceError(answer.reason) if isinstance(answer, Missing) else answer for answer in read]
        return merge(dict(zip(self._vcenters, answers, strict=True)), queries)

    async def _elsewhere(self, name: str, listings: Iterable[Listing], readings: Readings) -> Answer:
        """No vault has it. A VM of that name in vCenter or Azure is one that is not (or no longer) protected."""
        found = await asyncio.gather(
            *(readings.read(_vcenter_source(n), reader.find(name)) for n, reader in self._vcenters.items()),
            readings.read(COMPUTE, self._azure.find_vm(name)),
        )
        if True not in found:
            return NoMatch(name, nearest(name, listings))
        now = self._clocks.now()
        return Collected(Subject(name, Kind.MACHINE, ""), now, (gone(name, now),), readings.all())

    def _nothing(self, name: str, reason: str, readings: Readings) -> Collected:
        now = self._clocks.now()
        for reading in readings.all():
            if reading.state is SourceState.READING:
                readings.skip(reading.name, "not asked: the vault could not be read")
        return Collected(Subject(name, Kind.MACHINE, ""), now, (nothing_known(name, reason, now),), readings.all())


def _labels(items: Sequence[Item]) -> list[str]:
    """The machines' names; those that several machines of the check share get their resource names beside them."""
    count = Counter(fold(item.name) for item in items)
    return [item.name if count[fold(item.name)] == 1 else f"{item.name} ({last_segment(item.id)})" for item in items]


def _vault_source(name: str) -> str:
    return f"vault {name}"


def _vcenter_source(name: str) -> str:
    return f"vCenter {name}"
