"""Whether Storage DRS may move the disks of the VM that receives the returning disks."""

from collections.abc import Iterator

from homeward.checks.facts import ABSENT, Facts, known
from homeward.checks.model import Sentence

from .present import looked_for, target_host_of, target_vm_of


def storage_moves(facts: Facts) -> Iterator[Sentence]:
    """A finding for each automated datastore cluster that holds its disks and does not exempt it."""
    vm = target_vm_of(facts)
    own = set(known(vm.datastores))
    datastores = [each for each in known(target_host_of(facts).datastores) if each.name in own]
    for datastore in datastores:
        cluster = looked_for(datastore.cluster)
        if cluster is not ABSENT and cluster.automated and not cluster.target_excluded:
            yield f"Storage DRS of {cluster.name} may move {vm.name}'s disks on {datastore.name} by itself."
