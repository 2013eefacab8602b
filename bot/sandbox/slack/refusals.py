"""How the sandbox's Slack says no: the one error that ends a request, as `{"ok": false, "error": ...}`."""

import json
from collections.abc import Collection

from .blocks import problems_in_message, problems_in_view
from .messages import Payload
from .surfaces import VIEW_BYTES


class Refused(Exception):
    """`error` is Slack's code; `extra` is merged into the answer."""

    def __init__(self, error: str, **extra: object) -> None:
        super().__init__(error)
        self.error = error
        self.extra = extra

    @property
    def body(self) -> Payload:
        return {"ok": False, "error": self.error, **self.extra}


def refused_for(error: str, problems: list[str]) -> Refused:
    """With the particulars where Slack puts them."""
    return Refused(error, errors=problems, response_metadata={"messages": [f"[ERROR] {one}" for one in problems]})


def missing_scope(needed: str, provided: Collection[str]) -> Refused:
    return Refused("missing_scope", needed=needed, provided=",".join(sorted(provided)))


def check_message(
    said: Payload, *, unsupported: frozenset[str] = frozenset(), allowed_mentions: Collection[str] = ()
) -> None:
    """Raise what Slack would answer to a message that it doesn't take."""
    blocks = said.get("blocks")
    if not blocks and not said.get("text"):
        raise Refused("no_text")
    if len(str(said.get("text") or "")) > 40_000:
        raise Refused("msg_too_long")
    if problems := [
        *problems_in_message(said, allowed_mentions=allowed_mentions),
        *not_rolled_out(blocks, unsupported),
    ]:
        raise refused_for("invalid_blocks" if blocks else "invalid_arguments", problems)


def check_view(view: Payload, *, unsupported: frozenset[str] = frozenset()) -> None:
    if len(json.dumps(view)) > VIEW_BYTES:
        raise Refused("view_too_large")
    if problems := [*problems_in_view(view), *not_rolled_out(view.get("blocks"), unsupported)]:
        raise refused_for("invalid_arguments", problems)


def not_rolled_out(blocks: list[Payload] | None, unsupported: frozenset[str]) -> list[str]:
    """Newer blocks reach workspaces in phases: the ones that this one doesn't know yet."""
    return [
        f"unsupported type: {block['type']} [json-pointer:/blocks/{place}/type]"
        for place, block in enumerate(blocks or [])
        if block.get("type") in unsupported
    ]
