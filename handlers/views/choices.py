"""What is shown where a name does not tell one subject: several to choose from, or the nearest names."""

from slack_sdk.models.blocks import Block, ButtonElement

from homeward.actions.states import Operation
from homeward.checks.subjects import Candidate, Choices, NoMatch

from .. import ids
from ..carried import query
from ..escape import asked, mrkdwn
from .blocks import VALUE, Message, built, button, context, many, section

MOST = 40
NAME = 80
NEAREST = 3
"""More would fill the channel for a slip of one person."""
ONE_NAME = "Ask for one name at a time."
NOTHING_NEAR = (
    "Every vault was read, and no name in them looks like it. "
    "Try its name in Site Recovery or in Azure, its computer name or its ARM id."
)


def choices_message(choices: Choices, *, asked_by: str) -> Message:
    """Every candidate with a button; the value is its ARM id, so that the choice is exact."""
    name = mrkdwn(choices.name, NAME)
    headline = f"{name} fits {many(len(choices.candidates), 'subject')}: which one?"
    blocks = [section(f"*{headline}*"), *(_candidate(candidate) for candidate in choices.candidates[:MOST])]
    if len(choices.candidates) > MOST:
        left = len(choices.candidates) - MOST
        blocks.append(context(f"and {left} more: ask again with a longer name or with the ARM id."))
    return Message(headline, built(*blocks, context(asked(asked_by))))


def _candidate(candidate: Candidate) -> Block:
    text = f"*{mrkdwn(candidate.name, NAME)}* ({candidate.kind.value})\n{mrkdwn(candidate.detail, 400)}"
    return section(text, _check_one(candidate.id))


def no_match_message(answer: NoMatch, *, asked_by: str, operation: Operation = Operation.REPROTECT) -> Message:
    """Nothing has the name; a person gets the nearest names, and never the report of another machine."""
    headline = f"No machine, group or plan is named {mrkdwn(answer.name, NAME)}."
    several = [ONE_NAME] if len(answer.name.split()) > 1 else []
    if answer.nearest:
        blocks = [section(" ".join([f"*{headline}*", *several, "The nearest names:"]))]
        blocks += [section(mrkdwn(name, NAME), _check_one(query(operation, name))) for name in answer.nearest[:NEAREST]]
    else:
        blocks = [section(" ".join([f"*{headline}*", *several, NOTHING_NEAR]))]
    return Message(headline, built(*blocks, context(asked(asked_by))))


def _check_one(value: str) -> ButtonElement | None:
    return button("Check this one", ids.CHECK_ONE, value) if 0 < len(value) <= VALUE else None
