"""The rules about the configuration server, process servers and retention volumes."""

from dataclasses import replace
from datetime import timedelta

import pytest

from homeward.checks.facts import ABSENT, NEVER, HealthError, Missing, RetentionVolume
from homeward.checks.rules.configuration_server import (
    configuration_server_degraded,
    configuration_server_not_connected,
    configuration_server_unknown_vm,
)
from homeward.checks.rules.process_server import (
    process_server_certificate_expired,
    process_server_certificate_expiring,
    process_server_far_away,
    process_server_missing,
    process_server_no_heartbeat,
    process_server_strained,
    process_server_unhealthy,
)
from homeward.checks.rules.retention import retention_low, retention_missing
from tests.checks.cases import Case, elsewhere, fails, passes, unknown
from tests.checks.ready import GIB, NOW, PROCESS_SERVER, server
from tests.checks.ready import READY_CLASSIC as READY

AT_THE_LIMIT = NOW - timedelta(minutes=15)
TOO_OLD = NOW - timedelta(minutes=47)
ERROR = HealthError("1", "Critical", "It is broken.", "", "")
WARNING = HealthError("2", "Warning", "It is worn.", "", "")
UNREAD = Missing("the vault did not tell")

SILENT = replace(PROCESS_SERVER, server=replace(server("ps-old", "10.1.0.9"), last_heartbeat=TOO_OLD), in_azure=False)
UNHEARD = replace(PROCESS_SERVER, server=replace(server("ps-unheard", "10.1.0.7"), last_heartbeat=UNREAD))
NEAR = replace(PROCESS_SERVER, server=server("ps-near", "10.20.0.5"))
FAR = replace(PROCESS_SERVER, server=server("ps-far", "10.1.0.8"), in_azure=False)
OPEN = {"choice.process_server": ""}
CS = "configuration_server"
PS = "process_servers.0"
VOLUME = "target.retention_volumes.0"
FULL = RetentionVolume(name="F", capacity_bytes=100 * GIB, free_bytes=5 * GIB, threshold_percent=70.0)
EMPTY = RetentionVolume(name="S", capacity_bytes=0, free_bytes=0, threshold_percent=70.0)

