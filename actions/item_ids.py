"""The ARM ids of protected items and jobs, as far as acting takes them apart."""

import re

_ITEM = re.compile(
    r".*/replicationFabrics/([^/]+)/replicationProtectionContainers/([^/]+)/replicationProtectedItems/([^/]+)/?",
    re.IGNORECASE,
)


def item_path(item_id: str) -> tuple[str, str, str] | None:
    """The fabric, the container and the item's name; None if it is no item's id."""
    match = _ITEM.fullmatch(item_id)
    return (match[1], match[2], match[3]) if match else None


def job_name(job_id: str) -> str:
    """The last part of a job's id; Azure names "no job" by None."""
    tail = job_id.rstrip("/").rpartition("/")[2]
    return "" if tail.casefold() == "none" else tail
