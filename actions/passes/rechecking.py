"""The checks just before a start: what still stands as it was approved, what changed, what can't be read now."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import Enum

from homeward.actions.plan import Found, NotPrepared, Obstacle, Prepared
from homeward.actions.preparing import changes
from homeward.actions.requests import Request, RequestItem


class Fitness(Enum):
    FIT = "fit"
    CHANGED = "changed"
    """It is not what was approved, or must not run now."""
    UNREAD = "unread"
    """A blocker that was read at the approval can't be read now: that is not knowing, and never passing."""


@dataclass(frozen=True, slots=True)
class Judged:
    """`why` is one sentence for people, "" where it is fit."""

    item: RequestItem
    fitness: Fitness
    why: str = ""


def judge(request: Request, items: Iterable[RequestItem], answer: Prepared | NotPrepared) -> tuple[Judged, ...]:
    """Judges each of the machines that are about to start."""
    if isinstance(answer, NotPrepared):
        fitness = Fitness.UNREAD if answer.obstacle is Obstacle.UNREADABLE else Fitness.CHANGED
        return tuple(Judged(item, fitness, answer.why) for item in items)
    return tuple(_judge(request, item, answer) for item in items)


def _judge(request: Request, item: RequestItem, answer: Prepared) -> Judged:
    now = {planned.machine: planned for planned in answer.plan.items}.get(item.machine)
    if now is None:
        return Judged(item, Fitness.CHANGED, f"{item.machine} is not part of {answer.plan.subject} any more.")
    joined = sorted({one.machine for one in answer.plan.items} - {one.machine for one in request.items})
    if joined:
        return Judged(item, Fitness.CHANGED, f"{', '.join(joined)} came to it since it was approved.")
    # A blocker says more than what follows from it: a machine that is on its way already would return otherwise too.
    if blockers := _about(item, answer.checked.blockers):
        return Judged(item, Fitness.CHANGED, " ".join(_words(found) for found in blockers))
    approved = item.planned
    if now.item_id.casefold() == item.item_id.casefold():
        approved = replace(approved, item_id=now.item_id)
    if differing := changes(approved, now):
        return Judged(item, Fitness.CHANGED, f"{item.machine} is not as approved: {'; '.join(differing)}.")
    known = _about(item, request.checked.unread_blockers) if request.checked is not None else ()
    expected = {found.rule for found in known}
    unread = [found for found in _about(item, answer.checked.unread_blockers) if found.rule not in expected]
    if unread:
        return Judged(item, Fitness.UNREAD, " ".join(dict.fromkeys(_words(found) for found in unread)))
    return Judged(item, Fitness.FIT)


def _about(item: RequestItem, findings: Iterable[Found]) -> tuple[Found, ...]:
    return tuple(found for found in findings if item.machine in found.machines)


def _words(found: Found) -> str:
    return " ".join(found.details) or f"No longer true: {found.title}."
