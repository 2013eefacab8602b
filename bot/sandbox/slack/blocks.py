"""A strict reading of Block Kit: what Slack would refuse, and what it would take but nobody should send.

slack_sdk's models check most lengths; the rules that they miss stand here and in `shapes`, `options`, `surfaces`
and `texts`.
"""

from collections import Counter
from collections.abc import Collection, Iterator
from typing import cast

from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.views import View

from .messages import Payload
from .models import kept, problems_by_model
from .reading import dicts, listed
from .shapes import problems_in_shape
from .surfaces import HOME, MESSAGE, MODAL, problems_in_focus, problems_in_frame, problems_in_place, refused_here
from .texts import MESSAGE_TEXT, broadcasts, problems_in_texts

MESSAGE_BLOCKS = 50
VIEW_BLOCKS = 100
MARKDOWN_IN_ALL = 12_000
TABLES_IN_A_MESSAGE = 1


def problems_in_message(payload: Payload, *, allowed_mentions: Collection[str] = ()) -> list[str]:
    """What is wrong with a message (its `text`, `blocks` and `metadata`); empty if it may be sent.

    Nobody but the user groups with the ids in `allowed_mentions` may be rung.
    """
    allowed = frozenset(allowed_mentions)
    problems: list[str] = []
    text, blocks, metadata = payload.get("text"), payload.get("blocks"), payload.get("metadata")
    if text is not None and not isinstance(text, str):
        problems.append("/text: not a string")
    elif text:
        if len(text) > MESSAGE_TEXT:
            problems.append(f"/text: {len(text)} characters, at most {MESSAGE_TEXT}")
        problems += [f"/text: broadcast mention {mention}" for mention in broadcasts(text, allowed)]
    if blocks and not (isinstance(text, str) and text.strip()):
        problems.append("/text: missing; blocks need a text for notifications and screen readers")
    if not blocks and not text:
        problems.append("/text: no text and no blocks")
    if metadata and not _is_metadata(metadata):
        problems.append("/metadata: needs event_type (a string) and event_payload (an object)")
    if blocks is not None:
        problems += _problems_in_blocks(blocks, most=MESSAGE_BLOCKS, surface=MESSAGE, allowed=allowed)
    return list(dict.fromkeys(problems))


def problems_in_view(view: Payload) -> list[str]:
    """What is wrong with a modal or a home tab; empty if it may be opened."""
    kind = view.get("type")
    surface = HOME if kind == "home" else MODAL
    problems = list(problems_in_frame(view, surface))
    if kind not in ("modal", "home"):
        problems.append(f"/type: {kind!r} is neither modal nor home")
    if kind == "modal" and not view.get("title"):
        problems.append("/title: missing")
    blocks = view.get("blocks")
    if not blocks:
        problems.append("/blocks: missing")
    problems += _problems_in_blocks(blocks or [], most=VIEW_BLOCKS, surface=surface, allowed=frozenset())
    problems += problems_in_focus(blocks, "/blocks")
    frame = {key: value for key, value in view.items() if key not in ("blocks", "submit_disabled")}
    problems += problems_in_texts(frame, "")
    try:
        kept(View(**cast("Payload", {**frame, "blocks": [{"type": "divider"}]})))
    except (SlackObjectFormationError, TypeError, KeyError) as error:
        problems.append(f"/: {error}")
    if kind == "modal" and not view.get("submit") and any(b.get("type") == "input" for b in dicts(blocks)):
        problems.append("/submit: missing; the view has an input")
    return list(dict.fromkeys(problems))


def _problems_in_blocks(blocks: object, *, most: int, surface: str, allowed: frozenset[str]) -> list[str]:
    given = listed(blocks)
    if not isinstance(blocks, list | tuple):
        return ["/blocks: not a list"]
    problems = [f"/blocks: {len(given)} blocks, at most {most}"] if len(given) > most else list[str]()
    for place, block in enumerate(given):
        path = f"/blocks/{place}"
        if not isinstance(block, dict):
            problems.append(f"{path}: not an object")
        elif refused_here(known := cast("Payload", block), surface):
            problems.append(f"{path}: {known['type']} is not allowed in a {surface}")
        else:
            problems += _problems_in_block(known, path, allowed)
            problems += problems_in_place(known, path, surface)
    objects = dicts(given)
    ids = Counter(str(block["block_id"]) for block in objects if block.get("block_id"))
    problems += [f"/blocks: block_id {name} stands {times} times" for name, times in ids.items() if times > 1]
    markdown = sum(len(str(block.get("text", ""))) for block in objects if block.get("type") == "markdown")
    if markdown > MARKDOWN_IN_ALL:
        problems.append(f"/blocks: {markdown} characters of markdown, at most {MARKDOWN_IN_ALL} in all")
    if sum(block.get("type") == "table" for block in objects) > TABLES_IN_A_MESSAGE:
        problems.append("/blocks: more than one table")
    return problems


def _problems_in_block(block: Payload, path: str, allowed: frozenset[str]) -> Iterator[str]:
    yield from problems_by_model(block, path)
    yield from problems_in_shape(block, path)
    yield from problems_in_texts(block, path, allowed)
    inner = {"plan": "tasks", "container": "child_blocks", "carousel": "elements"}.get(str(block.get("type")))
    for place, child in enumerate(dicts(block.get(inner or ""))):
        yield from _problems_in_block(child, f"{path}/{inner}/{place}", allowed)


def _is_metadata(metadata: object) -> bool:
    if not isinstance(metadata, dict):
        return False
    known = cast("Payload", metadata)
    return isinstance(known.get("event_type"), str) and isinstance(known.get("event_payload"), dict)
