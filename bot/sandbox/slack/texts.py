"""What may stand in a text: nothing empty, nothing too long, and no mention that rings everybody."""

import re
from collections.abc import Iterator
from typing import cast

from .messages import Payload
from .reading import objects

MESSAGE_TEXT = 40_000

_BROADCAST = re.compile(r"<!(?:channel|here|everyone|group|subteam\^(?P<group>[^>|]*))(?:\|[^>]*)?>")

_ALWAYS_PLAIN = {
    "button": ("text",),
    "workflow_button": ("text",),
    "header": ("text",),
    "input": ("label", "hint"),
    "image": ("title",),
    "modal": ("title", "submit", "close"),
}
"""Fields, by the type that holds them, where Slack takes plain_text only and slack_sdk's models take both."""


def broadcasts(text: str, allowed: frozenset[str] = frozenset()) -> list[str]:
    """The mentions in a text that would ring a whole channel, or a group that is not one of those allowed."""
    return [found[0] for found in _BROADCAST.finditer(text) if found["group"] not in allowed]


def problems_in_texts(block: Payload, path: str, allowed: frozenset[str] = frozenset()) -> Iterator[str]:
    """What is wrong with the texts anywhere in a block or a view; the groups `allowed` may be rung."""
    for where, here in objects(block, path):
        kind, text = here.get("type"), here.get("text")
        if kind in ("plain_text", "mrkdwn", "raw_text", "text", "markdown"):
            if not isinstance(text, str):
                yield f"{where}: text is not a string"
            elif not text.strip() and kind != "text":
                yield f"{where}: empty text"
            elif kind in ("mrkdwn", "markdown") and (found := broadcasts(text, allowed)):
                yield f"{where}: broadcast mention {found[0]}"
        if kind == "broadcast" or (kind == "usergroup" and here.get("usergroup_id") not in allowed):
            yield f"{where}: broadcast mention ({kind})"
        for key in _ALWAYS_PLAIN.get(str(kind), ()):
            yield from _plain(here, key, where)
        for key in ("placeholder", "confirm", "deny"):
            if key != "confirm" or "deny" in here:
                yield from _plain(here, key, where)


def _plain(holder: Payload, key: str, where: str) -> Iterator[str]:
    text = holder.get(key)
    if isinstance(text, dict) and cast("Payload", text).get("type") != "plain_text":
        yield f"{where}/{key}: must be plain_text"
