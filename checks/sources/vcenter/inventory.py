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
    """A VM as it was called when the inventory was read; `ref` is pyVmomi's reference to it.

    What vCenter did not tell, as of a VM that is inaccessible or may not be read, is "".
    """

    ref: Any
    name: str
    uuid: str
    instance_uuid: str
    host_name: str
    ip: str


Found = KnownVm | Absent | Missing
_EXAMPLES = 3
"""So many VMs are named where many could be meant."""


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
        self._untold = tuple(vm.name or "one without a name" for vm in vms if not (vm.uuid and vm.instance_uuid))
        self._by_instance = _index(vms, lambda vm: (vm.instance_uuid,))
        self._by_bios = _index(vms, lambda vm: (vm.uuid,))
        self._by_name = _index(vms, lambda vm: (vm.name,))
        self._by_host_name = _index(vms, lambda vm: (vm.host_name, _short(vm.host_name)))
        self._by_ip = _index(vms, lambda vm: (vm.ip,))

    def find(self, query: VmQuery) -> Found:
        """The VM that is meant; `Missing` if several could be."""
        found = self._by_uuid(query) if query.instance_uuid else self._by_names(query)
        if isinstance(found, Missing):
            return found
        if len(found) > 1:
            names = sorted({vm.name for vm in found if vm.name})
            apart = f": {', '.join(names)}" if len(names) > 1 else ""
            return Missing(f"{self._vcenter} has {len(found)} VMs that could be {query}{apart}")
        return found[0] if found else ABSENT

    def _by_uuid(self, query: VmQuery) -> list[KnownVm] | Missing:
        uuid = query.instance_uuid.casefold()
        found = self._by_instance.get(uuid) or self._by_bios.get(uuid) or []
        if not found and self._untold:
            names = ", ".join(self._untold[:_EXAMPLES]) + (", ..." if len(self._untold) > _EXAMPLES else "")
            return Missing(f"{self._vcenter} does not tell the UUIDs of all its VMs ({names}): one could be {query}")
        named = self._by_name.get(query.name.casefold()) or []
        return [vm for vm in found if vm in named] or found  # copies may have kept one BIOS UUID

    def _by_names(self, query: VmQuery) -> list[KnownVm] | Missing:
        """What the guest tells outranks the name in the inventory, which anybody can give to any VM."""
        host_name = query.host_name.casefold()
        named = self._by_name.get(query.name.casefold()) or []
        guests = self._by_host_name.get(host_name) or self._by_host_name.get(_short(host_name)) or []
        addressed = self._by_ip.get(query.ip.casefold()) or []
        found = _common([named, guests, addressed])
        if not found and guests and addressed:
            found = _common([guests, addressed])
        found = found or list({vm.ref: vm for vm in [*named, *guests, *addressed]}.values())
        if len(found) == 1 and found[0] not in guests and not (found[0] in named and found[0] in addressed):
            name, guest = found[0].name, found[0].host_name
            if host_name and guest:
                return Missing(f"{self._vcenter}'s VM {name} calls itself {guest}: it may not be {query}")
        return found

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


def _common(ways: Iterable[list[KnownVm]]) -> list[KnownVm]:
    """The VMs that every way which finds any finds."""
    finding = [way for way in ways if way]
    return [vm for vm in finding[0] if all(vm in way for way in finding)] if finding else []


def _short(host_name: str) -> str:
    return host_name.casefold().partition(".")[0]
