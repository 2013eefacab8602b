"""While the approvers are asked: the reminder, the expiry, and the approvers who could not be reached."""

from datetime import datetime, timedelta

from homeward.actions.ledger import Ledger
from homeward.actions.posts import Post, PostState
from homeward.actions.requests import Change, EventKind, Happened, Request
from homeward.actions.states import State

from .outside import Outside, Turn
from .pace import NAP, POST_WITHIN

APPROVAL = "approval"
"""The key of the message to the approvers."""
LOOK_AGAIN = timedelta(seconds=5)
"""While it is not known whether Slack takes it: who asked is told at once where it does not."""


async def awaiting(request: Request, now: datetime, outside: Outside) -> Turn:
    """Votes are written where they are cast; here only time passes."""
    if now >= request.expires_at:
        why = "Nobody decided in time."
        return Turn(request, Change(now, State.EXPIRED, why=why, events=(Happened(EventKind.EXPIRED),)))
    posts = await outside.ledger.posts(request.id)
    post = next((each for each in posts if each.key == APPROVAL), None)
    due_at = min(request.expires_at, now + NAP)
    if post is None or post.state is not PostState.SENT:
        late_at = await _put_forward_at(outside.ledger, request) + POST_WITHIN
        if now >= late_at or (post is not None and post.state is PostState.REFUSED):
            return Turn(request, _unreachable(now, post))
        due_at = min(due_at, late_at, now + LOOK_AGAIN)
    remind_at = request.expires_at - (request.expires_at - request.created_at) / 4
    if request.reminded or now < remind_at:
        return Turn(request, Change(due_at if request.reminded else min(due_at, remind_at)))
    reminded = Happened(EventKind.REMINDED, data={"expires_at": request.expires_at.isoformat()})
    return Turn(request, Change(due_at, reminded=True, events=(reminded,)))


async def _put_forward_at(ledger: Ledger, request: Request) -> datetime:
    events = await ledger.events(request.id)
    return next((e.at for e in events if e.happened.kind is EventKind.PUT_FORWARD), request.created_at)


def _unreachable(now: datetime, post: Post | None) -> Change:
    word = post.why if post is not None and post.why else "Slack did not take the message in time"
    why = f"The approvers' channel can't be reached ({word}): nobody was asked. Have it mended, then ask again."
    return Change(now, State.VOIDED, why=why, events=(Happened(EventKind.VOIDED, data={"why": why}),))
