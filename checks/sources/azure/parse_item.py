"""A replication protected item of the vault as an `Item`."""

import re
from collections.abc import Mapping
from typing import TypeVar

from homeward.checks.facts import (
    ABSENT,
    NEVER,
    Absent,
    Discovered,
    Disk,
    Item,
    Missing,
    Moment,
    Os,
    Topology,
)

from .ids import resource
from .parse_health import health_errors
from .wire import Wire

T = TypeVar("T")

TOPOLOGIES: Mapping[str, Topology] = {
    "inmage": Topology.CLASSIC,
    "inmageazurev2": Topology.CLASSIC,
    "inmagercm": Topology.MODERNIZED,
    "inmagercmfailback": Topology.MODERNIZED,
}
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_FABRIC = re.compile(r"(?i)^.*?/replicationFabrics/[^/]+")
_NO_UUID = "00000000-0000-0000-0000-000000000000"
_MIB = 1024**2
_VM = "Microsoft.Compute/virtualMachines"


def item(raw: object) -> Item:
    wire = Wire(raw)
    told = wire.part("properties")
    details = told.part("providerSpecificDetails")
    identity = wire.text("id")
    provider = details.text("instanceType")
    fabric = fabric_of(identity)
    name = told.text("friendlyName") or wire.text("name")
    group = _text_id(details.text("multiVmGroupName"))
    # Modernized groups have only a name, which is unique in its fabric.
    group_id = _text_id(details.text("multiVmGroupId")) or (f"{fabric}/multiVmGroups/{group}" if group else "")
    return Item(
        id=identity,
        name=name,
        provider=provider,
        topology=TOPOLOGIES.get(provider.casefold(), Topology.OTHER),
        fabric_id=fabric,
        protection_state=told.text("protectionState"),
        state_description=told.text("protectionStateDescription"),
        active_location=told.text("activeLocation"),
        allowed_operations=told.texts("allowedOperations"),
        job_id=job_id(told.part("currentScenario").text("jobId")),
        replication_health=told.text("replicationHealth"),
        failover_health=told.text("failoverHealth"),
        health_errors=_unique((*health_errors(told, "healthErrors"), *health_errors(details, "validationErrors"))),
        last_failover=_last_failover(told, provider, name),
        os=_os(details, name),
        os_version=_os_version(details),
        physical=_physical(details, name),
        group_id=group_id,
        group_name=group or _text_id(details.text("multiVmGroupId")),
        disks=_disks(details, name),
        azure_vm_id=azure_vm_id(details),
        agent_heartbeat=_or_missing(
            details.part("mobilityAgentDetails").moment("lastHeartbeatUtc") or details.moment("lastHeartbeat"),
            f"Azure does not tell when the agent in {name} last reported",
        ),
        agent_registered=_or_missing(
            details.flag("isAgentRegistrationSuccessfulAfterFailover"),
            f"Azure does not tell whether the agent in {name} is registered",
        ),
        discovered=_discovered(details, name),
        vsphere_id=_vsphere_id(details),
        region=details.text("targetLocation"),
        log_storage_id=_log_storage(details),
        computer_name=details.part("discoveredVmDetails").text("vmFqdn").partition(".")[0],
        fabric_name=told.text("primaryFabricFriendlyName"),
        provider_id=told.text("recoveryServicesProviderId"),
        vcenter_id=details.text("vCenterInfrastructureId"),
        target_id=details.text("masterTargetId", "reprotectAgentId"),
        active_site=details.text("activeSiteType"),
        last_failback=details.text("lastPlannedFailoverStatus"),
        # Another provider has the name of the VM in Azure in that field.
        home_vm=details.text("targetVmName") if provider.casefold() == "inmagercmfailback" else "",
        home_datastore=_home_datastore(details, provider),
        last_policy_id=details.text("lastUsedPolicyId"),
    )


def network_id(raw: object) -> str:
    """The virtual network that failover put the machine into, "" where Azure does not tell."""
    details = Wire(raw).part("properties").part("providerSpecificDetails")
    return details.text("targetNetworkId", "selectedRecoveryAzureNetworkId")


def fabric_of(resource_id: str) -> str:
    """The id of the fabric that a resource of the vault is in."""
    match = _FABRIC.match(resource_id)
    return match[0] if match else ""


def job_id(told: str) -> str:
    """A job's id; Azure names "no job" by an id that ends in /None."""
    return "" if told.casefold().endswith("/none") or told.casefold() == "none" else told


def instance_uuid(resource_id: str) -> str:
    """The vCenter instance UUID at the end of a discovered machine's id (`.../machines/vcenter65_5013...`)."""
    if "/serversites/" in resource_id.casefold():
        return ""
    tail = resource_id.rpartition("/")[2].rpartition("_")[2]
    return tail if _UUID.fullmatch(tail) else ""


