"""While a person has to decide: the machines nobody can tell about are looked at now and then, nothing is started."""

from dataclasses import replace
from datetime import datetime

from homeward.actions.requests import EventKind, Happened, Request
from homeward.actions.states import State

from .order import item_of, with_items
from .outside import Outside, Turn
from .running import look_around, seen, settled


async def attention(request: Request, now: datetime, outside: Outside) -> Turn:
    """A job that turns up late ends the doubt, and the request goes on."""
    steps = await look_around(request, now, outside)
    after = with_items(request, (step.item for step in steps))
    change = seen(after, steps, now, outside)
    if any(step.item.state is not item_of(request, step.item.machine).state for step in steps):
        resumed = (*change.events, Happened(EventKind.RESUMED))
        return Turn(request, replace(change, due_at=now, state=State.RUNNING, why="", events=resumed))
    if request.stopping:
        return Turn(request, settled(after, change, now))
    return Turn(request, change)
