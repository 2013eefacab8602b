"""The machines of a request as a live checklist: Slack's plan with its tasks, or lines where it has none."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import chain

from slack_sdk.models.blocks import (
    Block,
    PlanBlock,
    RichTextBlock,
    RichTextElementParts,
    RichTextSectionElement,
    TaskCardBlock,
)
from slack_sdk.models.blocks.block_elements import UrlSourceElement

from homeward.actions.requests import Request, RequestItem
from homeward.actions.states import ItemState

from ..escape import link, mrkdwn, plain
from ..portal import Portal
from .blocks import many, packed, section
from .moments import since, span, until_next
from .operations import Words, words

NAME = 80
DETAIL = 300
UNREAD_LONG = timedelta(minutes=45)
"""Longer than any pause between two looks, and than a machine may be astray before somebody is asked."""

_STATUS = {
    ItemState.PENDING: "pending",
    ItemState.DONE: "complete",
    ItemState.FAILED: "error",
    ItemState.UNKNOWN: "error",
    ItemState.SKIPPED: "pending",
}
_SIGNS = {"pending": "–", "in_progress": "…", "complete": "✓", "error": "✗"}
_KINDS = {
    ItemState.PENDING: "waiting",
    ItemState.CLAIMED: "under way",
    ItemState.SUBMITTED: "under way",
    ItemState.JOB_SUCCEEDED: "under way",
    ItemState.REPLICATING: "under way",
    ItemState.DONE: "done",
    ItemState.FAILED: "failed",
    ItemState.UNKNOWN: "not known",
    ItemState.SKIPPED: "not started",
}
_ORDER = ("failed", "not known", "under way", "waiting", "not started", "done")
"""Those that need a person first, those that need nothing last."""


@dataclass(frozen=True, slots=True)
class _Line:
    """One line of the checklist, in plain text: `title` says all that matters."""

    id: str
    title: str
    status: str
    detail: str = ""
    job: str = ""
    url: str = ""
    """Where the job is found."""


def needing(request: Request) -> tuple[RequestItem, ...]:
    """The machines that somebody has to decide about."""
    return tuple(
        item for item in request.items if item.state in (ItemState.FAILED, ItemState.UNKNOWN) and not item.given_up
    )


def tally(items: Sequence[RequestItem], came: str) -> str:
    """ "1 failed, 2 under way, 30 protected"; `came` is the word for those that came through."""
    counts = Counter(_KINDS[item.state] for item in items)
    return ", ".join(f"{counts[kind]} {_named(kind, came)}" for kind in _ORDER if counts[kind])


def _named(kind: str, came: str) -> str:
    return came if kind == "done" else kind


def plan_block(request: Request, most: int, *, now: datetime, portal: Portal) -> list[Block]:
    """The checklist as Slack's plan."""
    tasks = [_task(line) for line in _lines(request, most, now, _page(request, portal))]
    return [PlanBlock(title=_title(request), tasks=tasks)]


def lines(request: Request, most: int, *, now: datetime, portal: Portal) -> list[Block]:
    """The same for a workspace that has no plans yet."""
    told = [f"*{mrkdwn(_title(request))}*"]
    for line in _lines(request, most, now, _page(request, portal)):
        job = f" · {link(line.url, line.job)}" if line.url else ""
        told.append(f"{_SIGNS[line.status]} {mrkdwn(line.title, 400)}{job}")
        if line.detail:
            told.append(f"      {mrkdwn(line.detail, DETAIL)}")
    return [section(paragraph) for paragraph in packed(told)]


def _page(request: Request, portal: Portal) -> str:
    return portal.vault(request.plan.vault) if request.plan else ""


def _title(request: Request) -> str:
    return f"{many(len(request.items), 'machine')}: {tally(request.items, words(request.asked.operation).came)}"


def _task(line: _Line) -> TaskCardBlock:
    words = RichTextSectionElement(elements=[RichTextElementParts.Text(text=line.detail)]) if line.detail else None
    return TaskCardBlock(
        task_id=line.id,
        title=line.title,
        status=line.status,
        details=RichTextBlock(elements=[words]) if words else None,
        sources=[UrlSourceElement(url=line.url, text=line.job)] if line.url else None,
    )


