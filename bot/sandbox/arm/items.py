"""Replication protected items: what both stacks, and providers that nobody knows, have in common."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from ..estate.progress import running
from ..estate.reprotects import Fate, Job
from .classic_items import classic_details
from .job_kinds import kind_of
from .modernized_items import modernized_details
from .names import AZURE
from .policies import FAILBACK_POLICY, FORWARD_POLICY
from .refusals import no_resource, unknown_filter
from .routing import Listing
from .stages import at_home, failed_over, stage_of
from .wire import FIRST_DAY, NO_START, guid, health_errors, moment

if TYPE_CHECKING:
    from ..estate.model import ProtectedItem
    from .names import Names
    from .routing import Call
    from .wire import Body

KIND = "Microsoft.RecoveryServices/vaults/replicationFabrics/replicationProtectionContainers/replicationProtectedItems"


def list_items(call: Call) -> Listing:
    if call.query.get("$filter"):
        raise unknown_filter(call.query["$filter"])
    return Listing(partial(item_body, call.names, item) for item in call.estate.vault.items)


def list_items_of_container(call: Call) -> Listing:
    return Listing(partial(item_body, call.names, item) for item in call.estate.vault.items if _in_path(call, item))


def get_item(call: Call) -> Body:
    return item_body(call.names, find_item(call))


def find_item(call: Call) -> ProtectedItem:
    for item in call.estate.vault.items:
        if call.is_named("item", item.id_name) and _in_path(call, item):
            return item
    raise no_resource(KIND, call.parts["item"])


def _in_path(call: Call, item: ProtectedItem) -> bool:
    return call.is_named("fabric", call.names.fabric_name(item.topology)) and call.is_named(
        "container", call.names.container_name(item.topology)
    )


def item_body(names: Names, item: ProtectedItem) -> Body:
    topology = item.topology
    stage = stage_of(item)
    classic = topology == "classic"
    policy = (FAILBACK_POLICY if stage.way_back else FORWARD_POLICY)[topology]
    fabric = names.fabric_friendly_name(topology)
    container = names.container_name(topology)
    failovers: Body = {"lastSuccessfulFailoverTime": moment(names.estate.ago(9 * 60))} if failed_over(item) else {}
    critical = any(error.get("errorLevel", "Error") == "Error" for error in item.health_errors)
    return {
        "id": names.item(item),
        "name": item.id_name,
        "type": KIND,
        "properties": {
            "friendlyName": item.name,
            "protectedItemType": "VMWare" if classic else "",
            "protectableItemId": None,
            "recoveryServicesProviderId": names.provider(topology, _provider_machine(names, topology)),
            "primaryFabricFriendlyName": fabric,
            "primaryFabricProvider": "VMware" if classic else "InMageRcmFabric",
            "recoveryFabricFriendlyName": fabric if stage.way_back else AZURE,
            "recoveryFabricId": names.fabric(topology) if stage.way_back else AZURE,
            "primaryProtectionContainerFriendlyName": container,
            "recoveryProtectionContainerFriendlyName": container if stage.way_back else AZURE,
            "protectionState": stage.state,
            "protectionStateDescription": stage.description,
            "activeLocation": stage.active,
            "testFailoverState": "None",
            "testFailoverStateDescription": "None",
            "switchProviderState": "None",
            "switchProviderStateDescription": None,
            # While a job runs nothing else may begin [inferred].
            "allowedOperations": ["DisableProtection"] if running(names.estate, item) else list(stage.operations),
            "replicationHealth": "Critical" if critical else "Normal",
            "failoverHealth": "Normal",
            "healthErrors": health_errors(item.health_errors),
            "policyId": names.policy(policy),
            "policyFriendlyName": policy,
            **failovers,
            "lastSuccessfulTestFailoverTime": FIRST_DAY,
            "currentScenario": _current_scenario(names, item),
            "failoverRecoveryPointId": item.point if at_home(item) else "",
            "providerSpecificDetails": _details(names, item),
            "recoveryContainerId": names.container(topology),
            "eventCorrelationId": guid("correlation", item.id_name),
        },
    }


def _provider_machine(names: Names, topology: str) -> str:
    vault = names.estate.vault
    if topology == "classic":
        return vault.configuration_server.name if vault.configuration_server else ""
    return vault.appliances[0].name if vault.appliances else ""


def _current_scenario(names: Names, item: ProtectedItem) -> Body:
    job = running(names.estate, item)
    if not job and not item.job_id:
        return {"scenarioName": "None", "jobId": names.job(""), "startTime": NO_START}
    standing = Job(item.job_id, item.id_name, item.name, names.estate.ago(3), Fate())
    shown = job or standing
    return {
        "scenarioName": kind_of(shown).scenario,
        "jobId": names.job(shown.name),
        "startTime": moment(shown.started),
    }


def _details(names: Names, item: ProtectedItem) -> Body:
    if item.provider:
        return {"instanceType": item.provider, "somethingNew": {"since": "2031"}}
    return classic_details(names, item) if item.topology == "classic" else modernized_details(names, item)
