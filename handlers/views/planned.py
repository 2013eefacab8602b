"""What a plan does, in words: the sentences above every identifier, and each machine with its values."""

from collections.abc import Sequence
from datetime import datetime

from homeward.actions.plan import Download, Plan, PlannedDisk, PlannedItem
from homeward.actions.requests import Request
from homeward.actions.states import Operation, State
from homeward.checks.facts import Topology
from homeward.checks.names import fold
from homeward.checks.subjects import Kind

from ..escape import mrkdwn
from .blocks import listed, many

NAME = 80
MOST_NAMES = 6
MOST_DISKS = 8
ALIKE = 20
"""So many machines that are alike share a line."""

_TARGETS = {Topology.CLASSIC: "master target", Topology.MODERNIZED: "replication appliance"}


def subject(plan: Plan) -> str:
    """ "web01", "recovery plan payroll"; escaped for mrkdwn, like everything here."""
    name = mrkdwn(plan.subject, NAME)
    return name if plan.kind == Kind.MACHINE.value else f"{mrkdwn(plan.kind, NAME)} {name}"


def asked_for(request: Request) -> str:
    """ "it"; where a machine was named and the whole of its group comes, both."""
    plan, named = request.plan, request.asked.subject
    if plan is None or plan.kind != Kind.GROUP.value or fold(named) not in {fold(i.machine) for i in plan.items}:
        return "it"
    return f"{mrkdwn(named, NAME)}, and its {subject(plan)} goes as a whole"


def why_cancelled(request: Request) -> str:
    """What somebody said who cancelled it, in quotes; "" for every other end, and where nobody said anything."""
    said = request.why.strip()
    return f"“{said}”" if request.state is State.CANCELLED and not said.startswith("It was cancelled") else ""


def names(items: Sequence[PlannedItem], most: int = MOST_NAMES) -> str:
    return listed([mrkdwn(item.machine, NAME) for item in items], most)


def later(request: Request) -> tuple[datetime, str] | None:
    """The moment before which it does not start, and the time zone in which people said that; None for at once."""
    at = request.plan.not_before if request.plan else request.asked.at
    zone = request.plan.zone if request.plan else request.asked.zone
    return (at, zone) if at else None


def summary(plan: Plan) -> str:
    """What runs, what it does on-premises, how much is sent: three sentences that come first."""
    return " ".join([what(plan), at_home(plan), sent(plan)])


def what(plan: Plan) -> str:
    """ "Replicate 3 machines back on-premises, through mt-win01." """
    whom = mrkdwn(plan.items[0].machine, NAME) if len(plan.items) == 1 else many(len(plan.items), "machine")
    return f"Replicate {whom} back on-premises{through(plan)}."


def through(plan: Plan) -> str:
    """ ", through mt-win01": what the data takes its way through."""
    targets = list(dict.fromkeys(item.target for item in plan.items if item.target))
    return f", through {listed([mrkdwn(target, NAME) for target in targets])}" if targets else ""


def at_home(plan: Plan) -> str:
    """What it does on-premises."""
    there = [item for item in plan.items if item.source_vm]
    gone = [item for item in plan.items if not item.source_vm]
    if not gone:
        alone = len(there) == 1
        return (
            f"{'Its VM' if alone else 'Their VMs'} on-premises {'is' if alone else 'are'} shut down and must stay off."
        )
    alone = len(gone) == 1
    fresh = f"gets a new VM on-premises{_where(gone)}" if alone else f"get new VMs on-premises{_where(gone)}"
    told = f"{'It' if len(plan.items) == 1 else names(gone)} {fresh}."
    if there:
        verb = "VM on-premises of {} is" if len(there) == 1 else "VMs on-premises of {} are"
        told += f" The {verb.format(names(there))} shut down and must stay off."
    return told


def _where(items: Sequence[PlannedItem]) -> str:
    stores = {item.datastore for item in items}
    return f" on datastore {mrkdwn(stores.pop(), NAME)}" if len(stores) == 1 and "" not in stores else ""


def sent(plan: Plan) -> str:
    """How much goes over the wire."""
    full, changes, unknown = (
        [item for item in plan.items if item.download is download]
        for download in (Download.FULL, Download.CHANGES, Download.UNKNOWN)
    )
    alone = len(plan.items) == 1
    parts: list[str] = []
    if full:
        whose = "" if len(full) == len(plan.items) else f" for {names(full)}"
        parts.append(f"{about(disks_of(full))} downloaded in full{whose}")
    if unknown:
        whose = "it" if alone else names(unknown)
        parts.append(f"how much of {whose} must be downloaded could not be read")
    if changes:
        rest = "the others send changes only" if parts else "only changes are sent"
        parts.append(rest)
    text = "; ".join(parts) or "nothing is sent"
    return f"{text[0].upper()}{text[1:]}."


def disks_of(items: Sequence[PlannedItem]) -> list[PlannedDisk]:
    return [disk for item in items for disk in item.disks]


def about(disks: Sequence[PlannedDisk]) -> str:
    """ "about 1.2 TB is"; where a size is not told it says so."""
    known = sum(disk.capacity_bytes for disk in disks)
    if not known:
        return "an amount that Azure does not tell is"
    return f"{'about' if all(disk.capacity_bytes for disk in disks) else 'more than'} {size(known)} is"


