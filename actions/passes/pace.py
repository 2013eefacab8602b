"""When the next pass has something to do: how long each sort of waiting takes, spread over the requests."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from homeward.actions.requests import RequestItem
from homeward.actions.states import ItemState

NAP = timedelta(minutes=15)
"""No due time lies further ahead: one that does was written by a clock that went back since."""
GRACE = timedelta(minutes=5)
"""How long a job may be missing (Azure's lists lag) before anybody concludes anything from it."""
LOOK_BACK = timedelta(minutes=5)
"""How much earlier than the claim a job may have begun by Azure's clock and still be its job."""
RUNNING_SINCE = timedelta(days=1)
"""How far back a running job is looked for where it is not known when it began."""
ASTRAY = timedelta(minutes=30)
"""How long a machine may stay, after its job, in a state that does not lead where the operation does, before a person
is asked."""
AT_HOME_WITHIN = timedelta(minutes=15)
"""How long a machine that came home is looked at, unless it is seen to be up before."""
CLAIM_GOOD_FOR = 10.0
"""Seconds within which a claim must be used: whoever slept longer posts nothing, for others look already."""
CHECKS_GOOD_FOR = 30.0
"""Seconds within which machines are started after the checks before a start; the rest is checked again."""
APPROVAL_GOOD_FOR = timedelta(hours=1)
"""Between the last vote and the first start."""
UNREAD_AGAIN = timedelta(seconds=30)
"""How soon the checks before a start are tried again when something could not be read."""
UNREAD_FOR = timedelta(minutes=10)
"""How long they are tried before the start is given up."""
POST_WITHIN = timedelta(minutes=5)
"""How long the message to the approvers may take before the request is void: nobody was asked."""
SLOWEST = timedelta(minutes=5)
"""The longest pause between two looks at a machine."""
PATIENCE = 20
"""A machine that replicates for so many times a pause may be looked at with this pause."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What the settings decide. `max_parallel_items` bounds the jobs of one request that run at once."""

    poll_interval: timedelta = timedelta(seconds=30)
    max_parallel_items: int = 5


def is_due(due_at: datetime, now: datetime) -> bool:
    """Also where the clock went back behind the moment in which the due time was written."""
    return due_at <= now or due_at > now + NAP


def spread(pause: timedelta, request_id: str) -> timedelta:
    """The pause, up to a fifth shorter or longer: always the same for a request, different for most."""
    share = hashlib.sha256(request_id.encode()).digest()[0] / 255
    return pause * (0.8 + 0.4 * share)


def look_at(item: RequestItem, request_id: str, limits: Limits) -> datetime | None:
    """When a machine is looked at next; None while there is nothing to see."""
    since = item.progress.read_at or item.submitted_at or item.claimed_at
    if since is None or item.state not in WATCHED:
        return None
    pause = limits.poll_interval
    if item.state in {ItemState.JOB_SUCCEEDED, ItemState.REPLICATING} and item.arrived_at is None:
        pause = min(max(pause, (since - (item.submitted_at or since)) / PATIENCE), SLOWEST)
    elif item.state is ItemState.UNKNOWN:
        pause = SLOWEST
    return since + spread(pause, request_id)


WATCHED = frozenset(
    {ItemState.CLAIMED, ItemState.SUBMITTED, ItemState.JOB_SUCCEEDED, ItemState.REPLICATING, ItemState.UNKNOWN}
)
"""The states in which something may happen to a machine by itself."""


def after_no_answer(item: RequestItem, now: datetime, retry_after: float, limits: Limits) -> datetime:
    """When a machine that could not be read is looked at again: the pauses double, for they are as long as it was
    not read until now; what Azure asks for is honoured."""
    since = item.progress.read_at or item.submitted_at or item.claimed_at or now
    pause = min(max(now - since, limits.poll_interval), SLOWEST)
    return now + min(max(pause, timedelta(seconds=retry_after)), NAP)
