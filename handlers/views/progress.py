"""The message while a check runs: which sources are being read, and how each did."""

from collections.abc import Sequence

from homeward.checks.subjects import SourceReading, SourceState

from ..escape import asked, mrkdwn
from .blocks import Message, built, context, many, packed, section

MOST = 20

_STATES = {
    SourceState.READING: "… reading",
    SourceState.READ: "✓ read",
    SourceState.FAILED: "✗ failed",
    SourceState.SKIPPED: "– not needed",
}


def progress_message(name: str, sources: Sequence[SourceReading], *, asked_by: str, again: bool = False) -> Message:
    """The check of `name` under way."""
    headline = f"Checking {mrkdwn(name, 120)}{' again' if again else ''}…"
    lines = [_line(reading) for reading in sources[:MOST]]
    if len(sources) > MOST:
        lines.append(f"and {many(len(sources) - MOST, 'more source')}")
    blocks = [section(f"*{headline}*"), *(section(paragraph) for paragraph in packed(lines))]
    blocks.append(context(asked(asked_by)))
    return Message(headline, built(*blocks))


def _line(reading: SourceReading) -> str:
    line = f"{_STATES[reading.state]}: {mrkdwn(reading.name, 80)}"
    if reading.state in (SourceState.READ, SourceState.FAILED):
        line += f" ({reading.seconds:.1f} s)"
    return f"{line}, {mrkdwn(reading.detail, 200)}" if reading.detail else line
