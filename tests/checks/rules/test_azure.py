"""The rules about the Azure VM, the appliance, the log storage account and the failback policy."""

from datetime import timedelta

import pytest

from homeward.checks.facts import ABSENT, NEVER, GuestProbe, HealthError, Missing, Provider
from homeward.checks.rules.appliance import (
    agent_not_registered,
    appliance_cannot_see_datastore,
    appliance_missing,
    appliance_not_connected,
    appliance_other_vcenter,
    appliance_storage_vmotion,
    appliance_too_many_disks,
    appliance_unhealthy,
    log_storage_missing,
    log_storage_region,
    log_storage_roles,
)
from homeward.checks.rules.azure_vm import (
    azure_vm_agent_not_ready,
    azure_vm_missing,
    azure_vm_not_running,
    mobility_agent_silent,
    mobility_service_stopped,
    network_port_closed,
)
from homeward.checks.rules.failback import failback_policy
from tests.checks.cases import Case, elsewhere, fails, passes, unknown
from tests.checks.ready import NOW, READY_CLASSIC
from tests.checks.ready import READY_MODERNIZED as READY

ERROR = HealthError("1", "Error", "It is broken.", "", "")
GOOD_GUEST = GuestProbe(
    mobility_service_running=True, mobility_service_automatic=True, reaches_443=True, reaches_9443=True
)
BAD_GUEST = GuestProbe(
    mobility_service_running=False, mobility_service_automatic=False, reaches_443=False, reaches_9443=False
)
AT_THE_LIMIT = NOW - timedelta(minutes=15)
UNREGISTERED = {"item.agent_registered": False}
POD = "target_host.datastores.0.cluster"

