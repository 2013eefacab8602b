"""The ARM ids of everything in the estate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..estate.model import RESOURCE_GROUP, SUBSCRIPTION
from .wire import guid

if TYPE_CHECKING:
    from ..estate import Estate
    from ..estate.model import Appliance, AzureVm, ProtectedItem, VirtualMachine

VNET = "vnet-dr"
SUBNET = "default"
AZURE = "Microsoft Azure"


@dataclass(frozen=True, slots=True)
class Names:
    """Ids as the service spells them: Site Recovery's own begin with a capital, as it does."""

    estate: Estate

    @property
    def group(self) -> str:
        return f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{RESOURCE_GROUP}"

    @property
    def vault(self) -> str:
        group = self.group.replace("/subscriptions/", "/Subscriptions/")
        return f"{group}/providers/Microsoft.RecoveryServices/vaults/{self.estate.vault.name}"

    # --- Site Recovery ---------------------------------------------------------------------------------------------

    @property
    def classic_fabric_name(self) -> str:
        return (guid("fabric", "classic") + guid("fabric", self.estate.vault.name)).replace("-", "")

    @property
    def modernized_fabric_name(self) -> str:
        return f"{self.estate.vault.name}-vmwarefabric"

    def fabric_name(self, topology: str) -> str:
        return self.classic_fabric_name if topology == "classic" else self.modernized_fabric_name

    def fabric_friendly_name(self, topology: str) -> str:
        server = self.estate.vault.configuration_server
        return server.name if topology == "classic" and server else self.fabric_name(topology)

    def fabric(self, topology: str) -> str:
        return f"{self.vault}/replicationFabrics/{self.fabric_name(topology)}"

    def fabric_guid(self, topology: str) -> str:
        return guid("fabric", self.fabric_name(topology))

    def container_name(self, topology: str) -> str:
        if topology == "classic":
            return f"cloud_{self.fabric_guid(topology)}"
        return f"{self.estate.vault.name}-replicationcontainer"

    def container(self, topology: str) -> str:
        return f"{self.fabric(topology)}/replicationProtectionContainers/{self.container_name(topology)}"

    def item(self, item: ProtectedItem) -> str:
        return f"{self.container(item.topology)}/replicationProtectedItems/{item.id_name}"

    def provider_name(self, topology: str, machine: str) -> str:
        return guid(f"{topology} provider", machine)

    def provider(self, topology: str, machine: str) -> str:
        return f"{self.fabric(topology)}/replicationRecoveryServicesProviders/{self.provider_name(topology, machine)}"

    def policy(self, name: str) -> str:
        return f"{self.vault}/replicationPolicies/{name}"

    def plan(self, name: str) -> str:
        return f"{self.vault}/replicationRecoveryPlans/{name}"

    def job(self, name: str) -> str:
        """The job's id; without a job, the name is None."""
        return f"{self.vault}/replicationJobs/{name or 'None'}"

    # --- what the appliance discovered -----------------------------------------------------------------------------

    @property
    def vmware_site(self) -> str:
        return f"{self.group}/providers/Microsoft.OffAzure/VMwareSites/{self.estate.vault.name}vmwaresite"

    @property
    def physical_site(self) -> str:
        return f"{self.group}/providers/Microsoft.OffAzure/ServerSites/{self.estate.vault.name}physicalsite"

    @property
    def discovered_vcenter(self) -> str:
        return f"{self.vmware_site}/vcenters/{self.estate.vcenter.name}"

    def source_vm(self, item: ProtectedItem) -> VirtualMachine | None:
        """The item's VM in vCenter, None when it is gone (or the machine is physical)."""
        return self.estate.source_vm(item)

    def instance_uuid(self, item: ProtectedItem) -> str:
        """Known to Azure from discovery, so also when the VM is gone since."""
        vm = self.source_vm(item)
        return vm.instance_uuid if vm else f"50130000-0000-0000-0000-{item.number:012x}"

    def discovered_machine(self, item: ProtectedItem) -> str:
        if item.physical:
            return f"{self.physical_site}/machines/{guid('machine', item.id_name)}"
        return f"{self.vmware_site}/machines/{self.estate.vcenter.name}_{self.instance_uuid(item)}"

    def appliance_machine(self, appliance: Appliance) -> str:
        vm = next((vm for vm in self.estate.vcenter.vms if vm.name == appliance.vm), None)
        machine = vm.instance_uuid if vm else guid("machine", appliance.name)
        return f"{self.vmware_site}/machines/{self.estate.vcenter.name}_{machine}"

    def appliance_id(self, appliance: Appliance) -> str:
        return self.provider_name("modernized", appliance.name)

    # --- what runs in Azure ----------------------------------------------------------------------------------------

    def azure_vm(self, vm: AzureVm) -> str:
        return f"{self.group}/providers/Microsoft.Compute/virtualMachines/{vm.name}"

    def nic(self, vm: AzureVm) -> str:
        return f"{self.group}/providers/Microsoft.Network/networkInterfaces/{vm.name}-nic"

    @property
    def vnet(self) -> str:
        return f"{self.group}/providers/Microsoft.Network/virtualNetworks/{VNET}"

    @property
    def log_storage(self) -> str:
        return f"{self.group}/providers/Microsoft.Storage/storageAccounts/{self.estate.vault.log_storage.name}"
