"""The data centre and its folders."""

from typing import TYPE_CHECKING

from . import inventory as tree

if TYPE_CHECKING:
    from collections.abc import Callable

    from pyVmomi import vim

    from .inventory import Inventory


def datacenter(inventory: "Inventory") -> "dict[str, Callable[[], object]]":
    return {
        "name": lambda: tree.DATACENTER_NAME,
        "parent": lambda: tree.ROOT,
        "vmFolder": lambda: tree.VM_FOLDER,
        "hostFolder": lambda: tree.HOST_FOLDER,
        "datastoreFolder": lambda: tree.DATASTORE_FOLDER,
        "networkFolder": lambda: tree.NETWORK_FOLDER,
        "datastore": lambda: [inventory.datastore(store.name) for store in inventory.vcenter.datastores],
    }


def folder(inventory: "Inventory", ref: "vim.Folder") -> "dict[str, Callable[[], object]]":
    names = {
        tree.ROOT: "Datacenters",
        tree.VM_FOLDER: "vm",
        tree.HOST_FOLDER: "host",
        tree.DATASTORE_FOLDER: "datastore",
        tree.NETWORK_FOLDER: "network",
    }
    return {
        "name": lambda: names[ref],
        "parent": lambda: None if ref == tree.ROOT else tree.DATACENTER,
        "childEntity": lambda: inventory.children(ref),
    }
