"""The datastores that a machine returns to."""

from collections.abc import Iterator

from homeward.checks.facts import Facts, Mount, NotKnown, known
from homeward.checks.limits import FAILBACK_DATASTORES, UNSUPPORTED_DATASTORES
from homeward.checks.model import BOTH, CLASSIC, NotApplicable, Sentence, Severity, rule

from . import pages
from .present import datastores_of, gib, item_of, known_first, returns_elsewhere, source_vm_of, target_name, target_of

AREAS = ("datastore",)


@rule(
    id="datastore-type",
    title="The datastore is VMFS or vSAN",
    severity=Severity.BLOCKER,
    topologies=CLASSIC,
    hint="Make a VMFS datastore on the master target's host and return to it with a full download: NFS cannot be used.",
    docs=pages.REPROTECT,
)
def datastore_type(facts: Facts) -> Iterator[Sentence]:
    datastores = datastores_of(facts)
    for datastore in datastores:
        if datastore.type.casefold() in UNSUPPORTED_DATASTORES:
            yield f"{datastore.name} is an {datastore.type} datastore."
    for datastore in datastores:
        if datastore.type.casefold() not in FAILBACK_DATASTORES | UNSUPPORTED_DATASTORES:
            kind = datastore.type or "unnamed"
            raise NotKnown(f"{datastore.name} is of the type {kind}, of which the documentation says nothing")


@rule(
    id="datastore-not-writable",
    title="The target's ESXi host can read and write the datastore",
    severity=Severity.BLOCKER,
    topologies=BOTH,
    hint="Mount the datastore with read and write access on the target's ESXi host, or move the target to a host "
    "that has it so.",
    docs=pages.TROUBLESHOOT,
)
def datastore_not_writable(facts: Facts) -> Iterator[Sentence]:
    datastores, target = datastores_of(facts), target_name(facts)
    for each in datastores:
        if not each.accessible:
            yield f"{each.name} is not accessible."
        elif each.maintenance != "normal":
            yield f"{each.name} is in maintenance ({each.maintenance or 'state not told'})."
    for name, mount in known_first((each.name, each.on_target_host) for each in datastores):
        if mount is not Mount.READ_WRITE:
            yield f"{name} is {mount.value} on the ESXi host of {target}."


def _needed(facts: Facts) -> int:
    choice = known(facts.choice)
    return sum(disk.capacity_bytes for disk in known(item_of(facts).disks) if choice.takes(disk))


@rule(
    id="datastore-full",
    title="The datastore has room for the machine's disks",
    severity=Severity.BLOCKER,
    topologies=BOTH,
    hint="Choose a datastore with more room or free some: at an alternate location all disks are written anew.",
    docs=pages.FAILBACK_TYPES,
)
def datastore_full(facts: Facts) -> Iterator[Sentence]:
    if not returns_elsewhere(facts):
        raise NotApplicable("It returns to its existing VM, so only changes are written.")
    yield from _short_of_room(facts)


@rule(
    id="datastore-low-space",
    title="The datastore has room for a second copy of the machine's disks",
    severity=Severity.WARNING,
    topologies=BOTH,
    hint="Keep an eye on the datastore while the changes arrive, or free some room first.",
    docs=pages.FAILBACK_TYPES,
)
def datastore_low_space(facts: Facts) -> Iterator[Sentence]:
    if returns_elsewhere(facts):
        raise NotApplicable("It returns to an alternate location.")
    yield from _short_of_room(facts)


def _short_of_room(facts: Facts) -> Iterator[Sentence]:
    datastores, needed = datastores_of(facts), _needed(facts)
    free = sum(each.free_bytes for each in datastores)
    if free < needed:
        names = ", ".join(each.name for each in datastores)
        yield f"{names}: {gib(free)} free, {facts.machine}'s disks are {gib(needed)}."


@rule(
    id="datastore-no-swap-room",
    title="The datastore has room for the memory of the machine's VM",
    severity=Severity.WARNING,
    topologies=BOTH,
    hint="Free room on the datastore before the failback: when the VM starts, ESXi writes a swap file there, as large "
    "as the part of its memory that is not reserved.",
    docs=pages.TROUBLESHOOT,
)
def datastore_no_swap_room(facts: Facts) -> Iterator[Sentence]:
    """Its disks are there already. A swap file may lie elsewhere, so the roomiest of its datastores is judged."""
    needed = known(source_vm_of(facts).memory_bytes)
    roomiest = max(datastores_of(facts), key=lambda each: each.free_bytes)
    if roomiest.free_bytes < needed:
        yield f"{roomiest.name}: {gib(roomiest.free_bytes)} free, {facts.machine}'s memory is {gib(needed)}."


@rule(
    id="datastore-none-visible",
    title="Site Recovery sees a usable datastore at the master target",
    severity=Severity.BLOCKER,
    topologies=CLASSIC,
    hint="Check in this order: the privileges of Site Recovery's account, the vCenter's discovery, VMware Tools on the "
    "master target, and whether its host has anything but NFS.",
    docs=pages.REPROTECT,
)
def datastore_none_visible(facts: Facts) -> Iterator[Sentence]:
    target = target_of(facts)
    usable = [each for each in target.datastores if each.type.casefold() not in UNSUPPORTED_DATASTORES]
    if not usable:
        found = f"only NFS ({', '.join(each.name for each in target.datastores)})" if target.datastores else "none"
        yield f"Site Recovery sees no usable datastore at {target.server.name}: {found}."
