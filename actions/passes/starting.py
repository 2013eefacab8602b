"""The one place where anything is started: claim, call, record."""

from dataclasses import replace
from datetime import datetime

from homeward.actions.ports import Accepted, JobState, NotSent, Refused, Unanswered, Unreadable
from homeward.actions.requests import Change, EventKind, Happened, Progress, Request, RequestItem
from homeward.actions.states import ItemState
from homeward.checks.facts import Absent

from .looking import adopted
from .order import item_of
from .outside import Outside
from .pace import CLAIM_GOOD_FOR, RUNNING_SINCE
from .step import Step


async def start(request: Request, item: RequestItem, outside: Outside) -> Request:
    """Starts one machine. Whoever's claim is written makes the one call; whoever finds it taken leaves by
    `ClaimTaken` or `Stale`. What the call's answer leaves open is never called again, but looked for.
    """
    began = outside.monotonic()
    request = await outside.ledger.claim(request, item)
    item = item_of(request, item.machine)
    answer = await outside.azure.start(
        request.plan.vault if request.plan is not None else "",
        request.asked.operation,
        item.planned,
        item.item_id,
        still=lambda: outside.monotonic() - began < CLAIM_GOOD_FOR,
    )
    now = await outside.ledger.now()
    match answer:
        case Accepted(job):
            step = _submitted(item, job, now)
        case Refused(conflict=True):
            step = await _taken_by_another(request, item, answer, now, outside)
        case Refused():
            step = _refused(item, answer, now)
        case Unanswered(why) | NotSent(why):
            step = _no_answer(item, why)
    return await outside.write(request, Change(now, items=(step.item,), events=step.events))


def _submitted(item: RequestItem, job: str, now: datetime) -> Step:
    item = replace(item, state=ItemState.SUBMITTED, job=job, adopted=False, submitted_at=now, why="")
    told = Happened(EventKind.SUBMITTED, item.machine, {"job": job, "attempt": item.attempt})
    return Step(replace(item, progress=Progress()), (told,))


def _refused(item: RequestItem, answer: Refused, now: datetime) -> Step:
    item = replace(item, state=ItemState.FAILED, ended_at=now, why=f"Azure refused it: {answer.why}")
    return Step(item, (Happened(EventKind.REFUSED, item.machine, {"code": answer.code, "why": answer.why}),))


def _no_answer(item: RequestItem, why: str) -> Step:
    return Step(replace(item, why=why), (Happened(EventKind.NO_ANSWER, item.machine, {"why": why}),))


async def _taken_by_another(
    request: Request, item: RequestItem, answer: Refused, now: datetime, outside: Outside
) -> Step:
    """Azure is busy with the machine: with the same operation, then that job is followed; or with another one."""
    vault = request.plan.vault if request.plan is not None else ""
    try:
        running = await outside.azure.find_job(vault, request.asked.operation, item, since=now - RUNNING_SINCE)
    except Unreadable as failure:
        return _no_answer(item, f"{answer.why} What runs there could not be read: {failure.reason}")
    if isinstance(running, Absent) or running.state is not JobState.RUNNING:
        return _refused(item, answer, now)
    return adopted(item, running, now, "it ran already when Homeward called")