def _lines(request: Request, most: int, now: datetime, url: str) -> list[_Line]:
    """Every machine in its place while they are few; else the finished ones and those that wait are counted."""
    items, said = request.items, words(request.asked.operation)
    if len(items) <= most:
        return [_line(item, said, now, url) for item in items]
    sorts = {kind: [item for item in items if _KINDS[item.state] == kind] for kind in _ORDER}
    told = list(chain(*(sorts[kind] for kind in ("failed", "not known", "under way"))))[:most]
    left = Counter(_KINDS[item.state] for item in items if item not in told)
    statuses = {"done": "complete", "failed": "error", "not known": "error", "under way": "in_progress"}
    rest = [
        _Line(
            f"rest-{place}",
            f"{many(left[kind], 'more machine' if told else 'machine')} {_named(kind, said.came)}",
            statuses.get(kind, "pending"),
        )
        for place, kind in enumerate(_ORDER)
        if left[kind]
    ]
    return [*(_line(item, said, now, url) for item in told), *rest]


def _line(item: RequestItem, said: Words, now: datetime, url: str) -> _Line:
    status = _STATUS.get(item.state, "in_progress")
    detail = plain(item.why, DETAIL) if item.why.strip() else ""
    title = f"{plain(item.machine, NAME)}: {standing(item, said)}{_since(item, now)}{_unread(item, now)}"
    job = f"job {plain(item.job, 8).rstrip('…')}" if item.job else ""
    return _Line(f"machine-{item.place}", title, status, detail, job, url if item.job else "")


def standing(item: RequestItem, said: Words) -> str:
    """Where a machine is, in plain words; `said` are those of the operation."""
    percent = f" {item.progress.percent} %" if item.progress.percent is not None else ""
    attempt = f" (attempt {item.attempt})" if item.attempt > 1 else ""
    match item.state:
        case ItemState.PENDING:
            return f"waiting{attempt}"
        case ItemState.CLAIMED:
            return f"its start was sent, Azure's answer is awaited{attempt}"
        case ItemState.SUBMITTED:
            step = f": {plain(item.progress.step, 100)}" if item.progress.step.strip() else ""
            return f"its job runs{step}{percent}{attempt}"
        case ItemState.JOB_SUCCEEDED:
            return f"{said.job_done}{attempt}"
        case ItemState.REPLICATING:
            return f"{said.passing}{percent or ' under way'}{attempt}"
        case ItemState.DONE:
            return f"{said.standing}{_address(item)}"
        case ItemState.FAILED:
            return "failed; the others go on without it" if item.given_up else f"failed{attempt}"
        case ItemState.UNKNOWN:
            if item.given_up:
                return "nobody can tell what became of its start; the others go on without it"
            return f"nobody can tell what became of its start{attempt}"
        case ItemState.SKIPPED:
            return "not started"


def _address(item: RequestItem) -> str:
    """What was seen of its VM on-premises after a failback; the thread tells it whole."""
    seen = item.at_home
    if seen is None:
        return ""
    if seen.why:
        return "; its VM could not be looked at"
    return f", address {plain(seen.address, 60)}" if seen.is_up else "; its VM is not up as far as vCenter tells"


def changes_in(request: Request, now: datetime) -> float | None:
    """The seconds until the checklist says something else only because time passes; None for never."""
    begun = (_begun(item) for item in request.items if not item.ended_at)
    return None if request.state.ended else min((until_next(at, now) for at in begun if at), default=None)


def _begun(item: RequestItem) -> datetime | None:
    begun = item.submitted_at or item.claimed_at
    return None if item.state in (ItemState.PENDING, ItemState.SKIPPED) else begun


def _unread(item: RequestItem, now: datetime) -> str:
    """Since when Azure could not be read about a machine that is on its way, if that is long ago."""
    begun = _begun(item)
    if not begun or item.state.ended:
        return ""
    read = item.progress.read_at or begun
    return f" · not read since {read.astimezone(UTC):%H:%M} UTC" if now - read > UNREAD_LONG else ""


def _since(item: RequestItem, now: datetime) -> str:
    begun = _begun(item)
    if not begun:
        return ""
    return f" · {span(begun, item.ended_at) if item.ended_at else since(begun, now)}"
