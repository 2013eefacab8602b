"""The rules about the master target."""

from dataclasses import replace
from datetime import timedelta

import pytest

from homeward.checks.facts import ABSENT, NEVER, HealthError, Missing, Os, ScsiController
from homeward.checks.rules.master_target import (
    master_target_buslogic_scsi,
    master_target_expired,
    master_target_has_snapshots,
    master_target_missing,
    master_target_no_heartbeat,
    master_target_no_vmfs,
    master_target_older_os,
    master_target_outdated,
    master_target_paravirtual_scsi,
    master_target_storage_vmotion,
    master_target_too_many_disks,
    master_target_tools_not_running,
    master_target_unhealthy,
    master_target_uuid_clash,
    master_target_uuid_disabled,
    master_target_version,
    master_target_wrong_os,
)
from tests.checks.cases import Case, elsewhere, fails, passes, unknown
from tests.checks.ready import HOST_DATASTORE, MASTER_TARGET, NOW, SOURCE_VM, TARGET_VM
from tests.checks.ready import READY_CLASSIC as READY

LINUX = replace(MASTER_TARGET, os=Os.LINUX)
UNREAD = Missing("vc01 is silent")
UNREAD_OS = replace(MASTER_TARGET, os=Missing("its system is unread"))
NONE_CHOSEN = {"target": ABSENT, "choice.target": ""}
ERROR = HealthError("1", "Error", "It is broken.", "", "")
WARNING = HealthError("2", "Warning", "It is worn.", "", "")
DISK = TARGET_VM.disks[0] if isinstance(TARGET_VM.disks, tuple) else None
FIFTY_NINE = (DISK,) * 59
CHAINED = (replace(DISK, has_parent=True),) if DISK else ()
NFS = replace(HOST_DATASTORE, type="NFS")
VSAN = replace(HOST_DATASTORE, type="vsan")
POD = "target_host.datastores.0.cluster"
LOST_VM = {"target_vm": ABSENT, "target_host": Missing("its VM was not found")}

