"""Notes: what a report tells without judging it (where the machine returns to, what happens to its VM)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from .facts import ABSENT, Facts, Missing, NotKnown
from .model import BOTH, NotApplicable
from .rules.item import reprotect_offered
from .rules.present import returns_elsewhere

NOTES: Mapping[str, str] = {
    "vm-location": "Whether the machine returns to its existing VM (changes only) or to a new one (full download).",
    "vm-powered-on": "Its on-premises VM is powered on, is shut down during the reprotect, and must stay off.",
    "vm-has-snapshots": "Its on-premises VM has snapshots, which the job merges.",
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


def notes(facts: Facts) -> Iterator[Note]:
    """The notes on one machine: what a reprotect would do, so nothing where none is offered.

    Nothing, too, where the facts for a note could not be read: the rules say that already.
    """
    vm, item = facts.source_vm, facts.item
    if isinstance(vm, Missing) or isinstance(item, Missing) or item is ABSENT or facts.topology not in BOTH:
        return
    if not reprotect_offered(item):
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
