"""What the steps of workflows give: values and plain words, for whatever the workflow does with them."""

from collections.abc import Sequence

from homeward.checks.catalogue import Entry
from homeward.checks.findings import failed, tally, unknown
from homeward.checks.model import Severity
from homeward.checks.report import Report
from homeward.checks.subjects import Choices, NoMatch

from ..arguments import unescaped
from ..escape import plain
from ..explaining import Explained
from .blocks import Json
from .report import headline

TEXT = 2000
LINE = 400
MOST_LINES = 12
_QUIET = str.maketrans("<>", "‹›")
"""A workflow may put a text into a message in any way: in none of them may it ring anybody."""


def words(text: str, limit: int = LINE) -> str:
    """One line that rings nobody, however it is shown."""
    return plain(text, limit).translate(_QUIET)


def explained_outputs(found: Explained) -> Json:
    """Of the entry that fits best; only `found` and `summary` are there where none does."""
    answer = found.answer
    fitting = answer.found or (answer.matches if answer.answered else ())
    if not fitting:
        unknown_codes = ", ".join(words(code, 80) for code in answer.unknown_codes[:MOST_LINES])
        summary = f"Not in the catalogue: {unknown_codes}." if unknown_codes else "No error that the catalogue knows."
        return {"found": False, "summary": summary}
    first = fitting[0]
    shown = fitting if answer.found else fitting[:1]
    told: Json = {
        "found": True,
        "summary": _lines([f"{words(one.code, 80)}: {words(one.title)}" for one in shown]),
        "code": words(first.code, 80),
        "title": words(first.title),
        "explanation": _lines([words(first.what, TEXT), *(words(cause.text, LINE) for cause in first.causes)]),
        "remedy": _lines([f"{place}. {words(step)}" for place, step in enumerate(first.steps, start=1)]),
        "source": _source(first),
    }
    return {name: value for name, value in told.items() if value != ""}


def readiness_outputs(report: Report) -> Json:
    """The verdict and its reasons: not knowing is a verdict of its own, and never ready."""
    counts = tally(report.outcomes)
    problems = [
        words(f"{sign} {_whose(finding.machines, report)}{'; '.join(finding.details)} {finding.rules[0].hint}")
        for sign, severity in (("✗", Severity.BLOCKER), ("!", Severity.WARNING))
        for finding in failed(report, severity)
    ]
    problems += [words(f"? {'; '.join(finding.details)}") for finding in unknown(report)]
    return {
        "verdict": report.verdict.value.lower(),
        "ready": report.verdict.value == "READY",
        "summary": words(unescaped(headline(report, counts)), TEXT),
        "blockers": counts.blockers,
        "warnings": counts.warnings,
        "unread": counts.unread,
        "problems": _lines(problems) or "Nothing is in the way.",
    }


def which_one(answer: Choices | NoMatch) -> str:
    """Why there is no verdict, with what to write instead."""
    name = words(answer.name, 80)
    if isinstance(answer, Choices):
        several = "; ".join(words(f"{one.name} ({one.detail})", 120) for one in answer.candidates[:3])
        return f"{name} fits {len(answer.candidates)} subjects, so give the ARM id of one: {several}."
    near = f" The nearest names: {', '.join(words(one, 80) for one in answer.nearest[:3])}." if answer.nearest else ""
    return f"No machine, group or plan is named {name}.{near}"


def _whose(machines: Sequence[str], report: Report) -> str:
    return f"{', '.join(machines[:4])}: " if len(report.machines) > 1 else ""


def _lines(lines: Sequence[str]) -> str:
    """At most so many, and so long together; what is left out is counted."""
    kept: list[str] = []
    room = TEXT - 20
    for line in lines[:MOST_LINES]:
        if len(line) + 1 > room:
            break
        kept.append(line)
        room -= len(line) + 1
    if left := len(lines) - len(kept):
        kept.append(f"and {left} more")
    return "\n".join(kept)


def _source(entry: Entry) -> str:
    return entry.sources[0].url if entry.sources else ""