CASES = [
    fails(
        master_target_missing,
        "none is listed",
        READY,
        {**NONE_CHOSEN, "master_targets": ()},
        "lists no master target",
    ),
    fails(
        master_target_missing,
        "the chosen one is not listed",
        READY,
        {"target": ABSENT, "choice.target": "mt09"},
        "does not list the master target mt09",
    ),
    passes(master_target_missing, "one is chosen", READY),
    passes(master_target_missing, "a wrong kind is another rule's", READY, {**NONE_CHOSEN, "master_targets": (LINUX,)}),
    fails(
        master_target_wrong_os,
        "no listed one fits",
        READY,
        {**NONE_CHOSEN, "master_targets": (LINUX,)},
        "web01 runs Windows, and no master target does (mt01).",
    ),
    fails(master_target_wrong_os, "the chosen one differs", READY, {"target": LINUX}, "the master target mt01 Linux"),
    passes(master_target_wrong_os, "it fits", READY),
    passes(master_target_wrong_os, "a fitting one is listed though none is chosen", READY, NONE_CHOSEN),
    unknown(
        master_target_wrong_os,
        "an unread one may fit",
        READY,
        {**NONE_CHOSEN, "master_targets": (LINUX, UNREAD_OS)},
        "its system is unread",
    ),
    elsewhere(master_target_wrong_os, "there is none", READY, {**NONE_CHOSEN, "master_targets": ()}),
    fails(
        master_target_older_os,
        "an older Windows",
        READY,
        {"target.os_version": "Microsoft Windows Server 2012 R2 Datacenter"},
        "mt01 runs Microsoft Windows Server 2012 R2 Datacenter, older than web01's Windows Server 2016.",
    ),
    passes(
        master_target_older_os,
        "a name that tells little beside Windows",
        READY,
        {"item.os_version": "Windows Server 2008R2"},
    ),
    fails(
        master_target_older_os,
        "an older Ubuntu",
        READY,
        {"target.os_version": "Ubuntu 20.04", "item.os_version": "Ubuntu 22.04"},
        "older",
    ),
    passes(
        master_target_older_os,
        "the same Ubuntu, told with more numbers",
        READY,
        {"target.os_version": "Ubuntu 22.04", "item.os_version": "ubuntu 22.04.3"},
    ),
    passes(master_target_older_os, "a number on one side", READY, {"target.os_version": "10.0.14393"}),
    elsewhere(
        master_target_older_os,
        "two distributions do not compare",
        READY,
        {"target.os_version": "Ubuntu 22.04", "item.os_version": "CentOS 7"},
        "do not compare",
    ),
    unknown(
        master_target_older_os,
        "Windows and Linux do not compare",
        READY,
        {"item.os_version": "CentOS 7"},
        "do not compare",
    ),
    unknown(master_target_older_os, "a version is not told", READY, {"target.os_version": ""}, '"not told"'),
    unknown(master_target_older_os, "a new Windows", READY, {"item.os_version": "Windows Server 2031"}, "2031"),
    elsewhere(master_target_older_os, "there is none", READY, {"target": ABSENT}, "no master target"),
    fails(
        master_target_no_heartbeat,
        "a silent one",
        READY,
        {"target.server.last_heartbeat": NOW - timedelta(days=2)},
        "mt01: last heartbeat 2 days ago (limit 15 minutes).",
    ),
    passes(
        master_target_no_heartbeat,
        "15 minutes are allowed",
        READY,
        {"target.server.last_heartbeat": NOW - timedelta(minutes=15)},
    ),
    passes(master_target_unhealthy, "Azure has no health word for it", READY, {"target.server.health": ""}),
    fails(
        master_target_unhealthy, "an error", READY, {"target.server.health_errors": (WARNING, ERROR)}, "It is broken."
    ),
    fails(
        master_target_unhealthy,
        "critical without an error",
        READY,
        {"target.server.health": "Critical"},
        "without naming an error",
    ),
    passes(master_target_unhealthy, "a warning", READY, {"target.server.health_errors": (WARNING,)}),
    fails(
        master_target_version,
        "newer than the other servers",
        READY,
        {"target.server.version": "9.62.7172.2"},
        "newer than cs01 with 9.62.7172.1",
        "newer than ps-azure",
    ),
    passes(master_target_version, "older than the other servers", READY, {"target.server.version": "9.9.1.1"}),
    unknown(master_target_version, "a version is not told", READY, {"target.server.version": ""}, "no version"),
    fails(master_target_outdated, "deprecated", READY, {"target.version_status": "Deprecated"}, "Deprecated"),
    passes(master_target_outdated, "supported", READY),
    passes(master_target_outdated, "dead is another rule's", READY, {"target.version_status": "NotSupported"}),
    unknown(master_target_outdated, "not told", READY, {"target.version_status": ""}, "tells nothing of whether"),
    unknown(master_target_outdated, "a new word", READY, {"target.version_status": "Odd"}, "tells only Odd of whether"),
    fails(master_target_expired, "now", READY, {"target.expires": NOW}, "expired on 2026-03-14"),
    fails(master_target_expired, "Azure says so", READY, {"target.version_status": "Expired"}, "9.62.7172.1 Expired"),
    passes(master_target_expired, "in a second", READY, {"target.expires": NOW + timedelta(seconds=1)}),
    passes(master_target_expired, "never", READY, {"target.expires": NEVER}),
    fails(master_target_has_snapshots, "a snapshot", READY, {"target_vm.has_snapshot": True}, "mt01 has a snapshot."),
    fails(
        master_target_has_snapshots,
        "disks that need consolidation",
        READY,
        {"target_vm.consolidation_needed": True},
        "need consolidation",
    ),
    fails(master_target_has_snapshots, "a chain", READY, {"target_vm.disks": CHAINED}, "a parent (Hard disk 1)"),
    fails(
        master_target_has_snapshots,
        "a chain counts once beside its snapshot",
        READY,
        {"target_vm.disks": CHAINED, "target_vm.has_snapshot": True},
        "mt01 has a snapshot.",
    ),
    passes(master_target_has_snapshots, "the machine's own snapshots", READY, {"source_vm.has_snapshot": True}),
    unknown(
        master_target_has_snapshots,
        "a VM that vCenter does not show was not judged",
        READY,
        LOST_VM,
        "the VM of mt01 was not found in vc01",
    ),
    fails(master_target_uuid_disabled, "not set", READY, {"target_vm.disk_enable_uuid": ABSENT}, "no disk.EnableUUID"),
    fails(master_target_uuid_disabled, "false", READY, {"target_vm.disk_enable_uuid": "FALSE"}, 'to "FALSE"'),
    passes(master_target_uuid_disabled, "true in any case", READY, {"target_vm.disk_enable_uuid": "true"}),
    fails(
        master_target_paravirtual_scsi,
        "one among LSI Logic",
        READY,
        {"target_vm.controllers": (ScsiController.LSI_LOGIC, ScsiController.PARAVIRTUAL)},
        "mt01 has 1 VMware Paravirtual SCSI controller.",
    ),
    fails(
        master_target_paravirtual_scsi,
        "two",
        READY,
        {"target_vm.controllers": (ScsiController.PARAVIRTUAL,) * 2},
        "2 VMware Paravirtual SCSI controllers.",
    ),
    fails(
        master_target_paravirtual_scsi,
        "one that nobody knows beside LSI Logic",
        READY,
        {"target_vm.controllers": (ScsiController.LSI_LOGIC, ScsiController.OTHER)},
        "mt01 has 1 SCSI controller of a kind that is not LSI Logic.",
    ),
    fails(master_target_paravirtual_scsi, "none at all", READY, {"target_vm.controllers": ()}, "no LSI Logic"),
    passes(
        master_target_paravirtual_scsi,
        "BusLogic is another rule's",
        READY,
        {"target_vm.controllers": (ScsiController.BUS_LOGIC,)},
    ),
    fails(
        master_target_buslogic_scsi,
        "one",
        READY,
        {"target_vm.controllers": (ScsiController.LSI_LOGIC, ScsiController.BUS_LOGIC)},
        "a BusLogic SCSI controller",
    ),
    passes(master_target_buslogic_scsi, "none", READY),
    fails(
        master_target_too_many_disks,
        "61 in all",
        READY,
        {"target_vm.disks": FIFTY_NINE, "disks_to_come": 2},
        "mt01 has 59 of 60 disks: 1 slot free, 2 disks to come.",
    ),
    passes(master_target_too_many_disks, "60 in all", READY, {"target_vm.disks": FIFTY_NINE}),
    fails(
        master_target_too_many_disks,
        "reported where vCenter is silent",
        READY,
        {"target_vm": UNREAD, "target.disk_count": 60},
        "mt01 reports 60 of 60 disks: 0 slots free, 1 disk to come.",
    ),
    fails(
        master_target_too_many_disks,
        "reported where its disks cannot be read",
        READY,
        {"target_vm.disks": UNREAD, "target.disk_count": 60},
        "mt01 reports 60",
    ),
    unknown(
        master_target_too_many_disks,
        "few reported are no proof",
        READY,
        {"target_vm": UNREAD, "target.disk_count": 1},
        "vc01 is silent",
    ),
    unknown(
        master_target_too_many_disks,
        "nothing is told at all",
        READY,
        {"target_vm": UNREAD, "target.disk_count": Missing("not told")},
        "vc01 is silent",
    ),
    fails(master_target_tools_not_running, "stopped", READY, {"target_vm.tools_running": False}, "not running"),
    passes(master_target_tools_not_running, "running", READY),
    fails(
        master_target_no_vmfs, "only NFS", READY, {"target_host.datastores": (NFS,)}, "esx01 has no VMFS", "(only NFS)"
    ),
    fails(master_target_no_vmfs, "nothing", READY, {"target_host.datastores": ()}, "(none at all)"),
    passes(master_target_no_vmfs, "vSAN beside NFS", READY, {"target_host.datastores": (NFS, VSAN)}),
    fails(
        master_target_storage_vmotion,
        "not exempt",
        READY,
        {f"{POD}.target_excluded": False},
        "Storage DRS of pod01 may move mt01's disks on ds-target by itself.",
    ),
    passes(
        master_target_storage_vmotion,
        "not automated",
        READY,
        {f"{POD}.target_excluded": False, f"{POD}.automated": False},
    ),
    passes(master_target_storage_vmotion, "in no cluster", READY, {POD: ABSENT}),
    fails(
        master_target_uuid_clash,
        "one UUID for two VMs",
        READY,
        {"target_vm.uuid": str(SOURCE_VM.uuid).upper()},
        "web01 and mt01 have the same UUID",
    ),
    fails(
        master_target_uuid_clash,
        "one UUID for two disks",
        READY,
        {"target_vm.disks.0.uuid": "6000C290-0000-0000-0000-000000000001"},
        'web01\'s disk "Hard disk 1" has the UUID',
    ),
    passes(
        master_target_uuid_clash,
        "disks without a UUID",
        READY,
        {"target_vm.disks.0.uuid": "", "source_vm.disks.0.uuid": ""},
    ),
    elsewhere(master_target_uuid_clash, "the machine has no VM", READY, {"source_vm": ABSENT}, "alternate location"),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_rules_about_the_master_target(case: Case) -> None:
    case.check()
