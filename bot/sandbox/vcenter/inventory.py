"""The inventory tree of one request: which objects there are, and how the estate's names become references."""

from functools import cached_property
from typing import TYPE_CHECKING

from pyVmomi import vim

from . import moids
from .schema import reference

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyVmomi.VmomiSupport import ManagedObject

    from ..estate.model import Datastore, Estate, EsxiHost, Pod, VirtualMachine
    from .moids import Moids

DATACENTER_NAME = "Rotterdam"
CLUSTER_NAME = "Cluster01"

ROOT = reference(vim.Folder, moids.ROOT_FOLDER)
DATACENTER = reference(vim.Datacenter, moids.DATACENTER)
VM_FOLDER = reference(vim.Folder, moids.VM_FOLDER)
HOST_FOLDER = reference(vim.Folder, moids.HOST_FOLDER)
DATASTORE_FOLDER = reference(vim.Folder, moids.DATASTORE_FOLDER)
NETWORK_FOLDER = reference(vim.Folder, moids.NETWORK_FOLDER)
CLUSTER = reference(vim.ClusterComputeResource, moids.CLUSTER)
RESOURCE_POOL = reference(vim.ResourcePool, moids.RESOURCE_POOL)


class Inventory:
    """Made anew for each request, so that what is mended in the estate is seen at once."""

    def __init__(self, estate: "Estate", moids: "Moids") -> None:
        self.estate = estate
        self.vcenter = estate.vcenter
        self.moids = moids

    @cached_property
    def vms(self) -> "dict[str, VirtualMachine]":
        return {self.moids.vm(vm.number): vm for vm in self.vcenter.vms}

    @cached_property
    def hosts(self) -> "dict[str, EsxiHost]":
        return {self.moids.host(host.name): host for host in self.vcenter.hosts}

    @cached_property
    def datastores(self) -> "dict[str, Datastore]":
        return {self.moids.datastore(datastore.name): datastore for datastore in self.vcenter.datastores}

    @cached_property
    def pods(self) -> "dict[str, Pod]":
        return {self.moids.pod(pod.name): pod for pod in self.vcenter.pods}

    def vm(self, vm: "VirtualMachine") -> vim.VirtualMachine:
        return reference(vim.VirtualMachine, self.moids.vm(vm.number))

    def host(self, name: str) -> vim.HostSystem:
        return reference(vim.HostSystem, self.moids.host(name))

    def datastore(self, name: str) -> vim.Datastore:
        return reference(vim.Datastore, self.moids.datastore(name))

    def pod(self, name: str) -> vim.StoragePod:
        return reference(vim.StoragePod, self.moids.pod(name))

    def vms_where(self, *, host: str = "", datastore: str = "") -> list[vim.VirtualMachine]:
        return [
            self.vm(vm)
            for vm in self.vcenter.vms
            if (not host or vm.host == host) and (not datastore or vm.datastore == datastore)
        ]

    def datastores_of_host(self, name: str) -> list[vim.Datastore]:
        return [self.datastore(store.name) for store in self.vcenter.datastores if name in store.mounts]

    def datastores_of_pod(self, name: str) -> list[vim.Datastore]:
        return [self.datastore(store.name) for store in self.vcenter.datastores if store.pod == name]

    def children(self, ref: "ManagedObject") -> "list[ManagedObject]":
        """What stands directly below an object in the inventory."""
        if ref == ROOT:
            return [DATACENTER]
        if ref == DATACENTER:
            return [VM_FOLDER, HOST_FOLDER, DATASTORE_FOLDER, NETWORK_FOLDER]
        if ref == VM_FOLDER:
            return [*self.vms_where()]
        if ref == HOST_FOLDER:
            return [CLUSTER]
        if ref == CLUSTER:
            return [RESOURCE_POOL, *(self.host(host.name) for host in self.vcenter.hosts)]
        if ref == DATASTORE_FOLDER:
            loose = (self.datastore(store.name) for store in self.vcenter.datastores if not store.pod)
            return [*(self.pod(pod.name) for pod in self.vcenter.pods), *loose]
        pods = (pod.name for pod in self.vcenter.pods if self.pod(pod.name) == ref)
        return [datastore for pod in pods for datastore in self.datastores_of_pod(pod)]

    def below(self, ref: "ManagedObject") -> "Iterator[ManagedObject]":
        """Everything under an object, at any depth."""
        for child in self.children(ref):
            yield child
            yield from self.below(child)
