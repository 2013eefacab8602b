"""The first pass: what was asked becomes a plan that is put to the approvers, or ends with what is in the way."""

from datetime import datetime

from homeward.actions.ledger import Held
from homeward.actions.plan import NotPrepared, Obstacle
from homeward.actions.requests import Change, EventKind, Happened, Request
from homeward.actions.states import State
from homeward.checks.report import Verdict

from .outside import Outside, Turn


async def checking(request: Request, now: datetime, outside: Outside) -> Turn:
    """Blocked checks end the request before anybody is asked."""
    if now >= request.expires_at:
        return Turn(request, _void(now, "It expired before it could be checked. Ask again."))
    answer = await outside.prepare(request.asked)
    if isinstance(answer, NotPrepared):
        return Turn(request, _blocked(now, answer))
    if answer.checked.verdict is Verdict.BLOCKED:
        why = "The checks found what blocks it."
        blocked = Change(now, State.BLOCKED, why=why, plan=answer.plan, checked=answer.checked, events=_told(why))
        return Turn(request, blocked)
    put_forward = Happened(
        EventKind.PUT_FORWARD,
        data={
            "digest": answer.plan.digest,
            "verdict": answer.checked.verdict.value,
            "quorum": request.quorum,
            "expires_at": request.expires_at.isoformat(),
        },
    )
    return Turn(
        request,
        Change(
            due_at=now,
            state=State.AWAITING_APPROVAL,
            plan=answer.plan,
            checked=answer.checked,
            events=(put_forward,),
        ),
    )


def held(now: datetime, error: Held) -> Change:
    """Another open request has one of the machines: nobody is asked."""
    return _blocked(now, NotPrepared(Obstacle.HELD, str(error), (error.by,)))


def _blocked(now: datetime, obstacle: NotPrepared) -> Change:
    return Change(now, State.BLOCKED, why=obstacle.why, obstacle=obstacle, events=_told(obstacle.why))


def _told(why: str) -> tuple[Happened, ...]:
    return (Happened(EventKind.BLOCKED, data={"why": why}),)


def _void(now: datetime, why: str) -> Change:
    return Change(now, State.VOIDED, why=why, events=(Happened(EventKind.VOIDED, data={"why": why}),))
