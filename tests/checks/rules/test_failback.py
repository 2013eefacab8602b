"""The rules about a failback: its order, its recovery points, and what must have stayed where it was."""

from datetime import timedelta

import pytest

from homeward.checks.facts import ABSENT, NEVER, NOT_ASKED, Job, Missing, RecoveryPoint, Relocation
from homeward.checks.rules.appliance import appliance_cannot_see_datastore, appliance_moved
from homeward.checks.rules.datastore import datastore_no_swap_room, datastore_not_writable
from homeward.checks.rules.failback import (
    failback_commit_pending,
    failback_not_ready,
    failback_point_expired,
    failback_point_late,
    failback_point_missing,
    failback_vm_powered_on,
)
from homeward.checks.rules.master_target import master_target_moved
from homeward.checks.rules.vcenter import host_not_connected
from tests.checks.cases import Case, elsewhere, fails, passes, unknown
from tests.checks.ready import GIB, NOW, READY_CLASSIC, READY_MODERNIZED
from tests.facts import (
    POINTS,
    READY_COMMIT_CLASSIC,
    READY_COMMIT_MODERNIZED,
    READY_TO_AZURE_MODERNIZED,
)
from tests.facts import READY_FAILBACK_CLASSIC as CLASSIC
from tests.facts import READY_FAILBACK_MODERNIZED as MODERNIZED


def aged(**age: float) -> tuple[RecoveryPoint, ...]:
    return (RecoveryPoint(id="points/9", at=NOW - timedelta(**age), kind="CrashConsistent"),)


def moved(**age: float) -> tuple[Relocation, ...]:
    return (Relocation(vm="appliance01", at=NOW - timedelta(**age)),)


UNTOLD = Missing("Azure does not tell when web01 failed over")

