"""The failed-over VMs: a few are read one by one, many from the subscription's list."""

import asyncio
from collections.abc import Mapping, Sequence

from azure.core.exceptions import ResourceNotFoundError
from azure.mgmt.compute.aio import ComputeManagementClient

from homeward.checks.facts import ABSENT, Absent, AzureVm, Missing
from homeward.checks.sources.access import Limits, SourceError

from .connection import AzureConnection
from .errors import GONE, refused
from .ids import ResourceId, resource
from .parse_compute import azure_vm
from .shared import Clock, Shared

ONE_BY_ONE = 5
"""So many VMs of a subscription cost one request each; more cost the list's pages."""
CONFIRMED = 25
"""So many VMs that a list lacks are asked for themselves; of more we do not know whether they are gone."""
VM = "Microsoft.Compute/virtualMachines"
ASKED = "Azure compute"

Found = AzureVm | Absent | Missing


class Compute:
    """Azure Compute of any subscription; lists are shared for `limits.list_ttl` seconds."""

    def __init__(self, connection: AzureConnection, *, limits: Limits, clock: Clock) -> None:
        self._connection = connection
        self._ttl = limits.list_ttl
        self._clock = clock
        self._lists: dict[str, Shared[Mapping[str, AzureVm]]] = {}

    async def azure_vms(self, ids: Sequence[str]) -> Mapping[str, Found]:
        """Each VM by the id as given; ABSENT when Azure does not have it. Raises `SourceError` if none was readable."""
        by_subscription: dict[str, dict[str, ResourceId]] = {}
        found: dict[str, Found] = {}
        for id in ids:
            vm = resource(id, VM)
            if vm is None:
                found[id] = Missing("Azure does not tell which VM it is" if not id else f"{id} is not the id of a VM")
            else:
                by_subscription.setdefault(vm.subscription.casefold(), {})[id] = vm
        for read in await asyncio.gather(*map(self._some, by_subscription.values())):
            found |= read
        failures = [one for one in found.values() if isinstance(one, Missing)]
        if failures and len(failures) == len(found):
            raise SourceError(failures[0].reason)
        return found

    async def names(self, subscription_id: str) -> tuple[str, ...]:
        """The names of all VMs of the subscription that can be seen."""
        return tuple(vm.name for vm in (await self._listed(subscription_id)).values())

    def forget(self) -> None:
        for shared in self._lists.values():
            shared.forget()

    async def _some(self, ids: Mapping[str, ResourceId]) -> Mapping[str, Found]:
        """VMs of one subscription."""
        if len(ids) <= ONE_BY_ONE:
            return dict(zip(ids, await asyncio.gather(*map(self._one, ids.values())), strict=True))
        try:
            listed = await self._listed(next(iter(ids.values())).subscription)
        except SourceError as error:
            return dict.fromkeys(ids, Missing(error.reason))
        found: dict[str, Found] = {id: listed[id.casefold()] for id in ids if id.casefold() in listed}
        # A list shows only what our identity may see, so nothing is absent that was not asked for itself.
        rest = [(id, vm) for id, vm in ids.items() if id not in found]
        some = asyncio.Semaphore(ONE_BY_ONE)

        async def confirmed(vm: ResourceId) -> Found:
            async with some:
                return await self._one(vm)

        asked, more = rest[:CONFIRMED], rest[CONFIRMED:]
        answers = await asyncio.gather(*(confirmed(vm) for _, vm in asked))
        found |= {id: answer for (id, _), answer in zip(asked, answers, strict=True)}
        found |= {id: Missing(f"{vm.name} is not among the VMs that Azure shows us") for id, vm in more}
        return found

    async def _one(self, vm: ResourceId) -> Found:
        try:
            client = await self._client(vm.subscription)
            async with self._connection.asking(f"the Azure VM {vm.name}"):
                try:
                    raw = await client.virtual_machines.get(vm.group, vm.name, expand="instanceView")
                except ResourceNotFoundError as error:
                    if refused(error)[0].casefold() not in GONE:
                        raise
                    return ABSENT
        except SourceError as error:
            return Missing(error.reason)
        return azure_vm(raw, listed=False)

    async def _listed(self, subscription_id: str) -> Mapping[str, AzureVm]:
        async def read() -> Mapping[str, AzureVm]:
            return await self._list(subscription_id)

        key = subscription_id.casefold()
        if key not in self._lists:
            self._lists[key] = Shared(read, ttl=self._ttl, clock=self._clock, start=self._connection.start)
        return await self._lists[key].get()

    async def _list(self, subscription_id: str) -> Mapping[str, AzureVm]:
        client = await self._client(subscription_id)
        async with self._connection.asking(ASKED):
            raw = [vm async for vm in client.virtual_machines.list_all(status_only="true")]
        vms = [azure_vm(one, listed=True) for one in raw]
        return {vm.id.casefold(): vm for vm in vms}

    async def _client(self, subscription_id: str) -> ComputeManagementClient:
        async with self._connection.asking(ASKED):
            return await self._connection.compute(subscription_id)
