"""The modal with every check of a report, in pages."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import cast

from slack_sdk.models.blocks import Block, PlainTextObject
from slack_sdk.models.views import View

from homeward.checks.findings import tally
from homeward.checks.model import Outcome, Rule, Severity, Status
from homeward.checks.report import Report, verdict_of

from .. import ids
from ..escape import mrkdwn
from .blocks import Modal, actions, as_json, button, context, many, packed, section
from .report import DETAIL, NAME, SIGNS, headline

METADATA = 3000
PARAGRAPHS = 12
"""So many of 3,000 characters stay below 250 kB, whatever is in them; Slack takes no more."""

_SIGNS = {Status.PASSED: "✓", Status.UNKNOWN: "?", Status.NOT_APPLICABLE: "–"}
_ORDER = (Status.FAILED, Status.UNKNOWN, Status.PASSED, Status.NOT_APPLICABLE)


@dataclass(frozen=True, slots=True)
class Behind:
    """What a modal remembers: how to find its subject again, and the message that it was opened from."""

    query: str
    channel: str
    ts: str


def behind(metadata: str) -> Behind:
    """The memory of a modal, from its private_metadata."""
    try:
        kept: object = json.loads(metadata)
    except (ValueError, RecursionError):
        kept = []
    texts = [
        text if isinstance(text, str) else "" for text in cast("list[object]", kept if isinstance(kept, list) else [])
    ]
    query, channel, ts = [*texts, "", "", ""][:3]
    return Behind(query, channel, ts)


@dataclass(frozen=True, slots=True)
class Checks:
    """All outcomes of a report in words: made once, for a large plan has thousands of them."""

    verdict: str
    paragraphs: tuple[str, ...]


def all_checks(report: Report) -> Checks:
    """All outcomes, machine by machine, worst first."""
    verdict = f"{SIGNS[report.verdict]} *{headline(report, tally(report.outcomes))}*"
    return Checks(verdict, tuple(packed(_lines(report))))


def checks_modal(checks: Checks, where: Behind, page: int) -> Modal:
    """One page of them."""
    pages = max(1, -(-len(checks.paragraphs) // PARAGRAPHS))
    page = min(max(page, 0), pages - 1)
    blocks = [section(checks.verdict)]
    blocks += [section(paragraph) for paragraph in checks.paragraphs[page * PARAGRAPHS : (page + 1) * PARAGRAPHS]]
    if pages > 1:
        turns = [("Previous", ids.CHECKS_BACK, page - 1)] if page else []
        turns += [("Next", ids.CHECKS_PAGE, page + 1)] if page + 1 < pages else []
        blocks += [
            context(f"Page {page + 1} of {pages}"),
            actions([button(label, action, str(to)) for label, action, to in turns]),
        ]
    memory = json.dumps([where.query, where.channel, where.ts])
    return _modal(blocks, memory if len(memory) <= METADATA else "")


def notice_modal(text: str) -> Modal:
    """A modal that says one thing; `text` is mrkdwn of ours."""
    return _modal([section(text)], "")


def _modal(blocks: Sequence[Block], metadata: str) -> Modal:
    view = View(
        type="modal",
        callback_id=ids.CHECKS_VIEW,
        title=PlainTextObject(text="All checks"),
        close=PlainTextObject(text="Close"),
        private_metadata=metadata,
        blocks=list(blocks),
    )
    return Modal(as_json(view))


def _lines(report: Report) -> Iterator[str]:
    for place, (machine, outcomes) in enumerate(report.by_machine):
        if len(report.machines) > 1:
            verdict = verdict_of(outcomes)
            if place:
                yield " "
            yield f"*{SIGNS[verdict]} {mrkdwn(machine, NAME)}: {many(tally(outcomes).checks, 'check')}*"
        for outcome in sorted(outcomes, key=lambda outcome: _ORDER.index(outcome.status)):
            yield _line(outcome)


def _line(outcome: Outcome) -> str:
    sign = _SIGNS.get(outcome.status) or {Severity.BLOCKER: "✗", Severity.WARNING: "!"}.get(outcome.rule.severity, "☐")
    if outcome.rule.severity is Severity.ATTESTATION and outcome.status is Status.UNKNOWN:
        sign = "☐"
    told = _rule(outcome.rule)
    if outcome.details:
        told += f"\n      {mrkdwn(outcome.detail, DETAIL)}"
    return f"{sign} {told}"


@lru_cache(maxsize=512)
def _rule(rule: Rule) -> str:
    return f"{mrkdwn(rule.title, 200)}  `{mrkdwn(rule.id, NAME)}`"