def size(count: int) -> str:
    """ "128 GB", "1.2 TB", as Azure and vSphere count."""
    gigabytes = count / 1024**3
    if gigabytes >= 1000:
        return f"{gigabytes / 1024:.1f} TB"
    return f"{gigabytes:.0f} GB" if gigabytes >= 10 else f"{gigabytes:.1f} GB"


def machine_lines(plan: Plan, most: int, *, disks: bool) -> list[str]:
    """The values that every machine has, then machine by machine what differs; at most `most` machines.
    Machines that follow each other and are alike share a line.

    `disks` names each disk; otherwise they are counted.
    """
    values = [_values(item, plan.operation) for item in plan.items]
    moves = plan.operation in (Operation.REPROTECT, Operation.TO_AZURE)
    shared = {
        label: value
        for label, value in values[0].items()
        if len(values) > 1 and all(other.get(label) == value for other in values)
    }
    lines = [f"*Every machine:* {_told(shared)}"] if shared else []
    staged = len({item.stage for item in plan.items}) > 1
    alike: list[tuple[str, str, list[str]]] = []
    for item, own in list(zip(plan.items, values, strict=True))[:most]:
        order = f" (group {item.stage + 1} of the plan)" if staged else ""
        left = {label: value for label, value in own.items() if label not in shared}
        told = " · ".join(filter(None, (_told(left), _disks(item, named=disks) if moves else "")))
        if not alike or alike[-1][:2] != (order, told) or len(alike[-1][2]) >= ALIKE:
            alike.append((order, told, []))
        alike[-1][2].append(mrkdwn(item.machine, NAME))
    for order, told, machines in alike:
        lines.append(f"• *{', '.join(machines)}*{order}: {'each ' if len(machines) > 1 else ''}{told}")
    return lines


def _told(values: dict[str, str]) -> str:
    return " · ".join(f"{label} {value}".strip() for label, value in values.items())


def _values(item: PlannedItem, operation: Operation) -> dict[str, str]:
    """What its start call carries, and what that means; by label, none empty."""
    given = {
        _TARGETS.get(item.topology, "target"): item.target,
        "process server": item.process_server,
        "datastore": item.datastore,
        "retention volume": item.retention,
        "log storage": item.log_storage_id.rstrip("/").rpartition("/")[2],
        "policy": item.policy,
        "replication group": item.group,
    }
    told = {label: mrkdwn(value, NAME) for label, value in given.items() if value}
    if operation is not Operation.REPROTECT:
        return told | _on_the_way(item, operation)
    told["returns to"] = _location(item)
    told["sends"] = {
        Download.CHANGES: "changes only",
        Download.FULL: "everything (full download)",
        Download.UNKNOWN: "an amount that could not be read",
    }[item.download]
    return told


def _on_the_way(item: PlannedItem, operation: Operation) -> dict[str, str]:
    """The VMs and the point of what comes after a reprotect."""
    azure, home = mrkdwn(item.azure_vm, NAME) if item.azure_vm else "", mrkdwn(item.source_vm or item.machine, NAME)
    stack = item.topology.value
    match operation:
        case Operation.FAILBACK:
            point = mrkdwn(item.point, NAME) if item.point else ""
            chosen = item.point_id.rstrip("/").rpartition("/")[2]
            point += f" {mrkdwn(chosen, NAME)}" if chosen else ""
            told = {"": stack, "shuts down the Azure VM": azure, "starts the on-premises VM": home}
            told["recovery point"] = point
        case Operation.COMMIT:
            gone = "deletes the Azure VM" if item.topology is Topology.CLASSIC else "leaves off the Azure VM"
            told = {"": stack, gone: azure, "keeps the on-premises VM": home}
        case Operation.CANCEL:
            told = {"": stack, "shuts down the on-premises VM": home, "starts the Azure VM": azure}
        case _:
            told = {"": stack, "VM on-premises": home}
    return {label: value for label, value in told.items() if value}


def _location(item: PlannedItem) -> str:
    if not item.source_vm:
        return "a new VM (its VM on-premises is gone)"
    own = "its own VM" if item.source_vm == item.machine else f"its own VM {mrkdwn(item.source_vm, NAME)}"
    if item.original_location:
        return f"{own} (original location)"
    return f"a new VM (alternate location), beside {own}"


def _disks(item: PlannedItem, *, named: bool) -> str:
    if not item.disks and not item.excluded:
        return ""  # not told
    known = sum(disk.capacity_bytes for disk in item.disks)
    told = many(len(item.disks), "disk")
    if known:
        told += f", {'' if all(disk.capacity_bytes for disk in item.disks) else 'more than '}{size(known)}"
    if named and item.disks:
        told += f" ({listed([_disk(disk) for disk in item.disks], MOST_DISKS)})"
    if item.excluded:
        left = [_disk(disk) for disk in item.excluded]
        told += f", left out: {listed(left, MOST_DISKS) if named else many(len(left), 'disk')}"
    return told


def _disk(disk: PlannedDisk) -> str:
    name = mrkdwn(disk.name or disk.id, 60)
    return f"{name} {size(disk.capacity_bytes)}" if disk.capacity_bytes else name
