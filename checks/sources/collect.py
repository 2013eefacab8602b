"""One check's reading, in two stages that take at most `collect_timeout` each (run-command apart).

First the vaults' lists: they tell the subject, its servers and the target. Then everything about its machines, all
sources at once.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from homeward.checks.facts import (
    ABSENT,
    Absent,
    Item,
    Missing,
    Policy,
    VirtualMachine,
)
from homeward.checks.names import fold, names_of
from homeward.checks.offers import NOBODY, ForOne
from homeward.checks.subjects import (
    Answer,
    Choices,
    Collected,
    Kind,
    NoMatch,
    SourceReading,
    SourceState,
    Subject,
    Watch,
    Wishes,
)
from homeward.checks.way import Operation

from .about import COMPUTE, RUN_COMMAND, AboutMachines, vault_source, vcenter_source
from .access import Limits
from .azure import AzureReader, Fabric, VaultReader
from .find import Listing, group_key, matches, nearest
from .group import returning, stages, whole
from .inventory import KeptInventory
from .join import facts_of, gone, nothing_known
from .machines import Machine, at_home, labels, machine
from .readings import Readings
from .told import told
from .vcenter import VCenterReader, VmQuery, Wanted


@dataclass(frozen=True, slots=True)
class Clocks:
    """`now` gives the wall clock with zone, `monotonic` seconds for measuring."""

    now: Callable[[], datetime]
    monotonic: Callable[[], float]


@dataclass(frozen=True, slots=True)
class _Lists:
    """What the first stage reads of one vault. `fabrics` by folded id."""

    listing: Listing
    fabrics: Mapping[str, Fabric] | Missing
    policies: tuple[Policy, ...] | Missing


@dataclass(frozen=True, slots=True)
class _Start:
    """What a reading for a start has beyond one for a check: the wishes; where a frozen plan is read again, its
    machines' names by folded item id, and the targets of those that are not judged now by theirs."""

    wishes: Wishes
    names: Mapping[str, str] = field(default_factory=dict[str, str])
    beside: Mapping[str, str] = field(default_factory=dict[str, str])


