"""The rules about vCenter, the ESXi host, datastores and the machine's own VM."""

from dataclasses import replace
from datetime import timedelta

import pytest

from homeward.checks.facts import ABSENT, NEVER, HealthError, Licence, Missing, Mount, NamedVm
from homeward.checks.rules.datastore import (
    datastore_full,
    datastore_low_space,
    datastore_none_visible,
    datastore_not_writable,
    datastore_type,
)
from homeward.checks.rules.vcenter import (
    esxi_free_license,
    host_low_memory,
    host_not_connected,
    target_not_esxi,
    vcenter_not_discovered,
    vcenter_privileges,
)
from homeward.checks.rules.vm import vm_had_rdm, vm_has_rdm, vm_name_clash
from tests.checks.cases import Case, elsewhere, fails, passes, unknown
from tests.checks.ready import AGENT, DATASTORE, GIB, NOW, READY_MODERNIZED, REGISTERED_VCENTER
from tests.checks.ready import READY_CLASSIC as READY

ERROR = HealthError("1", "Error", "It is broken.", "", "")
WARNING = HealthError("2", "Warning", "It is worn.", "", "")
BROKEN_VCENTER = replace(
    REGISTERED_VCENTER,
    discovery_status="DiscoveryFailed",
    last_heartbeat=NOW - timedelta(minutes=31),
    health_errors=(WARNING, ERROR),
)
OWN_VCENTER = replace(REGISTERED_VCENTER, id=AGENT.vcenter_id.upper())
FREE = Licence(name="VMware vSphere 6 Hypervisor", edition="esxBasic", features=("vsmp",))
PAID = Licence(name="vSphere 8", edition="esx.enterprisePlus", features=("vsphereAPI",))
VCENTER_LICENCE = Licence(name="vCenter Server 8 Standard", edition="vc.standard.instance", features=())
EVALUATION = Licence(name="Evaluation Mode", edition="eval", features=())
NFS = replace(DATASTORE, name="ds-nfs", type="NFS41")
VVOL = replace(DATASTORE, name="ds-vvol", type="VVOL")
ALTERNATE = {"source_vm": ABSENT}
SEEN = "item.discovered.last_discovery"
OTHER_VCENTER = {"agent.vcenter_id": "/x/vcenters/vc02"}
RAW = {"source_vm.disks.0.raw_mapping": True}
NO_HOST = Missing("its VM was not found")
UNTOLD = NamedVm(name="web01", instance_uuid=Missing("vc01 does not tell it"))
STRAY = NamedVm(name="WEB01", instance_uuid="stray")

