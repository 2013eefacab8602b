"""After the approval: it waits for its time, everything is checked anew, and it runs only as it was approved."""

from datetime import datetime

from homeward.actions.plan import NotPrepared
from homeward.actions.requests import Change, EventKind, Happened, Request
from homeward.actions.states import State

from .outside import Outside, Turn
from .pace import APPROVAL_GOOD_FOR, NAP, UNREAD_AGAIN, UNREAD_FOR
from .rechecking import Fitness, Judged, judge

TOO_OLD = "It could have been started more than an hour ago, and was not. Ask again."


async def approved(request: Request, now: datetime, outside: Outside) -> Turn:
    assert request.plan is not None, "a request without a plan can't be approved"  # noqa: S101 # by the ledger's writes
    if (at := request.plan.not_before) is not None and now < at:
        return Turn(request, Change(min(at, now + NAP)))
    if too_old(request, now):
        return Turn(request, voided(now, TOO_OLD))
    answer = await outside.prepare.again(request.plan, frozenset(item.machine for item in request.items))
    judged = judge(request, request.items, answer)
    if why := sentences(judged, Fitness.CHANGED):
        return Turn(request, voided(now, why))
    if why := sentences(judged, Fitness.UNREAD):
        return Turn(request, unread(request, now, why) or voided(now, given_up(why)))
    assert not isinstance(answer, NotPrepared), "what is fit was read"  # noqa: S101 # by the judge
    verdict = answer.checked.verdict.value
    events = (Happened(EventKind.RECHECKED, data={"verdict": verdict}), Happened(EventKind.STARTED))
    return Turn(request, Change(now, State.RUNNING, readable_again=True, events=events))


def too_old(request: Request, now: datetime) -> bool:
    """Whether the last vote, or the time that was approved with it, is too long ago: a bot that was down for a night
    must not begin in the morning."""
    since = max(vote.at for vote in request.approvals)
    if request.plan is not None and request.plan.not_before is not None:
        since = max(since, request.plan.not_before)
    return now - since > APPROVAL_GOOD_FOR


def sentences(judged: tuple[Judged, ...], fitness: Fitness) -> str:
    """What is told of the machines of that fitness: the same words once; "" if there are none."""
    return " ".join(dict.fromkeys(each.why for each in judged if each.fitness is fitness))


def unread(request: Request, now: datetime, why: str) -> Change | None:
    """Waits a little and tries again, told once; None when that has been going on for too long."""
    if request.unread_since is None or request.unread_since > now:
        told = Happened(EventKind.RECHECK_UNREAD, data={"why": why})
        return Change(now + UNREAD_AGAIN, unread_since=now, events=(told,))
    return None if now - request.unread_since >= UNREAD_FOR else Change(now + UNREAD_AGAIN)


def given_up(why: str) -> str:
    minutes = int(UNREAD_FOR.total_seconds() // 60)
    return f"For {minutes} minutes it could not be read whether it may start. {why}"


def voided(now: datetime, why: str) -> Change:
    return Change(now, State.VOIDED, why=why, events=(Happened(EventKind.VOIDED, data={"why": why}),))
