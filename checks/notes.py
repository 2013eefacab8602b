"""Notes: what a report tells without judging it (where the machine returns to, what an operation does and loses)."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from .facts import ABSENT, Facts, Item, Missing, NotKnown, Os, Topology
from .model import BOTH, NotApplicable
from .rules.present import item_of, returns_elsewhere
from .way import Operation, allows

NOTES: Mapping[str, str] = {
    "vm-location": "Whether the machine returns to its existing VM (changes only) or to a new one (full download).",
    "vm-powered-on": "Its on-premises VM is powered on, is shut down during the reprotect, and must stay off.",
    "vm-has-snapshots": "Its on-premises VM has snapshots, which the job merges.",
    "failback-downtime": "A failback takes the application down, from when until when.",
    "failback-linux": "What usually has to be mended by hand on Linux after a failback: its network.",
    "commit-lost": "What is lost with the commit: other recovery points, and the VM in Azure.",
    "cancel-lost": "What is lost with the cancellation: whatever was written on-premises.",
    "forward-replication": "That nothing protects the machine until its reprotect toward Azure has come through.",
}
"""The id of each note and what it tells."""


@dataclass(frozen=True, slots=True)
class Note:
    """A sentence of information about one machine; it never changes a verdict. `id` is as public as a rule's."""

    id: str
    subject: str
    text: str

    def as_dict(self) -> dict[str, str]:
        return {"id": self.id, "subject": self.subject, "text": self.text}


def notes(facts: Facts, operation: Operation = Operation.REPROTECT) -> Iterator[Note]:
    """The notes on one machine: what the operation would do, so nothing where it is not offered.

    Nothing, too, where the facts for a note could not be read: the rules say that already.
    """
    item = facts.item
    if isinstance(item, Missing) or item is ABSENT or facts.topology not in BOTH:
        return
    if not allows(item, operation):
        return
    if operation is Operation.REPROTECT:
        yield from _of_reprotect(facts)
    else:
        for id, text in _OF[operation](facts, item):
            yield Note(id, facts.machine, text)


def _of_reprotect(facts: Facts) -> Iterator[Note]:
    vm, item = facts.source_vm, item_of(facts)
    if isinstance(vm, Missing):
        return
    try:
        elsewhere = returns_elsewhere(facts)
    except (NotKnown, NotApplicable):
        return
    if vm is ABSENT or elsewhere:
        cause = "Site Recovery cannot return to its existing VM with the chosen appliance"
        if vm is ABSENT:
            cause = "It was a physical server" if item.physical is True else "Its VM is gone from vCenter"
        yield Note(
            "vm-location",
            facts.machine,
            f"{cause}: a VM is created on the target's ESXi host (alternate location), with a full download.",
        )
        return
    host = f" on {vm.host}" if vm.host else ""
    yield Note(
        "vm-location",
        facts.machine,
        f"It returns to its existing VM{host} (original location): only changes are sent.",
    )
    if vm.power == "poweredOn":
        yield Note(
            "vm-powered-on",
            facts.machine,
            "Its on-premises VM is powered on: it is shut down during reprotect and must stay off afterwards.",
        )
    if vm.has_snapshot:
        yield Note(
            "vm-has-snapshots",
            facts.machine,
            "Its on-premises VM has snapshots: the job merges them by itself.",
        )


def _of_failback(facts: Facts, item: Item) -> Iterator[tuple[str, str]]:
    if item.topology is Topology.MODERNIZED:
        yield (
            "failback-downtime",
            f"The application goes down: the job sends the last changes, shuts {_azure_vm(facts)} down, and starts the "
            "machine on-premises. How long that takes depends on how much has changed and how fast the machine starts.",
        )
    else:
        yield (
            "failback-downtime",
            f"The application goes down: the job shuts {_azure_vm(facts)} down and starts the machine on-premises from "
            "a recovery point. What was written in Azure after that point does not come home.",
        )
    if item.os is Os.LINUX:
        yield (
            "failback-linux",
            "On Linux expect to mend the network by hand: a static address becomes DHCP, Network Manager may be gone, "
            "and the file systems' configuration (fstab, LVM) may have been changed.",
        )


def _of_commit(facts: Facts, item: Item) -> Iterator[tuple[str, str]]:
    azure_vm = f"Site Recovery deletes {_azure_vm(facts)}"
    if item.topology is Topology.MODERNIZED:
        azure_vm = f"count {_azure_vm(facts)} as lost too, since Site Recovery removes it by Microsoft's documentation"
    yield (
        "commit-lost",
        "After the commit the failback can be neither cancelled nor repeated from another recovery point, and "
        f"{azure_vm}.",
    )


def _of_cancel(facts: Facts, _: Item) -> Iterator[tuple[str, str]]:
    yield (
        "cancel-lost",
        f"The machine goes down on-premises, and {_azure_vm(facts)} takes over again: what was written on-premises "
        "since the failback is lost.",
    )


def _of_to_azure(_: Facts, __: Item) -> Iterator[tuple[str, str]]:
    yield (
        "forward-replication",
        "It replicates to Azure from here on, while it keeps running. Until that has come through there is no failover "
        "to Azure that could save it.",
    )


def _azure_vm(facts: Facts) -> str:
    """The VM in Azure with its article, by its name where that was read."""
    vm = facts.azure_vm
    return "the VM in Azure" if isinstance(vm, Missing) or vm is ABSENT else f"the VM {vm.name} in Azure"


_OF: Mapping[Operation, Callable[[Facts, Item], Iterator[tuple[str, str]]]] = {
    Operation.FAILBACK: _of_failback,
    Operation.COMMIT: _of_commit,
    Operation.CANCEL: _of_cancel,
    Operation.TO_AZURE: _of_to_azure,
}