CASES = [
    fails(configuration_server_unknown_vm, "the vault has it no longer", READY, {CS: ABSENT}, "does not list"),
    passes(configuration_server_unknown_vm, "the vault lists it", READY),
    unknown(configuration_server_not_connected, "the vault has it no longer", READY, {CS: ABSENT}, "does not list"),
    fails(
        configuration_server_not_connected,
        "an old heartbeat",
        READY,
        {f"{CS}.server.last_heartbeat": TOO_OLD},
        "cs01: last heartbeat 47 minutes ago (limit 15 minutes).",
    ),
    fails(
        configuration_server_not_connected,
        "no heartbeat ever, although its provider is unread",
        READY,
        {f"{CS}.server.last_heartbeat": NEVER, f"{CS}.provider_status": UNREAD},
        "last heartbeat never",
    ),
    fails(
        configuration_server_not_connected,
        "a stopped service, an error and a lost provider",
        READY,
        {
            f"{CS}.service_status": "Stopped",
            f"{CS}.server.health_errors": (WARNING, ERROR),
            f"{CS}.server.health": "Critical",
            f"{CS}.provider_status": "Disconnected",
            f"{CS}.provider_heartbeat": TOO_OLD,
        },
        "its service is Stopped, not running",
        "cs01: It is broken.",
        "its provider is Disconnected, not connected",
        "last heard 47 minutes ago",
    ),
    fails(
        configuration_server_not_connected,
        "critical health without an error, although its heartbeat and its service are not told",
        READY,
        {f"{CS}.server.last_heartbeat": UNREAD, f"{CS}.service_status": "", f"{CS}.server.health": "Critical"},
        "cs01: Azure calls its health critical, without naming an error.",
    ),
    passes(
        configuration_server_not_connected,
        "15 minutes are allowed",
        READY,
        {f"{CS}.server.last_heartbeat": AT_THE_LIMIT, f"{CS}.provider_heartbeat": AT_THE_LIMIT},
    ),
    unknown(
        configuration_server_not_connected,
        "its service is not told",
        READY,
        {f"{CS}.service_status": ""},
        "does not tell the state of cs01's service",
    ),
    unknown(
        configuration_server_not_connected,
        "its health is not told",
        READY,
        {f"{CS}.server.health": ""},
        "does not tell the health of cs01",
    ),
    unknown(
        configuration_server_not_connected,
        "its provider is not told",
        READY,
        {f"{CS}.provider_status": ""},
        "does not tell the state of cs01's provider",
    ),
    unknown(
        configuration_server_not_connected,
        "how grave an error is, is not told",
        READY,
        {f"{CS}.server.health_errors": (replace(ERROR, level=""),)},
        "does not tell how grave this is: cs01: It is broken.",
    ),
    unknown(
        configuration_server_not_connected,
        "its clock is an hour ahead",
        READY,
        {f"{CS}.server.last_heartbeat": NOW + timedelta(hours=1)},
        "its clock is ahead of ours",
    ),
    fails(
        configuration_server_degraded,
        "a warning is told",
        READY,
        {f"{CS}.server.health_errors": (ERROR, WARNING), f"{CS}.server.health": "Warning"},
        "cs01: It is worn. (Code 2.)",
    ),
    fails(
        configuration_server_degraded,
        "a warning without an error",
        READY,
        {f"{CS}.server.health": "Warning"},
        "without naming an error",
    ),
    passes(configuration_server_degraded, "critical is another rule's", READY, {f"{CS}.server.health": "Critical"}),
    fails(process_server_missing, "none is listed", READY, {"process_servers": (), **OPEN}, "any process server"),
    fails(process_server_missing, "the chosen one is not listed", READY, {"process_servers": (FAR,)}, "ps-azure"),
    passes(process_server_missing, "it may be chosen by its id", READY, {"choice.process_server": "ID-PS-AZURE"}),
    passes(process_server_missing, "names have no case", READY, {f"{PS}.server.name": "PS-Azure"}),
    fails(
        process_server_no_heartbeat,
        "the only one is silent",
        READY,
        {"process_servers": (SILENT,), **OPEN},
        "ps-old: last heartbeat 47 minutes ago (limit 15 minutes).",
    ),
    fails(
        process_server_no_heartbeat,
        "the chosen one is silent",
        READY,
        {"process_servers": (SILENT, PROCESS_SERVER), "choice.process_server": "ps-old"},
        "ps-old",
    ),
    fails(process_server_no_heartbeat, "its service is stopped", READY, {f"{PS}.service_status": "Stopped"}, "Stopped"),
    passes(process_server_no_heartbeat, "15 minutes are allowed", READY, {f"{PS}.server.last_heartbeat": AT_THE_LIMIT}),
    passes(
        process_server_no_heartbeat,
        "a silent one beside a living one does not count while the choice is open",
        READY,
        {"process_servers": (SILENT, PROCESS_SERVER), **OPEN},
    ),
    fails(
        process_server_no_heartbeat,
        "one is silent, of the other nobody knows",
        READY,
        {"process_servers": (SILENT, UNHEARD), **OPEN},
        "ps-old: last heartbeat 47 minutes ago",
    ),
    unknown(
        process_server_no_heartbeat,
        "nobody knows of one that may be used",
        READY,
        {"process_servers": (UNHEARD, PROCESS_SERVER, SILENT), **OPEN},
        "the vault did not tell",
    ),
    unknown(
        process_server_no_heartbeat,
        "its service is not told",
        READY,
        {f"{PS}.service_status": ""},
        "does not tell the state of ps-azure's service",
    ),
    elsewhere(process_server_no_heartbeat, "there is none", READY, {"process_servers": ()}, "no process server"),
    fails(
        process_server_unhealthy,
        "over the limits",
        READY,
        {
            f"{PS}.cpu_percent": 95.1,
            f"{PS}.memory_used_percent": 99.0,
            f"{PS}.space_free_percent": 24.5,
            f"{PS}.server.health": "Critical",
            f"{PS}.server.health_errors": (ERROR, WARNING),
        },
        "CPU is at 95.1 % (limit 95 %)",
        "memory is at 99 %",
        "24.5 % of its cache is free (at least 25 %)",
        "It is broken.",
    ),
    fails(
        process_server_unhealthy,
        "too little cache although its health is not told and memory is unread",
        READY,
        {f"{PS}.server.health": "", f"{PS}.memory_used_percent": UNREAD, f"{PS}.space_free_percent": 24.0},
        "24 % of its cache",
    ),
    unknown(
        process_server_unhealthy,
        "its health is not told",
        READY,
        {f"{PS}.server.health": ""},
        "does not tell the health of ps-azure",
    ),
    fails(
        process_server_unhealthy,
        "memory counts although CPU is unread",
        READY,
        {f"{PS}.cpu_percent": UNREAD, f"{PS}.memory_used_percent": 99.0},
        "memory is at 99 %",
    ),
    passes(
        process_server_unhealthy,
        "the limits themselves are allowed",
        READY,
        {f"{PS}.cpu_percent": 95.0, f"{PS}.memory_used_percent": 95.0, f"{PS}.space_free_percent": 25.0},
    ),
    fails(
        process_server_strained,
        "between the limits",
        READY,
        {
            f"{PS}.cpu_percent": 80.1,
            f"{PS}.memory_used_percent": 95.0,
            f"{PS}.space_free_percent": 25.0,
            f"{PS}.server.health": "Warning",
        },
        "CPU is at 80.1 % (better under 80 %)",
        "memory is at 95 %",
        "25 % of its cache is free (better over 30 %)",
        "warns about its health",
    ),
    passes(
        process_server_strained,
        "what blocks is another rule's",
        READY,
        {f"{PS}.cpu_percent": 80.0, f"{PS}.memory_used_percent": 99.0, f"{PS}.space_free_percent": 30.0},
    ),
    fails(process_server_certificate_expired, "expired", READY, {f"{PS}.certificate_days_left": -3}, "3 days ago"),
    fails(process_server_certificate_expired, "on its last day", READY, {f"{PS}.certificate_days_left": 0}, "expired"),
    passes(process_server_certificate_expired, "valid for a day", READY, {f"{PS}.certificate_days_left": 1}),
    fails(process_server_certificate_expiring, "29 days", READY, {f"{PS}.certificate_days_left": 29}, "in 29 days"),
    passes(process_server_certificate_expiring, "30 days", READY, {f"{PS}.certificate_days_left": 30}),
    passes(process_server_certificate_expiring, "expired is another rule's", READY, {f"{PS}.certificate_days_left": 0}),
    fails(
        process_server_far_away,
        "all stand on-premises",
        READY,
        {"process_servers": (FAR,), **OPEN},
        "ps-far: not in the Azure network of web01.",
    ),
    passes(process_server_far_away, "one of them is near", READY, {"process_servers": (FAR, NEAR), **OPEN}),
    unknown(
        process_server_far_away,
        "an unread one may be near",
        READY,
        {"process_servers": (FAR, replace(NEAR, in_azure=UNREAD)), **OPEN},
        "the vault did not tell",
    ),
    fails(
        retention_missing,
        "no volume",
        READY,
        {"target.retention_volumes": (), "choice.retention": ""},
        "mt01 does not have a retention volume",
    ),
    fails(retention_missing, "an empty volume", READY, {f"{VOLUME}.capacity_bytes": 0}, "capacity over 0"),
    fails(retention_missing, "another volume is chosen", READY, {"choice.retention": "T:"}, "volume T:"),
    passes(retention_missing, "a drive has many spellings", READY, {"choice.retention": "r:\\"}),
    passes(
        retention_missing,
        "a path is a volume",
        READY,
        {f"{VOLUME}.name": "/mnt/retention", "choice.retention": "/mnt/retention"},
    ),
    fails(
        retention_low,
        "over its threshold",
        READY,
        {f"{VOLUME}.free_bytes": 149 * GIB},
        "R is 70.2 % full, 149.0 GiB are free (threshold 70 %)",
    ),
    fails(
        retention_low,
        "over 80 % where Azure has no threshold",
        READY,
        {f"{VOLUME}.threshold_percent": ABSENT, f"{VOLUME}.free_bytes": 99 * GIB},
        "80.2 % full",
        "(threshold 80 %)",
    ),
    passes(
        retention_low,
        "at 80 % where Azure has no threshold",
        READY,
        {f"{VOLUME}.threshold_percent": ABSENT, f"{VOLUME}.free_bytes": 100 * GIB},
    ),
    fails(
        retention_low,
        "a full one beside an unread one",
        READY,
        {"target.retention_volumes": (replace(EMPTY, capacity_bytes=UNREAD), FULL), "choice.retention": ""},
        "F is 95.0 % full",
    ),
    unknown(retention_low, "how much is free is unread", READY, {f"{VOLUME}.free_bytes": UNREAD}, "did not tell"),
    unknown(retention_missing, "its capacity is unread", READY, {f"{VOLUME}.capacity_bytes": UNREAD}, "did not tell"),
    passes(
        retention_missing,
        "one beside an unread one is enough",
        READY,
        {"target.retention_volumes": (replace(EMPTY, capacity_bytes=UNREAD), FULL), "choice.retention": ""},
    ),
    passes(retention_low, "at its threshold", READY, {f"{VOLUME}.free_bytes": 150 * GIB}),
    passes(
        retention_low,
        "an empty volume is another rule's",
        READY,
        {"target.retention_volumes": (EMPTY,), "choice.retention": ""},
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_rules_about_servers(case: Case) -> None:
    case.check()
