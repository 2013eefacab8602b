"""The last reply in a request's thread: who came through, who did not, what comes next."""

from collections.abc import Sequence
from datetime import datetime

from homeward.actions.requests import Request, RequestItem
from homeward.actions.states import ItemState, Operation

from ..escape import mrkdwn
from .blocks import Message, built, listed, many, packed, section
from .headlines import subject
from .moments import span
from .operations import told, words
from .stakes import after_effects

NAME = 80
MOST_NAMES = 8


def summary(request: Request, *, at: datetime) -> Message:
    """The last reply of a request that ended `at`."""
    items, said = request.items, words(request.asked.operation)
    done = [item for item in items if item.state is ItemState.DONE]
    alone = len(items) == 1
    if len(done) == len(items):
        whole = "it is" if alone else f"all {len(items)} machines are"
        head = f"✓ {subject(request)}: {whole} {said.through}"
    else:
        head = f"✗ {subject(request)}: {len(done)} of {many(len(items), 'machine')} {said.came}"
    took = f", after {span(request.created_at, at)}"
    following: list[str] = []
    if done:
        following.append(f"*What comes next*\n{told(said.summary, several=not alone)}")
        if request.asked.operation is Operation.FAILBACK and (left := after_effects(done)):
            following.append(left)
    if len(done) < len(items):
        whose = "It is" if alone else "The machines that did not come through are"
        following.append(f"{whose} not {said.came} as far as Homeward knows: mend the cause, then ask again.")
    paragraphs = packed([f"*{head}*{took}", *([] if alone else _outcomes(items, said.came)), *following])
    return Message(head, built(*(section(text) for text in paragraphs)))


def _outcomes(items: Sequence[RequestItem], came: str) -> list[str]:
    """Who came through in one line, the others each with its reason."""
    lines: list[str] = []
    for state, sign, told_ in (
        (ItemState.FAILED, "✗", "failed"),
        (ItemState.UNKNOWN, "?", "not known what became of its start"),
        (ItemState.SKIPPED, "–", "not started"),
    ):
        found = [item for item in items if item.state is state]
        for item in found[:MOST_NAMES]:
            why = f": {mrkdwn(item.why, 200)}" if item.why.strip() else ""
            lines.append(f"{sign} *{mrkdwn(item.machine, NAME)}* {told_}{why}")
        if len(found) > MOST_NAMES:
            lines.append(f"{sign} and {len(found) - MOST_NAMES} more {told_}")
    done = [item.machine for item in items if item.state is ItemState.DONE]
    return [*lines, *([f"✓ {came}: {listed([mrkdwn(name, NAME) for name in done], MOST_NAMES)}"] if done else [])]
