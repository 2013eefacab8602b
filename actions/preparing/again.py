"""A machine of a frozen plan as it would run now: with the plan's own values, as they are read anew."""

from collections.abc import Iterable
from dataclasses import replace

from homeward.actions.plan import PlannedItem
from homeward.actions.states import Operation
from homeward.checks.facts import Facts, Item, Missing
from homeward.checks.subjects import Wish, Wishes

from . import points
from .lacking import held, lacking
from .onward import onward
from .planned import planned
from .values import taken, why_unread


def wishes_of(items: Iterable[PlannedItem]) -> Wishes:
    """The plan's own values as wishes for each of its machines, so that none is chosen anew."""
    items = tuple(items)

    def each(values: Iterable[tuple[PlannedItem, str]]) -> tuple[Wish, ...]:
        return tuple(Wish(value, item.machine) for item, value in values if value)

    return Wishes(
        target=each((item, item.target_id) for item in items),
        process_server=each((item, item.process_server_id) for item in items),
        datastore=each((item, item.datastore) for item in items),
        retention=each((item, item.retention) for item in items),
        log_storage=each((item, item.log_storage_id) for item in items),
        policy=each((item, item.policy_id) for item in items),
        exclude_disk=each((item, disk.id) for item in items for disk in item.excluded),
    )


def again(operation: Operation, item: PlannedItem, facts: Facts) -> PlannedItem:
    """The machine as it would run now. What can't be read now stays as it was planned: the checks say that."""
    if not isinstance(facts.item, Item) or isinstance(facts.choice, Missing):
        return item
    if operation is Operation.REPROTECT:
        now = planned(facts, facts.item, facts.choice, item.stage)
        if isinstance(facts.item.disks, Missing):
            now = replace(now, disks=item.disks, excluded=item.excluded)
        if isinstance(facts.source_vm, Missing):
            now = replace(now, original_location=item.original_location, download=item.download)
    else:
        now = onward(operation, facts, facts.item, facts.choice, item.stage, points.still(facts, item))
        if isinstance(facts.source_vm, Missing):
            now = replace(now, original_location=item.original_location)
        if not now.target_id and operation is not Operation.TO_AZURE:
            # It is there for people: what brought the machine no longer matters to it.
            now = replace(now, target=item.target, target_id=item.target_id)
    if isinstance(facts.source_vm, Missing):
        now = replace(now, source_vm=item.source_vm)
    if isinstance(facts.group, Missing):
        now = replace(now, group=item.group)
    return now


def unread(operation: Operation, item: PlannedItem, facts: Facts) -> str:
    """Why the machine's values can't be compared with the plan's, "" if they can."""
    if isinstance(facts.item, Missing):
        return facts.item.reason
    if not isinstance(facts.item, Item) or isinstance(facts.choice, Missing):
        return ""
    if operation is Operation.REPROTECT:
        made = planned(facts, facts.item, facts.choice, 0)
        return next(iter(lacking(operation, facts, facts.item, made, ()).unread), "")
    values = (why_unread(facts, value) for value in taken(operation, item.topology) if held(item, value))
    return next((reason for reason in values if reason), "") or points.why_unread(facts, item)
