"""The machine's VM on-premises."""

from collections.abc import Iterable, Iterator

from homeward.checks.facts import ABSENT, Facts, Missing, known
from homeward.checks.model import BOTH, NotApplicable, Sentence, Severity, rule

from . import pages
from .present import disks_of, item_of, known_first, looked_for, returns_elsewhere, source_vm_of, target_host_of

AREAS = ("vm",)

UNTOLD = "its UUID is not told"


@rule(
    id="vm-name-clash",
    title="No other VM on the target's ESXi host has the machine's name",
    severity=Severity.BLOCKER,
    topologies=BOTH,
    hint="Choose a master target or appliance on another host, move the present one there with vMotion, "
    "or rename the other VM if it is a stray.",
    docs=pages.TROUBLESHOOT,
)
def vm_name_clash(facts: Facts) -> Iterator[Sentence]:
    host = target_host_of(facts)
    vm = looked_for(facts.source_vm)
    name = item_of(facts).name if vm is ABSENT else vm.name
    namesakes = [other for other in known(host.vms) if other.name.casefold() == name.casefold()]
    if vm is ABSENT:
        for other in namesakes:
            uuid = other.instance_uuid
            yield f"{host.name} has another VM named {other.name} ({UNTOLD if isinstance(uuid, Missing) else uuid})."
        return
    for other_name, uuid in known_first((other.name, other.instance_uuid) for other in namesakes):
        if uuid.casefold() != known(vm.instance_uuid).casefold():
            yield f"{host.name} has another VM named {other_name} ({uuid})."


@rule(
    id="vm-has-rdm",
    title="No raw device mapping has to go to an alternate location",
    severity=Severity.BLOCKER,
    topologies=BOTH,
    hint="Return to the original location, or replace the raw device mappings by virtual disks.",
    docs=pages.FAILBACK_TYPES,
)
def vm_has_rdm(facts: Facts) -> Iterator[Sentence]:
    vm = source_vm_of(facts)
    raw = [disk.label for disk in disks_of(vm) if disk.raw_mapping]
    if raw and returns_elsewhere(facts):
        yield f"{vm.name} has raw device mappings ({', '.join(raw)}) and would return to an alternate location."


@rule(
    id="vm-had-rdm",
    title="The lost VM had no raw device mapping",
    severity=Severity.ATTESTATION,
    topologies=BOTH,
    hint="Ask the machine's owner whether its VM had raw device mappings: they return to the original location only.",
    docs=pages.FAILBACK_TYPES,
)
def vm_had_rdm(facts: Facts) -> Iterable[Sentence]:
    if looked_for(facts.source_vm) is not ABSENT:
        raise NotApplicable("Its on-premises VM exists.")
    return ()
