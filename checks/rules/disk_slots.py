"""The disk slots of the VM that receives the returning disks: one limit for master targets and appliances."""

from collections.abc import Iterator

from homeward.checks.facts import Facts, MasterTarget, Missing, VirtualMachine, known
from homeward.checks.model import Sentence

from .present import disks_of, target_vm_of

DISK_LIMIT = 60
"""Microsoft: a master target, and a replication appliance, can have at most 60 disks attached."""


def too_many_disks(facts: Facts) -> Iterator[Sentence]:
    """A finding when its own disks and those of all machines of the check do not fit.

    Where vCenter does not tell its disks, a master target's own report may show that they don't, never that they do.
    """
    if isinstance(facts.target, MasterTarget) and _unread(facts):
        reported, coming = facts.target.disk_count, facts.disks_to_come
        if not (isinstance(reported, Missing) or isinstance(coming, Missing)) and reported + coming > DISK_LIMIT:
            yield _said(facts.target.server.name, f"reports {reported}", reported, coming)
            return
    vm = target_vm_of(facts)
    own, coming = len(disks_of(vm)), known(facts.disks_to_come)
    if own + coming > DISK_LIMIT:
        yield _said(vm.name, f"has {own}", own, coming)


def _unread(facts: Facts) -> bool:
    vm = facts.target_vm
    return isinstance(vm, Missing) or (isinstance(vm, VirtualMachine) and isinstance(vm.disks, Missing))


def _said(name: str, has: str, own: int, coming: int) -> str:
    slots, disks = _counted(max(0, DISK_LIMIT - own), "slot"), _counted(coming, "disk")
    return f"{name} {has} of {DISK_LIMIT} disks: {slots} free, {disks} to come."


def _counted(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"
