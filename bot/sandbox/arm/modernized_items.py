"""The provider's details of a protected item of the modernized stack: InMageRcm, and InMageRcmFailback."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..estate.model import GIB, REGION
from ..estate.progress import percent
from .names import SUBNET
from .policies import FORWARD_POLICY
from .stages import failed_over, stage_of
from .wire import guid, moment, yes_no

if TYPE_CHECKING:
    from ..estate.model import ProtectedItem
    from .names import Names
    from .wire import Body

AGENT = "9.62.7172.1"


def modernized_details(names: Names, item: ProtectedItem) -> Body:
    return _way_back(names, item) if stage_of(item).way_back else _way_to_azure(names, item)


def _shared(names: Names, item: ProtectedItem) -> Body:
    return {
        "internalIdentifier": guid("item", item.id_name),
        "multiVmGroupName": item.group or None,
        "osType": item.os,
        "resyncProgressPercentage": None,
        "resyncProcessedBytes": None,
        "resyncTransferredBytes": None,
        "resyncProgressHealth": "None",
        "resyncRequired": "false",
        "resyncState": "None",
        "mobilityAgentDetails": {
            "version": AGENT,
            "latestVersion": None,
            "latestAgentReleaseDate": None,
            "driverVersion": AGENT,
            "latestUpgradableVersionWithoutReboot": None,
            "lastHeartbeatUtc": moment(names.estate.ago(item.agent_silent_minutes)),
            "reasonsBlockingUpgrade": ["AlreadyOnLatestVersion"],
            "isUpgradeable": "false",
        },
    }


def _way_to_azure(names: Names, item: ProtectedItem) -> Body:
    estate = names.estate
    appliance = estate.vault.appliances[0] if estate.vault.appliances else None
    source = names.source_vm(item)
    replicates = item.stage == "replicating-to-azure"
    point = f"{names.item(item)}/recoveryPoints/{guid('point', item.id_name)}"
    return {
        **_shared(names, item),
        "instanceType": "InMageRcm",
        "fabricDiscoveryMachineId": names.discovered_machine(item),
        "discoveryType": "Physical" if item.physical else "VCenter",
        "processServerId": names.appliance_id(appliance) if appliance else "",
        "processServerName": appliance.name if appliance else "",
        "processorCoreCount": 4,
        "allocatedMemoryInMB": float((source.memory_gb if source else 16) * 1024),
        "runAsAccountId": f"{names.vmware_site}/runasaccounts/{guid('account', 'guest')}",
        "firmwareType": "BIOS",
        "primaryNicIpAddress": item.address,
        "targetGeneration": "V1",
        "licenseType": "NotSpecified",
        "storageAccountId": None,
        "targetVmName": item.azure_vm.name if item.azure_vm else item.name,
        "targetVmSize": "Standard_D4s_v5",
        "targetResourceGroupId": names.group,
        "targetLocation": REGION,
        "targetAvailabilitySetId": "",
        "targetAvailabilityZone": "",
        "targetProximityPlacementGroupId": "",
        "targetBootDiagnosticsStorageAccountId": names.log_storage,
        "targetNetworkId": names.vnet,
        "testNetworkId": "",
        "failoverRecoveryPointId": point if failed_over(item) else "",
        "lastRecoveryPointReceived": moment(estate.ago(9 * 60 + 5)),
        "lastRpoInSeconds": 222,
        "lastRpoCalculatedTime": moment(estate.ago(9 * 60 + 2)),
        "lastRecoveryPointId": point,
        "initialReplicationProgressPercentage": percent(estate, item) if replicates else None,
        "initialReplicationProcessedBytes": None,
        "initialReplicationTransferredBytes": None,
        "initialReplicationProgressHealth": "InProgress" if replicates else "None",
        "agentUpgradeState": "None",
        "lastAgentUpgradeType": None,
        "agentUpgradeJobId": None,
        "agentUpgradeAttemptToVersion": None,
        "protectedDisks": [_disk_to_azure(names, item, index, size) for index, size in enumerate(item.disks_gb)],
        "isLastUpgradeSuccessful": "false",
        "isAgentRegistrationSuccessfulAfterFailover": item.agent_registered if failed_over(item) else None,
        "lastAgentUpgradeErrorDetails": [],
        "agentUpgradeBlockingErrorDetails": [],
        "vmNics": [_nic(item)],
        "discoveredVmDetails": None if item.physical else _discovered(names, item),
        "osName": item.os_version or None,
    }


def _disk_to_azure(names: Names, item: ProtectedItem, index: int, size_gb: int) -> Body:
    managed = f"{names.group}/providers/Microsoft.Compute/disks"
    return {
        "diskId": "{" + str(1477960000 + item.number * 100 + index) + "}",
        "diskName": f"\\\\.\\PHYSICALDRIVE{index}",
        "isOSDisk": yes_no(index == 0),
        "capacityInBytes": size_gb * GIB,
        "logStorageAccountId": names.log_storage,
        "diskEncryptionSetId": None,
        "seedManagedDiskId": f"{managed}/asrseeddisk-{item.name}-{index}",
        "seedBlobUri": None,
        "targetManagedDiskId": f"{managed}/{item.name}-{index}" if item.azure_vm else None,
        "targetBlobUri": None,
        "diskType": "Premium_LRS",
        "dataPendingInLogDataStoreInMB": 0.0,
        "dataPendingAtSourceAgentInMB": 0.1,
        "isInitialReplicationComplete": yes_no(item.stage != "replicating-to-azure"),
    }


def _nic(item: ProtectedItem) -> Body:
    return {
        "nicId": f"00:50:56:93:{item.number // 256 % 256:02x}:{item.number % 256:02x}",
        "isPrimaryNic": "true",
        "isSelectedForFailover": "true",
        "sourceIPAddress": item.address,
        "sourceIPAddressType": "Static",
        "sourceNetworkId": "VM Network",
        "sourceSubnetName": None,
        "targetIPAddress": "",
        "targetIPAddressType": "Dynamic",
        "targetSubnetName": SUBNET,
        "testSubnetName": None,
        "testIPAddress": None,
        "testIPAddressType": "Dynamic",
    }


def _discovered(names: Names, item: ProtectedItem) -> Body:
    estate = names.estate
    source = names.source_vm(item)
    discovery = max((appliance.discovery_minutes for appliance in estate.vault.appliances), default=24 * 60)
    return {
        "vCenterId": names.discovered_vcenter,
        "vCenterFqdn": "",
        "datastores": [source.datastore] if source else None,
        "ipAddresses": None,
        "vmwareToolsStatus": "OK" if source and source.tools == "guestToolsRunning" else "NotRunning",
        "powerStatus": "ON" if source and source.power == "poweredOn" else "OFF",
        "vmFqdn": item.name,
        "osName": item.os_version,
        "createdTimestamp": (estate.ago(400 * 24 * 60)).isoformat(),
        "updatedTimestamp": (estate.ago(discovery)).isoformat(),
        "isDeleted": source is None,
        "lastDiscoveryTimeInUtc": moment(estate.ago(discovery)),
    }


def _way_back(names: Names, item: ProtectedItem) -> Body:
    estate = names.estate
    vault = estate.vault
    appliance = vault.appliances[0] if vault.appliances else None
    done = item.stage != "replicating-back"
    source = names.source_vm(item)
    datastores = appliance.accessible_datastores if appliance else []
    total = sum(item.disks_gb) * GIB
    done_percent = percent(estate, item)
    return {
        **_shared(names, item),
        "instanceType": "InMageRcmFailback",
        "azureVirtualMachineId": names.azure_vm(item.azure_vm) if item.azure_vm else "",
        "reprotectAgentId": names.appliance_id(appliance) if appliance else "",
        "reprotectAgentName": appliance.name if appliance else "",
        "logStorageAccountId": names.log_storage,
        "targetvCenterId": names.discovered_vcenter,
        "targetDataStoreName": source.datastore if source else next(iter(datastores), ""),
        "targetVmName": source.name if source else item.source_vm or item.name,
        "initialReplicationProgressPercentage": done_percent,
        "initialReplicationProcessedBytes": total * done_percent // 100,
        "initialReplicationTransferredBytes": total * done_percent // 200,
        "initialReplicationProgressHealth": "None" if done else "InProgress",
        "protectedDisks": [_disk_back(item, index, size, done_percent) for index, size in enumerate(item.disks_gb)],
        "vmNics": [
            {"macAddress": "00:0D:3A:12:AE:8C", "networkName": None, "adapterType": None, "sourceIpAddress": None}
        ],
        "lastPlannedFailoverStartTime": moment(item.last_failback_at) if item.last_failback_at else None,
        "lastPlannedFailoverStatus": item.last_failback or None,
        "discoveredVmDetails": None,
        "lastUsedPolicyId": names.policy(FORWARD_POLICY["modernized"]),
        "lastUsedPolicyFriendlyName": FORWARD_POLICY["modernized"],
        "isAgentRegistrationSuccessfulAfterFailover": None,
    }


def _disk_back(item: ProtectedItem, index: int, size_gb: int, done_percent: int) -> Body:
    done = done_percent == 100
    return {
        "diskId": "{" + str(1477960000 + item.number * 100 + index) + "}",
        "diskName": f"\\\\.\\PHYSICALDRIVE{index}",
        "isOSDisk": yes_no(index == 0),
        "capacityInBytes": size_gb * GIB,
        "diskUuid": f"6000C29b-0000-0000-{item.number:04x}-{index:012x}",
        "dataPendingInLogDataStoreInMB": 0.0,
        "dataPendingAtSourceAgentInMB": 0.0 if done else 1.0,
        "isInitialReplicationComplete": yes_no(done),
        "irDetails": {
            "progressHealth": "None" if done else "InProgress" if done_percent else "Queued",
            "transferredBytes": size_gb * GIB * done_percent // 200,
            "last15MinutesTransferredBytes": 0,
            "lastDataTransferTimeUtc": "",
            "processedBytes": size_gb * GIB * done_percent // 100,
            "startTime": "",
            "lastRefreshTime": "",
            "progressPercentage": done_percent,
        },
    }
