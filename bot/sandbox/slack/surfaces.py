"""What may stand where: Slack takes some blocks and elements in messages only, or in modals, or in home tabs."""

from collections import Counter
from collections.abc import Iterator

from .messages import Payload
from .reading import dicts, objects

MESSAGE, MODAL, HOME = "message", "modal", "home"
VIEW_BYTES = 250_000

_TYPED = {"email_text_input", "url_text_input", "number_input", "file_input"}
_MESSAGES_ONLY = {"table", "plan", "task_card", "markdown", "file", "context_actions"}
_BLOCKS = {MESSAGE: {"alert"}, MODAL: _MESSAGES_ONLY, HOME: {"alert", *_MESSAGES_ONLY}}
"""The blocks that each surface refuses."""
_ELEMENTS = {
    MESSAGE: {"rich_text_input", *_TYPED},
    MODAL: {"workflow_button"},
    HOME: {"datetimepicker", "workflow_button", *_TYPED},
}
"""The elements that each surface refuses."""
_FRAME = {
    MODAL: {
        "type", "title", "submit", "close", "blocks", "private_metadata", "callback_id", "external_id",
        "clear_on_close", "notify_on_close", "submit_disabled",
    },
    HOME: {"type", "blocks", "private_metadata", "callback_id", "external_id"},
}  # fmt: skip
"""The fields of each sort of view."""


def refused_here(block: Payload, surface: str) -> bool:
    return str(block.get("type")) in _BLOCKS[surface]


def problems_in_place(block: Payload, path: str, surface: str) -> Iterator[str]:
    """The elements of a block that can't stand on this surface, or only elsewhere on it."""
    for where, here in objects(block, path):
        kind = str(here.get("type"))
        if kind in _ELEMENTS[surface]:
            yield f"{where}: {kind} is not allowed in a {surface}"
        if here.get("response_url_enabled") and (surface != MODAL or block.get("type") != "input"):
            yield f"{where}/response_url_enabled: only in the inputs of a modal"
        if kind == "datetimepicker" and block.get("type") == "section":
            yield f"{where}: {kind} is not allowed in a section"


def problems_in_focus(blocks: object, path: str) -> Iterator[str]:
    """One element of a view may have the cursor when it comes up."""
    focus = Counter(bool(here.get("focus_on_load")) for block in dicts(blocks) for _, here in objects(block))
    if focus[True] > 1:
        yield f"{path}: focus_on_load in {focus[True]} elements, at most 1"


def problems_in_frame(view: Payload, surface: str) -> Iterator[str]:
    yield from (f"/{key}: not allowed in a {surface}" for key in sorted(set(view) - _FRAME[surface]))
