"""The report of a group or plan: a table of its machines, what several of them share, the rest in the thread."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

from slack_sdk.models.blocks import Block, TableBlock
from slack_sdk.models.blocks.basic_components import RawTextObject

from homeward.checks.findings import Finding, Tally, failed, tally
from homeward.checks.model import Severity
from homeward.checks.report import Report, Verdict, verdict_of

from ..escape import mrkdwn, plain
from .blocks import Message, built, context, fitted, many, packed, section
from .report import NAME, SIGNS, SIZES, about, buttons, headline, remarks, some, tail, unread_findings

TABLE_ROWS = 98
"""Slack takes 100, with the headings and the row that counts the rest."""
FEW_ROWS = 20
MOST_REPLIES = 30

WORDS = {Verdict.READY: "ready", Verdict.BLOCKED: "blocked", Verdict.UNKNOWN: "not known"}
_HEADINGS = ("Machine", "Verdict", "Blockers", "Warnings", "Not read")


def group_message(report: Report, *, query: str, seconds: float, asked_by: str, threaded: bool) -> Message:
    """The report of several machines; `threaded` tells that the details of single ones follow in the thread."""
    counts = tally(report.outcomes)
    verdict, rows = headline(report, counts), _rows(report)
    blockers, warnings, unread = (_of_several(found) for found in _all(report))
    own = list(_needing(report))

    def blocks(size: int, machines: Callable[[Sequence[_Row], int], list[Block]]) -> list[Block]:
        return [
            section(f"{SIGNS[report.verdict]} *{verdict}*"),
            about(report, counts, seconds, asked_by),
            *machines(rows, FEW_ROWS if size == SIZES[-1] else TABLE_ROWS),
            *some(blockers, size, "blocker of several machines", "blockers of several machines", whose=True),
            *some(warnings, size, "warning of several machines", "warnings of several machines", whose=True),
            *some(unread, size, "reason of several machines", "reasons of several machines", whose=True),
            *(section(paragraph) for paragraph in packed(remarks(report))),
            *_pointer(own, threaded=threaded),
            context(tail(report, counts)),
            buttons(query),
        ]

    plainer = fitted(lambda size: blocks(size, _lines), SIZES)
    return Message(verdict, fitted(lambda size: blocks(size, _table), SIZES), plainer if rows else ())


def reply_messages(report: Report) -> dict[str, Message]:
    """By machine, what the message itself does not tell: one reply for each machine, so many as a thread bears."""
    needing, shared = _needing(report), [finding for found in _all(report) for finding in _of_several(found)]
    rows = {row.machine: row for row in _rows(report)}
    return {machine: _reply(rows[machine], needing[machine], shared) for machine in list(needing)[:MOST_REPLIES]}


def settled_messages(machines: Iterable[str], report: Report) -> dict[str, Message]:
    """In place of earlier replies, when a later check has nothing to tell of these machines alone."""
    rows = {row.machine: row for row in _rows(report)}
    return {machine: _settled(machine, rows.get(machine)) for machine in machines}


def _settled(machine: str, row: "_Row | None") -> Message:
    name = mrkdwn(machine, NAME)
    if row is None:
        text = f"{name} was not part of the latest check."
    else:
        text = f"{SIGNS[row.verdict]} {name}: {WORDS[row.verdict]}; nothing more to tell of it since the latest check."
    return Message(text, built(section(text)))


def _reply(row: "_Row", own: Sequence[Finding], shared: Sequence[Finding]) -> Message:
    headline = f"{mrkdwn(row.machine, NAME)}: {row.told}"
    above = sum(row.machine in finding.machines for finding in shared)
    stand = "stands" if above == 1 else "stand"
    told = f"{many(above, 'more finding')}, shared by several machines, {stand} in the report above."
    more = [context(told)] if above else []

    def blocks(size: int) -> list[Block]:
        return [section(f"{SIGNS[row.verdict]} *{headline}*"), *some(own, size, "finding", "findings"), *more]

    return Message(headline, fitted(blocks, SIZES))


def _all(report: Report) -> tuple[tuple[Finding, ...], ...]:
    """Blockers, warnings, and what could not be read."""
    return failed(report, Severity.BLOCKER), failed(report, Severity.WARNING), unread_findings(report)


def _of_several(found: Sequence[Finding]) -> list[Finding]:
    return [finding for finding in found if len(finding.machines) > 1]


def _needing(report: Report) -> dict[str, list[Finding]]:
    """The findings of single machines, in the order of the machines."""
    own: dict[str, list[Finding]] = {machine: [] for machine in report.machines}
    for finding in chain(*_all(report)):
        if len(finding.machines) == 1:
            own.setdefault(finding.machines[0], []).append(finding)
    return {machine: found for machine, found in own.items() if found}


def _pointer(own: Sequence[str], *, threaded: bool) -> list[Block]:
    """Where to read what is told of single machines."""
    if not own:
        return []
    if not threaded:
        return [context(f"Details of {_named(own)}: see “All checks”.")]
    lines = [f"Details of {_named(own[:MOST_REPLIES])} in the thread."]
    if len(own) > MOST_REPLIES:
        lines.append(f"Of {len(own) - MOST_REPLIES} more: see “All checks”.")
    return [context(" ".join(lines))]


def _named(machines: Sequence[str]) -> str:
    return mrkdwn(machines[0], NAME) if len(machines) == 1 else many(len(machines), "machine")


@dataclass(frozen=True, slots=True)
class _Row:
    """How one machine stands."""

    machine: str
    verdict: Verdict
    counts: Tally

    @property
    def told(self) -> str:
        """ "blocked, 1 blocker, 2 warnings"."""
        return ", ".join([WORDS[self.verdict], *_told(self.counts)])


def _told(counts: Tally) -> list[str]:
    told = [many(counts.blockers, "blocker")] if counts.blockers else []
    told += [many(counts.warnings, "warning")] if counts.warnings else []
    return [*told, f"{counts.unread} not read"] if counts.unread else told


def _rows(report: Report) -> list[_Row]:
    """Machine by machine in the plan's order."""
    return [_Row(machine, verdict_of(outcomes), tally(outcomes)) for machine, outcomes in report.by_machine]


def _table(rows: Sequence[_Row], most: int) -> list[Block]:
    if not rows:
        return []
    cells: list[list[str]] = [list(_HEADINGS)]
    for row in rows[:most]:
        numbers = (row.counts.blockers, row.counts.warnings, row.counts.unread)
        cells.append([plain(row.machine, NAME), f"{SIGNS[row.verdict]} {WORDS[row.verdict]}", *map(str, numbers)])
    if len(rows) > most:
        cells.append([f"and {len(rows) - most} more", "see “All checks”", "–", "–", "–"])
    return [TableBlock(rows=[[RawTextObject(text=cell) for cell in row] for row in cells])]


def _lines(rows: Sequence[_Row], most: int) -> list[Block]:
    lines = [f"{SIGNS[row.verdict]} *{mrkdwn(row.machine, NAME)}* {row.told}" for row in rows[:most]]
    if len(rows) > most:
        lines.append(f"and {len(rows) - most} more: see “All checks”")
    return [section(paragraph) for paragraph in packed(lines)]