CASES = [
    fails(vcenter_not_discovered, "none is registered", READY, {"vcenters": ()}, "No vCenter is registered"),
    fails(
        vcenter_not_discovered,
        "a broken one",
        READY,
        {"vcenters": (BROKEN_VCENTER,)},
        "told as DiscoveryFailed",
        "last heartbeat 31 minutes ago (limit 30 minutes)",
        "It is broken.",
    ),
    passes(
        vcenter_not_discovered,
        "30 minutes are allowed",
        READY,
        {"vcenters.0.last_heartbeat": NOW - timedelta(minutes=30)},
    ),
    fails(vcenter_not_discovered, "an appliance without one", READY_MODERNIZED, {"agent.vcenter_id": ""}, "no vCenter"),
    fails(
        vcenter_not_discovered,
        "an appliance that stopped looking",
        READY_MODERNIZED,
        {"agent.last_discovery": NOW - timedelta(minutes=31)},
        "last discovery 31 minutes ago",
    ),
    passes(
        vcenter_not_discovered,
        "another appliance's vCenter does not count",
        READY_MODERNIZED,
        {"vcenters": (BROKEN_VCENTER, OWN_VCENTER)},
    ),
    unknown(
        vcenter_not_discovered,
        "its discovery is not told",
        READY,
        {"vcenters.0.discovery_status": ""},
        "Azure tells nothing of whether vc01 is discovered",
    ),
    unknown(
        vcenter_not_discovered,
        "its discovery has not ended",
        READY,
        {"vcenters.0.discovery_status": "Pending"},
        "only Pending",
    ),
    fails(
        vcenter_not_discovered,
        "a silent one whose discovery is not told",
        READY,
        {"vcenters.0.discovery_status": "", "vcenters.0.last_heartbeat": NEVER},
        "last heartbeat never",
    ),
    fails(
        vcenter_not_discovered,
        "all of several are broken",
        READY,
        {"vcenters": (BROKEN_VCENTER, replace(BROKEN_VCENTER, name="vc02"))},
        "vc01: its discovery",
        "vc02: its discovery",
    ),
    unknown(
        vcenter_not_discovered,
        "one of several is broken and another not told",
        READY,
        {"vcenters": (BROKEN_VCENTER, replace(REGISTERED_VCENTER, name="vc02", discovery_status=""))},
        "vc01: its discovery is told as DiscoveryFailed. Which of 2 vCenters web01 belongs to is not told",
    ),
    unknown(
        vcenter_not_discovered,
        "of several, one is not told",
        READY,
        {"vcenters": (REGISTERED_VCENTER, replace(REGISTERED_VCENTER, name="vc02", discovery_status=""))},
        "whether vc02 is discovered",
    ),
    passes(vcenter_not_discovered, "several are well", READY, {"vcenters": (REGISTERED_VCENTER, REGISTERED_VCENTER)}),
    fails(
        vcenter_not_discovered,
        "the machine's VM is not seen any more",
        READY_MODERNIZED,
        {SEEN: NOW - timedelta(hours=49), "agent.last_discovery": Missing("unread")},
        "web01: its VM was last discovered 2 days ago (limit 24 hours).",
    ),
    passes(vcenter_not_discovered, "seen a day ago", READY_MODERNIZED, {SEEN: NOW - timedelta(hours=24)}),
    unknown(
        vcenter_not_discovered,
        "nobody knows when its VM was seen",
        READY_MODERNIZED,
        {SEEN: Missing("it is unread")},
        "it is unread",
    ),
    passes(
        vcenter_not_discovered,
        "a deleted VM need not be seen",
        READY_MODERNIZED,
        {SEEN: NEVER, "item.discovered.is_deleted": True},
    ),
    passes(vcenter_not_discovered, "a lost VM need not be seen", READY_MODERNIZED, {SEEN: NEVER, **ALTERNATE}),
    passes(vcenter_not_discovered, "no VM was ever discovered", READY_MODERNIZED, {"item.discovered": ABSENT}),
    passes(vcenter_not_discovered, "the modernized stack need not list any", READY_MODERNIZED),
    fails(
        vcenter_privileges,
        "they are listed",
        READY,
        {"vcenter.missing_privileges": ("Datastore.Browse", "Resource.HotMigrate")},
        "VSPHERE.LOCAL\\asr lacks 2 privileges in vc01: Datastore.Browse, Resource.HotMigrate.",
    ),
    passes(vcenter_privileges, "none is missing", READY),
    fails(esxi_free_license, "only the free one", READY, {"vcenter.licences": (FREE,)}, "vSphere 6 Hypervisor"),
    fails(
        esxi_free_license,
        "the free edition under another name",
        READY,
        {"vcenter.licences": (replace(FREE, name="Free", edition="ESXBasic"),)},
        "the free licence Free",
    ),
    fails(
        esxi_free_license,
        "the free name under another edition",
        READY,
        {"vcenter.licences": (replace(FREE, edition="ESX.hypervisor"),)},
        "without the vSphere API",
    ),
    passes(esxi_free_license, "a paid one beside it", READY, {"vcenter.licences": (FREE, PAID)}),
    passes(
        esxi_free_license, "a Hypervisor with the API", READY, {"vcenter.licences": (replace(PAID, name="Hypervisor"),)}
    ),
    unknown(
        esxi_free_license,
        "the vCenter's own licence says nothing of its hosts",
        READY,
        {"vcenter.licences": (VCENTER_LICENCE,)},
        "vc01 shows no licence of an ESXi host, only vCenter Server 8 Standard",
    ),
    passes(esxi_free_license, "an evaluation", READY, {"vcenter.licences": (VCENTER_LICENCE, EVALUATION)}),
    fails(
        esxi_free_license,
        "an evaluation that is listed beside the free one",
        READY,
        {"vcenter.licences": (EVALUATION, FREE)},
        "vSphere 6 Hypervisor",
    ),
    unknown(esxi_free_license, "no licence is told", READY, {"vcenter.licences": ()}, "vc01 tells no licence"),
    fails(target_not_esxi, "Workstation", READY, {"target_host.product": "VMware Workstation"}, "VMware Workstation"),
    fails(target_not_esxi, "not told", READY, {"target_host.product": ""}, "an unknown product"),
    passes(target_not_esxi, "ESXi", READY_MODERNIZED),
    fails(
        host_not_connected,
        "gone and in maintenance",
        READY,
        {"target_host.connection": "notResponding", "target_host.in_maintenance": True},
        "esx01 is notResponding.",
        "maintenance mode",
    ),
    fails(
        host_not_connected,
        "a connection that is not told",
        READY,
        {"target_host.connection": ""},
        "esx01 is not connected.",
    ),
    fails(
        host_not_connected,
        "the host of the machine's own VM, told once",
        READY,
        {"target_host.in_maintenance": True, "source_vm.standing.in_maintenance": True},
        "esx01 is in maintenance mode.",
    ),
    fails(
        host_not_connected,
        "the machine's own VM stands on another host",
        READY,
        {
            "source_vm.host": "esx02",
            "source_vm.standing.connection": "notResponding",
            "source_vm.standing.in_maintenance": True,
        },
        "esx02 is notResponding.",
        "esx02 is in maintenance mode.",
    ),
    fails(
        host_not_connected,
        "a host without a name",
        READY,
        {"source_vm.host": "", "source_vm.standing.connection": "disconnected"},
        "The host of web01 is disconnected.",
    ),
    fails(
        host_not_connected,
        "the target's host is gone, and with it what its VM tells",
        READY,
        {"target_vm": Missing("stale"), "target_host.connection": "notResponding"},
        "esx01 is notResponding.",
    ),
    unknown(
        host_not_connected,
        "the machine's own host is not told",
        READY,
        {"source_vm.standing": Missing("vc01 does not tell the host of web01")},
        "vc01 does not tell the host of web01",
    ),
    unknown(host_not_connected, "the machine's VM is stale", READY, {"source_vm": Missing("stale")}, "stale"),
    passes(host_not_connected, "a new VM on the target's host", READY, ALTERNATE),
    passes(
        host_not_connected,
        "its old host counts for nothing when it returns elsewhere",
        READY_MODERNIZED,
        {"agent.vcenter_id": "/x/vcenters/vc02", "source_vm.standing.connection": "notResponding"},
    ),
    passes(host_not_connected, "in service, told in any case", READY, {"target_host.connection": "Connected"}),
    unknown(
        host_not_connected,
        "the target's VM is nowhere",
        READY_MODERNIZED,
        {"target_vm": ABSENT, "target_host": NO_HOST},
        "the VM of appliance01 was not found in vc01",
    ),
    fails(
        host_low_memory,
        "a byte too little",
        READY,
        {"source_vm.standing.free_bytes": 16 * GIB - 1},
        "esx01 has 16.0 GiB of free memory, web01 needs 16.0 GiB.",
    ),
    passes(host_low_memory, "just enough", READY, {"source_vm.standing.free_bytes": 16 * GIB}),
    fails(
        host_low_memory,
        "it goes to the host of another vCenter's appliance",
        READY_MODERNIZED,
        {
            "agent.vcenter_id": "/x/vcenters/vc02",
            "target_vm.host": "esx09",
            "target_vm.standing.free_bytes": 15 * GIB,
        },
        "esx09 has 15.0 GiB of free memory, web01 needs 16.0 GiB.",
    ),
    elsewhere(host_low_memory, "its VM is gone", READY, ALTERNATE, "how much memory the new one will need"),
    fails(datastore_type, "NFS", READY, {"datastores": (VVOL, NFS)}, "ds-nfs is an NFS41 datastore."),
    passes(datastore_type, "vSAN in any case", READY, {"datastores.0.type": "VSAN"}),
    unknown(
        datastore_type, "VVOL", READY, {"datastores": (DATASTORE, VVOL)}, "of which the documentation says nothing"
    ),
    unknown(datastore_type, "none is chosen", READY, {"datastores": ()}, "no datastore is chosen"),
    fails(
        datastore_not_writable,
        "read-only on the host, whatever the others are",
        READY,
        {
            "datastores": (
                replace(DATASTORE, on_target_host=Missing("unread")),
                replace(DATASTORE, name="ds-ro", on_target_host=Mount.READ_ONLY),
            )
        },
        "ds-ro is read-only on the ESXi host of mt01.",
    ),
    fails(
        datastore_not_writable,
        "out of service",
        READY_MODERNIZED,
        {"datastores": (replace(DATASTORE, accessible=False), replace(DATASTORE, maintenance="inMaintenance"))},
        "ds-prod is not accessible.",
        "ds-prod is in maintenance (inMaintenance).",
    ),
    passes(datastore_not_writable, "mounted with read and write access", READY),
    fails(
        datastore_full,
        "a byte too little",
        READY,
        {**ALTERNATE, "datastores.0.free_bytes": 64 * GIB - 1},
        "ds-prod: 64.0 GiB free, web01's disks are 64.0 GiB.",
    ),
    passes(datastore_full, "just enough", READY, {**ALTERNATE, "datastores.0.free_bytes": 64 * GIB}),
    elsewhere(datastore_full, "its VM exists", READY, {}, "only changes are written"),
    fails(
        datastore_full,
        "its VM exists, the appliance is another vCenter's",
        READY_MODERNIZED,
        {**OTHER_VCENTER, "choice.datastore": "DS-TARGET", "target_host.datastores.0.free_bytes": 1 * GIB},
        "ds-target: 1.0 GiB free, web01's disks are 64.0 GiB.",
    ),
    unknown(
        datastore_full,
        "the chosen datastore is not at the target's host",
        READY_MODERNIZED,
        {**OTHER_VCENTER, "choice.datastore": "ds-far"},
        "the target's host does not list ds-far",
    ),
    unknown(
        datastore_full,
        "an alternate location without a chosen datastore",
        READY_MODERNIZED,
        {**OTHER_VCENTER, "choice.datastore": ""},
        "no datastore is chosen",
    ),
    unknown(
        datastore_full,
        "the appliance's vCenter is not told",
        READY_MODERNIZED,
        {"agent.vcenter_id": ""},
        "does not tell which vCenter",
    ),
    elsewhere(datastore_low_space, "the appliance is another vCenter's", READY_MODERNIZED, OTHER_VCENTER, "alternate"),
    fails(datastore_low_space, "its VM exists", READY, {"datastores.0.free_bytes": 0}, "ds-prod: 0.0 GiB free"),
    passes(datastore_low_space, "room enough", READY),
    elsewhere(datastore_low_space, "its VM is gone", READY, ALTERNATE, "alternate location"),
    fails(datastore_none_visible, "none", READY, {"target.datastores": ()}, "no usable datastore at mt01: none."),
    fails(
        datastore_none_visible,
        "only NFS",
        READY,
        {"target.datastores.0.type": "NFS"},
        "only NFS (ds-prod)",
    ),
    passes(datastore_none_visible, "a type that is not told", READY, {"target.datastores.0.type": ""}),
    fails(
        vm_name_clash,
        "another VM of the name",
        READY,
        {"target_host.vms": (STRAY,)},
        "esx01 has another VM named WEB01 (stray).",
    ),
    fails(vm_name_clash, "the machine's VM is gone", READY, {**ALTERNATE, "target_host.vms": (STRAY,)}, "WEB01"),
    fails(
        vm_name_clash,
        "the machine's VM is gone, and the other's UUID is not told",
        READY,
        {**ALTERNATE, "target_host.vms": (UNTOLD,)},
        "esx01 has another VM named web01 (its UUID is not told).",
    ),
    unknown(
        vm_name_clash,
        "one whose UUID is not told may be the machine's own",
        READY,
        {"target_host.vms": (UNTOLD,)},
        "vc01 does not tell it",
    ),
    fails(vm_name_clash, "a stray beside one that is not told", READY, {"target_host.vms": (UNTOLD, STRAY)}, "(stray)"),
    unknown(
        vm_name_clash,
        "the machine's own UUID is not told",
        READY,
        {"source_vm.instance_uuid": Missing("unread")},
        "unread",
    ),
    passes(
        vm_name_clash,
        "no VM of the name, whatever its UUID",
        READY,
        {"source_vm.instance_uuid": Missing("unread"), "target_host.vms": ()},
    ),
    passes(vm_name_clash, "its own VM stands there", READY),
    fails(
        vm_has_rdm,
        "an appliance of another vCenter",
        READY_MODERNIZED,
        {**RAW, "agent.vcenter_id": "/x/vcenters/vc02"},
        "web01 has raw device mappings (Hard disk 1)",
    ),
    fails(
        vm_has_rdm,
        "Site Recovery has not discovered its VM",
        READY_MODERNIZED,
        {**RAW, "item.discovered": ABSENT},
        "raw",
    ),
    fails(
        vm_has_rdm, "Azure calls its VM deleted", READY_MODERNIZED, {**RAW, "item.discovered.is_deleted": True}, "raw"
    ),
    passes(vm_has_rdm, "it returns to its original location", READY_MODERNIZED, RAW),
    passes(vm_has_rdm, "a classic machine whose VM exists returns to it", READY, RAW),
    elsewhere(vm_has_rdm, "its VM is gone", READY, ALTERNATE, "alternate location"),
    unknown(vm_had_rdm, "a lost VM is asked about", READY, ALTERNATE, "whoever approves the start confirms it"),
    elsewhere(vm_had_rdm, "its VM exists", READY, {}, "Its on-premises VM exists."),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_rules_about_vsphere(case: Case) -> None:
    case.check()