class Collector:
    """Reads for `/reprotect-check`, `homeward check` and for a start; the `Collect` of the handlers.

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
        self._about = AboutMachines(azure, self._vcenters, limits=limits)
        self._limits = limits
        self._clocks = clocks

    async def __call__(self, name: str, watch: Watch, operation: Operation = Operation.REPROTECT) -> Answer:
        return await self._answer(name, watch, operation, None)

    async def for_start(self, name: str, wishes: Wishes, operation: Operation = Operation.REPROTECT) -> Answer:
        """Reads for a start: with the wishes, and a machine of a replication group as its whole group."""
        return await self._answer(name, _nobody_watches, operation, _Start(wishes))

    async def again(
        self,
        subject: Subject,
        names: Mapping[str, str],
        beside: Mapping[str, str],
        wishes: Wishes,
        operation: Operation = Operation.REPROTECT,
    ) -> Collected:
        """Reads machines of a frozen plan anew, past every cache: nothing that it tells is older than the call.

        `names` are what the plan calls them, by item id, in its order; `beside` the targets of its other machines.
        """
        self._azure.forget()
        for vcenter in self._vcenters.values():
            vcenter.forget()
        readings = self._readings(_nobody_watches)
        vault = self._vaults.get(subject.vault)
        if vault is None:
            unread: _Lists | Missing = Missing(f"no vault {subject.vault} is configured")
        else:
            readings.expect(vault_source(vault.name), COMPUTE, *map(vcenter_source, self._vcenters))
            unread = await self._lists(vault, readings)
            readings.next_stage()
        if isinstance(unread, Missing):
            now = self._clocks.now()
            machines = tuple(nothing_known(name, unread.reason, now) for name in names.values())
            return Collected(subject, now, machines, readings.all())
        start = _Start(wishes, {fold(id): name for id, name in names.items()}, beside)
        return await self._subject(subject, tuple(names), unread, readings, operation, start)

    async def at_home(self, vault: str, item_id: str, machine: str) -> VirtualMachine | Absent | Missing:
        """The machine's own VM on-premises as it is now.

        A machine whose first VM was gone came home as a new one, which bears its name.
        """
        if vault not in self._vaults:
            return Missing(f"no vault {vault} is configured")
        readings = self._readings(_nobody_watches)
        items = await readings.read(vault_source(vault), self._vaults[vault].items())
        if isinstance(items, Missing):
            return items
        item = next((one for one in items if fold(one.id) == fold(item_id)), None)
        queries = [at_home(item) if item else VmQuery(name=machine)]
        if queries[0].instance_uuid:
            queries.append(VmQuery(name=queries[0].name))
        queried = [Wanted(str(place), query, None, "", modernized=True) for place, query in enumerate(queries)]
        read = await self._about.vcenters_told(queried, readings)
        found = [read[one.machine].source_vm for one in queried]
        return found[-1] if found[0] is ABSENT and isinstance(found[-1], VirtualMachine) else found[0]

    def _readings(self, watch: Watch) -> Readings:
        limits = self._limits
        return Readings(
            watch,
            timeout=limits.collect_timeout,
            timeouts={RUN_COMMAND: limits.run_command_timeout},
            clock=self._clocks.monotonic,
        )

    async def _answer(self, name: str, watch: Watch, operation: Operation, start: _Start | None) -> Answer:
        readings = self._readings(watch)
        readings.expect(*map(vault_source, self._vaults), COMPUTE, *map(vcenter_source, self._vcenters))
        read = await asyncio.gather(*(self._lists(vault, readings) for vault in self._vaults.values()))
        readings.next_stage()
        lists = [one for one in read if isinstance(one, _Lists)]
        unread = [one.reason for one in read if isinstance(one, Missing)]
        listings = [one.listing for one in lists]
        found = matches(name, listings)
        if len(found) > 1:
            return Choices(name, tuple(match.candidate for match in found))
        if found:
            home = next(one for one in lists if one.listing.vault == found[0].vault)
            match = found[0] if start is None else whole(found[0], home.listing, operation)
            subject = Subject(match.candidate.name, match.candidate.kind, match.vault)
            return await self._subject(subject, match.item_ids, home, readings, operation, start)
        if unread or not self._vaults:
            return self._nothing(name, unread[0] if unread else "no vault is configured", readings)
        return await self._elsewhere(name, listings, readings)

    def inventory(self) -> KeptInventory:
        """What there is to pick from, over the same readers: close it first."""
        clocks = self._clocks
        return KeptInventory(self._azure.vaults, self._vcenters, now=clocks.now, monotonic=clocks.monotonic)

    async def close(self) -> None:
        """Closes every connection; safe to call twice."""
        await asyncio.gather(self._azure.close(), *(vcenter.close() for vcenter in self._vcenters.values()))

    async def _lists(self, vault: VaultReader, readings: Readings) -> _Lists | Missing:
        source = vault_source(vault.name)
        # The networks come from the items' list: asked for at once they share its pages, later it might be read anew.
        # Fabrics and policies are read with the lists: vCenter can't be asked before the target is known.
        items, networks, plans, fabrics, policies = await asyncio.gather(
            readings.read(source, vault.items()),
            readings.read(source, vault.networks()),
            readings.read(source, vault.plans()),
            readings.read(source, vault.fabrics()),
            readings.read(source, vault.policies()),
        )
        if isinstance(items, Missing):
            return items
        if isinstance(networks, Missing):
            return networks
        if isinstance(plans, Missing):
            return plans  # a name that is not among the machines' could be a plan's
        by_id = fabrics if isinstance(fabrics, Missing) else {fold(fabric.id): fabric for fabric in fabrics}
        return _Lists(Listing(vault.name, items, plans, networks), by_id, policies)

    async def _subject(
        self,
        subject: Subject,
        item_ids: Sequence[str],
        lists: _Lists,
        readings: Readings,
        operation: Operation,
        start: _Start | None,
    ) -> Collected:
        now = self._clocks.now()
        vault, listing = self._vaults[subject.vault], lists.listing
        by_id = {fold(item.id): item for item in listing.items}
        ids = {fold(id): id for id in item_ids}
        present = [by_id[id] for id in ids if id in by_id]
        lost = [ids[id] for id in ids if id not in by_id]
        names = labels(present, lost) if start is None or not start.names else start.names
        machines = _machines(present, names, lists, operation, start, now)
        in_place, around = await self._about.read(vault, machines, lists.policies, listing.networks, readings, now)
        beside: Mapping[str, str] = start.beside if start else {}
        facts = facts_of(in_place, listing.items, around, now, operation=operation, beside=beside)
        in_order = [*(item.id for item in present), *lost]
        return Collected(
            subject=subject,
            checked_at=now,
            machines=facts + tuple(gone(names[fold(id)], now) for id in lost),
            sources=readings.all(),
            stages=stages(in_order, listing.plans, subject),
        )

    async def _elsewhere(self, name: str, listings: Iterable[Listing], readings: Readings) -> Answer:
        """No vault has it. A VM of that name in vCenter or Azure is one that is not (or no longer) protected."""
        found = await asyncio.gather(
            *(readings.read(vcenter_source(n), reader.find(name)) for n, reader in self._vcenters.items()),
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


def _machines(
    items: Sequence[Item],
    names: Mapping[str, str],
    lists: _Lists,
    operation: Operation,
    start: _Start | None,
    now: datetime,
) -> list[Machine]:
    """The machines, each with what is wished for it, and those of one replication group with one target."""
    everybody = frozenset(map(fold, names.values()))

    def wished(item: Item) -> ForOne:
        if start is None:
            return NOBODY
        label = names[fold(item.id)]
        return ForOne(start.wishes, label, names_of(item), everybody, alone=len(names) == 1)

    said = [(item, wished(item)) for item in items]
    if operation is not Operation.REPROTECT:
        return [
            told(names[fold(item.id)], item, lists.fabrics, lists.policies, operation, wished=one) for item, one in said
        ]
    groups: dict[str, list[tuple[Item, ForOne]]] = {}
    for item, one in said:
        if key := group_key(item):
            groups.setdefault(key, []).append((item, one))
    targets: dict[str, list[str]] = {}
    for item in lists.listing.items:
        if returning(item) and group_key(item) in groups:
            targets.setdefault(group_key(item), []).append(item.target_id)
    accounts = tuple(dict.fromkeys(item.log_storage_id for item in lists.listing.items if item.log_storage_id))
    return [
        machine(
            names[fold(item.id)],
            item,
            lists.fabrics,
            lists.policies,
            now,
            accounts=accounts,
            wished=one,
            together=[other for other in groups.get(group_key(item), ()) if other[0] is not item],
            returning_by=targets.get(group_key(item), ()),
        )
        for item, one in said
    ]


def _nobody_watches(_readings: tuple[SourceReading, ...]) -> None:
    """Whoever prepares a start shows what was read at its end."""
