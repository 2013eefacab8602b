"""Datastores and datastore clusters, as vCenter shows them."""

from typing import TYPE_CHECKING

from pyVmomi import vim

from ..estate.model import GIB
from .inventory import DATASTORE_FOLDER
from .schema import data

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..estate.model import Datastore, Mount, Pod
    from .inventory import Inventory


def datastore(inventory: "Inventory", store: "Datastore") -> "dict[str, Callable[[], object]]":
    return {
        "name": lambda: store.name,
        "parent": lambda: inventory.pod(store.pod) if store.pod else DATASTORE_FOLDER,
        "overallStatus": lambda: "green",
        "configStatus": lambda: "green",
        "summary": lambda: data(
            vim.Datastore.Summary,
            datastore=inventory.datastore(store.name),
            name=store.name,
            url=_url(store),
            capacity=store.capacity_gb * GIB,
            freeSpace=store.free_gb * GIB,
            accessible=store.accessible,
            multipleHostAccess=len(store.mounts) > 1,
            type=store.type,
            maintenanceMode=store.maintenance,
        ),
        "host": lambda: [
            data(vim.Datastore.HostMount, key=inventory.host(name), mountInfo=_mount(store, mount))
            for name, mount in store.mounts.items()
        ],
        "vm": lambda: inventory.vms_where(datastore=store.name),
    }


def _mount(store: "Datastore", mount: "Mount") -> vim.host.MountInfo:
    accessible = store.accessible and mount in ("readWrite", "readOnly")
    return data(
        vim.host.MountInfo,
        path=f"/vmfs/volumes/{store.name}",
        accessMode="readOnly" if mount == "readOnly" else "readWrite",
        mounted=mount != "unmounted",
        accessible=accessible,
        inaccessibleReason=None if accessible else "AllPathsDown_Start",
    )


def _url(store: "Datastore") -> str:
    return f"ds:///vmfs/volumes/{store.name}/"


def pod(inventory: "Inventory", cluster: "Pod") -> "dict[str, Callable[[], object]]":
    members = [store for store in inventory.vcenter.datastores if store.pod == cluster.name]
    return {
        "name": lambda: cluster.name,
        "parent": lambda: DATASTORE_FOLDER,
        "childEntity": lambda: inventory.datastores_of_pod(cluster.name),
        "summary": lambda: data(
            vim.StoragePod.Summary,
            name=cluster.name,
            capacity=sum(store.capacity_gb for store in members) * GIB,
            freeSpace=sum(store.free_gb for store in members) * GIB,
        ),
        "podStorageDrsEntry": lambda: data(
            vim.StorageResourceManager.PodStorageDrsEntry,
            storageDrsConfig=data(
                vim.storageDrs.ConfigInfo,
                podConfig=data(
                    vim.storageDrs.PodConfigInfo,
                    enabled=True,
                    ioLoadBalanceEnabled=True,
                    defaultVmBehavior="automated" if cluster.automated else "manual",
                ),
                vmConfig=[
                    data(vim.storageDrs.VmConfigInfo, vm=inventory.vm(vm), enabled=False)
                    for vm in inventory.vcenter.vms
                    if vm.name in cluster.excluded
                ],
            ),
        ),
    }
