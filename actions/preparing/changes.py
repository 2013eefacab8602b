"""What differs between a machine as it was approved and as it would run now, in words for people."""

from collections.abc import Iterator

from homeward.actions.plan import Download, PlannedDisk, PlannedItem


def changes(before: PlannedItem, now: PlannedItem) -> tuple[str, ...]:
    """A clause for each thing that would run differently: "its datastore would be ds2, not ds1". Empty: nothing.

    What a disk is called says nothing; nor does what could not be read, at either time.
    """
    return tuple(_changes(before, now))


def _changes(before: PlannedItem, now: PlannedItem) -> Iterator[str]:
    if before.item_id.casefold() != now.item_id.casefold():
        yield "it is another protected item"
    if before.topology is not now.topology:
        yield f"its protection is {now.topology.value}, not {before.topology.value}"
    if before.group.casefold() != now.group.casefold():
        was, would = before.group or "none", now.group or "none"
        yield f"its replication group is {would}, not {was}"
    yield from _value("target", (before.target, before.target_id), (now.target, now.target_id))
    yield from _value(
        "process server", (before.process_server, before.process_server_id), (now.process_server, now.process_server_id)
    )
    yield from _value("datastore", (before.datastore, before.datastore), (now.datastore, now.datastore))
    yield from _value("retention volume", (before.retention, before.retention), (now.retention, now.retention))
    yield from _value(
        "log storage account",
        (_last(before.log_storage_id), before.log_storage_id),
        (_last(now.log_storage_id), now.log_storage_id),
    )
    # Only a reprotect has a datastore.
    policy = "failback policy" if before.datastore else "replication policy"
    yield from _value(policy, (before.policy, before.policy_id), (now.policy, now.policy_id))
    yield from _disks(before, now)
    yield from _location(before, now)
    yield from _point(before, now)
    if before.azure_vm and now.azure_vm and before.azure_vm.casefold() != now.azure_vm.casefold():
        yield f"its VM in Azure is {now.azure_vm}, not {before.azure_vm}"


def _value(word: str, before: tuple[str, str], now: tuple[str, str]) -> Iterator[str]:
    """A value by what people call it and by what the start call carries."""
    (was, was_id), (would, would_id) = before, now
    if was_id.casefold() == would_id.casefold():
        return
    if not would_id:
        yield f"its {word} {was} is not to be had any more"
    elif not was_id:
        yield f"its {word} would be {would}, and was none"
    elif was.casefold() == would.casefold():
        yield f"its {word} {was} is another one of the same name"
    else:
        yield f"its {word} would be {would}, not {was}"


def _disks(before: PlannedItem, now: PlannedItem) -> Iterator[str]:
    if not (now.disks or now.excluded) or not (before.disks or before.excluded):
        return  # not told at one of the times
    was, would = _by_id(before.disks), _by_id(now.disks)
    more = [would[id] for id in would if id not in was]
    fewer = [was[id] for id in was if id not in would]
    other = [
        would[id]
        for id in would
        if id in was and 0 not in {_size(was[id]), _size(would[id])} and _size(was[id]) != _size(would[id])
    ]
    said = [
        f"{', '.join(disk.name or disk.id for disk in disks)} {word}"
        for disks, word in ((more, "would come too"), (fewer, "would not come"), (other, "changed in size"))
        if disks
    ]
    if said:
        yield f"its disks changed: {'; '.join(said)}"


def _location(before: PlannedItem, now: PlannedItem) -> Iterator[str]:
    told = Download.UNKNOWN not in {before.download, now.download}
    onward = not before.datastore  # nothing is sent home any more: only a reprotect has a datastore
    if told and before.original_location and not now.original_location:
        yield "it would return to an alternate location, not to its existing VM"
    elif told and now.original_location and not before.original_location:
        yield "it would return to its existing VM, not to an alternate location"
    elif (told or onward) and before.source_vm and now.source_vm and before.source_vm != now.source_vm:
        yield f"its VM on-premises is {now.source_vm}, not {before.source_vm}"
    elif onward and before.source_vm and not now.source_vm:
        yield f"its VM on-premises {before.source_vm} is not to be found any more"
    if now.download is Download.FULL and before.download is not Download.FULL:
        was = "not known" if before.download is Download.UNKNOWN else "changes only"
        yield f"its data would be sent in full, and was to be {was}"


def _point(before: PlannedItem, now: PlannedItem) -> Iterator[str]:
    """Whether the point that was approved is still there. The newest one moves on: its time is not compared."""
    if before.point and not now.point:
        yield "it has no application-consistent recovery point any more"
    elif before.point != now.point:
        yield f"its recovery point would be {now.point}, not {before.point or 'none'}"
    elif before.point_id.casefold() != now.point_id.casefold():
        yield f"its recovery point {_last(before.point_id)} is not to be had any more"


def _by_id(disks: tuple[PlannedDisk, ...]) -> dict[str, PlannedDisk]:
    return {disk.id.casefold(): disk for disk in disks}


def _size(disk: PlannedDisk) -> int:
    return disk.capacity_bytes


def _last(id: str) -> str:
    return id.rpartition("/")[2]
