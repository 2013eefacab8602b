"""The report of one machine: the verdict first, then what needs doing, worst first; what passed is one line."""

from collections.abc import Sequence
from dataclasses import replace

from slack_sdk.models.blocks import Block

from homeward.actions.states import Operation
from homeward.checks.facts import Topology
from homeward.checks.findings import FOLLOWING, Finding, Tally, attestations, failed, tally, unknown
from homeward.checks.model import Rule, Severity, Status
from homeward.checks.report import Report, Verdict, verdict_of
from homeward.checks.subjects import Kind, SourceReading, SourceState

from .. import ids
from ..escape import asked, link, mrkdwn
from .blocks import Message, actions, button, context, fitted, listed, many, packed, section
from .operations import opening, words

NAME = 80
DETAIL = 300
MOST_DETAILS = 4
MOST_NAMES = 8
MOST_NOTES = 4
SIZES = (14, 8, 4, 2, 1)
"""How many findings of a sort are told in full: the first of these that fits into a message."""


SIGNS = {Verdict.READY: "✓", Verdict.BLOCKED: "✗", Verdict.UNKNOWN: "?"}


def report_message(report: Report, *, query: str, seconds: float, asked_by: str) -> Message:
    """The report of a single machine. `query` finds the subject again; `asked_by` is a user's id."""
    counts = tally(report.outcomes)
    verdict = headline(report, counts)
    blockers, warnings, unread = (
        failed(report, Severity.BLOCKER),
        failed(report, Severity.WARNING),
        unread_findings(report),
    )

    def blocks(size: int) -> list[Block]:
        return [
            section(f"{SIGNS[report.verdict]} *{verdict}*"),
            about(report, counts, seconds, asked_by),
            *some(blockers, size, "blocker", "blockers"),
            *some(warnings, size, "warning", "warnings"),
            *some(unread, size, "reason why checks could not be read", "reasons why checks could not be read"),
            *(section(paragraph) for paragraph in packed(remarks(report))),
            context(tail(report, counts)),
            buttons(query),
        ]

    return Message(verdict, fitted(blocks, SIZES))


def headline(report: Report, counts: Tally) -> str:
    """The verdict in words; it can be read aloud."""
    name = mrkdwn(report.subject.name, NAME)
    if report.subject.kind is not Kind.MACHINE:
        name = f"{report.subject.kind.value.capitalize()} {name}"
    said = words(report.operation)
    warnings = [many(counts.warnings, "warning")] if counts.warnings else []
    match report.verdict:
        case Verdict.READY:
            unread = [f"{many(counts.unread, 'warning')} could not be read"] if counts.unread else []
            ready = "{} is ready to come home" if report.operation is Operation.REPROTECT else said.can
            return "; ".join([" with ".join([opening(ready, name), *warnings]), *unread])
        case Verdict.BLOCKED:
            unread = [f"{counts.unread} could not be read"] if counts.unread else []
            cannot = opening(said.cannot, name)
            return f"{cannot}: {', '.join([_blockers(report, counts), *warnings, *unread])}"
        case Verdict.UNKNOWN:
            told = ", ".join([_unread(report, counts), *warnings]) if counts.checks else "nothing was checked"
            return f"Nobody can tell yet whether {said.can.format(name)}: {told}"


def _blockers(report: Report, counts: Tally) -> str:
    blockers = many(counts.blockers, "blocker")
    if len(report.machines) <= 1:
        return blockers
    blocked = sum(verdict_of(outcomes) is Verdict.BLOCKED for _, outcomes in report.by_machine)
    return f"{blockers} on {blocked} of {len(report.machines)} machines"


def _unread(report: Report, counts: Tally) -> str:
    if counts.unread_blockers:
        return f"{many(counts.unread_blockers, 'check')} that could block it could not be read"
    if len(report.machines) <= 1:
        return "nothing that could block it was checked"
    unknown = sum(verdict_of(outcomes) is Verdict.UNKNOWN for _, outcomes in report.by_machine)
    return f"nothing that could block it was checked on {unknown} of {len(report.machines)} machines"


def about(report: Report, counts: Tally, seconds: float, asked_by: str) -> Block:
    """Where the subject is, what was checked and when, who asked."""
    stamp = int(report.checked_at.timestamp())
    spoken = report.checked_at.strftime("%Y-%m-%d %H:%M:%S %Z")
    facts = [
        _vault(report),
        *([mrkdwn(report.topology, NAME)] if _topology_known(report) else []),
        f"{many(counts.checks, 'check')} in {seconds:.1f} s",
        f"<!date^{stamp}^{{date_short_pretty}} {{time_secs}}|{spoken}>",
    ]
    return context(" · ".join([*facts, asked(asked_by)]))


def _vault(report: Report) -> str:
    """Where it is. That it is in no vault is known only if all of them were read."""
    if report.subject.vault:
        return f"vault {mrkdwn(report.subject.vault, NAME)}"
    states = {reading.state for reading in report.sources if reading.name.startswith("vault ")}
    return "in no vault" if states == {SourceState.READ} else "vault not read"


