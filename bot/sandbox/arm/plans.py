"""Recovery plans, which spell their items' ids in another case than the items do."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from .names import AZURE
from .refusals import no_resource
from .routing import Listing
from .stages import failed_over, provider_of, stage_of
from .wire import FIRST_DAY, NO_START, guid

if TYPE_CHECKING:
    from ..estate.model import ProtectedItem, RecoveryPlan
    from .names import Names
    from .routing import Call
    from .wire import Body

KIND = "Microsoft.RecoveryServices/vaults/replicationRecoveryPlans"


def list_plans(call: Call) -> Listing:
    return Listing(partial(_plan, call.names, plan) for plan in call.estate.vault.plans)


def get_plan(call: Call) -> Body:
    for plan in call.estate.vault.plans:
        if call.is_named("plan", plan.name):
            return _plan(call.names, plan)
    raise no_resource(KIND, call.parts["plan"])


def _plan(names: Names, plan: RecoveryPlan) -> Body:
    vault = names.estate.vault
    by_name: dict[str, ProtectedItem] = {}
    for item in vault.items:
        by_name.setdefault(item.name, item)
    # A machine whose protection was disabled leaves its plan, though not always at once.
    boots = [[by_name[name] for name in group if name in by_name] for group in plan.groups]
    boots += [plan.stale] if plan.stale else []
    items = [item for group in boots for item in group]
    topology = min((item.topology for item in items), default="modernized")
    # From the failback on, what the plan allows is inferred: what its machines allow.
    allowed = {operation for item in items for operation in stage_of(item).operations} - {"DisableProtection"}
    return {
        "id": names.plan(plan.name),
        "name": plan.name,
        "type": KIND,
        "properties": {
            "friendlyName": plan.name,
            "primaryFabricId": names.fabric(topology).lower(),
            "primaryFabricFriendlyName": names.fabric_friendly_name(topology),
            "recoveryFabricId": AZURE,
            "recoveryFabricFriendlyName": AZURE,
            "failoverDeploymentModel": "ResourceManager",
            "replicationProviders": sorted({provider_of(item) for item in items}),
            "allowedOperations": ["ReverseReplicate"] if any(map(failed_over, items)) else sorted(allowed),
            "lastPlannedFailoverTime": FIRST_DAY,
            "lastUnplannedFailoverTime": FIRST_DAY,
            "lastTestFailoverTime": FIRST_DAY,
            "currentScenario": {"scenarioName": "None", "jobId": names.job(""), "startTime": NO_START},
            "currentScenarioStatus": None,
            "currentScenarioStatusDescription": None,
            "groups": [
                _group(names, "Shutdown", []),
                _group(names, "Failover", []),
                *(_group(names, "Boot", group) for group in boots),
            ],
            "providerSpecificDetails": None,
        },
    }


def _group(names: Names, kind: str, items: list[ProtectedItem]) -> Body:
    return {
        "groupType": kind,
        "replicationProtectedItems": [
            {"id": names.item(item).lower(), "virtualMachineId": guid("item", item.id_name)} for item in items
        ],
        "startGroupActions": [],
        "endGroupActions": [],
    }
