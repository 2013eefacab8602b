"""What the catalogue answers, in a modal: for a question that was asked where there is no channel."""

from typing import cast

from slack_sdk.models.blocks import PlainTextObject
from slack_sdk.models.views import View

from .. import ids
from .blocks import Json, Message, Modal, as_json


def error_modal(answer: Message) -> Modal:
    """The same as in a channel, but for what shares it there."""
    view = View(
        type="modal",
        title=PlainTextObject(text="Site Recovery errors"),
        close=PlainTextObject(text="Close"),
        blocks=[],
    )
    blocks = [kept for block in answer.blocks if (kept := _unshared(block))]
    return Modal({**as_json(view), "blocks": blocks})


def _unshared(block: Json) -> Json | None:
    if block.get("type") != "actions":
        return block
    left = [one for one in cast("list[Json]", block["elements"]) if one.get("action_id") != ids.SHARE_ENTRY]
    return {**block, "elements": left} if left else None
