"""Looking at a machine that came home: whether its VM is up on-premises, for a while."""

from dataclasses import asdict, replace
from datetime import datetime

from homeward.actions.ports import LookAtHome
from homeward.actions.requests import EventKind, Happened, RequestItem
from homeward.actions.states import ItemState

from .pace import AT_HOME_WITHIN
from .step import Step


def has_arrived(item: RequestItem) -> bool:
    """Whether it is home, and it is not told yet how it is there."""
    return item.arrived_at is not None and item.state is not ItemState.DONE


async def look_at_home(home: LookAtHome, vault: str, item: RequestItem, now: datetime) -> Step:
    """What vCenter shows. It came through all the same: a VM that does not come up, or can't be looked at, is told."""
    at_home = await home(vault, item)
    since = min(item.arrived_at or now, now)
    # The clock may have been set back since it arrived: then it counts from now.
    item = replace(item, at_home=at_home, arrived_at=since, progress=replace(item.progress, read_at=now))
    if not (at_home.is_up or at_home.final) and now - since < AT_HOME_WITHIN:
        return Step(item)
    item = replace(item, state=ItemState.DONE, ended_at=now, why="")
    seen = asdict(at_home)
    del seen["final"]  # about the looking, not about the machine
    told = Happened(EventKind.AT_HOME, item.machine, seen)
    return Step(item, (told, Happened(EventKind.DONE, item.machine)))
