"""The classic stack's fabric: configuration server, process servers, master targets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..estate.model import GIB
from .wire import (
    LAST_DAY,
    STALE_MINUTES,
    guid,
    health_error,
    host_id,
    moment,
    moment_without_fraction,
)

if TYPE_CHECKING:
    from ..estate import Estate
    from ..estate.model import ConfigurationServer, MasterTarget, ProcessServer
    from .wire import Body

_MEMORY_GB = 16
_SPACE_GB = 600
_COLOURS = {"Green": 0, "Yellow": 1, "Red": 2}
_HEALTH = ("Normal", "Warning", "Critical")


def classic_details(estate: Estate, server: ConfigurationServer) -> Body:
    items = [item for item in estate.vault.items if item.topology == "classic"]
    return {
        "instanceType": "VMware",
        "processServers": [_process_server(estate, one) for one in server.process_servers] or None,
        "masterTargetServers": [_master_target(estate, one) for one in server.master_targets] or None,
        "runAsAccounts": [{"accountId": "1", "accountName": "vcenter"}, {"accountId": "2", "accountName": "guest"}],
        "replicationPairCount": str(sum(len(item.disks_gb) for item in items)),
        "processServerCount": str(len(server.process_servers)),
        "agentCount": str(len(items)),
        "protectedServers": str(len(items)),
        "systemLoad": "0",
        "systemLoadStatus": "Green",
        "cpuLoad": "0%",
        "cpuLoadStatus": "Green",
        "totalMemoryInBytes": _MEMORY_GB * GIB,
        "availableMemoryInBytes": _MEMORY_GB * GIB * 3 // 4,
        "memoryUsageStatus": "Green",
        "totalSpaceInBytes": _SPACE_GB * GIB,
        "availableSpaceInBytes": _SPACE_GB * GIB * 9 // 10,
        "spaceUsageStatus": "Green",
        "webLoad": "0",
        "webLoadStatus": "Green",
        "databaseServerLoad": "0.25",
        "databaseServerLoadStatus": "Green",
        "csServiceStatus": "Running" if server.silent_minutes <= STALE_MINUTES else "Stopped",
        "ipAddress": server.ip,
        "agentVersion": server.version,
        "hostName": server.name,
        "lastHeartbeat": moment(estate.ago(server.silent_minutes)),
        "versionStatus": "Supported",
        "sslCertExpiryDate": moment_without_fraction(estate.ago(-700 * 24 * 60)),
        "sslCertExpiryRemainingDays": 700,
        "psTemplateVersion": "202102.14.00",
        "agentExpiryDate": LAST_DAY,
        "agentVersionDetails": _version(server.version),
    }


def _version(version: str) -> Body:
    return {"version": version, "expiryDate": LAST_DAY, "status": "Supported"}


def _colour(value: float, *, yellow: float, red: float) -> str:
    """The load's traffic light."""
    return "Red" if value >= red else "Yellow" if value >= yellow else "Green"


def _process_server(estate: Estate, server: ProcessServer) -> Body:
    cpu = _colour(server.cpu_percent, yellow=80, red=95)
    memory = _colour(server.memory_used_percent, yellow=80, red=95)
    space = _colour(100 - server.space_free_percent, yellow=70, red=75)
    stale = server.silent_minutes > STALE_MINUTES
    worst = max(_COLOURS[colour] for colour in (cpu, memory, space, "Red" if stale else "Green"))
    message = f"No heartbeat from the process server {server.name} for {server.silent_minutes} minutes."
    return {
        "friendlyName": server.name,
        "id": host_id(server.name),
        "ipAddress": server.ip,
        "osType": "Windows",
        "agentVersion": server.version,
        "lastHeartbeat": moment_without_fraction(estate.ago(server.silent_minutes)),
        "versionStatus": "Supported",
        "mobilityServiceUpdates": [
            {"version": server.version, "rebootStatus": "NotRequired", "osType": os} for os in ("Windows", "Linux")
        ],
        "hostId": host_id(server.name),
        "machineCount": "1",
        "replicationPairCount": "2",
        "systemLoad": "0",
        "systemLoadStatus": "Green",
        "cpuLoad": f"{server.cpu_percent}%",
        "cpuLoadStatus": cpu,
        "totalMemoryInBytes": _MEMORY_GB * GIB,
        "availableMemoryInBytes": _MEMORY_GB * GIB * (100 - server.memory_used_percent) // 100,
        "memoryUsageStatus": memory,
        "totalSpaceInBytes": _SPACE_GB * GIB,
        "availableSpaceInBytes": _SPACE_GB * GIB * server.space_free_percent // 100,
        "spaceUsageStatus": space,
        "psServiceStatus": "Stopped" if stale else "Running",
        "sslCertExpiryDate": moment_without_fraction(estate.ago(-server.certificate_days_left * 24 * 60)),
        "sslCertExpiryRemainingDays": server.certificate_days_left,
        "osVersion": None,
        "healthErrors": [health_error("PSHeartbeat", message)] if stale else [],
        "agentExpiryDate": LAST_DAY,
        "agentVersionDetails": _version(server.version),
        "health": _HEALTH[worst],
        "psStatsRefreshTime": moment_without_fraction(estate.ago(server.silent_minutes)),
        "throughputUploadPendingDataInBytes": 0,
        "throughputInMBps": 0,
        "throughputInBytes": 0,
        "throughputStatus": "Green",
        "marsCommunicationStatus": "1",
        "marsRegistrationStatus": "1",
    }


def _master_target(estate: Estate, target: MasterTarget) -> Body:
    vm = next((vm for vm in estate.vcenter.vms if vm.name == target.vm), None)
    return {
        "id": host_id(target.name),
        "ipAddress": target.ip,
        "name": target.name,
        "osType": target.os,
        "agentVersion": target.version,
        "lastHeartbeat": moment_without_fraction(estate.ago(target.silent_minutes)),
        "versionStatus": "Supported",
        "retentionVolumes": [
            {
                "volumeName": volume.name,
                "capacityInBytes": volume.capacity_gb * GIB,
                "freeSpaceInBytes": volume.free_gb * GIB,
                "thresholdPercentage": None,
            }
            for volume in target.retention
        ]
        or None,
        "dataStores": (_datastores(estate, vm.host) if vm else []) or None,
        "validationErrors": None,
        "healthErrors": [],
        "diskCount": len(vm.disks) if vm else 0,
        "osVersion": target.os_version,
        "agentExpiryDate": LAST_DAY,
        "marsAgentVersion": "2.0.9202.0",
        "marsAgentExpiryDate": LAST_DAY,
        "agentVersionDetails": _version(target.version),
        "marsAgentVersionDetails": _version("2.0.9202.0"),
    }


def _datastores(estate: Estate, host: str) -> list[Body]:
    """What the ESXi host of the target sees; sizes are GB in text."""
    return [
        {
            "symbolicName": datastore.name,
            "uuid": guid("datastore", datastore.name),
            "capacity": str(float(datastore.capacity_gb)),
            "freeSpace": str(float(datastore.free_gb)),
            "type": datastore.type,
        }
        for datastore in estate.vcenter.datastores
        if host in datastore.mounts
    ]
