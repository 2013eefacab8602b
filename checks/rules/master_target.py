"""The master target, the server of the classic stack that writes the returning disks: its service and its VM."""

from collections.abc import Iterator

from homeward.checks.facts import (
    ABSENT,
    NEVER,
    Facts,
    MasterTarget,
    NotKnown,
    Os,
    ScsiController,
    known,
)
from homeward.checks.limits import DEAD_VERSIONS, FAILBACK_DATASTORES, HEARTBEAT_LIMIT
from homeward.checks.model import CLASSIC, NotApplicable, Sentence, Severity, rule

from . import azure_errors, pages
from .ages import overdue
from .disk_slots import too_many_disks
from .present import (
    configuration_server_of,
    disks_of,
    item_of,
    known_first,
    looked_for,
    moment,
    source_vm_of,
    target_host_of,
    target_of,
    target_vm_of,
)
from .process_server import usable_process_servers
from .storage_moves import moved_since, storage_moves
from .versions import Version, agent_version, older, os_version

AREAS = ("master-target",)

AGING_VERSIONS = frozenset({"updaterequired", "deprecated"})
CURRENT_VERSIONS = frozenset({"supported"})
"""Words of agent_version_status (SDK: AgentVersionStatus)."""


def _fitting(facts: Facts, os: Os) -> list[MasterTarget]:
    listed = known(facts.master_targets)
    return [target for target, its_os in known_first((target, target.os) for target in listed) if its_os is os]


@rule(
    id="master-target-missing",
    title="There is a master target",
    severity=Severity.BLOCKER,
    topologies=CLASSIC,
    hint="Install a master target on-premises, let it register with the configuration server, wait 15 minutes.",
    docs=pages.PREPARE,
)
def master_target_missing(facts: Facts) -> Iterator[Sentence]:
    if looked_for(facts.target) is not ABSENT:
        return
    if not known(facts.master_targets):
        yield f"The configuration server of {facts.machine} lists no master target."
    elif _fitting(facts, known(item_of(facts).os)):
        wanted = known(facts.choice).target or "for it"
        yield f"The configuration server of {facts.machine} does not list the master target {wanted}."


@rule(
    id="master-target-wrong-os",
    title="The master target has the machine's kind of operating system",
    severity=Severity.BLOCKER,
    topologies=CLASSIC,
    hint="Choose or install a Linux master target for a Linux machine, a Windows one for a Windows machine.",
    docs=pages.PREPARE,
)
def master_target_wrong_os(facts: Facts) -> Iterator[Sentence]:
    target = looked_for(facts.target)
    wanted = known(item_of(facts).os)
    if target is ABSENT:
        listed = known(facts.master_targets)
        if not listed:
            raise NotApplicable("There is no master target.")
        if not _fitting(facts, wanted):
            names = ", ".join(each.server.name for each in listed)
            yield f"{facts.machine} runs {wanted.value}, and no master target does ({names})."
    elif known(target.os) is not wanted:
        yield f"{facts.machine} runs {wanted.value}, the master target {target.server.name} {known(target.os).value}."


@rule(
    id="master-target-older-os",
    title="The master target's operating system is no older than the machine's",
    severity=Severity.WARNING,
    topologies=CLASSIC,
    hint="Use a master target with the same or a later version of the operating system.",
    docs=pages.PREPARE,
)
def master_target_older_os(facts: Facts) -> Iterator[Sentence]:
    target, item = target_of(facts), item_of(facts)
    ours, theirs = os_version(target.os_version), os_version(item.os_version)
    if ours and theirs and ours[0] != theirs[0] and "windows" not in (ours[0], theirs[0]):
        raise NotApplicable("Distributions of Linux do not compare by their versions.")
    if ours is None or theirs is None or ours[0] != theirs[0]:
        texts = " and ".join(f'"{text or "not told"}"' for text in (target.os_version, item.os_version))
        raise NotKnown(f"the operating systems of {target.server.name} and {facts.machine} do not compare: {texts}")
    if older(ours[1], theirs[1]):
        yield f"{target.server.name} runs {target.os_version}, older than {facts.machine}'s {item.os_version}."


@rule(
    id="master-target-no-heartbeat",
    title="The master target reports",
    severity=Severity.BLOCKER,
    topologies=CLASSIC,
    hint="Start the master target and its services, and let it reach the configuration server on port 443.",
    docs=pages.REPROTECT,
)
def master_target_no_heartbeat(facts: Facts) -> Iterator[Sentence]:
    server = target_of(facts).server
    yield from overdue(f"{server.name}: last heartbeat", server.last_heartbeat, facts.now, HEARTBEAT_LIMIT)


