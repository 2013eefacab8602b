"""Every path that the sandbox's Azure answers."""

from __future__ import annotations

from . import authorization, compute, fabrics, items, jobs, plans, points, policies, resources, starting
from .routing import route

_GROUP = "/subscriptions/{subscription}/resourceGroups/{group}/providers"
_VAULT = _GROUP + "/Microsoft.RecoveryServices/vaults/{vault}"
_FABRIC = _VAULT + "/replicationFabrics/{fabric}"
_ITEMS = _FABRIC + "/replicationProtectionContainers/{container}/replicationProtectedItems"
_VMS = _GROUP + "/Microsoft.Compute/virtualMachines"

_ROLES = "{scope*}/providers/Microsoft.Authorization"

ROUTES = (
    route("GET", _VAULT, resources.get_vault),
    route("GET", _VAULT + "/replicationProtectedItems", items.list_items),
    route("GET", _ITEMS, items.list_items_of_container),
    route("GET", _ITEMS + "/{item}", items.get_item),
    route("GET", _ITEMS + "/{item}/recoveryPoints", points.list_points),
    route("GET", _ITEMS + "/{item}/recoveryPoints/{point}", points.get_point),
    route("POST", _ITEMS + "/{item}/reProtect", starting.reprotect),
    route("POST", _ITEMS + "/{item}/plannedFailover", starting.planned_failover),
    route("POST", _ITEMS + "/{item}/unplannedFailover", starting.unplanned_failover),
    route("POST", _ITEMS + "/{item}/failoverCommit", starting.failover_commit),
    route("POST", _ITEMS + "/{item}/failoverCancel", starting.failover_cancel),
    route("GET", _VAULT + "/replicationFabrics", fabrics.list_fabrics),
    route("GET", _FABRIC, fabrics.get_fabric),
    route("GET", _VAULT + "/replicationProtectionContainers", fabrics.list_containers),
    route("GET", _VAULT + "/replicationRecoveryServicesProviders", fabrics.list_providers),
    route("GET", _VAULT + "/replicationvCenters", fabrics.list_vcenters),
    route("GET", _VAULT + "/replicationPolicies", policies.list_policies),
    route("GET", _VAULT + "/replicationPolicies/{policy}", policies.get_policy),
    route("GET", _VAULT + "/replicationRecoveryPlans", plans.list_plans),
    route("GET", _VAULT + "/replicationRecoveryPlans/{plan}", plans.get_plan),
    route("GET", _VAULT + "/replicationJobs", jobs.list_jobs),
    route("GET", _VAULT + "/replicationJobs/{job}", jobs.get_job),
    route("GET", "/subscriptions/{subscription}/providers/Microsoft.Compute/virtualMachines", compute.list_vms),
    route("GET", _VMS, compute.list_vms),
    route("GET", _VMS + "/{vm}", compute.get_vm),
    route("GET", _VMS + "/{vm}/instanceView", compute.get_instance_view),
    route("GET", _GROUP + "/Microsoft.Network/networkInterfaces/{nic}", resources.get_nic),
    route("GET", _GROUP + "/Microsoft.Network/virtualNetworks/{vnet}", resources.get_vnet),
    route("GET", _GROUP + "/Microsoft.Storage/storageAccounts/{account}", resources.get_storage_account),
    route("GET", _ROLES + "/roleAssignments", authorization.list_assignments),
    route("GET", _ROLES + "/roleDefinitions", authorization.list_definitions),
    route("GET", _ROLES + "/roleDefinitions/{definition}", authorization.get_definition),
)
