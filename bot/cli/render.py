"""Reports and catalogue answers as plain lines for a terminal."""

import shutil
import textwrap
import unicodedata
from collections.abc import Iterator, Sequence

from homeward.checks import Kind, Report, Severity, SourceState, Status, Topology, Verdict
from homeward.checks.catalogue import Answer, Entry
from homeward.checks.findings import FOLLOWING, Finding, Tally, attestations, by_machine, failed, tally, unknown
from homeward.checks.report import verdict_of
from homeward.checks.way import Operation

WIDEST = 110
MOST_NAMES = 5
MOST_RULES = 8
MARKS = {Severity.BLOCKER: "✗", Severity.WARNING: "!"}
SIGNS = {Verdict.READY: ("✓", "ready"), Verdict.BLOCKED: ("✗", "blocked"), Verdict.UNKNOWN: ("?", "unknown")}
SAYS = {
    Verdict.READY: "can {}",
    Verdict.BLOCKED: "cannot {} yet",
    Verdict.UNKNOWN: "may be able to {}, nobody can tell yet",
}
DOES = {
    Operation.REPROTECT: "come home",
    Operation.FAILBACK: "fail back",
    Operation.COMMIT: "have its failback committed",
    Operation.CANCEL: "have its failback cancelled",
    Operation.TO_AZURE: "be protected to Azure",
}


def report_lines(report: Report) -> Iterator[str]:
    """The report as a person reads it: the verdict, then only what needs doing, worst first."""
    counts = tally(report.outcomes)
    several = len(report.machines) > 1
    seconds = max((reading.seconds for reading in report.sources), default=0.0)
    says = SAYS[report.verdict].format(DOES[report.operation])
    yield clean(f"{report.verdict.value}: {report.subject.name} {says}{_counts(report, counts)}")
    vault = f"vault {report.subject.vault} · " if report.subject.vault else ""
    read_at = report.checked_at.strftime("%Y-%m-%d %H:%M:%S %Z")
    checks = _count(counts.checks, "check") or "no check"
    yield clean(f"  {vault}{report.topology} · {checks} in {seconds:.1f} s · read at {read_at}")
    yield ""
    if report.subject.kind is not Kind.MACHINE:
        yield from _members(report)
    for severity in (Severity.BLOCKER, Severity.WARNING):
        for finding in failed(report, severity):
            yield from _finding(finding, several=several)
    yield from _unread(unknown(report), several=several)
    yield from _notes(report, several=several)
    if report.topology != Topology.UNKNOWN.value and (confirmed := attestations(report)):
        yield "No API can tell these; whoever approves the start confirms each:"
        for rule in confirmed:
            yield from _wrapped("☐ ", rule.title)
    yield f"✓ {counts.passed} passed"
    for reading in report.sources:
        if reading.state is SourceState.FAILED:
            yield from _wrapped("? ", f"{reading.name} could not be read: {reading.detail}")


def answer_lines(answer: Answer) -> Iterator[str]:
    """What the catalogue says, for a terminal."""
    if answer.unknown_codes:
        codes = _some(answer.unknown_codes, MOST_NAMES)
        said = (
            f"{codes} is not in the catalogue." if len(answer.unknown_codes) == 1 else f"Not in the catalogue: {codes}."
        )
        yield from _wrapped("", f"{said} Trust the job's own text and Azure's recommendation.")
        yield ""
    told = answer.found or (answer.matches[:1] if answer.sure else ())
    for entry in told:
        yield from _entry(entry)
    others = answer.matches[len(told) :] if not answer.found else ()
    if others:
        yield "See also:" if answer.sure else "It could be one of these; ask for one by its name:"
        yield from (clean(f"  {entry.code}: {entry.title}") for entry in others)
    if answer.nearest:
        yield "Perhaps you meant:"
        yield from (clean(f"  {entry.code}: {entry.title}") for entry in answer.nearest)
    if not (answer.found or answer.matches or answer.nearest or answer.unknown_codes):
        yield "Nothing in the catalogue fits. Try an error code (78093) or a few words (datastore empty)."


def clean(text: str) -> str:
    """Text from outside, made harmless for a terminal: no control or direction-changing characters."""
    return "".join(c if unicodedata.category(c) not in {"Cc", "Cf", "Cs"} else " " for c in text)


