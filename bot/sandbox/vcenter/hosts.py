"""ESXi hosts and the cluster they form, as vCenter shows them."""

from typing import TYPE_CHECKING
from uuid import NAMESPACE_DNS, uuid5

from pyVmomi import vim

from ..estate.model import GIB
from .inventory import CLUSTER, CLUSTER_NAME, HOST_FOLDER, RESOURCE_POOL, VM_FOLDER
from .schema import data

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..estate.model import EsxiHost
    from .inventory import Inventory


def host(inventory: "Inventory", esxi: "EsxiHost") -> "dict[str, Callable[[], object]]":
    return {
        "name": lambda: esxi.name,
        "parent": lambda: CLUSTER,
        "overallStatus": lambda: "green",
        "configStatus": lambda: "green",
        "runtime": lambda: _runtime(esxi),
        # A host that doesn't answer has no configuration to show.
        "config": lambda: _config(inventory, esxi) if esxi.connection == "connected" else None,
        "summary": lambda: _summary(inventory, esxi),
        "datastore": lambda: inventory.datastores_of_host(esxi.name),
        "vm": lambda: inventory.vms_where(host=esxi.name),
    }


def _runtime(esxi: "EsxiHost") -> vim.host.RuntimeInfo:
    return data(
        vim.host.RuntimeInfo,
        connectionState=esxi.connection,
        powerState="poweredOn" if esxi.connection == "connected" else "unknown",
        inMaintenanceMode=esxi.in_maintenance,
    )


def _config(inventory: "Inventory", esxi: "EsxiHost") -> vim.host.ConfigInfo:
    return data(vim.host.ConfigInfo, host=inventory.host(esxi.name), product=_product(esxi))


def _product(esxi: "EsxiHost") -> vim.AboutInfo:
    embedded = "embeddedEsx" if "ESXi" in esxi.product else "esx"
    return data(
        vim.AboutInfo,
        name=esxi.product,
        fullName=f"{esxi.product} 8.0.3 build-24022510",
        vendor="VMware, Inc.",
        version="8.0.3",
        build="24022510",
        osType="vmnix-x86",
        productLineId=embedded,
        apiType="HostAgent",
        apiVersion="8.0.3.0",
    )


def _summary(inventory: "Inventory", esxi: "EsxiHost") -> vim.host.Summary:
    return data(
        vim.host.Summary,
        host=inventory.host(esxi.name),
        hardware=data(
            vim.host.Summary.HardwareSummary,
            vendor="Example",
            model="Server R740",
            uuid=str(uuid5(NAMESPACE_DNS, esxi.name)),
            memorySize=esxi.memory_gb * GIB,
            cpuModel="Intel(R) Xeon(R) Gold 6248",
            cpuMhz=2494,
            numCpuPkgs=2,
            numCpuCores=40,
            numCpuThreads=80,
            numNics=4,
            numHBAs=2,
        ),
        runtime=_runtime(esxi),
        config=data(
            vim.host.Summary.ConfigSummary,
            name=esxi.name,
            port=443,
            product=_product(esxi),
            vmotionEnabled=True,
            faultToleranceEnabled=False,
        ),
        quickStats=data(
            vim.host.Summary.QuickStats, overallCpuUsage=4200, overallMemoryUsage=esxi.memory_used_gb * 1024
        ),
        overallStatus="green",
        rebootRequired=False,
    )


def cluster(inventory: "Inventory") -> "dict[str, Callable[[], object]]":
    return {
        "name": lambda: CLUSTER_NAME,
        "parent": lambda: HOST_FOLDER,
        "host": lambda: [inventory.host(esxi.name) for esxi in inventory.vcenter.hosts],
        "datastore": lambda: [inventory.datastore(store.name) for store in inventory.vcenter.datastores],
        "resourcePool": lambda: RESOURCE_POOL,
    }


def resource_pool(inventory: "Inventory") -> "dict[str, Callable[[], object]]":
    return {
        "name": lambda: "Resources",
        "parent": lambda: CLUSTER,
        "owner": lambda: CLUSTER,
        "vm": lambda: inventory.children(VM_FOLDER),
    }
