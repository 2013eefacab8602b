"""The disk slots of the VM that receives the returning disks: one limit for master targets and appliances."""

from collections.abc import Iterator

from homeward.checks.facts import Facts, known
from homeward.checks.model import Sentence

from .present import disks_of, target_vm_of

DISK_LIMIT = 60
"""Microsoft: a master target, and a replication appliance, can have at most 60 disks attached."""


def too_many_disks(facts: Facts) -> Iterator[Sentence]:
    """A finding when its own disks and those of all machines of the check do not fit."""
    vm = target_vm_of(facts)
    own, coming = len(disks_of(vm)), known(facts.disks_to_come)
    if own + coming > DISK_LIMIT:
        free = max(0, DISK_LIMIT - own)
        slots, disks = _counted(free, "slot"), _counted(coming, "disk")
        yield f"{vm.name} has {own} of {DISK_LIMIT} disks: {slots} free, {disks} to come."


def _counted(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"
