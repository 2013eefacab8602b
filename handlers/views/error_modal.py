"""What the catalogue answers, in a modal: for a question that was asked where there is no channel."""

from typing import cast

from slack_sdk.models.blocks import PlainTextObject

from .. import ids
from .blocks import Json, Message, Modal, as_json


def error_modal(answer: Message) -> Modal:
    """The same as in a channel, but for what shares it there."""
    blocks = [kept for block in answer.blocks if (kept := _unshared(block))]
    return Modal(
        {
            "type": "modal",
            "title": as_json(PlainTextObject(text="Site Recovery errors")),
            "close": as_json(PlainTextObject(text="Close")),
            "blocks": blocks,
        }
    )


def _unshared(block: Json) -> Json | None:
    if block.get("type") != "actions":
        return block
    left = [one for one in cast("list[Json]", block["elements"]) if one.get("action_id") != ids.SHARE_ENTRY]
    return {**block, "elements": left} if left else None
