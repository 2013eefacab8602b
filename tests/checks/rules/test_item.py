"""The rules about the protected item."""

from dataclasses import replace
from datetime import timedelta

import pytest

from homeward.checks.facts import ABSENT, NEVER, HealthError, Job, Os, Topology
from homeward.checks.rules.item import (
    item_cannot_reprotect,
    item_failover_not_committed,
    item_health_critical,
    item_health_warning,
    item_job_running,
    item_migrated_or_gone,
    item_not_failed_over,
    item_not_vmware,
    item_os_cannot_fail_back,
)
from tests.checks.cases import Case, elsewhere, fails, passes, unknown
from tests.checks.ready import NOW, READY_CLASSIC, READY_MODERNIZED
from tests.facts import READY_COMMIT_CLASSIC, READY_COMMIT_MODERNIZED, READY_TO_AZURE_CLASSIC, READY_TO_AZURE_MODERNIZED

ERROR = HealthError("78007", "Error", "Replication stopped", "The disk is full.", "Free some room")
OPEN = HealthError("9", "", "It is odd", "", "")
WARNING = HealthError("", "Warning", "Recovery point is old.", "", "")
JOB = Job(id="job-1", scenario="Reprotect", state="InProgress", started=NOW - timedelta(hours=3))
ON_PREMISES = {"item.active_location": "Primary", "item.protection_state": "Protected"}
ADDED_OPERATION = {"item.allowed_operations": ("Commit", "SwitchProtection")}