CASES = [
    fails(azure_vm_missing, "deleted or moved", READY, {"azure_vm": ABSENT}, "was deleted, or moved"),
    passes(azure_vm_missing, "it exists", READY),
    elsewhere(
        azure_vm_missing,
        "failover has not made one",
        READY,
        {"azure_vm": ABSENT, "item.active_location": "Primary", "item.protection_state": "Protected"},
        "not been failed over",
    ),
    fails(
        azure_vm_not_running, "stopped", READY, {"azure_vm.power": "deallocated"}, "web01 is not running (deallocated)."
    ),
    passes(azure_vm_not_running, "running in any case", READY, {"azure_vm.power": "Running"}),
    unknown(azure_vm_not_running, "no state is told", READY, {"azure_vm.power": ""}, "does not tell"),
    elsewhere(azure_vm_not_running, "no VM is another rule's", READY, {"azure_vm": ABSENT}, "no VM in Azure"),
    fails(azure_vm_agent_not_ready, "not ready", READY, {"azure_vm.agent_status": "Not Ready"}, "reports Not Ready"),
    fails(azure_vm_agent_not_ready, "silent", READY, {"azure_vm.agent_status": ""}, "reports nothing"),
    passes(azure_vm_agent_not_ready, "ready", READY),
    fails(
        mobility_agent_silent,
        "47 minutes",
        READY,
        {"item.agent_heartbeat": NOW - timedelta(minutes=47)},
        "web01: last heartbeat of its agent 47 minutes ago (limit 15 minutes).",
    ),
    passes(mobility_agent_silent, "15 minutes", READY, {"item.agent_heartbeat": NOW - timedelta(minutes=15)}),
    unknown(mobility_agent_silent, "never told", READY, {"item.agent_heartbeat": NEVER}, "no heartbeat"),
    fails(
        mobility_service_stopped, "stopped", READY_CLASSIC, {"guest": BAD_GUEST}, "not running", "not start by itself"
    ),
    passes(mobility_service_stopped, "running", READY_CLASSIC, {"guest": GOOD_GUEST}),
    elsewhere(mobility_service_stopped, "nobody looked inside", READY_CLASSIC, {}, "switched off"),
    fails(network_port_closed, "both", READY_CLASSIC, {"guest": BAD_GUEST}, "port 443", "port 9443"),
    passes(network_port_closed, "open", READY_CLASSIC, {"guest": GOOD_GUEST}),
    fails(appliance_missing, "none", READY, {"agents": (), "agent": ABSENT}, "lists no appliance for web01"),
    fails(
        appliance_missing,
        "the chosen one is not listed",
        READY,
        {"agent": ABSENT, "choice.target": "old"},
        "no appliance old for web01, only appliance01",
    ),
    passes(appliance_missing, "one", READY),
    fails(
        appliance_unhealthy,
        "silent and broken",
        READY,
        {"agent.last_heartbeat": NOW - timedelta(hours=2), "agent.health_errors": (ERROR,), "agent.health": "Critical"},
        "last heartbeat 2 hours ago",
        "It is broken.",
    ),
    fails(appliance_unhealthy, "a warning", READY, {"agent.health": "Warning"}, "health Warning"),
    fails(
        appliance_unhealthy,
        "critical, although its heartbeat is unread",
        READY,
        {"agent.health": "Critical", "agent.last_heartbeat": Missing("it is unread")},
        "health critical, without naming an error",
    ),
    unknown(
        appliance_unhealthy,
        "its heartbeat is unread",
        READY,
        {"agent.last_heartbeat": Missing("it is unread")},
        "it is unread",
    ),
    fails(
        appliance_not_connected,
        "its provider is lost",
        READY,
        {"provider.status": "Disconnected", "provider.last_heartbeat": NOW - timedelta(hours=2)},
        "appliance01: its provider is Disconnected, not connected.",
        "appliance01: its provider was last heard 2 hours ago (limit 15 minutes).",
    ),
    fails(
        appliance_not_connected,
        "one without a name is silent, its state not told",
        READY,
        {"provider": Provider(status="", last_heartbeat=NEVER)},
        "the appliance of web01: its provider was last heard never",
    ),
    passes(appliance_not_connected, "heard 15 minutes ago", READY, {"provider.last_heartbeat": AT_THE_LIMIT}),
    unknown(
        appliance_not_connected, "its state is not told", READY, {"provider.status": ""}, "does not tell the state"
    ),
    unknown(appliance_not_connected, "unread", READY, {"provider": Missing("no answer")}, "no answer"),
    passes(appliance_unhealthy, "15 minutes", READY, {"agent.last_heartbeat": NOW - timedelta(minutes=15)}),
    unknown(appliance_unhealthy, "no health is told", READY, {"agent.health": ""}, "does not tell the health"),
    elsewhere(appliance_unhealthy, "there is none", READY, {"agent": ABSENT}, "no replication appliance"),
    fails(
        appliance_cannot_see_datastore,
        "the chosen one",
        READY,
        {"choice.datastore": "ds-far"},
        "appliance01 does not reach ds-far.",
    ),
    fails(
        appliance_cannot_see_datastore,
        "the VM's own, while the choice is open",
        READY,
        {"choice.datastore": "", "agent.accessible_datastores": ()},
        "does not reach ds-prod",
    ),
    passes(appliance_cannot_see_datastore, "names have no case", READY, {"choice.datastore": "DS-Prod"}),
    unknown(
        appliance_cannot_see_datastore,
        "nobody knows when it looked",
        READY,
        {"agent.last_discovery": Missing("it is unread")},
        "it is unread",
    ),
    passes(
        appliance_cannot_see_datastore,
        "seen 30 minutes ago",
        READY,
        {"agent.last_discovery": NOW - timedelta(minutes=30)},
    ),
    unknown(
        appliance_cannot_see_datastore,
        "seen 31 minutes ago",
        READY,
        {"agent.last_discovery": NOW - timedelta(minutes=31)},
        "31 minutes ago",
    ),
    unknown(
        appliance_cannot_see_datastore,
        "no datastore is chosen and no VM has one",
        READY,
        {"choice.datastore": "", "datastores": ()},
        "no datastore is chosen",
    ),
    fails(
        appliance_other_vcenter,
        "two vCenters",
        READY,
        {"agent.vcenter_id": "/x/vcenters/vc02/"},
        "another vCenter (vc02) than web01 (vc01)",
    ),
    passes(appliance_other_vcenter, "one vCenter", READY),
    unknown(appliance_other_vcenter, "not told", READY, {"agent.vcenter_id": ""}, "does not tell which vCenter"),
    elsewhere(appliance_other_vcenter, "not discovered", READY, {"item.discovered": ABSENT}, "no discovered VM"),
    fails(appliance_too_many_disks, "61 in all", READY, {"disks_to_come": 60}, "59 slots free, 60 disks to come"),
    passes(appliance_too_many_disks, "60 in all", READY, {"disks_to_come": 59}),
    fails(appliance_storage_vmotion, "not exempt", READY, {f"{POD}.target_excluded": False}, "Storage DRS of pod01"),
    passes(appliance_storage_vmotion, "exempt", READY),
    fails(
        agent_not_registered, "a day after", READY, UNREGISTERED, "has not registered since the failover (24 hours ago)"
    ),
    fails(
        agent_not_registered, "nobody knows since when", READY, {**UNREGISTERED, "item.last_failover": NEVER}, "never"
    ),
    passes(agent_not_registered, "registered", READY),
    unknown(
        agent_not_registered,
        "15 minutes are given",
        READY,
        {**UNREGISTERED, "item.last_failover": NOW - timedelta(minutes=15)},
        "takes up to 15 minutes after a failover, and it began 15 minutes ago",
    ),
    fails(log_storage_region, "elsewhere", READY, {"log_storage.region": "northeurope"}, "logs01 is in northeurope"),
    passes(log_storage_region, "a region has two spellings", READY),
    unknown(log_storage_region, "not told", READY, {"item.region": ""}, "does not tell the region"),
    elsewhere(log_storage_region, "it is gone", READY, {"log_storage": ABSENT}, "does not exist"),
    fails(
        log_storage_missing,
        "it was deleted",
        READY,
        {"log_storage": ABSENT},
        "The log storage account logs01 of web01 does not exist any more: choose another one.",
    ),
    fails(
        log_storage_missing,
        "the one of the item, while the choice is open",
        READY,
        {"log_storage": ABSENT, "choice.log_storage": "", "item.log_storage_id": "/x/storageAccounts/logs02"},
        "account logs02 of web01",
    ),
    passes(log_storage_missing, "it exists", READY),
    unknown(log_storage_missing, "none is named", READY, {"log_storage": Missing("none is named")}, "none is named"),
    elsewhere(log_storage_roles, "it is gone", READY, {"log_storage": ABSENT}, "does not exist"),
    fails(
        log_storage_roles,
        "no roles",
        READY,
        {"log_storage.vault_roles": ()},
        "lacks the role Contributor on logs01",
        "lacks the role Storage Blob Data Contributor",
    ),
    fails(log_storage_roles, "premium needs Owner", READY, {"log_storage.premium": True}, "Storage Blob Data Owner"),
    passes(
        log_storage_roles,
        "wider roles do",
        READY,
        {"log_storage.vault_roles": ("Owner", "Storage Blob Data Owner"), "log_storage.premium": True},
    ),
    elsewhere(
        log_storage_roles, "no identity", READY, {"log_storage.vault_has_identity": False}, "no managed identity"
    ),
    unknown(
        log_storage_roles,
        "unread",
        READY,
        {"log_storage.vault_roles": Missing("may not read roles")},
        "may not read roles",
    ),
    fails(failback_policy, "none", READY, {"policies": ()}, "no failback policy for web01"),
    fails(failback_policy, "another stack's", READY, {"policies.0.provider": "InMage"}, "no failback policy"),
    fails(failback_policy, "an unknown one is chosen", READY_CLASSIC, {"choice.policy": "mine"}, "policy mine"),
    passes(failback_policy, "the chosen one", READY_CLASSIC, {"choice.policy": "24H-failback"}),
    passes(failback_policy, "any, while the choice is open", READY),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_rules_about_azure(case: Case) -> None:
    case.check()