@rule(
    id="master-target-unhealthy",
    title="The master target has no health or validation error",
    severity=Severity.BLOCKER,
    topologies=CLASSIC,
    hint="Do what Azure recommends for the error, refresh the configuration server, then check again.",
    docs=pages.REPROTECT,
)
def master_target_unhealthy(facts: Facts) -> Iterator[Sentence]:
    """Azure tells errors of master targets, but no health word; should it tell one, it counts."""
    server = target_of(facts).server
    health = {"health": server.health} if server.health else {}
    yield from azure_errors.critical(server.name, server.health_errors, **health)


@rule(
    id="master-target-version",
    title="The master target is no newer than the configuration and process servers",
    severity=Severity.BLOCKER,
    topologies=CLASSIC,
    hint="Update the configuration server first, then the process server, then check again.",
    docs=pages.UPDATES,
)
def master_target_version(facts: Facts) -> Iterator[Sentence]:
    target = target_of(facts).server
    mine = _parsed(target.name, target.version)
    servers = [configuration_server_of(facts).server, *(each.server for each in usable_process_servers(facts))]
    for server in servers:
        if older(_parsed(server.name, server.version), mine):
            yield f"{target.name} has version {target.version}, newer than {server.name} with {server.version}."


def _parsed(name: str, text: str) -> Version:
    version = agent_version(text)
    if version is None:
        raise NotKnown(f'{name} tells no version that compares: "{text}"')
    return version


@rule(
    id="master-target-outdated",
    title="The master target's version is current",
    severity=Severity.WARNING,
    topologies=CLASSIC,
    hint="Update the master target when the configuration and process servers are up to date.",
    docs=pages.UPDATES,
)
def master_target_outdated(facts: Facts) -> Iterator[Sentence]:
    target = target_of(facts)
    status = target.version_status.casefold()
    if status in AGING_VERSIONS:
        yield f"{target.server.name}: Azure calls its version {target.server.version} {target.version_status}."
    elif status not in DEAD_VERSIONS | CURRENT_VERSIONS:
        told = f"only {target.version_status}" if status else "nothing"
        raise NotKnown(f"Azure tells {told} of whether the version of {target.server.name} is current")


@rule(
    id="master-target-expired",
    title="The master target's version has not expired",
    severity=Severity.BLOCKER,
    topologies=CLASSIC,
    hint="Update the configuration server, the process server and then the master target.",
    docs=pages.UPDATES,
)
def master_target_expired(facts: Facts) -> Iterator[Sentence]:
    target = target_of(facts)
    if target.version_status.casefold() in DEAD_VERSIONS:
        yield f"{target.server.name}: Azure calls its version {target.server.version} {target.version_status}."
        return
    expires = moment(target.expires)
    if expires is not NEVER and expires <= facts.now:
        yield f"{target.server.name}: its version {target.server.version} expired on {expires:%Y-%m-%d}."


@rule(
    id="master-target-has-snapshots",
    title="The master target's VM has no snapshot",
    severity=Severity.BLOCKER,
    topologies=CLASSIC,
    hint="Delete all snapshots of the master target's VM in vCenter and consolidate its disks; "
    "snapshots of the machine itself may stay, the job merges them.",
    docs=pages.REPROTECT,
)
def master_target_has_snapshots(facts: Facts) -> Iterator[Sentence]:
    vm = target_vm_of(facts)
    if vm.has_snapshot:
        yield f"{vm.name} has a snapshot."
    if known(vm.consolidation_needed):
        yield f"{vm.name} has disks that need consolidation."
    chained = [disk.label for disk in disks_of(vm) if disk.has_parent]
    if chained and not vm.has_snapshot:
        yield f"{vm.name} has disks with a parent ({', '.join(chained)})."


@rule(
    id="master-target-uuid-disabled",
    title="disk.EnableUUID is TRUE on the master target's VM",
    severity=Severity.BLOCKER,
    topologies=CLASSIC,
    hint="Shut the master target's VM down, set disk.EnableUUID to TRUE in its configuration parameters, start it.",
    docs=pages.REPROTECT,
)
def master_target_uuid_disabled(facts: Facts) -> Iterator[Sentence]:
    vm = target_vm_of(facts)
    value = looked_for(vm.disk_enable_uuid)
    if value is ABSENT:
        yield f"{vm.name} has no disk.EnableUUID in its configuration."
    elif value.strip().casefold() != "true":
        yield f'{vm.name} has disk.EnableUUID set to "{value}".'


