"""The privileges this vCenter knows, and which of them an account holds."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..estate.model import VCenter

READ_ONLY = ("System.Anonymous", "System.Read", "System.View")

_GROUPS = {
    "Alarm": "Acknowledge Create Delete Edit",
    "Authorization": "ModifyPermissions ModifyRoles",
    "Datastore": "AllocateSpace Browse Config Delete DeleteFile FileManagement Move Rename UpdateVirtualMachineFiles",
    "Folder": "Create Delete Move Rename",
    "Host.Config": "Maintenance Network Storage",
    "Network": "Assign Config Delete",
    "Resource": "ApplyRecommendation AssignVMToPool ColdMigrate HotMigrate QueryVMotion",
    "Task": "Create Update",
    "VirtualMachine.Config": (
        "AddExistingDisk AddNewDisk AddRemoveDevice AdvancedConfig Annotation CPUCount ChangeTracking DiskExtend"
        " DiskLease EditDevice HostUSBDevice ManagedBy Memory MksControl QueryFTCompatibility QueryUnownedFiles"
        " RawDevice ReloadFromPath RemoveDisk Rename ResetGuestInfo Resource Settings SwapPlacement ToggleForkParent"
        " UpgradeVirtualHardware"
    ),
    "VirtualMachine.Interact": (
        "AnswerQuestion ConsoleInteract DeviceConnection PowerOff PowerOn Reset SetCDMedia SetFloppyMedia Suspend"
        " ToolsInstall"
    ),
    "VirtualMachine.Inventory": "Create CreateFromExisting Delete Move Register Unregister",
    "VirtualMachine.Provisioning": "Clone DeployTemplate DiskRandomRead DiskRandomAccess GetVmFiles PutVmFiles",
    "VirtualMachine.State": "CreateSnapshot RemoveSnapshot RenameSnapshot RevertToSnapshot",
}

ALL = (*READ_ONLY, *(f"{group}.{name}" for group, names in _GROUPS.items() for name in names.split()))


def held_by(vcenter: "VCenter", account: str) -> frozenset[str]:
    """Site Recovery's account holds all but what the estate says; anyone else may only read."""
    if account.lower() == vcenter.asr_account.lower():
        return frozenset(ALL).difference(vcenter.missing_privileges)
    return frozenset(READ_ONLY)
