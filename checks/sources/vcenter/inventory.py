"""What a vCenter holds, by name only: it finds the references that a check then reads."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pyVmomi import vim

from homeward.checks.facts import ABSENT, Absent, Missing
from homeward.checks.sources.access import SourceError

from . import paths
from .session import Session
from .specs import Answer, Properties, along, at, filtered, of, retrieve
from .wanted import VmQuery


@dataclass(frozen=True, slots=True)
class KnownVm:
    """A VM as it was called when the inventory was read; `ref` is pyVmomi's reference to it."""

    ref: Any
    name: str
    uuid: str
    instance_uuid: str
    host_name: str
    ip: str


Found = KnownVm | Absent | Missing


class Inventory:
    """A look-up made from one names-only answer; it never changes."""

    def __init__(self, answer: Answer, *, vcenter: str, taken_at: float) -> None:
        self._vcenter = vcenter
        self.taken_at = taken_at
        self.names: tuple[str, ...] = ()
        self.privileges: tuple[str, ...] = ()
        self._datastores: defaultdict[str, list[Any]] = defaultdict(list)
        self._datacenters: dict[Any, Any] = {}
        vms: list[KnownVm] = []
        for ref, told in answer.items():
            if isinstance(ref, vim.VirtualMachine):
                vms.append(KnownVm(ref, *(told.text(path) for path in paths.KNOWN_VM)))
            elif isinstance(ref, vim.Datastore):
                self._datastores[told.text("name").casefold()].append(ref)
            elif isinstance(ref, vim.Datacenter):
                self._datacenters |= dict.fromkeys(_listed(told, "datastore"), ref)
            else:  # the authorization manager
                self.privileges = tuple(str(one.privId) for one in _listed(told, "privilegeList"))
        self.names = tuple(vm.name for vm in vms)
        self._by_instance = _index(vms, lambda vm: (vm.instance_uuid,))
        self._by_bios = _index(vms, lambda vm: (vm.uuid,))
        self._by_name = _index(vms, lambda vm: (vm.name,))
        self._by_host_name = _index(vms, lambda vm: (vm.host_name, vm.host_name.partition(".")[0]))
        self._by_ip = _index(vms, lambda vm: (vm.ip,))

    def find(self, query: VmQuery) -> Found:
        """The VM that is meant; `Missing` if several could be."""
        found: list[KnownVm] = []
        if query.instance_uuid:
            uuid = query.instance_uuid.casefold()
            found = self._by_instance.get(uuid) or self._by_bios.get(uuid) or []
            found = _narrowed(found, self._by_name.get(query.name.casefold()) or [])
        else:
            host_name = query.host_name.casefold()
            named = self._by_name.get(query.name.casefold()) or []
            guests = self._by_host_name.get(host_name) or self._by_host_name.get(host_name.partition(".")[0]) or []
            addressed = self._by_ip.get(query.ip.casefold()) or []
            found = _narrowed(_narrowed(named, guests), addressed) or _narrowed(guests, addressed) or addressed
        if len(found) > 1:
            return Missing(f"{self._vcenter} has {len(found)} VMs that could be {query}")
        return found[0] if found else ABSENT

    def holds(self, name: str) -> bool:
        return name.casefold() in self._by_name

    def datastores(self, name: str) -> tuple[Any, ...]:
        """Those of the name: a name is unique in a data center only."""
        return tuple(self._datastores.get(name.casefold(), ()))

    def datacenter(self, datastores: Iterable[Any]) -> Any:
        """The data center that holds one of the datastores; None if none does."""
        return next((self._datacenters[one] for one in datastores if one in self._datacenters), None)


def read_inventory(session: Session, *, vcenter: str, username: str, now: float) -> Inventory:
    content = session.content
    view = session.need(
        content.viewManager.CreateContainerView,
        content.rootFolder,
        [vim.VirtualMachine, vim.Datastore, vim.Datacenter],
        True,
    )
    try:
        answer = retrieve(
            session,
            [
                filtered(
                    [
                        of(vim.VirtualMachine, paths.KNOWN_VM),
                        of(vim.Datastore, paths.KNOWN_DATASTORE),
                        of(vim.Datacenter, paths.DATACENTER),
                    ],
                    [at(view, along(vim.view.ContainerView, "view"), skip=True)],
                ),
                filtered([of(vim.AuthorizationManager, paths.PRIVILEGES)], [at(content.authorizationManager)]),
            ],
        )
    finally:
        session.ask(view.DestroyView)
    inventory = Inventory(answer, vcenter=vcenter, taken_at=now)
    if not inventory.names:
        # An account without rights sees an empty inventory: "no such VM" would be a guess.
        raise SourceError(f"{vcenter} shows {username} no virtual machine at all: it may lack the right to read")
    return inventory


def _listed(told: Properties, path: str) -> Iterable[Any]:
    found: Any = told.value(path)
    return () if isinstance(found, Missing) or found is None else found


def _index(vms: Iterable[KnownVm], keys: Callable[[KnownVm], Iterable[str]]) -> Mapping[str, list[KnownVm]]:
    index: defaultdict[str, list[KnownVm]] = defaultdict(list)
    for vm in vms:
        for key in {key.casefold() for key in keys(vm) if key}:
            index[key].append(vm)
    return dict(index)


def _narrowed(found: list[KnownVm], by: list[KnownVm]) -> list[KnownVm]:
    """The found ones that the other way also finds; all of them if that would leave none."""
    return [vm for vm in found if vm in by] or found
