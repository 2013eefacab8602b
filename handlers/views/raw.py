"""The report as JSON, in boxes to copy from."""

import json

from slack_sdk.models.blocks import RichTextBlock, RichTextElementParts, RichTextPreformattedElement

from homeward.checks.findings import tally
from homeward.checks.report import Report

from ..escape import asked, mrkdwn
from .blocks import Message, built, context, packed, section
from .report import NAME, headline

MOST = 30_000
PART = 11_000
LEAST = 100
"""No outcome is told in fewer characters of JSON: its seven keys alone need almost as many."""
_MARKUP = str.maketrans({character: f"\\u{ord(character):04x}" for character in "&<>`*_~"})
"""JSON may write any character of a text as an escape; so nothing in it means anything to Slack."""


def raw_messages(report: Report, *, asked_by: str) -> tuple[Message, tuple[Message, ...]]:
    """The message with the verdict, and those with the JSON; none if it is too long for Slack."""
    verdict = headline(report, tally(report.outcomes))
    lines = _lines(report)
    if not lines or max(len(line) for line in lines) > PART:
        where = (
            "Its JSON is too long for Slack. In a terminal: "
            f"`homeward check {mrkdwn(json.dumps(report.subject.name), NAME)} --json`"
        )
        return Message(verdict, built(section(f"*{verdict}*\n{where}"), context(asked(asked_by)))), ()
    parts = packed(lines, PART)
    told = f"JSON in {len(parts)} part{'s' if len(parts) > 1 else ''}"
    head = Message(verdict, built(section(f"*{verdict}*"), context(f"{told} · {asked(asked_by)}")))
    return head, tuple(_part(part, place, len(parts)) for place, part in enumerate(parts, start=1))


def _lines(report: Report) -> list[str]:
    """Its JSON, none if that is too long: then it is not made to its end, for a large plan takes a second."""
    if len(report.outcomes) * LEAST > MOST:
        return []
    parts: list[str] = []
    size = 0
    for part in json.JSONEncoder(indent=1).iterencode(report.as_dict()):
        parts.append(part.translate(_MARKUP))
        size += len(parts[-1])
        if size > MOST:
            return []
    return "".join(parts).split("\n")


def _part(text: str, place: int, parts: int) -> Message:
    box = RichTextPreformattedElement(elements=[RichTextElementParts.Text(text=text)])
    return Message(f"JSON, part {place} of {parts}", built(RichTextBlock(elements=[box])))
