"""The modernized stack's fabric: every replication appliance with its parts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..estate.model import GIB
from .wire import guid, health_error, moment

if TYPE_CHECKING:
    from ..estate.model import Appliance
    from .names import Names
    from .wire import Body

_MEMORY = 32 * GIB
_SPACE = 600 * GIB


def modernized_details(names: Names) -> Body:
    appliances = names.estate.vault.appliances
    return {
        "instanceType": "InMageRcm",
        "vmwareSiteId": names.vmware_site,
        "physicalSiteId": names.physical_site,
        "serviceEndpoint": "https://service.invalid",
        "serviceResourceId": "8238764630195140046",
        "serviceContainerId": "5269262064710",
        "dataPlaneUri": "https://data.invalid",
        "controlPlaneUri": "https://control.invalid",
        "sourceAgentIdentityDetails": {
            "tenantId": guid("tenant", "corp"),
            "applicationId": guid("application", "agent"),
            "objectId": guid("object", "agent"),
            "audience": "api://agent",
            "aadAuthority": "https://login.invalid",
        },
        "processServers": [{**_part(names, one, "9.62.7172.1"), **_load(one)} for one in appliances],
        "rcmProxies": [
            {**_part(names, one, "1.38.8708.11966"), "clientAuthenticationType": "Certificate"} for one in appliances
        ],
        "pushInstallers": [_part(names, one, "1.39.8785.21742") for one in appliances],
        "replicationAgents": [_part(names, one, "1.38.8707.13595") for one in appliances],
        "reprotectAgents": [_reprotect_agent(names, one) for one in appliances],
        "marsAgents": [_part(names, one, "2.0.9261.0") for one in appliances],
        "dras": [_dra(names, one) for one in appliances],
        "agentDetails": None,
    }


def _dra(names: Names, appliance: Appliance) -> Body:
    return {
        "id": names.appliance_id(appliance),
        "name": appliance.name,
        "biosId": guid("bios", appliance.vm).upper(),
        "version": "5.23.720.4",
        "lastHeartbeatUtc": moment(names.estate.ago(appliance.silent_minutes)),
        "health": appliance.health,
        "healthErrors": _health_errors(appliance),
    }


def _part(names: Names, appliance: Appliance, version: str) -> Body:
    return {
        **_dra(names, appliance),
        "version": version,
        "fqdn": appliance.fqdn,
        "fabricObjectId": names.appliance_machine(appliance),
    }


def _health_errors(appliance: Appliance) -> list[Body]:
    if appliance.health == "Normal":
        return []
    level = "Warning" if appliance.health == "Warning" else "Error"
    return [health_error("98008", f"The appliance {appliance.name} is {appliance.health.lower()}.", level=level)]


def _load(appliance: Appliance) -> Body:
    return {
        "ipAddresses": None,
        "totalMemoryInBytes": _MEMORY,
        "availableMemoryInBytes": _MEMORY * 9 // 10,
        "usedMemoryInBytes": _MEMORY // 10,
        "memoryUsagePercentage": 10.060000000267618,
        "totalSpaceInBytes": _SPACE,
        "availableSpaceInBytes": _SPACE * 99 // 100,
        "usedSpaceInBytes": _SPACE // 100,
        "freeSpacePercentage": 99.22966257613457,
        "throughputUploadPendingDataInBytes": 0,
        "throughputInBytes": 8867840,
        "processorUsagePercentage": 0.0,
        "throughputStatus": "Healthy",
        "systemLoad": 0,
        "systemLoadStatus": "Healthy",
        "diskUsageStatus": "Healthy",
        "memoryUsageStatus": "Healthy",
        "processorUsageStatus": "Healthy",
        "historicHealth": appliance.health,
    }


def _reprotect_agent(names: Names, appliance: Appliance) -> Body:
    return {
        **_part(names, appliance, "1.40.8771.15612"),
        "protectedItemCount": None,
        "accessibleDatastores": list(appliance.accessible_datastores) or None,
        "vcenterId": names.discovered_vcenter,
        "lastDiscoveryInUtc": moment(names.estate.ago(appliance.discovery_minutes)),
    }
