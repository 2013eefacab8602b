"""Moves of a VM's disks to another datastore, by hand or by Storage DRS, as vCenter's events tell them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from pyVmomi import vim, vmodl

from homeward.checks.facts import NOT_ASKED, Missing, NotAsked, Relocation

from .inventory import Inventory, KnownVm
from .session import Session
from .wanted import VmQuery, Wanted

_Filter: Any = vim.event.EventFilterSpec
# Any: pyVmomi's stubs leave constructors and nested types untyped.

KINDS = ("VmRelocatedEvent", "VmMigratedEvent", "DrsVmMigratedEvent")
MOST = 200
"""Events of one VM that are read."""

Told = Mapping[VmQuery, tuple[Relocation, ...] | Missing]
"""By target, the newest first."""


def earliest(wanted: Sequence[Wanted]) -> Mapping[VmQuery, datetime]:
    """Since when the moves of each target are asked for: one target may bring many machines."""
    since: dict[VmQuery, datetime] = {}
    for one in wanted:
        if one.target and one.moves_since:
            since[one.target] = min(since.get(one.target, one.moves_since), one.moves_since)
    return since


def of_machine(wanted: Wanted, told: Told) -> tuple[Relocation, ...] | NotAsked | Missing:
    """Those that matter to the machine."""
    since = wanted.moves_since
    if since is None:
        return NOT_ASKED
    if wanted.target is None:
        return Missing("it is not known what brings it home")
    found = told[wanted.target]
    return found if isinstance(found, Missing) else tuple(each for each in found if each.at >= since)


def read_moves(session: Session, vcenter: str, inventory: Inventory, since: Mapping[VmQuery, datetime]) -> Told:
    """One call for each target."""
    return {target: _of_one(session, vcenter, inventory, target, since[target]) for target in since}


def _of_one(
    session: Session, vcenter: str, inventory: Inventory, target: VmQuery, since: datetime
) -> tuple[Relocation, ...] | Missing:
    vm = inventory.find(target)
    if not isinstance(vm, KnownVm):
        return vm if isinstance(vm, Missing) else Missing(f"{target} is not in {vcenter}")
    manager = session.content.eventManager
    if manager is None:
        return Missing(f"{vcenter} keeps no events")
    asked = _Filter(
        entity=_Filter.ByEntity(entity=vm.ref, recursion="self"),
        time=_Filter.ByTime(beginTime=since),
        eventTypeId=list(KINDS),
        disableFullMessage=True,
        maxCount=MOST,
    )
    try:
        events = session.ask(manager.QueryEvents, asked) or ()
    except vmodl.MethodFault as fault:
        kind = type(fault).__name__.rpartition(".")[2]
        return Missing(f"{vcenter} does not show the events of {vm.name} ({kind})")
    if len(events) >= MOST:
        # Which of them vCenter leaves out is not documented.
        return Missing(f"{vcenter} has {MOST} or more events of {vm.name}, of which it does not show all")
    found = [Relocation(vm.name, event.createdTime) for event in events if _changed_datastore(event)]
    return tuple(sorted(found, key=lambda one: one.at, reverse=True))


def _changed_datastore(event: Any) -> bool:
    """A plain vMotion changes the host only. A relocation of which vCenter does not tell from where to where counts."""
    before, after = event.sourceDatastore, event.ds
    if before is None or after is None:
        return isinstance(event, vim.event.VmRelocatedEvent)
    return bool(before.datastore != after.datastore)
