"""The report of a group or plan: a table of its machines, what several of them share, the rest in the thread."""

from collections.abc import Sequence

from slack_sdk.models.blocks import Block, TableBlock
from slack_sdk.models.blocks.basic_components import RawTextObject

from homeward.checks.model import Severity
from homeward.checks.report import Report, Verdict, verdict_of

from ..escape import mrkdwn, plain
from .blocks import Message, built, context, many, packed, section
from .findings import Finding, by_machine, failed, tally, unknown
from .report import MOST_UNKNOWN, NAME, SIGNS, about, buttons, headline, remarks, some, tail

TABLE_ROWS = 98
"""Slack takes 100, with the headings and the row that counts the rest."""
PLAIN_ROWS = 150
MOST_SHARED = 8
MOST_REPLIES = 30
MOST_OWN = 20

WORDS = {Verdict.READY: "ready", Verdict.BLOCKED: "blocked", Verdict.UNKNOWN: "not known"}
_HEADINGS = ("Machine", "Verdict", "Blockers", "Warnings", "Not read")


def group_message(report: Report, *, query: str, seconds: float, asked_by: str, threaded: bool) -> Message:
    """The report of several machines; `threaded` tells that the details of single ones follow in the thread."""
    counts = tally(report.outcomes)
    head = [section(f"{SIGNS[report.verdict]} *{headline(report)}*"), about(report, counts, seconds, asked_by)]
    rest = [
        *_of_several(failed(report, Severity.BLOCKER), MOST_SHARED, "blocker of several machines"),
        *_of_several(failed(report, Severity.WARNING), MOST_SHARED, "warning of several machines"),
        *_of_several(unknown(report), MOST_UNKNOWN, "reading that failed for several machines"),
        *(section(paragraph) for paragraph in packed(remarks(report))),
        *_pointer(report, threaded=threaded),
        context(tail(report, counts)),
        buttons(query),
    ]
    rows = _rows(report)
    if not rows:
        return Message(headline(report), built(*head, *rest))
    return Message(headline(report), built(*head, _table(rows), *rest), built(*head, *_lines(report, rows), *rest))


def reply_messages(report: Report) -> dict[str, Message]:
    """By machine, what the message itself does not tell: one reply for each machine, so many as a thread bears."""
    needing, shared = _needing(report), _shared(report)
    return {machine: _reply(machine, report, needing[machine], shared) for machine in list(needing)[:MOST_REPLIES]}


def settled_message(machine: str, report: Report) -> Message:
    """In place of an earlier reply, when a later check has nothing to tell of the machine alone."""
    outcomes = report.of(machine)
    name = mrkdwn(machine, NAME)
    if not outcomes:
        text = f"{name} was not part of the latest check."
    else:
        verdict = verdict_of(outcomes)
        text = f"{SIGNS[verdict]} {name}: {WORDS[verdict]}; nothing more to tell of it since the latest check."
    return Message(text, built(section(text)))


def _reply(machine: str, report: Report, own: Sequence[Finding], shared: Sequence[Finding]) -> Message:
    outcomes = report.of(machine)
    counts, verdict = tally(outcomes), verdict_of(outcomes)
    told = [
        many(counts.blockers, "blocker") if counts.blockers else "",
        many(counts.warnings, "warning") if counts.warnings else "",
        f"{counts.unread} not read" if counts.unread else "",
    ]
    headline = f"{mrkdwn(machine, NAME)}: {', '.join([WORDS[verdict], *filter(None, told)])}"
    blocks = [section(f"{SIGNS[verdict]} *{headline}*"), *some(own, MOST_OWN, "finding")]
    above = len({rule for finding in shared if machine in finding.machines for rule in finding.rules})
    if above:
        blocks.append(
            context(f"{many(above, 'more check')} of it {'is' if above == 1 else 'are'} told in the report above.")
        )
    return Message(headline, built(*blocks))


def _all(report: Report) -> tuple[Finding, ...]:
    return (*failed(report, Severity.BLOCKER), *failed(report, Severity.WARNING), *unknown(report))


def _shared(report: Report) -> tuple[Finding, ...]:
    return tuple(finding for finding in _all(report) if len(finding.machines) > 1)


def _needing(report: Report) -> dict[str, list[Finding]]:
    """The findings of single machines, in the order of the machines."""
    own: dict[str, list[Finding]] = {machine: [] for machine in report.machines}
    for finding in _all(report):
        if len(finding.machines) == 1:
            own.setdefault(finding.machines[0], []).append(finding)
    return {machine: found for machine, found in own.items() if found}


def _of_several(found: Sequence[Finding], most: int, what: str) -> list[Block]:
    several = [finding for finding in found if len(finding.machines) > 1]
    return some(several, most, what, what, whose=True)


def _pointer(report: Report, *, threaded: bool) -> list[Block]:
    """Where to read what is told of single machines."""
    needing = len(_needing(report))
    if not needing:
        return []
    if not threaded:
        return [context(f"What is found of {many(needing, 'single machine')}: see “All checks”.")]
    lines = [f"In the thread: what is found of {many(min(needing, MOST_REPLIES), 'single machine')}."]
    if needing > MOST_REPLIES:
        lines.append(f"Of {needing - MOST_REPLIES} more: see “All checks”.")
    return [context(" ".join(lines))]


def _rows(report: Report) -> list[tuple[str, Verdict, int, int, int]]:
    """Machine by machine in the plan's order: its name, verdict, and counts."""
    rows: list[tuple[str, Verdict, int, int, int]] = []
    for machine, outcomes in by_machine(report):
        counts = tally(outcomes)
        rows.append((machine, verdict_of(outcomes), counts.blockers, counts.warnings, counts.unread))
    return rows


def _table(rows: Sequence[tuple[str, Verdict, int, int, int]]) -> Block:
    cells: list[list[str]] = [list(_HEADINGS)]
    for machine, verdict, *counts in rows[:TABLE_ROWS]:
        cells.append([plain(machine, NAME), f"{SIGNS[verdict]} {WORDS[verdict]}", *(str(count) for count in counts)])
    if len(rows) > TABLE_ROWS:
        cells.append([f"and {len(rows) - TABLE_ROWS} more", "see “All checks”", "", "", ""])
    return TableBlock(rows=[[RawTextObject(text=cell or "–") for cell in row] for row in cells])


def _lines(report: Report, rows: Sequence[tuple[str, Verdict, int, int, int]]) -> list[Block]:
    lines: list[str] = []
    for machine, verdict, blockers, warnings, unread in rows[:PLAIN_ROWS]:
        told = [
            many(blockers, "blocker") if blockers else "",
            many(warnings, "warning") if warnings else "",
            f"{unread} not read" if unread else "",
        ]
        lines.append(
            f"{SIGNS[verdict]} {', '.join([f'*{mrkdwn(machine, NAME)}* {WORDS[verdict]}', *filter(None, told)])}"
        )
    if len(rows) > PLAIN_ROWS:
        lines.append(f"and {len(rows) - PLAIN_ROWS} more: see “All checks”")
    return [section(paragraph) for paragraph in packed(lines)]
