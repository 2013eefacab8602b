"""Facts of machines that are READY for each operation of the way home; tests replace the one thing they are about."""

from collections.abc import Mapping
from datetime import timedelta

from homeward.checks.facts import ABSENT, Facts, Missing, Policy, ProcessServer, RecoveryPoint
from homeward.checks.way import Operation
from tests.checks.changing import changed
from tests.checks.ready import NOW, READY_CLASSIC, READY_MODERNIZED, RECENT, server

POINTS = (
    RecoveryPoint(id="points/2", at=NOW - timedelta(minutes=5), kind="CrashConsistent"),
    RecoveryPoint(id="points/1", at=NOW - timedelta(minutes=50), kind="ApplicationConsistent"),
)
APPLIANCE = ProcessServer(
    server=server("appliance01", "10.1.0.12"),
    service_status="",
    cpu_percent=12.0,
    memory_used_percent=35.0,
    space_free_percent=82.0,
    certificate_days_left=Missing("Azure does not tell when the certificate of appliance01 ends"),
    in_azure=Missing("it was not looked up where appliance01 stands"),
)
"""The appliance as the sender of machines toward Azure."""

UNTOLD = Missing("Site Recovery does not tell which Azure VM is this machine's")
"""Of a classic machine on its way back."""

READY_FAILBACK_CLASSIC = changed(
    READY_CLASSIC,
    {
        "item.provider": "InMage",
        "item.protection_state": "Protected",
        "item.state_description": "Protected",
        "item.allowed_operations": ("UnplannedFailover", "DisableProtection"),
        "item.active_site": "Azure",
        "item.target_id": "id-mt01",
        "item.azure_vm_id": "",
        "azure_vm": UNTOLD,
        "points": POINTS,
        "moves": (),
    },
)
READY_FAILBACK_MODERNIZED = changed(
    READY_MODERNIZED,
    {
        "item.provider": "InMageRcmFailback",
        "item.protection_state": "Protected",
        "item.state_description": "Protected",
        "item.active_location": "Primary",
        "item.allowed_operations": ("PlannedFailover", "DisableProtection"),
        "item.target_id": "83629832-8201-4d31-b9cd-a644185d035a",
        "item.discovered": ABSENT,
        "points": POINTS,
        "moves": (),
    },
)

_AT_HOME: Mapping[str, object] = {
    "source_vm.power": "poweredOn",
    "source_vm.tools_running": True,
    "source_vm.address": "10.1.0.50",
}
_OFF_IN_AZURE: Mapping[str, object] = {
    "azure_vm.power": "deallocated",
    "azure_vm.agent_status": Missing("the VM agent tells nothing while the VM is off"),
}
READY_COMMIT_CLASSIC = changed(
    READY_FAILBACK_CLASSIC,
    {
        **_AT_HOME,
        "item.protection_state": "UnplannedFailoverCommitPendingStatesBegin",
        "item.state_description": "Unplanned failover finished",
        "item.allowed_operations": ("Commit", "DisableProtection"),
        "item.active_site": "OnPrem",
    },
)
READY_COMMIT_MODERNIZED = changed(
    READY_FAILBACK_MODERNIZED,
    {
        **_AT_HOME,
        **_OFF_IN_AZURE,
        "item.protection_state": "PlannedFailoverCommitPendingStatesBegin",
        "item.state_description": "Planned failover finished",
        "item.allowed_operations": ("Commit", "CancelFailover", "DisableProtection"),
        "item.last_failback": "Succeeded",
    },
)
READY_TO_AZURE_CLASSIC = changed(
    READY_COMMIT_CLASSIC,
    {
        "item.protection_state": "UnplannedFailoverCommitted",
        "item.state_description": "Failover committed",
        "item.allowed_operations": ("ReverseReplicate", "DisableProtection"),
        "item.agent_heartbeat": RECENT,
        "choice.policy": "24h",
    },
)
READY_TO_AZURE_MODERNIZED = changed(
    READY_COMMIT_MODERNIZED,
    {
        "item.protection_state": "PlannedFailoverCommitted",
        "item.state_description": "Failover committed",
        "item.allowed_operations": ("SwitchProtection", "DisableProtection"),
        "item.agent_heartbeat": RECENT,
        "choice.process_server": "appliance01",
        "choice.policy": "24h-policy",
        "policies": (Policy(id="replicationPolicies/24h-policy", name="24h-policy", provider="InMageRcm"),),
        "process_servers": (APPLIANCE,),
    },
)

READY_OF: Mapping[Operation, tuple[Facts, ...]] = {
    Operation.REPROTECT: (READY_CLASSIC, READY_MODERNIZED),
    Operation.FAILBACK: (READY_FAILBACK_CLASSIC, READY_FAILBACK_MODERNIZED),
    Operation.COMMIT: (READY_COMMIT_CLASSIC, READY_COMMIT_MODERNIZED),
    Operation.CANCEL: (READY_COMMIT_MODERNIZED,),
    Operation.TO_AZURE: (READY_TO_AZURE_CLASSIC, READY_TO_AZURE_MODERNIZED),
}
"""A failback of the classic stack cannot be cancelled, so no such machine is ready for that."""
