"""How things are called: names and ARM ids, compared without case."""

from .facts import Item


def fold(name: str) -> str:
    return name.strip().strip("/").casefold()


def last_segment(id: str) -> str:
    return id.rstrip("/").rpartition("/")[2]


def names_of(item: Item) -> frozenset[str]:
    """All names of a machine, folded: its friendly, resource, computer and Azure VM names, and both ARM ids."""
    names = {item.name, item.id, last_segment(item.id), item.computer_name}
    if item.azure_vm_id:
        names |= {item.azure_vm_id, last_segment(item.azure_vm_id)}
    return frozenset(fold(name) for name in names if name)
