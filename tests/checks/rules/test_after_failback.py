"""The rules about the end of the way: the commit or the cancellation of a failback, and protection toward Azure."""

from collections.abc import Mapping
from datetime import timedelta

import pytest

from homeward.checks.facts import ABSENT, NEVER, HealthError, Missing
from homeward.checks.rules.azure_vm import azure_vm_missing, azure_vm_not_off
from homeward.checks.rules.cancel import cancel_classic, cancel_not_offered
from homeward.checks.rules.commit import commit_azure_vm_running, commit_not_offered, commit_vm_not_running
from homeward.checks.rules.forward import (
    forward_agent_silent,
    forward_appliance_missing,
    forward_appliance_unhealthy,
    forward_azure_vm_running,
    forward_not_offered,
    forward_policy,
    forward_values_missing,
    forward_vm_not_running,
)
from tests.checks.cases import Case, elsewhere, fails, passes, unknown
from tests.checks.ready import NOW, READY_CLASSIC, READY_MODERNIZED
from tests.facts import (
    READY_COMMIT_CLASSIC,
    READY_COMMIT_MODERNIZED,
    READY_FAILBACK_CLASSIC,
    READY_FAILBACK_MODERNIZED,
    READY_TO_AZURE_CLASSIC,
    READY_TO_AZURE_MODERNIZED,
)

REPLICATING = {
    "item.protection_state": "InitialReplicationInProgress",
    "item.allowed_operations": ("DisableProtection",),
}
TOLD: Mapping[str, object] = {"item.azure_vm_id": "/virtualMachines/web01"}
PROTECTED = {"item.protection_state": "Protected"}
ERROR = HealthError(code="78001", level="Error", message="The disk is full", causes="", action="")