@rule(
    id="master-target-paravirtual-scsi",
    title="The master target's VM has LSI Logic SCSI controllers only",
    severity=Severity.BLOCKER,
    topologies=CLASSIC,
    hint="Shut the master target's VM down and change its SCSI controllers to LSI Logic (Parallel or SAS).",
    docs=pages.REPROTECT,
)
def master_target_paravirtual_scsi(facts: Facts) -> Iterator[Sentence]:
    vm = target_vm_of(facts)
    controllers = known(vm.controllers)
    paravirtual = controllers.count(ScsiController.PARAVIRTUAL)
    if paravirtual:
        yield f"{vm.name} has {paravirtual} VMware Paravirtual SCSI controller{'s' if paravirtual > 1 else ''}."
    other = controllers.count(ScsiController.OTHER)
    if other:
        yield f"{vm.name} has {other} SCSI controller{'s' if other > 1 else ''} of a kind that is not LSI Logic."
    if not controllers:
        yield f"{vm.name} has no LSI Logic SCSI controller."


@rule(
    id="master-target-buslogic-scsi",
    title="The master target's VM has no BusLogic SCSI controller",
    severity=Severity.WARNING,
    topologies=CLASSIC,
    hint="Change the controller to LSI Logic at the next occasion: no other one is documented as supported.",
    docs=pages.REPROTECT,
)
def master_target_buslogic_scsi(facts: Facts) -> Iterator[Sentence]:
    vm = target_vm_of(facts)
    if ScsiController.BUS_LOGIC in known(vm.controllers):
        yield f"{vm.name} has a BusLogic SCSI controller."


@rule(
    id="master-target-too-many-disks",
    title="The master target's VM has room for the disks to come",
    severity=Severity.BLOCKER,
    topologies=CLASSIC,
    hint="Choose or install another master target, or bring fewer machines home at a time.",
    docs=pages.REPROTECT,
)
def master_target_too_many_disks(facts: Facts) -> Iterator[Sentence]:
    yield from too_many_disks(facts)


@rule(
    id="master-target-tools-not-running",
    title="VMware Tools runs on the master target",
    severity=Severity.BLOCKER,
    topologies=CLASSIC,
    hint="Install or start VMware Tools (or open-vm-tools) on the master target: without it no datastore is found.",
    docs=pages.REPROTECT,
)
def master_target_tools_not_running(facts: Facts) -> Iterator[Sentence]:
    vm = target_vm_of(facts)
    if not known(vm.tools_running):
        yield f"{vm.name}: VMware Tools is not running."


@rule(
    id="master-target-no-vmfs",
    title="The master target's ESXi host has a VMFS or vSAN datastore",
    severity=Severity.BLOCKER,
    topologies=CLASSIC,
    hint="Attach a VMFS or vSAN datastore to that host, or move the master target to a host that has one.",
    docs=pages.REPROTECT,
)
def master_target_no_vmfs(facts: Facts) -> Iterator[Sentence]:
    host = target_host_of(facts)
    types = {datastore.type for datastore in known(host.datastores)}
    if FAILBACK_DATASTORES.isdisjoint(each.casefold() for each in types):
        found = f"only {', '.join(sorted(types))}" if types else "none at all"
        yield f"{host.name} has no VMFS or vSAN datastore ({found})."


@rule(
    id="master-target-storage-vmotion",
    title="Storage DRS leaves the master target alone",
    severity=Severity.WARNING,
    topologies=CLASSIC,
    hint="Set the master target's VM to manual or disabled in the datastore cluster's Storage DRS, "
    "and move none of its disks until the machines are home.",
    docs=pages.REPROTECT,
)
def master_target_storage_vmotion(facts: Facts) -> Iterator[Sentence]:
    yield from storage_moves(facts)


@rule(
    id="master-target-moved",
    title="The disks of the master target's VM stay where they were at the reprotect",
    severity=Severity.BLOCKER,
    topologies=CLASSIC,
    hint="Do not fail back, since the machine's disks would not be found: leave it in Azure and let Microsoft's "
    "support say how they are attached to the master target again.",
    docs=pages.REPROTECT,
)
def master_target_moved(facts: Facts) -> Iterator[Sentence]:
    yield from moved_since(facts)


@rule(
    id="master-target-uuid-clash",
    title="The master target and the machine share no UUID",
    severity=Severity.BLOCKER,
    topologies=CLASSIC,
    hint="Use another master target, one that was not made from the same template as the machine.",
    docs=pages.REPROTECT,
)
def master_target_uuid_clash(facts: Facts) -> Iterator[Sentence]:
    vm, target = source_vm_of(facts), target_vm_of(facts)
    if known(vm.uuid).casefold() == known(target.uuid).casefold():
        yield f"{vm.name} and {target.name} have the same UUID {known(vm.uuid)}."
    theirs = {disk.uuid.casefold() for disk in disks_of(target) if disk.uuid}
    for disk in disks_of(vm):
        if disk.uuid.casefold() in theirs:
            yield f'{vm.name}\'s disk "{disk.label}" has the UUID {disk.uuid} of a disk of {target.name}.'