def azure_vm_id(details: Wire) -> str:
    told = details.text("targetVmId", "azureVirtualMachineId")
    if resource(told, _VM):
        return told
    # Azure also puts other texts there; then the VM is the one of the group and name that the machine was given.
    group = details.text("targetResourceGroupId", "recoveryAzureResourceGroupId")
    name = details.text("recoveryAzureVMName", "targetVmName")
    return f"{group}/providers/{_VM}/{name}" if group and name else told


def os_of(text: str, otherwise: Missing) -> Os | Missing:
    known = {"windows": Os.WINDOWS, "linux": Os.LINUX}
    return known.get(text.casefold(), Os.OTHER) if text else otherwise


def _os(details: Wire, name: str) -> Os | Missing:
    text = details.text("osType") or details.part("osDetails").text("osType")
    return os_of(text, Missing(f"Azure does not tell the operating system of {name}"))


def _os_version(details: Wire) -> str:
    return details.text("osName") or details.part("discoveredVmDetails").text("osName") or details.text("osVersion")


def _physical(details: Wire, name: str) -> bool | Missing:
    kind = details.text("discoveryType").casefold()
    if "/serversites/" in details.text("fabricDiscoveryMachineId").casefold() or kind == "physical":
        return True
    if "/vmwaresites/" in details.text("fabricDiscoveryMachineId").casefold() or kind == "vcenter":
        return False
    return Missing(f"Azure does not tell whether {name} was a physical server")


def _last_failover(told: Wire, provider: str, name: str) -> Moment | Missing:
    time = told.moment("lastSuccessfulFailoverTime")
    if time is not None and time is not NEVER:
        return time
    # An item on its way back calls itself active in Primary; it has failed over all the same.
    failed_over = told.text("activeLocation").casefold() == "recovery" or provider.casefold() in {
        "inmage",
        "inmagercmfailback",
    }
    return Missing(f"Azure does not tell when {name} failed over") if failed_over else NEVER


def _disks(details: Wire, name: str) -> tuple[Disk, ...] | Missing:
    disks: list[Disk] = []
    for disk in details.parts("protectedDisks"):
        capacity = disk.integer("capacityInBytes")
        capacity = disk.integer("diskCapacityInBytes") if capacity is None else capacity
        if capacity is None:
            return Missing(f"Azure does not tell the size of a disk of {name}")
        id = disk.text("diskId")
        disks.append(Disk(disk.text("diskName", "diskId"), capacity, id, system=_is_system(disk, id, details)))
    if not disks:
        for disk in details.parts("azureVMDiskDetails"):
            size = disk.number("maxSizeMB")
            if size is None:
                return Missing(f"Azure does not tell the size of a disk of {name}")
            disks.append(Disk(disk.text("vhdName", "diskId"), int(size * _MIB), disk.text("diskId")))
    return tuple(disks) if disks else Missing(f"Azure does not list the disks of {name}")


def _is_system(disk: Wire, id: str, details: Wire) -> bool:
    return disk.flag("isOSDisk") is True or (bool(id) and id == details.text("osDiskId"))


def _discovered(details: Wire, name: str) -> Discovered | Absent | Missing:
    if not details.told("discoveredVmDetails"):
        return ABSENT
    seen = details.part("discoveredVmDetails")
    deleted = seen.flag("isDeleted")
    if deleted is None:
        return Missing(f"Azure does not tell whether the on-premises VM of {name} still exists")
    return Discovered(
        vcenter_id=seen.text("vCenterId"),
        datastores=seen.texts("datastores"),
        is_deleted=deleted,
        last_discovery=_or_missing(
            seen.moment("lastDiscoveryTimeInUtc"),
            f"Azure does not tell when the on-premises VM of {name} was last seen",
        ),
    )


def _home_datastore(details: Wire, provider: str) -> str:
    told = details.texts("datastores") if provider.casefold() == "inmage" else ()
    return details.text("targetDataStoreName") or next(iter(told), "")


def _vsphere_id(details: Wire) -> str:
    classic = details.text("infrastructureVmId")
    return instance_uuid(details.text("fabricDiscoveryMachineId")) or (classic if _UUID.fullmatch(classic) else "")


def _log_storage(details: Wire) -> str:
    if known := details.text("logStorageAccountId", "recoveryAzureLogStorageAccountId"):
        return known
    return next((found for disk in details.parts("protectedDisks") if (found := disk.text("logStorageAccountId"))), "")


def _text_id(text: str) -> str:
    return "" if text == _NO_UUID else text


def _unique(values: tuple[T, ...]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(values))


def _or_missing(value: T | None, reason: str) -> T | Missing:
    return Missing(reason) if value is None else value