CASES = [
    passes(failback_not_ready, "classic", CLASSIC),
    passes(failback_not_ready, "modernized", MODERNIZED),
    fails(failback_not_ready, "in Azure", READY_MODERNIZED, {}, "does not replicate back: reprotect it first"),
    fails(failback_not_ready, "in Azure, classic", READY_CLASSIC, {}, "reprotect it first"),
    fails(
        failback_not_ready,
        "still replicating",
        MODERNIZED,
        {"item.protection_state": "InitialReplicationInProgress", "item.allowed_operations": ("DisableProtection",)},
        "web01 still replicates back: wait until it is ready",
    ),
    fails(
        failback_not_ready, "committed", READY_TO_AZURE_MODERNIZED, {}, "home and committed: protect it toward Azure"
    ),
    fails(
        failback_not_ready,
        "protected toward Azure",
        READY_MODERNIZED,
        {"item.protection_state": "Protected"},
        "home and protected toward Azure: nothing is left to do",
    ),
    fails(
        failback_not_ready,
        "replicating to Azure",
        READY_MODERNIZED,
        {"item.protection_state": "InitialReplicationInProgress"},
        "home and replicates to Azure",
    ),
    fails(
        failback_not_ready,
        "not offered, for a job is at work",
        MODERNIZED,
        {"item.allowed_operations": ("DisableProtection",), "item.job_id": "jobs/1"},
        "ready to fail back, but Azure does not offer a failback (only DisableProtection): a job may still be running.",
    ),
    fails(
        failback_not_ready,
        "nothing offered",
        CLASSIC,
        {"item.allowed_operations": ()},
        "Azure does not offer a failback (nothing).",
    ),
    fails(
        failback_not_ready,
        "a job changes its state",
        MODERNIZED,
        {
            "item.protection_state": "PlannedFailoverInProgress",
            "item.state_description": "",
            "item.job_id": "jobs/1",
        },
        "in the state PlannedFailoverInProgress, where a failback cannot begin: a job may still be running.",
    ),
    unknown(
        failback_not_ready,
        "a state nobody knows",
        MODERNIZED,
        {"item.protection_state": "Elsewhere", "item.state_description": ""},
        "Azure's word for the state of web01 (Elsewhere) does not tell where it stands",
    ),
    passes(
        failback_not_ready,
        "a failback failed and is offered again",
        MODERNIZED,
        {"item.protection_state": "PlannedFailoverFailed"},
    ),
    elsewhere(failback_not_ready, "its commit is pending", READY_COMMIT_MODERNIZED, {}),
    passes(failback_commit_pending, "none", MODERNIZED),
    fails(failback_commit_pending, "modernized", READY_COMMIT_MODERNIZED, {}, "not committed: commit it or cancel it"),
    fails(failback_commit_pending, "classic", READY_COMMIT_CLASSIC, {}, "not committed: commit it first"),
    passes(failback_point_missing, "some", MODERNIZED),
    fails(failback_point_missing, "none", MODERNIZED, {"points": ()}, "web01 has no recovery point"),
    unknown(failback_point_missing, "unread", MODERNIZED, {"points": Missing("no answer")}, "no answer"),
    unknown(failback_point_missing, "not asked", MODERNIZED, {"points": NOT_ASKED}, "were not asked for"),
    passes(failback_point_late, "at the threshold", MODERNIZED, {"points": aged(minutes=15)}),
    fails(failback_point_late, "over it", MODERNIZED, {"points": aged(minutes=16)}, "16 minutes ago (threshold 15 min"),
    fails(failback_point_late, "at the end of its retention", CLASSIC, {"points": aged(hours=24)}, "24 hours ago"),
    passes(failback_point_late, "so old that it is a blocker", CLASSIC, {"points": aged(hours=25)}),
    passes(failback_point_late, "an old one beside a new one", CLASSIC, {"points": aged(hours=20) + POINTS}),
    unknown(failback_point_late, "from the future", CLASSIC, {"points": aged(hours=-1)}, "its clock is ahead of ours"),
    elsewhere(failback_point_late, "none", CLASSIC, {"points": ()}),
    passes(failback_point_expired, "at the end of its retention", CLASSIC, {"points": aged(hours=24)}),
    fails(failback_point_expired, "over it", CLASSIC, {"points": aged(hours=25)}, "25 hours ago (limit 24 hours)"),
    fails(
        failback_point_expired,
        "of no known time",
        CLASSIC,
        {"points": (RecoveryPoint(id="points/9", at=NEVER, kind=""),)},
        "was made never",
    ),
    passes(failback_vm_powered_on, "off", CLASSIC),
    fails(
        failback_vm_powered_on, "on", CLASSIC, {"source_vm.power": "poweredOn"}, "on-premises VM web01 is powered on."
    ),
    fails(failback_vm_powered_on, "suspended", CLASSIC, {"source_vm.power": "suspended"}, "web01 is suspended"),
    elsewhere(failback_vm_powered_on, "no VM", CLASSIC, {"source_vm": ABSENT}),
    passes(appliance_moved, "never", MODERNIZED),
    passes(appliance_moved, "before the failover", MODERNIZED, {"moves": moved(days=2)}),
    passes(appliance_moved, "at the failover", MODERNIZED, {"moves": moved(days=1)}),
    fails(
        appliance_moved,
        "after the first recovery point",
        MODERNIZED,
        {"moves": moved(minutes=40)},
        "appliance01: its disks were moved to another datastore 40 minutes ago, after the reprotect.",
    ),
    fails(appliance_moved, "with that point", MODERNIZED, {"moves": moved(minutes=50)}, "after the reprotect"),
    unknown(
        appliance_moved,
        "after the failover, but before any point",
        MODERNIZED,
        {"moves": moved(hours=3)},
        "3 hours ago, and whether web01 was reprotected before that is not told",
    ),
    unknown(
        appliance_moved,
        "nobody tells when it failed over",
        MODERNIZED,
        {"moves": moved(days=9), "item.last_failover": UNTOLD},
        "9 days ago",
    ),
    unknown(
        appliance_moved,
        "failed over longer ago than vCenter remembers",
        MODERNIZED,
        {"moves": (), "item.last_failover": NOW - timedelta(days=31)},
        "forgets moves after 30 days, and web01 may have been reprotected before that",
    ),
    passes(
        appliance_moved,
        "failed over longer ago, but reprotected lately",
        MODERNIZED,
        {
            "moves": (),
            "item.last_failover": NOW - timedelta(days=31),
            "job": Job(id="jobs/1", scenario="Reprotect", state="Succeeded", started=NOW - timedelta(days=29)),
        },
    ),
    unknown(
        appliance_moved,
        "reprotected longer ago, and nobody tells when it failed over",
        MODERNIZED,
        {
            "moves": (),
            "item.last_failover": UNTOLD,
            "job": Job(id="jobs/1", scenario="Reprotect", state="Succeeded", started=NOW - timedelta(days=31)),
        },
        "forgets moves",
    ),
    unknown(appliance_moved, "no point", MODERNIZED, {"moves": moved(minutes=1), "points": ()}, "1 minute ago"),
    fails(
        appliance_moved,
        "after the start of the reprotect's job",
        MODERNIZED,
        {
            "moves": moved(hours=3),
            "job": Job(id="jobs/1", scenario="Reprotect", state="Succeeded", started=NOW - timedelta(hours=4)),
        },
        "3 hours ago, after the reprotect",
    ),
    unknown(
        appliance_moved,
        "after a job that never started",
        MODERNIZED,
        {"moves": moved(hours=3), "job": Job(id="jobs/1", scenario="Reprotect", state="Failed", started=NEVER)},
        "is not told",
    ),
    fails(
        appliance_moved,
        "one that counts, beside one that may not",
        MODERNIZED,
        {"moves": moved(minutes=10) + moved(hours=3) + moved(hours=2)},
        "10 minutes ago, after the reprotect",
    ),
    unknown(appliance_moved, "not asked", MODERNIZED, {"moves": NOT_ASKED}, "were not asked for"),
    passes(master_target_moved, "never", CLASSIC),
    fails(master_target_moved, "after the reprotect", CLASSIC, {"moves": moved(minutes=1)}, "after the reprotect"),
    passes(datastore_no_swap_room, "exactly enough", CLASSIC, {"datastores.0.free_bytes": 16 * GIB}),
    fails(
        datastore_no_swap_room,
        "too little",
        MODERNIZED,
        {"datastores.0.free_bytes": 16 * GIB - 1},
        "ds-prod: 16.0 GiB free, web01's memory is 16.0 GiB.",
    ),
    # What Azure no longer tells of a machine on its way back makes no alternate location of its own VM.
    fails(
        datastore_not_writable, "its own", MODERNIZED, {"datastores.0.accessible": False}, "ds-prod is not accessible"
    ),
    fails(
        host_not_connected,
        "its own",
        MODERNIZED,
        {"source_vm.standing.in_maintenance": True, "source_vm.host": "esx02"},
        "esx02 is in maintenance",
    ),
    unknown(
        datastore_not_writable,
        "a VM that is not there, and no datastore told",
        MODERNIZED,
        {"source_vm": ABSENT, "datastores": ()},
        "it is not known which datastores it returns to",
    ),
    passes(appliance_cannot_see_datastore, "its own", MODERNIZED, {"choice.datastore": ""}),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_rules_about_the_failback(case: Case) -> None:
    case.check()


def test_a_point_tells_whether_applications_took_part_in_it() -> None:
    assert [point.application_consistent for point in POINTS] == [False, True]
