"""Managed objects drawn from the estate when a request asks for them, one property at a time."""

from functools import partial
from typing import TYPE_CHECKING

from pyVmomi import vim, vmodl
from pyVmomi.VmomiSupport import ManagedObject

from . import folders, hosts, machines, storage
from . import inventory as tree
from .paths import invalid
from .paths import read as read_path
from .schema import data, moid, properties_of, property_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .inventory import Inventory

_NOT_READ = object()


class Drawn:
    """One object; what was read once stays the same for the rest of the request."""

    def __init__(self, ref: ManagedObject, draw: "Mapping[str, Callable[[], object]]") -> None:
        self.ref = ref
        self._draw = draw
        self._read: dict[str, object] = {}

    def read(self, path: str) -> object:
        return read_path(self.ref, self._root, path)

    def readable(self) -> list[str]:
        """The properties of the type, but for those that the sandbox can't draw."""
        return [name for name in properties_of(type(self.ref)) if name in self._draw or self._may_be_unset(name)]

    def _root(self, name: str) -> object:
        value = self._read.get(name, _NOT_READ)
        if value is _NOT_READ:
            value = self._read[name] = self._drawn(name)
        return value

    def _drawn(self, name: str) -> object:
        if name in self._draw:
            return self._draw[name]()
        if self._may_be_unset(name):
            return None
        # Better no answer than one that no vCenter would give.
        raise data(vmodl.fault.NotSupported, msg=f"The sandbox does not draw {type(self.ref).__name__}.{name}.")

    def _may_be_unset(self, name: str) -> bool:
        declared = property_of(type(self.ref), name)
        if declared is None:
            raise invalid(name)
        return declared.optional or issubclass(declared.type, list)


class Objects:
    """All objects of one request: the inventory, the service's own, and the session's views."""

    def __init__(self, inventory: "Inventory", services: "Mapping[str, Drawn]") -> None:
        self.inventory = inventory
        self._drawn: dict[str, Drawn] = dict(services)

    def find(self, ref: ManagedObject) -> Drawn:
        key = moid(ref)
        if key not in self._drawn:
            drawn = _draw(self.inventory, ref)
            if drawn is None:
                raise not_found(ref)
            self._drawn[key] = drawn
        return self._drawn[key]


def not_found(ref: ManagedObject) -> vmodl.fault.ManagedObjectNotFound:
    text = f"The object '{type(ref).__name__}:{moid(ref)}' has already been deleted or has not been completely created"
    return data(vmodl.fault.ManagedObjectNotFound, obj=ref, msg=text)


def _draw(inventory: "Inventory", ref: ManagedObject) -> Drawn | None:
    key = moid(ref)
    if (vm := inventory.vms.get(key)) is not None:
        return Drawn(inventory.vm(vm), machines.machine(inventory, vm))
    if (host := inventory.hosts.get(key)) is not None:
        return Drawn(inventory.host(host.name), hosts.host(inventory, host))
    if (store := inventory.datastores.get(key)) is not None:
        return Drawn(inventory.datastore(store.name), storage.datastore(inventory, store))
    if (pod := inventory.pods.get(key)) is not None:
        return Drawn(inventory.pod(pod.name), storage.pod(inventory, pod))
    fixed = _FIXED.get(key)
    return fixed(inventory) if fixed else None


def _folder(ref: vim.Folder, inventory: "Inventory") -> Drawn:
    return Drawn(ref, folders.folder(inventory, ref))


_FOLDERS = (tree.ROOT, tree.VM_FOLDER, tree.HOST_FOLDER, tree.DATASTORE_FOLDER, tree.NETWORK_FOLDER)

_FIXED: "dict[str, Callable[[Inventory], Drawn]]" = {
    **{moid(ref): partial(_folder, ref) for ref in _FOLDERS},
    moid(tree.DATACENTER): lambda inventory: Drawn(tree.DATACENTER, folders.datacenter(inventory)),
    moid(tree.CLUSTER): lambda inventory: Drawn(tree.CLUSTER, hosts.cluster(inventory)),
    moid(tree.RESOURCE_POOL): lambda inventory: Drawn(tree.RESOURCE_POOL, hosts.resource_pool(inventory)),
}
