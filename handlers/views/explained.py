"""What the message shortcuts show: a message's errors explained in private, and the form that asks what to check."""

import json
from dataclasses import dataclass
from typing import cast

from slack_sdk.models.blocks import InputBlock, PlainTextObject
from slack_sdk.models.views import View

from homeward.checks.subjects import Named

from .. import ids
from ..escape import mrkdwn
from ..explaining import Explained
from ..picking import search_element
from ..web_api import text_in
from .blocks import Message, Modal, as_json, built, context, listed, section
from .errors import answer_message

NAMED = 8
NAME = 60


def explained_message(explained: Explained, *, command: str, thread: str) -> Message:
    """For the person alone; what it tells can be shared in the message's `thread`."""
    answer = explained.answer
    if not explained.by_words:
        return answer_message(answer, command=command, thread=thread)
    if not answer.answered:
        text = "I find no error code in this message, and its words fit nothing that I know well."
        return Message(
            text,
            built(
                section(f"? *{text}*"),
                context(f"Type `{mrkdwn(command, 80)}` with the code or a few words, in a channel: threads take none."),
            ),
        )
    shown = answer_message(answer, command=command, thread=thread)
    lead = "I find no error code in this message; this is what its words fit best:"
    return Message(f"{lead}\n{shown.text}", (*built(context(lead)), *shown.blocks))


@dataclass(frozen=True, slots=True)
class Beside:
    """What the form remembers: the message's place, and where the person can be answered alone."""

    channel: str
    thread: str
    answer: str

    @property
    def text(self) -> str:
        """For the form's private_metadata."""
        return json.dumps([self.channel, self.thread, self.answer], separators=(",", ":"))


def beside(metadata: str) -> Beside | None:
    """The way back; None for what is not ours."""
    try:
        read: object = json.loads(metadata)
    except (ValueError, RecursionError):
        return None
    parts = cast("list[object]", read) if isinstance(read, list) else []
    texts = [part for part in parts if isinstance(part, str)]
    return Beside(*texts) if len(texts) == len(parts) == 3 else None


def which_modal(found: tuple[Named, ...], place: Beside) -> Modal:
    """Asks which machine, group or plan to check, with the first that the message names chosen already."""
    if found:
        names = listed([mrkdwn(one.name, NAME) for one in found], NAMED)
        lead = f"In the message I find {names}." if len(found) > 1 else "This name stands in the message."
    else:
        lead = "I find no name in this message that I know: which machine is it about?"
    search = InputBlock(
        block_id=ids.SUBJECT,
        label=PlainTextObject(text="Machine, group or plan", emoji=False),
        element=search_element("Type a part of its name", found[0] if found else None),
    )
    blocks = [section(lead), search, context("The report is posted in the message's thread, for everybody there.")]
    view = View(
        type="modal",
        callback_id=ids.MESSAGE_VIEW,
        title=PlainTextObject(text="Check this machine"),
        submit=PlainTextObject(text="Check"),
        close=PlainTextObject(text="Cancel"),
        private_metadata=place.text,
        blocks=blocks,
    )
    return Modal(as_json(view))


def chosen(state: object) -> str:
    """The key of what was picked in the form, from a submitted view's state; "" for nothing, never raises."""
    return text_in(state, "values", ids.SUBJECT, ids.SUBJECT, "selected_option", "value")
