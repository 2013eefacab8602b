"""Reads everything that checks need from one vCenter: one round trip once its machines are known."""

import asyncio
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any, TypeVar

from pyVmomi import vim, vmodl

from homeward.checks.facts import ABSENT, Missing, VCenter
from homeward.checks.sources.access import Limits, SourceError, VCenterAccess

from . import paths
from .assemble import Assembly
from .faults import no_answer, reason
from .inventory import Found, Inventory, KnownVm, read_inventory
from .moves import Told, earliest, of_machine, read_moves
from .parse import Parser
from .privileges import MODERNIZED_ONLY, Privileges
from .session import Exchange, Session
from .specs import Answer, along, at, filtered, of, retrieve
from .wanted import OnPremises, VmQuery, Wanted

T = TypeVar("T")

THREADS = 4
"""A vCenter that has fallen silent holds at most these; pyVmomi blocks."""
LOOK_AGAIN_AFTER = 10.0
"""Seconds before a name that is not known makes the inventory be read again."""
NAMES_KEPT_FOR = 60.0
_CHANGES = 3
"""So often may the inventory change under one reading."""
_LOGOUT_TIMEOUT = 3.0


class VCenterReader:
    """One vCenter, shared by all checks. Every method raises `SourceError` and costs at most the time-out."""

    def __init__(self, access: VCenterAccess, *, limits: Limits, clock: Callable[[], float]) -> None:
        self._access = access
        self._timeout = limits.collect_timeout
        self._clock = clock
        self._session = Session(access, timeout=limits.collect_timeout)
        self._privileges = Privileges(access, clock)
        self._inventory: Inventory | None = None
        self._closed = False
        self._forgotten = float("-inf")
        self._refreshing = threading.Lock()
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix=f"homeward-{access.name}")

    @property
    def name(self) -> str:
        return self._access.name

    @property
    def host(self) -> str:
        return self._access.host

    async def read(self, wanted: Sequence[Wanted]) -> Mapping[str, OnPremises]:
        """By machine, for all machines of a check at once."""
        moving = asyncio.create_task(self._moves(wanted))
        try:
            here = await self._in_thread(lambda: self._read(wanted))
            told = await moving
        finally:
            moving.cancel()
        return {one.machine: replace(here[one.machine], moves=of_machine(one, told)) for one in wanted}

    async def _moves(self, wanted: Sequence[Wanted]) -> Told:
        """Of the targets that are asked about. A history that is slow to search must not cost the rest: it has half
        the time."""
        since = earliest(wanted)
        if not since:
            return {}
        try:
            return await self._in_thread(
                lambda: read_moves(self._session, self._access.name, self._known(), since), within=self._timeout / 2
            )
        except SourceError as error:
            return dict.fromkeys(since, Missing(f"the events could not be read: {error.reason}"))

    def forget(self) -> None:
        """What is read from now on was asked from now on; a VM that was not found is looked for anew."""
        self._forgotten = self._clock()
        self._privileges.forget()

    async def find(self, name: str) -> bool:
        """Whether a VM of this name is in the inventory."""
        return await self._in_thread(
            lambda: self._known().holds(name) or self._known(not_older_than=LOOK_AGAIN_AFTER).holds(name)
        )

    async def names(self) -> tuple[str, ...]:
        """The names of all VMs."""
        return await self._in_thread(lambda: self._known(not_older_than=NAMES_KEPT_FOR).names)

    async def answers(self) -> None:
        """One small question, for whoever wants to know no more than that it is answered."""
        await self._in_thread(lambda: retrieve(self._session, [self._licences()]))

    async def close(self) -> None:
        """Logs out; further readings are refused. May be called again."""
        if self._closed:
            return
        try:
            await self._in_thread(self._session.log_out, within=min(_LOGOUT_TIMEOUT, self._timeout / 2))
        except SourceError:
            pass  # it ends by itself when idle
        finally:
            self._closed = True
            self._session.drop()
            self._threads.shutdown(wait=False, cancel_futures=True)

    async def _in_thread(self, work: Callable[[], T], *, within: float | None = None) -> T:
        """Gives up at the time-out even if the thread cannot, and hangs up its line so that it soon can."""
        if self._closed:
            raise SourceError(f"{self._access.name} is no longer read: its connection was closed")
        exchange = Exchange()

        def run() -> T:
            with self._session.during(exchange):
                try:
                    return work()
                except vmodl.MethodFault as fault:
                    raise SourceError(reason(fault, self._access, self._timeout)) from fault

        future = asyncio.wrap_future(self._threads.submit(run))
        try:
            return await asyncio.wait_for(future, within or self._timeout)
        except TimeoutError as error:
            raise SourceError(no_answer(self._access, self._timeout)) from error
        finally:
            if not future.done() or future.cancelled():
                exchange.hang_up()

    # --- What follows runs in a thread -----------------------------------------------------------------------------

    def _known(self, *, not_older_than: float | None = None) -> Inventory:
        now = self._clock()
        with self._refreshing:  # checks that start at once read it once
            kept = self._inventory
            if kept is None or (not_older_than is not None and now - kept.taken_at >= not_older_than):
                name, username = self._access.name, self._access.username
                kept = self._inventory = read_inventory(self._session, vcenter=name, username=username, now=now)
            return kept

    def _read(self, wanted: Sequence[Wanted]) -> Mapping[str, OnPremises]:
        for attempt in range(_CHANGES):
            inventory = self._known(not_older_than=0 if attempt else None)
            found = self._find(wanted, inventory)
            unknown = any(not isinstance(vm, KnownVm) and not query.empty for query, vm in found.items())
            old = self._clock() - inventory.taken_at >= LOOK_AGAIN_AFTER or inventory.taken_at <= self._forgotten
            if unknown and old:
                inventory = self._known(not_older_than=0)
                found = self._find(wanted, inventory)
            try:
                answer = retrieve(self._session, self._filters(wanted, found, inventory))
            except vmodl.fault.ManagedObjectNotFound:
                continue
            if not any(_renamed(query, vm, answer) for query, vm in found.items()):
                return self._facts(wanted, found, inventory, answer)
        raise SourceError(f"the inventory of {self._access.name} changed again and again while it was read")

    @staticmethod
    def _find(wanted: Sequence[Wanted], inventory: Inventory) -> Mapping[VmQuery, Found]:
        queries = {one.source for one in wanted} | {one.target for one in wanted if one.target}
        return {query: ABSENT if query.empty else inventory.find(query) for query in queries}

    def _filters(self, wanted: Sequence[Wanted], found: Mapping[VmQuery, Found], inventory: Inventory) -> Sequence[Any]:
        """The VMs themselves; and what hangs on them: the targets' hosts with their VMs, all datastores, clusters."""
        sources = _refs(found[one.source] for one in wanted)
        targets = _refs(found[one.target] for one in wanted if one.target)
        chosen = dict.fromkeys(ref for one in wanted if one.datastore for ref in inventory.datastores(one.datastore))
        to_pod = along(vim.Datastore, "parent")
        to_datastores = along(vim.VirtualMachine, "datastore", to_pod)
        to_host = along(vim.VirtualMachine, "runtime.host")
        to_whole_host = along(
            vim.VirtualMachine,
            "runtime.host",
            along(vim.HostSystem, "vm"),
            along(vim.HostSystem, "datastore", to_pod),
        )
        hanging = [
            *(at(ref, to_datastores, to_whole_host, skip=True) for ref in targets),
            *(at(ref, to_datastores, to_host, skip=True) for ref in sources if ref not in targets),
            *(at(ref, to_pod) for ref in chosen),
        ]
        kinds = [
            of(vim.VirtualMachine, paths.NAMED_VM),
            of(vim.HostSystem, paths.HOST),
            of(vim.Datastore, paths.DATASTORE),
            of(vim.StoragePod, paths.POD),
        ]
        filters = [self._licences()]
        if sources or targets:
            filters.append(filtered([of(vim.VirtualMachine, paths.VM)], [at(ref) for ref in {**sources, **targets}]))
        if hanging:
            filters.append(filtered(kinds, hanging))
        return filters

    def _licences(self) -> Any:
        return filtered([of(vim.LicenseManager, paths.LICENCES)], [at(self._session.content.licenseManager)])

    def _facts(
        self, wanted: Sequence[Wanted], found: Mapping[VmQuery, Found], inventory: Inventory, answer: Answer
    ) -> Mapping[str, OnPremises]:
        parser = Parser(self._access.name, answer)
        root = self._session.content.rootFolder
        places = {query: _place(vm, parser, inventory) or root for query, vm in found.items()}
        entities = {one.target: places[one.target] if one.target else root for one in wanted}
        missing = self._privileges.missing(self._session, list(dict.fromkeys(entities.values())), inventory.privileges)
        licences = parser.licences(self._session.content.licenseManager)
        about = self._session.content.about
        assembly = Assembly(self._access.name, found, inventory, parser)

        def one_machine(one: Wanted) -> OnPremises:
            lacking = missing[entities[one.target]]
            if not isinstance(lacking, Missing) and not one.modernized:
                lacking = tuple(each for each in lacking if each not in MODERNIZED_ONLY)
            return assembly.machine(
                one,
                VCenter(
                    name=self._access.name,
                    product=str(about.fullName),
                    licences=licences,
                    asr_account=self._access.asr_account,
                    missing_privileges=lacking,
                ),
            )

        return {one.machine: one_machine(one) for one in wanted}


def _refs(found: Iterable[Found]) -> dict[Any, None]:
    return {one.ref: None for one in found if isinstance(one, KnownVm)}


def _place(found: Found, parser: Parser, inventory: Inventory) -> Any:
    """The data center that a VM is in."""
    return inventory.datacenter(parser.of_vm(found.ref, "datastore") or ()) if isinstance(found, KnownVm) else None


def _renamed(query: VmQuery, found: Found, answer: Answer) -> bool:
    """Whether a VM was found by a name or an address that it no longer bears."""
    if query.instance_uuid or not isinstance(found, KnownVm) or found.ref not in answer:
        return False
    told = answer[found.ref]
    return (
        told.text("name") != found.name
        or (bool(query.host_name) and told.text("guest.hostName") != found.host_name)
        or (bool(query.ip) and told.text("guest.ipAddress") != found.ip)
    )
