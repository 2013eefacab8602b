"""Reads a Recovery Services vault: each list once for all checks that run at the time."""

from collections.abc import AsyncIterable, Mapping
from dataclasses import dataclass

from azure.core.exceptions import ResourceNotFoundError
from azure.mgmt.recoveryservicessiterecovery.aio import SiteRecoveryManagementClient

from homeward.checks.facts import ABSENT, Absent, Item, Job, Missing, Policy, Provider, RecoveryPoint, RegisteredVCenter
from homeward.checks.sources.access import Limits, SourceError, VaultAddress

from . import parse_item
from .connection import AzureConnection
from .errors import GONE, refused
from .ids import item_place
from .parse_fabric import Fabric, fabric, has_details, provider
from .parse_point import newest_first, recovery_point
from .parse_vault import Plan, has_groups, job, plan, policy, registered_vcenter
from .raw import raw_list
from .shared import Clock, Shared, T

__all__ = ["Fabric", "Plan", "VaultReader"]


@dataclass(frozen=True, slots=True)
class _Items:
    items: tuple[Item, ...]
    networks: Mapping[str, str]


class VaultReader:
    """One vault. Every read raises `SourceError` when Azure cannot be read.

    Lists are shared by all readers for `limits.list_ttl` seconds; `forget` makes the next reads fresh.
    """

    @property
    def name(self) -> str:
        return self.address.name

    def __init__(self, connection: AzureConnection, address: VaultAddress, *, limits: Limits, clock: Clock) -> None:
        self.address = address
        self._connection = connection
        self._where = (address.resource_group, address.vault)
        self._asked = f"vault {address.name}"
        ttl, start = limits.list_ttl, connection.start
        self._items = Shared(self._read_items, ttl=ttl, clock=clock, start=start)
        self._plans = Shared(self._read_plans, ttl=ttl, clock=clock, start=start)
        self._fabrics = Shared(self._read_fabrics, ttl=ttl, clock=clock, start=start)
        self._providers = Shared(self._read_providers, ttl=ttl, clock=clock, start=start)
        self._vcenters = Shared(self._read_vcenters, ttl=ttl, clock=clock, start=start)
        self._policies = Shared(self._read_policies, ttl=ttl, clock=clock, start=start)

    async def items(self) -> tuple[Item, ...]:
        return (await self._items.get()).items

    async def networks(self) -> Mapping[str, str]:
        """For each item (its id, casefolded) the id of the virtual network it failed over into, "" if not told."""
        return (await self._items.get()).networks

    async def plans(self) -> tuple[Plan, ...]:
        return await self._plans.get()

    async def fabrics(self) -> tuple[Fabric, ...]:
        return await self._fabrics.get()

    async def vcenters(self) -> tuple[RegisteredVCenter, ...]:
        return await self._vcenters.get()

    async def policies(self) -> tuple[Policy, ...]:
        return await self._policies.get()

    async def job(self, job_id: str) -> Job | Absent:
        """A job by its ARM id or name; never from a cache."""
        client = await self._client()
        async with self._connection.asking(f"a job of {self._asked}"):
            try:
                answer = await client.replication_jobs.get(*self._where, job_id.rpartition("/")[2])
            except ResourceNotFoundError as error:
                if refused(error)[0].casefold() not in GONE:
                    raise
                return ABSENT
        return job(answer)

    async def points(self, item_id: str) -> tuple[RecoveryPoint, ...]:
        """The recovery points of an item, the newest first; never from a cache."""
        place = item_place(item_id)
        if place is None:
            raise SourceError(f"{item_id} is not the id of a protected item")
        client = await self._client()
        read: list[RecoveryPoint] = []
        async with self._connection.asking(f"the recovery points of {place.item} in {self._asked}"):
            async for raw in raw_list(client.recovery_points.list_by_replication_protected_items, *self._where, *place):
                read.append(recovery_point(raw))
        return newest_first(read)

    def forget(self) -> None:
        for shared in (self._items, self._plans, self._fabrics, self._providers, self._vcenters, self._policies):
            shared.forget()

    async def _read_items(self) -> _Items:
        client = await self._client()
        items: list[Item] = []
        networks: dict[str, str] = {}
        async with self._connection.asking(self._asked):
            # Page by page: a large vault in one go would keep everything else in the process waiting.
            async for raw in raw_list(client.replication_protected_items.list, *self._where):
                items.append(one := parse_item.item(raw))
                networks[one.id.casefold()] = parse_item.network_id(raw)
        return _Items(items=tuple(items), networks=networks)

    async def _read_plans(self) -> tuple[Plan, ...]:
        client = await self._client()
        plans: list[Plan] = []
        for raw in await self._all(client.replication_recovery_plans.list(*self._where)):
            if not has_groups(raw) and raw.name:
                async with self._connection.asking(self._asked):
                    plans.append(plan(await client.replication_recovery_plans.get(*self._where, raw.name)))
            else:
                plans.append(plan(raw))
        return tuple(plans)

    async def _read_fabrics(self) -> tuple[Fabric, ...]:
        providers: tuple[Provider, ...] | Missing
        reading = self._connection.start(self._providers.get())
        client = await self._client()
        raws = await self._all(client.replication_fabrics.list(*self._where))
        try:
            providers = await reading
        except SourceError as error:
            providers = Missing(error.reason)
        fabrics: list[Fabric] = []
        for raw in raws:
            if not has_details(raw) and raw.name:
                async with self._connection.asking(self._asked):
                    fabrics.append(fabric(await client.replication_fabrics.get(*self._where, raw.name), providers))
            else:
                fabrics.append(fabric(raw, providers))
        return tuple(fabrics)

    async def _read_providers(self) -> tuple[Provider, ...]:
        client = await self._client()
        raw = await self._all(client.replication_recovery_services_providers.list(*self._where))
        return tuple(provider(one) for one in raw)

    async def _read_vcenters(self) -> tuple[RegisteredVCenter, ...]:
        client = await self._client()
        return tuple(registered_vcenter(one) for one in await self._all(client.replicationv_centers.list(*self._where)))

    async def _read_policies(self) -> tuple[Policy, ...]:
        client = await self._client()
        return tuple(policy(one) for one in await self._all(client.replication_policies.list(*self._where)))

    async def _client(self) -> SiteRecoveryManagementClient:
        async with self._connection.asking(self._asked):
            return await self._connection.site_recovery(self.address.subscription_id)

    async def _all(self, pages: AsyncIterable[T]) -> list[T]:
        async with self._connection.asking(self._asked):
            return [one async for one in pages]
