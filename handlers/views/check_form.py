"""The form that asks which machine to check, and the same form with the answer in it."""

from collections.abc import Sequence

from slack_sdk.models.blocks import Block, ExternalDataSelectElement, InputBlock, PlainTextObject

from homeward.actions.states import Operation

from .. import ids
from ..carried import MACHINE, Wanted
from ..escape import mrkdwn
from .blocks import VALUE, Json, Message, Modal, actions, as_json, built, button, section
from .operations import next_label

TITLE = "Check a machine"
NAME = 80
MOST = 98
"""Blocks of an answer: a form takes 100, with the buttons below."""
_OURS = frozenset({"actions", "table", "plan", "markdown"})
"""What an answer in a channel has and a form can't: blocks that it does not take, buttons that change a message."""


def which_modal(search: ExternalDataSelectElement) -> Modal:
    """Asks which; `search` looks it up while somebody types."""
    field = InputBlock(
        block_id=ids.SUBJECT,
        label=PlainTextObject(text="Machine, replication group or recovery plan"),
        element=search,
        hint=PlainTextObject(text="It is only read; nothing is changed and nobody is asked."),
    )
    return _modal([as_json(field)], submit="Check")


def reading_modal(name: str) -> Modal:
    """While it is read, which takes seconds."""
    return _modal(built(section(f"Reading {mrkdwn(name, NAME)}…")))


def answer_modal(message: Message, step: Operation | None = None, subject: str = "") -> Modal:
    """The answer, as a channel would show it, and the form of the next `step`, where there is one."""
    shown = [_plainly(block) for block in message.plainer or message.blocks if block.get("type") not in _OURS]
    return _modal([*shown[:MOST], *built(*_onward(step, subject))])


def told_modal(message: Message) -> Modal:
    """A few words in place of the answer."""
    return _modal(message.blocks)


def _onward(step: Operation | None, subject: str) -> list[Block]:
    if step is None or not 0 < len(subject) <= MACHINE:
        return []
    value = Wanted(step, subject).text
    return [actions([button(f"{next_label(step)}…", ids.FORM, value, primary=True)])] if len(value) <= VALUE else []


def _plainly(block: Json) -> Json:
    """A paragraph without the button beside it."""
    return {key: part for key, part in block.items() if key != "accessory"}


def _modal(blocks: Sequence[Json], *, submit: str = "") -> Modal:
    view: Json = {
        "type": "modal",
        "callback_id": ids.CHECK_VIEW,
        "title": as_json(PlainTextObject(text=TITLE)),
        "close": as_json(PlainTextObject(text="Close")),
        "blocks": list(blocks),
    }
    return Modal({**view, "submit": as_json(PlainTextObject(text=submit))} if submit else view)
