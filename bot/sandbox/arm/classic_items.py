"""The provider's details of a protected item of the classic stack: InMageAzureV2, and InMage on the way back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..estate.model import GIB, RESOURCE_GROUP
from ..estate.progress import percent
from .stages import at_home, stage_of
from .wire import FIRST_DAY, LAST_DAY, guid, host_id, moment, moment_without_fraction

if TYPE_CHECKING:
    from ..estate.model import ProtectedItem
    from .names import Names
    from .wire import Body


def classic_details(names: Names, item: ProtectedItem) -> Body:
    return _way_back(names, item) if stage_of(item).way_back else _way_to_azure(names, item)


def _shared(names: Names, item: ProtectedItem) -> Body:
    vault, clock = names.estate.vault, names.estate
    server = vault.configuration_server
    process_server = server.process_servers[0].name if server and server.process_servers else ""
    source = names.source_vm(item)
    return {
        "infrastructureVmId": guid("physical", item.id_name) if item.physical else names.instance_uuid(item),
        "vCenterInfrastructureId": None if item.physical else guid("vcenter", clock.vcenter.name),
        "discoveryType": "Physical" if item.physical else "VCenter",
        "protectionStage": "",
        "vmId": guid("item", item.id_name),
        "vmProtectionState": "",
        "vmProtectionStateDescription": None,
        "rpoInSeconds": 0,
        "compressedDataRateInMB": 0.0,
        "uncompressedDataRateInMB": 0.0,
        "ipAddress": item.address,
        "lastHeartbeat": moment_without_fraction(clock.ago(item.agent_silent_minutes)),
        "processServerId": host_id(process_server) if process_server else "",
        "processServerName": process_server,
        "multiVmGroupId": guid("group", item.group) if item.group else "",
        "multiVmGroupName": item.group,
        "multiVmSyncStatus": "Enabled" if item.group else "Disabled",
        "diskResized": "No",
        "masterTargetId": "",
        "sourceVmCpuCount": 4,
        "sourceVmRamSizeInMB": (source.memory_gb if source else 16) * 1024,
        "vmNics": [],
        "datastores": [source.datastore] if source else [],
        "validationErrors": None,
        "lastRpoCalculatedTime": FIRST_DAY,
        "lastUpdateReceivedTime": FIRST_DAY,
        "replicaId": "",
        "osVersion": item.os_version or None,
        "isAdditionalStatsAvailable": False,
        "totalDataTransferred": None,
        "totalProgressHealth": None,
    }


def _way_to_azure(names: Names, item: ProtectedItem) -> Body:
    vm = item.azure_vm
    storage = names.log_storage
    return {
        **_shared(names, item),
        "instanceType": "InMageAzureV2",
        "resyncProgressPercentage": percent(names.estate, item) if item.stage == "replicating-to-azure" else None,
        "agentVersion": "9.62.7172.1",
        "agentExpiryDate": LAST_DAY,
        "isAgentUpdateRequired": "false",
        "isRebootAfterUpdateRequired": "false",
        "protectedDisks": [
            {
                **_disk(index, size),
                "sourceDataInMegaBytes": 0.0,
                "psDataInMegaBytes": 0.0,
                "targetDataInMegaBytes": 0.0,
            }
            for index, size in enumerate(item.disks_gb)
        ],
        "protectedManagedDisks": [
            {"diskId": f"Disk{index}", "seedManagedDiskId": None, "replicaDiskType": "Premium_LRS"}
            for index in range(len(item.disks_gb))
        ],
        "osType": item.os,
        "vhdName": None,
        "osDiskId": "Disk0",
        "azureVMDiskDetails": None,
        "recoveryAzureVMName": vm.name if vm else item.name,
        "recoveryAzureVMSize": "Standard_D4s_v5",
        "recoveryAzureStorageAccount": "",
        "recoveryAzureLogStorageAccountId": storage,
        "selectedRecoveryAzureNetworkId": names.vnet,
        "selectedTfoAzureNetworkId": "",
        "selectedSourceNicId": None,
        "enableRdpOnTargetOption": "Never",
        "targetVmId": names.azure_vm(vm) if vm else "",
        "recoveryAzureResourceGroupId": f"{names.group.rpartition('/')[0]}/{RESOURCE_GROUP.upper()}",
        "recoveryAvailabilitySetId": "",
        "targetAvailabilityZone": "",
        "useManagedDisks": "True",
        "licenseType": "NotSpecified",
        "lastRecoveryPointReceived": FIRST_DAY,
        "firmwareType": "BIOS",
        "azureVmGeneration": "V1",
    }


def _way_back(names: Names, item: ProtectedItem) -> Body:
    server = names.estate.vault.configuration_server
    targets = server.master_targets if server else []
    target = next((host_id(target.name) for target in targets if target.os == item.os), "")
    done = item.stage != "replicating-back"
    done_percent = percent(names.estate, item)
    progress: Body = {"resyncProgressPercentage": done_percent, "resyncRequired": "false"}
    return {
        **_shared(names, item),
        "instanceType": "InMage",
        "masterTargetId": target,
        "activeSiteType": "OnPrem" if at_home(item) else "Azure",
        "osDetails": {"osVhdId": None, "osType": item.os, "vhdName": None},
        "resyncDetails": {
            "initialReplicationType": "",
            "initialReplicationProgressPercentage": str(done_percent),
        },
        "retentionWindowStart": FIRST_DAY,
        "retentionWindowEnd": moment(names.estate.ago(2)) if done else FIRST_DAY,
        "protectedDisks": [
            {**_disk(index, size), **progress, "sourceDataInMB": 0.0, "psDataInMB": 0.0, "targetDataInMB": 0.0}
            for index, size in enumerate(item.disks_gb)
        ],
        "consistencyPoints": None,
        "rebootAfterUpdateStatus": None,
        "agentDetails": {
            "agentVersion": "9.62.7172.1",
            "agentUpdateStatus": "Updated",
            "postUpdateRebootStatus": "NotRequired",
            "agentExpiryDate": LAST_DAY,
        },
        "azureStorageAccountId": names.log_storage,
    }


def _disk(index: int, size_gb: int) -> Body:
    return {
        "diskId": f"Disk{index}",
        "diskName": f"\\\\.\\PHYSICALDRIVE{index}",
        "protectionStage": "Diff",
        "healthErrorCode": None,
        "rpoInSeconds": 0,
        "resyncRequired": "false",
        "resyncProgressPercentage": None,
        "resyncDurationInSeconds": 0,
        "diskCapacityInBytes": size_gb * GIB,
        "fileSystemCapacityInBytes": 0,
        "diskResized": "No",
        "lastRpoCalculatedTime": FIRST_DAY,
        "progressHealth": None,
        "progressStatus": None,
    }