CASES = [
    fails(
        item_not_vmware,
        "an Azure to Azure item is named so",
        READY_CLASSIC,
        {"item.provider": "A2A", "topology": Topology.OTHER},
        "web01 is protected by Azure to Azure",
    ),
    fails(item_not_vmware, "a new provider is named", READY_CLASSIC, {"item.provider": "InMageNew"}, "InMageNew"),
    fails(item_not_vmware, "no provider at all", READY_CLASSIC, {"item.provider": ""}, "an unnamed provider"),
    passes(item_not_vmware, "the provider is compared without case", READY_CLASSIC, {"item.provider": "inmageRCM"}),
    elsewhere(item_not_vmware, "no item has no provider", READY_CLASSIC, {"item": ABSENT}, "no such protected item"),
    fails(
        item_migrated_or_gone,
        "all four causes are named",
        READY_CLASSIC,
        {"item": ABSENT, "topology": Topology.UNKNOWN},
        "never protected",
        "disabled",
        "completed",
        "born in Azure",
    ),
    passes(item_migrated_or_gone, "the item exists", READY_MODERNIZED),
    fails(
        item_not_failed_over,
        "an item that runs on-premises",
        READY_MODERNIZED,
        {**ON_PREMISES, "item.provider": "InMageRcm"},
        "web01 was not failed over",
        "Protected",
    ),
    fails(
        item_not_failed_over, "no state is told", READY_CLASSIC, {**ON_PREMISES, "item.protection_state": ""}, "unknown"
    ),
    fails(
        item_not_failed_over, "the state alone tells it", READY_CLASSIC, {"item.protection_state": "Protected"}, "runs"
    ),
    passes(
        item_not_failed_over,
        "an item on its way back calls its location Primary too",
        READY_MODERNIZED,
        {**ON_PREMISES, "item.provider": "InMageRcmFailback"},
    ),
    fails(
        item_cannot_reprotect,
        "an item that already replicates back",
        READY_MODERNIZED,
        {**ON_PREMISES, "item.provider": "InMageRcmFailback", "item.allowed_operations": ("DisableProtection",)},
        "replicated back to on-premises already",
    ),
    *(
        fails(
            item_cannot_reprotect,
            f"an item that is ready to fail back by {operation}",
            READY_MODERNIZED,
            {**ON_PREMISES, "item.provider": provider, "item.allowed_operations": ("DisableProtection", operation)},
            "it has been replicated back already and is ready to fail back.",
        )
        for provider, operation in (("InMageRcmFailback", "PlannedFailover"), ("InMage", "UNPLANNEDFAILOVER"))
    ),
    fails(
        item_cannot_reprotect,
        "a completed migration",
        READY_CLASSIC,
        {"item.protection_state": "MigrationCompleted", "item.allowed_operations": (), "item.state_description": ""},
        "(MigrationCompleted): its migration to Azure was completed",
    ),
    fails(
        item_cannot_reprotect,
        "a job that may run",
        READY_CLASSIC,
        {"item.allowed_operations": (), "item.job_id": "job-1"},
        "(Failover committed): a job may still be running.",
    ),
    fails(
        item_cannot_reprotect,
        "nothing is known of why",
        READY_CLASSIC,
        {"item.allowed_operations": (), "item.state_description": "", "item.protection_state": ""},
        "in its state (unknown).",
    ),
    passes(
        item_cannot_reprotect,
        "operations have no case",
        READY_CLASSIC,
        {"item.allowed_operations": ("SWITCHPROTECTION",)},
    ),
    fails(
        item_cannot_reprotect, "failed back", READY_COMMIT_CLASSIC, {}, "has been failed back, and that is not commi"
    ),
    fails(
        item_cannot_reprotect,
        "home for good, where Azure's verb leads the other way",
        READY_TO_AZURE_MODERNIZED,
        {},
        "it is home and committed, and a reprotect toward Azure comes next (--to azure).",
    ),
    passes(
        item_cannot_reprotect,
        "a classic item that has its provider already, in Azure",
        READY_TO_AZURE_CLASSIC,
        {"item.active_site": "Azure"},
    ),
    unknown(
        item_cannot_reprotect,
        "nobody tells on which side it runs",
        READY_TO_AZURE_CLASSIC,
        {"item.active_site": ""},
        "does not tell whether web01 runs in Azure or is home already (state Failover committed)",
    ),
    elsewhere(item_failover_not_committed, "the commit is a failback's", READY_COMMIT_MODERNIZED, {}),
    elsewhere(item_cannot_reprotect, "on-premises is another rule's finding", READY_CLASSIC, ON_PREMISES),
    fails(item_failover_not_committed, "a commit is pending", READY_MODERNIZED, ADDED_OPERATION, "not committed"),
    passes(item_failover_not_committed, "no commit is pending", READY_MODERNIZED),
    fails(
        item_job_running,
        "the job, its state and its age are told",
        READY_CLASSIC,
        {"job": JOB},
        'web01: the job "Reprotect" has not ended (state InProgress, started 3 hours ago).',
    ),
    fails(
        item_job_running,
        "a word that nobody knows is no end",
        READY_CLASSIC,
        {"job": JOB, "job.state": "", "job.started": NEVER},
        "state unknown, started never",
    ),
    passes(item_job_running, "a failed job has ended", READY_CLASSIC, {"job": JOB, "job.state": "Failed"}),
    fails(
        item_health_critical,
        "an error is told with causes, recommendation and code",
        READY_CLASSIC,
        {"item.health_errors": (ERROR, WARNING)},
        "web01: Replication stopped. Causes: The disk is full. Azure recommends: Free some room. (Code 78007.)",
    ),
    fails(
        item_health_critical,
        "critical health without an error",
        READY_CLASSIC,
        {"item.failover_health": "Critical"},
        "its failover health critical",
    ),
    unknown(
        item_health_critical,
        "no health is told",
        READY_CLASSIC,
        {"item.failover_health": "", "item.replication_health": "None"},
        "Azure does not tell the health of web01",
    ),
    passes(item_health_critical, "one health is enough", READY_CLASSIC, {"item.failover_health": ""}),
    unknown(
        item_health_critical,
        "errors of untold level are named",
        READY_CLASSIC,
        {"item.health_errors": (OPEN, replace(OPEN, message="It is old"), WARNING)},
        "does not tell how grave this is: web01: It is odd. (Code 9.) web01: It is old. (Code 9.)",
    ),
    fails(
        item_health_critical,
        "errors of untold level explain a critical health",
        READY_CLASSIC,
        {"item.health_errors": (OPEN,), "item.replication_health": "Critical"},
        "web01: It is odd. (Code 9.)",
    ),
    unknown(
        item_health_warning,
        "an error of untold level is perhaps one",
        READY_CLASSIC,
        {"item.health_errors": (OPEN, ERROR)},
        "how grave an error of web01 is",
    ),
    passes(item_health_critical, "a warning is not critical", READY_CLASSIC, {"item.health_errors": (WARNING,)}),
    fails(
        item_health_warning,
        "a warning is told",
        READY_CLASSIC,
        {"item.health_errors": (ERROR, WARNING)},
        "web01: Recovery point is old.",
    ),
    passes(item_health_warning, "an error is another rule's", READY_CLASSIC, {"item.health_errors": (ERROR,)}),
    fails(
        item_os_cannot_fail_back,
        "a physical Windows Server 2008 R2",
        READY_CLASSIC,
        {"item.physical": True, "item.os_version": "Windows Server  2008 R2 SP1"},
        "physical server with Windows Server  2008 R2 SP1",
    ),
    *(
        fails(
            item_os_cannot_fail_back,
            f"spelled {spelling}",
            READY_CLASSIC,
            {"item.physical": True, "item.os_version": spelling},
            f"physical server with {spelling}",
        )
        for spelling in ("6.1.7601", "Windows Server 2008R2 Standard", "Microsoft Windows 2008 Standard R2 (64-bit)")
    ),
    *(
        unknown(
            item_os_cannot_fail_back,
            f"a physical Windows told as {spelling}",
            READY_CLASSIC,
            {"item.physical": True, "item.os_version": spelling},
            f'only "{spelling}" of which Windows',
        )
        for spelling in ("Windows", "Windows 7", "Ubuntu 22.04")
    ),
    passes(
        item_os_cannot_fail_back,
        "a physical 2008",
        READY_CLASSIC,
        {"item.physical": True, "item.os_version": "Windows Server 2008 SP2"},
    ),
    passes(
        item_os_cannot_fail_back,
        "a VMware VM with 2008 R2",
        READY_CLASSIC,
        {"item.os_version": "Windows Server 2008 R2 SP1"},
    ),
    passes(item_os_cannot_fail_back, "a physical 2012", READY_CLASSIC, {"item.physical": True}),
    passes(item_os_cannot_fail_back, "a physical Linux", READY_CLASSIC, {"item.physical": True, "item.os": Os.LINUX}),
    unknown(
        item_os_cannot_fail_back,
        "a physical Windows of unknown version",
        READY_CLASSIC,
        {"item.physical": True, "item.os_version": ""},
        "which Windows",
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_rules_about_the_item(case: Case) -> None:
    case.check()