CASES = [
    passes(commit_not_offered, "classic", READY_COMMIT_CLASSIC),
    passes(commit_not_offered, "modernized", READY_COMMIT_MODERNIZED),
    fails(commit_not_offered, "in Azure", READY_MODERNIZED, {}, "runs in Azure and does not replicate back: reprotect"),
    fails(commit_not_offered, "replicating", READY_FAILBACK_MODERNIZED, REPLICATING, "no failback to commit yet"),
    fails(commit_not_offered, "not failed back", READY_FAILBACK_CLASSIC, {}, "ready to fail back: fail it back first"),
    fails(
        commit_not_offered, "twice", READY_TO_AZURE_CLASSIC, {}, "is committed already: protect it toward Azure next"
    ),
    fails(commit_not_offered, "at the end", READY_CLASSIC, PROTECTED, "nothing is left to do"),
    fails(
        commit_not_offered,
        "pending, but not offered",
        READY_COMMIT_MODERNIZED,
        {"item.allowed_operations": ("DisableProtection",), "item.job_id": "jobs/1"},
        "web01 is home, not committed, but Azure does not offer a commit (only DisableProtection): a job may still be",
    ),
    passes(commit_vm_not_running, "up", READY_COMMIT_CLASSIC),
    fails(
        commit_vm_not_running, "off", READY_COMMIT_CLASSIC, {"source_vm.power": "poweredOff"}, "web01 is powered off."
    ),
    fails(
        commit_vm_not_running,
        "Tools",
        READY_COMMIT_CLASSIC,
        {"source_vm.tools_running": False},
        "VMware Tools does not",
    ),
    fails(commit_vm_not_running, "no state", READY_COMMIT_CLASSIC, {"source_vm.power": ""}, "is in no known state"),
    unknown(commit_vm_not_running, "no VM", READY_COMMIT_CLASSIC, {"source_vm": ABSENT}, "no VM of web01 on-premises"),
    passes(commit_azure_vm_running, "deallocated", READY_COMMIT_MODERNIZED),
    passes(commit_azure_vm_running, "stopped", READY_COMMIT_MODERNIZED, {"azure_vm.power": "stopped"}),
    fails(
        commit_azure_vm_running,
        "on",
        READY_COMMIT_MODERNIZED,
        {"azure_vm.power": "running"},
        "web01 in Azure is running",
    ),
    unknown(
        commit_azure_vm_running, "untold", READY_COMMIT_MODERNIZED, {"azure_vm.power": ""}, "does not tell whether"
    ),
    passes(cancel_not_offered, "offered", READY_COMMIT_MODERNIZED),
    fails(cancel_not_offered, "in Azure", READY_MODERNIZED, {}, "there is no failback to cancel"),
    fails(cancel_not_offered, "replicating", READY_FAILBACK_MODERNIZED, REPLICATING, "there is no failback to cancel"),
    fails(cancel_not_offered, "not failed back", READY_FAILBACK_MODERNIZED, {}, "there is no failback to cancel"),
    fails(cancel_not_offered, "after the commit", READY_TO_AZURE_MODERNIZED, {}, "cannot be cancelled any more"),
    fails(cancel_not_offered, "replicating to Azure", READY_MODERNIZED, REPLICATING, "nothing left to cancel"),
    fails(cancel_not_offered, "after the end", READY_MODERNIZED, PROTECTED, "there is nothing to cancel"),
    passes(cancel_classic, "modernized", READY_COMMIT_MODERNIZED),
    fails(cancel_classic, "home", READY_COMMIT_CLASSIC, {}, "classic stack, whose failback cannot be cancelled"),
    fails(
        cancel_classic,
        "unknown state",
        READY_COMMIT_CLASSIC,
        {"item.active_site": "", "item.protection_state": "?"},
        "classic stack, whose failback cannot be cancelled",
    ),
    fails(cancel_classic, "not failed back", READY_FAILBACK_CLASSIC, {}, "there is no failback to cancel"),
    passes(forward_not_offered, "classic", READY_TO_AZURE_CLASSIC),
    passes(forward_not_offered, "modernized", READY_TO_AZURE_MODERNIZED),
    fails(forward_not_offered, "in Azure", READY_CLASSIC, {}, "reprotect it first"),
    fails(forward_not_offered, "ready", READY_FAILBACK_MODERNIZED, {}, "ready to fail back: fail it back first"),
    fails(forward_not_offered, "before the commit", READY_COMMIT_CLASSIC, {}, "that is not committed: commit it first"),
    fails(forward_not_offered, "before the commit", READY_COMMIT_MODERNIZED, {}, "commit it or cancel it first"),
    fails(forward_not_offered, "protected already", READY_MODERNIZED, PROTECTED, "nothing is left to do"),
    fails(
        forward_not_offered,
        "not offered",
        READY_TO_AZURE_MODERNIZED,
        {"item.allowed_operations": ("DisableProtection",)},
        "home, committed, but Azure does not offer a reprotect toward Azure (only DisableProtection).",
    ),
    passes(forward_vm_not_running, "on", READY_TO_AZURE_CLASSIC),
    fails(forward_vm_not_running, "off", READY_TO_AZURE_CLASSIC, {"source_vm.power": "poweredOff"}, "is powered off"),
    unknown(
        forward_vm_not_running, "no VM", READY_TO_AZURE_CLASSIC, {"source_vm": ABSENT}, "no VM of web01 on-premises"
    ),
    passes(forward_azure_vm_running, "off", READY_TO_AZURE_MODERNIZED),
    elsewhere(
        forward_azure_vm_running, "not told", READY_TO_AZURE_CLASSIC, {}, "The classic stack does not tell which"
    ),
    elsewhere(forward_azure_vm_running, "deleted", READY_TO_AZURE_CLASSIC, {**TOLD, "azure_vm": ABSENT}),
    fails(
        forward_azure_vm_running,
        "told, and running",
        READY_TO_AZURE_CLASSIC,
        {**TOLD, "azure_vm": READY_CLASSIC.azure_vm},
        "web01 in Azure is running",
    ),
    unknown(azure_vm_not_off, "a person has to tell", READY_TO_AZURE_CLASSIC, {}, "whoever approves"),
    elsewhere(azure_vm_not_off, "Azure tells", READY_TO_AZURE_CLASSIC, TOLD),
    elsewhere(azure_vm_missing, "not told", READY_FAILBACK_CLASSIC, {}),
    fails(azure_vm_missing, "told, and gone", READY_FAILBACK_CLASSIC, {**TOLD, "azure_vm": ABSENT}, "Azure has no VM"),
    unknown(
        azure_vm_missing,
        "not told of a machine that was not reprotected",
        READY_FAILBACK_CLASSIC,
        {"item.protection_state": "UnplannedFailoverCommitted", "item.active_site": "Azure"},
        "does not tell which Azure VM",
    ),
    fails(
        forward_azure_vm_running, "on", READY_TO_AZURE_MODERNIZED, {"azure_vm.power": "running"}, "in Azure is running"
    ),
    fails(
        forward_azure_vm_running,
        "stopping",
        READY_TO_AZURE_MODERNIZED,
        {"azure_vm.power": "deallocating"},
        "in Azure is deallocating",
    ),
    passes(
        forward_agent_silent,
        "at the limit",
        READY_TO_AZURE_CLASSIC,
        {"item.agent_heartbeat": NOW - timedelta(minutes=15)},
    ),
    fails(forward_agent_silent, "never", READY_TO_AZURE_MODERNIZED, {"item.agent_heartbeat": NEVER}, "agent never"),
    passes(forward_policy, "classic", READY_TO_AZURE_CLASSIC),
    passes(forward_policy, "while none is chosen", READY_TO_AZURE_MODERNIZED, {"choice.policy": ""}),
    passes(forward_policy, "by its id", READY_TO_AZURE_MODERNIZED, {"choice.policy": "replicationpolicies/24H-POLICY"}),
    fails(forward_policy, "none at all", READY_TO_AZURE_MODERNIZED, {"policies": ()}, "no replication policy toward"),
    fails(
        forward_policy,
        "one for the way back",
        READY_TO_AZURE_CLASSIC,
        {"choice.policy": "24h-failback"},
        "The vault has no replication policy 24h-failback toward Azure for web01.",
    ),
    passes(forward_appliance_missing, "one", READY_TO_AZURE_MODERNIZED),
    fails(
        forward_appliance_missing,
        "none",
        READY_TO_AZURE_MODERNIZED,
        {"process_servers": (), "choice.process_server": ""},
        "does not list any appliance that could send web01",
    ),
    fails(
        forward_appliance_missing,
        "another one",
        READY_TO_AZURE_MODERNIZED,
        {"choice.process_server": "old"},
        "does not list the chosen appliance old",
    ),
    passes(forward_appliance_unhealthy, "well", READY_TO_AZURE_MODERNIZED),
    elsewhere(forward_appliance_unhealthy, "none", READY_TO_AZURE_MODERNIZED, {"process_servers": ()}),
    fails(
        forward_appliance_unhealthy,
        "silent and broken",
        READY_TO_AZURE_MODERNIZED,
        {"process_servers.0.server.last_heartbeat": NEVER, "process_servers.0.server.health_errors": (ERROR,)},
        "appliance01: last heartbeat never",
        "The disk is full.",
    ),
    passes(forward_values_missing, "all there", READY_TO_AZURE_MODERNIZED),
    fails(
        forward_values_missing,
        "none",
        READY_TO_AZURE_MODERNIZED,
        {"choice.process_server": "", "choice.policy": ""},
        "no replication appliance chosen",
        "no replication policy",
    ),
    elsewhere(forward_values_missing, "only a check", READY_TO_AZURE_MODERNIZED, {"choice.asked": False}),
    unknown(forward_values_missing, "unread", READY_TO_AZURE_MODERNIZED, {"choice": Missing("no")}, "no"),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_rules_about_what_follows_a_failback(case: Case) -> None:
    case.check()