def _topology_known(report: Report) -> bool:
    return report.topology != Topology.UNKNOWN.value


def unread_findings(report: Report) -> tuple[Finding, ...]:
    """What could not be read, each reason once, whatever depends on it."""
    found: dict[tuple[tuple[str, ...], tuple[str, ...]], Finding] = {}
    for finding in unknown(report):
        same = (finding.details, finding.machines)
        found[same] = replace(found[same], rules=found[same].rules + finding.rules) if same in found else finding
    return tuple(found.values())


def some(found: Sequence[Finding], most: int, one: str, several: str, *, whose: bool = False) -> list[Block]:
    """The first few findings, each a paragraph, and how many more there are."""
    blocks = [section(finding_text(finding, whose=whose)) for finding in found[:most]]
    if len(found) > most:
        blocks.append(context(f"and {many(len(found) - most, f'more {one}', f'more {several}')}: see “All checks”."))
    return blocks


def finding_text(finding: Finding, *, whose: bool) -> str:
    """A finding as a paragraph; `whose` names the machines that it is about."""
    lines = [mrkdwn(detail, DETAIL) for detail in finding.details[:MOST_DETAILS]]
    if len(finding.details) > MOST_DETAILS:
        lines.append(f"and {len(finding.details) - MOST_DETAILS} more like it")
    if whose:
        lines.append(f"On {listed([mrkdwn(machine, NAME) for machine in finding.machines], MOST_NAMES)}.")
    blocks = finding.severity is Severity.BLOCKER
    if finding.status is Status.UNKNOWN:
        what = _at_stake(finding)
        names = listed([f"`{mrkdwn(rule.id, NAME)}`" for rule in finding.rules], MOST_NAMES)
        return "\n".join([f"? *Could not be read: {what}*", *lines, names])
    sign, rule = "✗" if blocks else "!", finding.rules[0]
    hint = FOLLOWING if finding.follows else mrkdwn(rule.hint, 600)
    return "\n".join([f"{sign} *{mrkdwn(rule.title, 200)}*", *lines, f"→ {hint}", source(rule)])


def _at_stake(finding: Finding) -> str:
    """ "3 checks that could block it and 2 that could warn"."""
    blocking = sum(rule.severity is Severity.BLOCKER for rule in finding.rules)
    warning = len(finding.rules) - blocking
    if not blocking:
        return f"{many(warning, 'check')} that could warn"
    also = f" and {warning} that could warn" if warning else ""
    return f"{many(blocking, 'check')} that could block it{also}"


def source(rule: Rule) -> str:
    """The rule's id, and the page that states it."""
    return f"`{mrkdwn(rule.id, NAME)}` · {link(rule.docs, 'docs')}"


def remarks(report: Report) -> list[str]:
    """Notes, one line each, and what is to be confirmed, one line each."""
    texts: dict[str, list[str]] = {}
    for note in report.notes:
        texts.setdefault(note.text, []).append(note.subject)
    lines: list[str] = []
    for text, machines in list(texts.items())[:MOST_NOTES]:
        names = listed([mrkdwn(machine, NAME) for machine in machines], MOST_NAMES)
        whose = f"{names}: " if len(report.machines) > 1 else ""
        lines.append(f"i  {whose}{mrkdwn(text, DETAIL)}")
    if len(texts) > MOST_NOTES:
        lines.append(f"i  and {many(len(texts) - MOST_NOTES, 'more note')}")
    # Where nobody knows how it is protected, those of every way of protection would be asked for.
    if _topology_known(report) and (confirmed := attestations(report)):
        lines.append("No API can tell these; whoever approves the start confirms each:")
        lines += [f"☐ {mrkdwn(rule.title, 150)}" for rule in confirmed]
    return lines


def tail(report: Report, counts: Tally) -> str:
    """The rest in one line: what passed, what does not apply, which sources failed."""
    parts = [f"✓ {counts.passed} passed"]
    if counts.unread:
        parts.append(f"? {counts.unread} could not be read")
    if counts.not_applicable:
        parts.append(f"– {many(counts.not_applicable, 'does', 'do')} not apply")
    broken = [r for r in report.sources if r.state is SourceState.FAILED]
    told = [detail for finding in unknown(report) for detail in finding.details]
    parts += [_failed(reading, told) for reading in broken[:4]]
    if len(broken) > 4:
        parts.append(f"and {many(len(broken) - 4, 'more source')} failed")
    return " · ".join(parts)


def _failed(reading: SourceReading, told: Sequence[str]) -> str:
    """A source that failed; its reason only where no finding tells it."""
    name = f"{mrkdwn(reading.name, NAME)} failed"
    if not reading.detail or any(reading.detail in detail for detail in told):
        return name
    return f"{name}: {mrkdwn(reading.detail, 200)}"


def buttons(query: str) -> Block:
    """ "Run again" and "All checks"; the value finds the subject."""
    return actions([button("Run again", ids.CHECK_AGAIN, query), button("All checks", ids.ALL_CHECKS, query)])
