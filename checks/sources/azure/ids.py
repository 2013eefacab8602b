"""ARM ids taken apart."""

import re
from typing import NamedTuple

_RESOURCE = re.compile(
    r"/subscriptions/(?P<subscription>[^/]+)/resourceGroups/(?P<group>[^/]+)/providers/(?P<type>[^/]+/[^/]+)/(?P<name>[^/]+)",
    re.IGNORECASE,
)


class ResourceId(NamedTuple):
    """A resource of a resource group; `type` is the provider's, as "Microsoft.Compute/virtualMachines"."""

    subscription: str
    group: str
    type: str
    name: str


def resource(text: str, type: str) -> ResourceId | None:  # noqa: A002 - ARM's own word
    """The resource that the id names, None if it is no id or names a resource of another type."""
    match = _RESOURCE.fullmatch(text.strip().rstrip("/"))
    found = ResourceId(*match.groups()) if match else None
    return found if found and found.type.casefold() == type.casefold() else None


_ITEM = re.compile(
    r".*/replicationFabrics/([^/]+)/replicationProtectionContainers/([^/]+)/replicationProtectedItems/([^/]+)",
    re.IGNORECASE,
)


class ItemPlace(NamedTuple):
    """Where a protected item is in its vault, in the order in which the SDK's calls take it."""

    fabric: str
    container: str
    item: str


def item_place(text: str) -> ItemPlace | None:
    match = _ITEM.fullmatch(text.strip().rstrip("/"))
    return ItemPlace(*match.groups()) if match else None
