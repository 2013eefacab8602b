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
_MARKUP = str.maketrans({character: f"\\u{ord(character):04x}" for character in "&<>`*_~"})
"""JSON may write any character of a text as an escape; so nothing in it means anything to Slack."""


def raw_messages(report: Report, *, asked_by: str) -> tuple[Message, tuple[Message, ...]]:
    """The message with the verdict, and those with the JSON; none if it is too long for Slack."""
    verdict = headline(report, tally(report.outcomes))
    lines = json.dumps(report.as_dict(), indent=1).translate(_MARKUP).split("\n")
    size = sum(len(line) + 1 for line in lines)
    if size > MOST or max(len(line) for line in lines) > PART:
        where = (
            f"Its JSON is {size / 1000:.0f} kB, too long for Slack. In a terminal: "
            f"`homeward check {mrkdwn(json.dumps(report.subject.name), NAME)} --json`"
        )
        return Message(verdict, built(section(f"*{verdict}*\n{where}"), context(asked(asked_by)))), ()
    parts = packed(lines, PART)
    told = f"JSON in {len(parts)} part{'s' if len(parts) > 1 else ''}"
    head = Message(verdict, built(section(f"*{verdict}*"), context(f"{told} · {asked(asked_by)}")))
    return head, tuple(_part(part, place, len(parts)) for place, part in enumerate(parts, start=1))


def _part(text: str, place: int, parts: int) -> Message:
    box = RichTextPreformattedElement(elements=[RichTextElementParts.Text(text=text)])
    return Message(f"JSON, part {place} of {parts}", built(RichTextBlock(elements=[box])))
