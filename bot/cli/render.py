"""Reports and catalogue answers as plain lines for a terminal."""

import shutil
import textwrap
import unicodedata
from collections.abc import Iterable, Iterator

from homeward.checks import Kind, Outcome, Report, Severity, SourceState, Status, Verdict
from homeward.checks.catalogue import Answer, Entry

WIDEST = 110
MARKS = {Severity.BLOCKER: "✗", Severity.WARNING: "!"}
SAYS = {
    Verdict.READY: "can come home",
    Verdict.BLOCKED: "cannot come home yet",
    Verdict.UNKNOWN: "may not be able to come home: something could not be read",
}


def report_lines(report: Report) -> Iterator[str]:
    """The report as a person reads it: the verdict, then only what needs doing, worst first."""
    failed = report.with_status(Status.FAILED)
    unknown = report.with_status(Status.UNKNOWN, Severity.BLOCKER, Severity.WARNING)
    seconds = max((reading.seconds for reading in report.sources), default=0.0)
    yield clean(f"{report.verdict.value}: {report.subject.name} {SAYS[report.verdict]}{_counts(report)}")
    vault = f"vault {report.subject.vault} · " if report.subject.vault else ""
    yield clean(f"  {vault}{report.topology} · {report.applied} checks in {seconds:.1f} s")
    yield ""
    if report.subject.kind is not Kind.MACHINE:
        yield from _members(report)
    for severity in (Severity.BLOCKER, Severity.WARNING):
        for group in _told_once(o for o in failed if o.rule.severity is severity):
            yield from _finding(group, many=len(report.machines) > 1)
    for group in _told_once(unknown):
        yield from _unread(group, many=len(report.machines) > 1)
    for note in report.notes if len(report.machines) == 1 else ():
        yield from _wrapped("· ", f"{note.text} ({note.id})")
    passed = len(report.with_status(Status.PASSED))
    attested = len({o.rule.id for o in report.with_status(Status.UNKNOWN, Severity.ATTESTATION)})
    yield f"✓ {passed} passed"
    if attested:
        yield f"☐ {attested} to be confirmed by a person when approving (no API can tell)"
    for reading in report.sources:
        if reading.state is SourceState.FAILED:
            yield from _wrapped("? ", f"{reading.name} could not be read: {reading.detail}")


def answer_lines(answer: Answer) -> Iterator[str]:
    """What the catalogue says, for a terminal."""
    for code in answer.unknown_codes:
        yield from _wrapped("", f"{code} is not in the catalogue. Trust the job's own text and Azure's recommendation.")
        yield ""
    for entry in answer.found or answer.matches[:1]:
        yield from _entry(entry)
    others = answer.matches[1:] if not answer.found else ()
    if others:
        yield "See also:"
        yield from (clean(f"  {entry.code}: {entry.title}") for entry in others)
    if answer.nearest:
        yield "Perhaps you meant:"
        yield from (clean(f"  {entry.code}: {entry.title}") for entry in answer.nearest)
    if not (answer.found or answer.matches or answer.nearest or answer.unknown_codes):
        yield "Nothing in the catalogue fits. Try an error code (78093) or a few words (datastore empty)."


def clean(text: str) -> str:
    """Text from outside, made harmless for a terminal: no control or direction-changing characters."""
    return "".join(c if unicodedata.category(c) not in {"Cc", "Cf", "Cs"} else " " for c in text)


def _counts(report: Report) -> str:
    parts = [
        _count(len(list(_told_once(report.with_status(Status.FAILED, Severity.BLOCKER)))), "blocker"),
        _count(len(list(_told_once(report.with_status(Status.FAILED, Severity.WARNING)))), "warning"),
    ]
    said = ", ".join(part for part in parts if part)
    return f": {said}" if said else ""


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' if number != 1 else ''}" if number else ""


def _members(report: Report) -> Iterator[str]:
    width = min(max(map(len, report.machines), default=0), 40)
    for machine in report.machines:
        outcomes = report.of(machine)
        blockers = [o for o in outcomes if o.status is Status.FAILED and o.rule.severity is Severity.BLOCKER]
        unknown = [o for o in outcomes if o.status is Status.UNKNOWN and o.rule.severity is Severity.BLOCKER]
        mark, word = ("✗", "blocked") if blockers else ("?", "unknown") if unknown else ("✓", "ready")
        yield clean(f"{mark} {machine[:40]:<{width}}  {word:<8} {', '.join(o.rule.id for o in blockers or unknown)}")
    yield ""


def _told_once(outcomes: Iterable[Outcome]) -> Iterator[tuple[Outcome, ...]]:
    """Outcomes that say the same of several machines, together; in the order of the first."""
    groups: dict[tuple[str, tuple[str, ...]], list[Outcome]] = {}
    for outcome in outcomes:
        groups.setdefault((outcome.rule.id, outcome.details), []).append(outcome)
    yield from map(tuple, groups.values())


def _finding(group: tuple[Outcome, ...], *, many: bool) -> Iterator[str]:
    rule = group[0].rule
    yield clean(f"{MARKS[rule.severity]} {rule.title}{_whose(group, many)}  [{rule.id}]")
    for detail in group[0].details:
        yield from _wrapped("    ", detail)
    yield from _wrapped("  → ", rule.hint)
    yield f"    {rule.docs}"
    yield ""


def _unread(group: tuple[Outcome, ...], *, many: bool) -> Iterator[str]:
    rule = group[0].rule
    yield from _wrapped("? ", f"{rule.title}: could not be read{_whose(group, many)}: {group[0].detail} [{rule.id}]")


def _whose(group: tuple[Outcome, ...], many: bool) -> str:
    if not many:
        return ""
    shown = ", ".join(outcome.subject for outcome in group[:5])
    return f" for {shown}" + (f" and {len(group) - 5} more" if len(group) > 5 else "")


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
