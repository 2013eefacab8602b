"""The findings that a request keeps of its checks: blockers, warnings, what could not be read, what is confirmed."""

from collections.abc import Sequence

from slack_sdk.models.blocks import Block

from homeward.actions.plan import Checked, Found
from homeward.checks.report import Verdict

from ..escape import link, mrkdwn
from .blocks import context, listed, many, section

NAME = 80
TITLE = 200
DETAIL = 300
HINT = 600
MOST_DETAILS = 4
MOST_NAMES = 8

VERDICTS = {
    Verdict.READY: "✓ ready: every check that could block it passed",
    Verdict.BLOCKED: "✗ blocked",
    Verdict.UNKNOWN: "? not known: a check that could block it could not be read",
}


def verdict(checked: Checked) -> str:
    """ "✓ ready: every check that could block it passed; 1 warning"."""
    told = VERDICTS[checked.verdict]
    if checked.verdict is Verdict.UNKNOWN and len(checked.unread_blockers) > 1:
        told = f"? not known: {len(checked.unread_blockers)} checks that could block it could not be read"
    if checked.verdict is Verdict.BLOCKED:
        told += f" by {many(len(checked.blockers), 'finding')}"
    more = [many(len(checked.warnings), "warning")] if checked.warnings else []
    if checked.unread_warnings:
        more.append(f"{many(len(checked.unread_warnings), 'check')} that could warn could not be read")
    return "; ".join([told, *more])


def some(
    sign: str, found: Sequence[Found], most: int, one: str, more: str = "", *, hints: bool = True, whose: bool = False
) -> list[Block]:
    """The first few findings, each a paragraph, and how many more there are; `more` is the plural of `one`."""
    blocks = [section(text(sign, finding, hint=hints, whose=whose)) for finding in found[:most]]
    if len(found) > most:
        blocks.append(context(f"and {many(len(found) - most, f'more {one}', f'more {more}' if more else '')}"))
    return blocks


def text(sign: str, finding: Found, *, hint: bool, whose: bool) -> str:
    """A finding as a paragraph; `whose` names the machines that it is about."""
    lines = [f"{sign} *{mrkdwn(finding.title, TITLE)}*"]
    lines += [mrkdwn(detail, DETAIL) for detail in finding.details[:MOST_DETAILS]]
    if len(finding.details) > MOST_DETAILS:
        lines.append(f"and {len(finding.details) - MOST_DETAILS} more like it")
    if whose and finding.machines and not all(name in " ".join(finding.details) for name in finding.machines):
        lines.append(f"On {listed([mrkdwn(machine, NAME) for machine in finding.machines], MOST_NAMES)}.")
    if hint and finding.hint:
        lines.append(f"→ {mrkdwn(finding.hint, HINT)}")
    return "\n".join([*lines, f"`{mrkdwn(finding.rule, NAME)}` · {link(finding.docs, 'docs')}"])
