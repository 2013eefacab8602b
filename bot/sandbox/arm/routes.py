"""Every path that the sandbox's Azure answers."""

from __future__ import annotations

from . import compute, fabrics, items, policies
from .routing import route

_GROUP = "/subscriptions/{subscription}/resourceGroups/{group}/providers"
_VAULT = _GROUP + "/Microsoft.RecoveryServices/vaults/{vault}"
_FABRIC = _VAULT + "/replicationFabrics/{fabric}"
_ITEMS = _FABRIC + "/replicationProtectionContainers/{container}/replicationProtectedItems"
_VMS = _GROUP + "/Microsoft.Compute/virtualMachines"

ROUTES = (
    route("GET", _VAULT + "/replicationProtectedItems", items.list_items),
    route("GET", _ITEMS, items.list_items_of_container),
    route("GET", _ITEMS + "/{item}", items.get_item),
    route("GET", _VAULT + "/replicationFabrics", fabrics.list_fabrics),
    route("GET", _FABRIC, fabrics.get_fabric),
    route("GET", _VAULT + "/replicationProtectionContainers", fabrics.list_containers),
    route("GET", _VAULT + "/replicationRecoveryServicesProviders", fabrics.list_providers),
    route("GET", _VAULT + "/replicationvCenters", fabrics.list_vcenters),
    route("GET", _VAULT + "/replicationPolicies", policies.list_policies),
    route("GET", _VAULT + "/replicationPolicies/{policy}", policies.get_policy),
    route("GET", "/subscriptions/{subscription}/providers/Microsoft.Compute/virtualMachines", compute.list_vms),
    route("GET", _VMS, compute.list_vms),
    route("GET", _VMS + "/{vm}", compute.get_vm),
    route("GET", _VMS + "/{vm}/instanceView", compute.get_instance_view),
)
