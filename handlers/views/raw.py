"""The report as JSON, in boxes to copy from."""

import json

from slack_sdk.models.blocks import RichTextBlock, RichTextElementParts, RichTextPreformattedElement

from homeward.checks.findings import tally
from homeward.checks.model import Status
from homeward.checks.report import Report

from ..escape import asked, mrkdwn
from .blocks import Message, built, context, many, packed, section
from .report import NAME, headline

PARTS = 4
"""More of them bury the thread."""
PART = 11_000
LEAST = 95
"""No outcome is told in fewer characters of JSON: its seven keys alone need almost as many."""
_MARKUP = str.maketrans({character: f"\\u{ord(character):04x}" for character in "&<>`*_~"})
"""JSON may write any character of a text as an escape; so nothing in it means anything to Slack."""


def raw_messages(report: Report, *, asked_by: str) -> tuple[Message, tuple[Message, ...]]:
    """The message with the verdict, and those with the JSON; none if it is too long for Slack.

    What does not apply is left out: it is most of it, and says nothing of the machine.
    """
    counts = tally(report.outcomes)
    verdict = headline(report, counts)
    parts = _parts(report, len(report.outcomes) - counts.not_applicable)
    whole = f"`homeward check {mrkdwn(json.dumps(report.subject.name), NAME)} --json`"
    if not parts:
        where = f"Its JSON is too long for Slack. In a terminal: {whole}"
        return Message(verdict, built(section(f"*{verdict}*\n{where}"), context(asked(asked_by)))), ()
    told = [f"JSON in {many(len(parts), 'part')}"]
    if counts.not_applicable:
        left = many(counts.not_applicable, "check that does not apply is", "checks that do not apply are")
        told.append(f"{left} left out: {whole} has all")
    head = Message(verdict, built(section(f"*{verdict}*"), context(" · ".join([*told, asked(asked_by)]))))
    return head, tuple(_part(part, place, len(parts)) for place, part in enumerate(parts, start=1))


def _parts(report: Report, outcomes: int) -> list[str]:
    """Its JSON, none if that is too long: then it is not made at all, for a large plan takes a second."""
    if outcomes * LEAST > PARTS * PART:
        return []
    lines = _lines(report)
    if max(len(line) for line in lines) > PART:
        return []
    parts = packed(lines, PART)
    return parts if len(parts) <= PARTS else []


def _lines(report: Report) -> list[str]:
    """A line for each key, and one for each outcome."""
    applying = [o.as_dict() for o in report.outcomes if o.status is not Status.NOT_APPLICABLE]
    rest = {key: value for key, value in report.as_dict().items() if key != "outcomes"}
    told = [_compact(outcome) for outcome in applying]
    return [
        "{",
        *(f"{_compact(key)}: {_compact(value)}," for key, value in rest.items()),
        '"outcomes": [',
        *(f"{outcome}," for outcome in told[:-1]),
        *told[-1:],
        "]}",
    ]


def _compact(value: object) -> str:
    return json.dumps(value, separators=(",", ":")).translate(_MARKUP)


def _part(text: str, place: int, parts: int) -> Message:
    box = RichTextPreformattedElement(elements=[RichTextElementParts.Text(text=text)])
    return Message(f"JSON, part {place} of {parts}", built(RichTextBlock(elements=[box])))
