"""What is posted to start each operation, and which plans fit no call."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, cast

import pytest

from homeward.actions.plan import PlannedDisk, PlannedItem
from homeward.actions.start_calls import Bodiless, start_call
from homeward.actions.states import Operation
from homeward.checks.facts import Topology

DISKS = (PlannedDisk("d0", "disk 0", 1), PlannedDisk("d1", "disk 1", 1))
MODERNIZED = PlannedItem("web01", "/i", Topology.MODERNIZED, 0, "")
CLASSIC = replace(MODERNIZED, topology=Topology.CLASSIC)
POINT = "/i/recoveryPoints/p"


def body(operation: Operation, planned: PlannedItem) -> object:
    """As it goes over the wire."""
    call = start_call(operation, planned)
    return call.as_dict() if isinstance(call, Mapping) else call


def properties(operation: Operation, planned: PlannedItem) -> dict[str, Any]:
    return cast("dict[str, dict[str, Any]]", body(operation, planned))["properties"]


@pytest.mark.parametrize("point", ["CrashConsistent", "ApplicationConsistent"])
def test_a_modernized_machine_fails_back_by_a_planned_failover(point: str) -> None:
    assert properties(Operation.FAILBACK, replace(MODERNIZED, point=point)) == {
        "failoverDirection": "RecoveryToPrimary",
        "providerSpecificDetails": {"instanceType": "InMageRcmFailback", "recoveryPointType": point},
    }


@pytest.mark.parametrize("point", ["LatestTime", "LatestTag"])
def test_a_classic_machine_fails_back_by_an_unplanned_failover(point: str) -> None:
    assert properties(Operation.FAILBACK, replace(CLASSIC, point=point)) == {
        "failoverDirection": "RecoveryToPrimary",
        "sourceSiteOperations": "NotRequired",
        "providerSpecificDetails": {"instanceType": "InMage", "recoveryPointType": point},
    }


def test_a_chosen_point_of_a_classic_machine_is_named() -> None:
    details = properties(Operation.FAILBACK, replace(CLASSIC, point="Custom", point_id=POINT))[
        "providerSpecificDetails"
    ]
    assert details == {"instanceType": "InMage", "recoveryPointType": "Custom", "recoveryPointId": POINT}


def test_a_modernized_machine_is_protected_again_by_its_appliance_and_policy() -> None:
    planned = replace(MODERNIZED, target_id="/agent", process_server_id="ps", policy_id="/policy")
    assert properties(Operation.TO_AZURE, planned) == {
        "failoverDirection": "PrimaryToRecovery",
        "providerSpecificDetails": {
            "instanceType": "InMageRcmFailback",
            "processServerId": "ps",
            "policyId": "/policy",
        },
    }


def test_a_classic_machine_is_protected_again_by_what_the_plan_tells_and_nothing_else() -> None:
    envelope = {"failoverDirection": "PrimaryToRecovery", "providerSpecificDetails": {"instanceType": "InMageAzureV2"}}
    assert properties(Operation.TO_AZURE, CLASSIC) == envelope
    planned = replace(CLASSIC, process_server_id="ps", policy_id="/policy", disks=DISKS, excluded=DISKS[:1])
    assert properties(Operation.TO_AZURE, planned)["providerSpecificDetails"] == {
        "instanceType": "InMageAzureV2",
        "processServerId": "ps",
        "policyId": "/policy",
        "disksToInclude": ["d1"],
    }


def test_a_commit_and_a_cancel_carry_nothing() -> None:
    assert start_call(Operation.COMMIT, MODERNIZED) is Bodiless.COMMIT
    assert start_call(Operation.COMMIT, CLASSIC) is Bodiless.COMMIT
    assert start_call(Operation.CANCEL, MODERNIZED) is Bodiless.CANCEL


@pytest.mark.parametrize(
    ("operation", "planned"),
    [
        (Operation.FAILBACK, MODERNIZED),
        (Operation.FAILBACK, replace(MODERNIZED, point="LatestTime")),
        (Operation.FAILBACK, replace(MODERNIZED, point="Custom", point_id=POINT)),
        (Operation.FAILBACK, replace(MODERNIZED, point="CrashConsistent", point_id=POINT)),
        (Operation.FAILBACK, CLASSIC),
        (Operation.FAILBACK, replace(CLASSIC, point="CrashConsistent")),
        (Operation.FAILBACK, replace(CLASSIC, point="Custom")),
        (Operation.FAILBACK, replace(CLASSIC, point="LatestTag", point_id=POINT)),
        (Operation.CANCEL, CLASSIC),
        (Operation.TO_AZURE, replace(MODERNIZED, disks=DISKS, excluded=DISKS[:1])),
        *((operation, replace(CLASSIC, topology=Topology.OTHER)) for operation in Operation),
    ],
)
def test_values_that_no_call_can_carry_make_no_call(operation: Operation, planned: PlannedItem) -> None:
    assert start_call(operation, planned) is None