def _counts(report: Report, counts: Tally) -> str:
    """The same numbers as in Slack's first line."""
    blockers = _count(counts.blockers, "blocker")
    if blockers and len(report.machines) > 1:
        blocked = sum(verdict_of(outcomes) is Verdict.BLOCKED for _, outcomes in by_machine(report))
        blockers += f" on {blocked} of {len(report.machines)} machines"
    unread = f"{_count(counts.unread, 'check')} could not be read" if counts.unread else ""
    said = ", ".join(part for part in (blockers, _count(counts.warnings, "warning"), unread) if part)
    return f": {said}" if said else "" if counts.checks else ": nothing was checked"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' if number != 1 else ''}" if number else ""


def _members(report: Report) -> Iterator[str]:
    width = min(max(map(len, report.machines), default=0), 40)
    for machine, outcomes in by_machine(report):
        verdict = verdict_of(outcomes)
        wanted = {Verdict.BLOCKED: Status.FAILED, Verdict.UNKNOWN: Status.UNKNOWN}.get(verdict)
        why = [o.rule.id for o in outcomes if o.status is wanted and o.rule.severity is Severity.BLOCKER]
        mark, word = SIGNS[verdict]
        yield clean(f"{mark} {machine[:40]:<{width}}  {word:<8} {_some(why, MOST_NAMES)}").rstrip()
    yield ""


def _finding(finding: Finding, *, several: bool) -> Iterator[str]:
    rule = finding.rules[0]
    yield clean(f"{MARKS[finding.severity]} {rule.title}  [{rule.id}]")
    for detail in finding.details:
        yield from _wrapped("    ", detail)
    if several:
        yield from _wrapped("    ", f"On {_some(finding.machines, MOST_NAMES)}.")
    yield from _wrapped("  → ", FOLLOWING if finding.follows else rule.hint)
    yield f"    {rule.docs}"
    yield ""


def _unread(findings: Sequence[Finding], *, several: bool) -> Iterator[str]:
    """A paragraph for each reason: one dead source keeps dozens of checks from being told."""
    reasons: dict[tuple[str, ...], list[Finding]] = {}
    for finding in findings:
        reasons.setdefault(finding.details, []).append(finding)
    for details, same in reasons.items():
        checks = sum(len(finding.rules) * len(finding.machines) for finding in same)
        machines = tuple(dict.fromkeys(machine for finding in same for machine in finding.machines))
        rules = tuple(dict.fromkeys(rule.id for finding in same for rule in finding.rules))
        yield from _wrapped("? ", f"Could not be read: {' '.join(details)}")
        whose = f" for {_some(machines, MOST_NAMES)}" if several else ""
        yield from _wrapped("    ", f"It keeps {_count(checks, 'check')} from being told{whose}.")
        yield from _wrapped("    ", f"[{_some(rules, MOST_RULES)}]")
        yield ""


def _notes(report: Report, *, several: bool) -> Iterator[str]:
    texts: dict[tuple[str, str], list[str]] = {}
    for note in report.notes:
        texts.setdefault((note.id, note.text), []).append(note.subject)
    for (id, text), machines in texts.items():
        whose = f"{_some(machines, MOST_NAMES)}: " if several else ""
        yield from _wrapped("· ", f"{whose}{text} ({id})")


def _some(names: Sequence[str], most: int) -> str:
    rest = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + rest


def _entry(entry: Entry) -> Iterator[str]:
    yield clean(f"{entry.code}: {entry.title}")
    yield clean(f"  {entry.kind.value} · {entry.stack.value} · {entry.phase} · {entry.component}")
    yield from _wrapped("  ", entry.what)
    yield ""
    if entry.causes:
        yield "  Why:"
        for cause in entry.causes:
            yield from _wrapped("    • ", cause.text)
            if cause.tell:
                yield from _wrapped("      how to tell: ", cause.tell)
    if entry.steps:
        yield "  What to do:"
        for number, step in enumerate(entry.steps, start=1):
            yield from _wrapped(f"    {number}. ", step)
    if entry.rules:
        yield from _wrapped("  Found by the checks: ", ", ".join(entry.rules))
    if entry.related:
        yield from _wrapped("  Related: ", ", ".join(entry.related))
    if entry.note:
        yield from _wrapped("  Note: ", entry.note)
    for source in entry.sources:
        yield clean(f"  Source: {source.title} {source.url}".rstrip())
    yield ""


def _wrapped(lead: str, text: str) -> Iterator[str]:
    width = min(WIDEST, shutil.get_terminal_size(fallback=(WIDEST, 24)).columns)
    yield from textwrap.wrap(
        clean(text), width, initial_indent=lead, subsequent_indent=" " * len(lead), break_on_hyphens=False
    )
