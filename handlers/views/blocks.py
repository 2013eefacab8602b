"""Messages and modals as values, and the few blocks they are made of, each within Slack's limits."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol, cast

from slack_sdk.models.basic_objects import JsonObject
from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    ConfirmObject,
    ContextBlock,
    DividerBlock,
    MarkdownTextObject,
    PlainTextObject,
    RichTextBlock,
    RichTextElementParts,
    RichTextPreformattedElement,
    SectionBlock,
)

from ..escape import plain, units

Json = dict[str, object]

MESSAGE_BLOCKS = 50
MESSAGE_LETTERS = 12_000
"""Slack refuses longer ones as msg_blocks_too_long; it tells the limit for markdown only, which is this one."""
SECTION = 3000
CONTEXT = 2000
BUTTON = 75
VALUE = 2000


@dataclass(frozen=True, slots=True)
class Message:
    """`text` stands alone, for notifications and screen readers (mrkdwn, escaped).

    `plainer` are the blocks for a workspace that doesn't know the newer ones (tables, plans) yet, where they differ.
    """

    text: str
    blocks: tuple[Json, ...]
    plainer: tuple[Json, ...] = ()


@dataclass(frozen=True, slots=True)
class Modal:
    """A view as `views.open` takes it."""

    view: Json


def built(*blocks: Block) -> tuple[Json, ...]:
    """The blocks as JSON; slack_sdk checks their lengths."""
    return tuple(as_json(block) for block in blocks)


def as_json(part: JsonObject) -> Json:
    """The JSON of any of slack_sdk's models."""
    return cast("_Model", part).to_dict()


class _Model(Protocol):
    """What slack_sdk leaves untyped."""

    def to_dict(self) -> Json: ...


def section(text: str, button: ButtonElement | None = None) -> Block:
    """A paragraph of mrkdwn whose foreign parts are escaped; verbatim, so that Slack links nothing by itself."""
    return SectionBlock(text=MarkdownTextObject(text=_fitting(text, SECTION), verbatim=True), accessory=button)


def context(*texts: str) -> Block:
    """Small print."""
    return ContextBlock(
        elements=[MarkdownTextObject(text=_fitting(text, CONTEXT), verbatim=True) for text in texts[:10]]
    )


def fitted(build: Callable[[int], Sequence[Block]], sizes: Sequence[int]) -> tuple[Json, ...]:
    """What `build` makes of the first size that Slack takes in one message; the last size must be small enough."""
    for size in sizes[:-1]:
        blocks = built(*build(size))
        if len(blocks) <= MESSAGE_BLOCKS and letters(blocks) <= MESSAGE_LETTERS:
            return blocks
    return built(*build(sizes[-1]))


def letters(value: object) -> int:
    """How much text there is in blocks."""
    if isinstance(value, dict):
        held = cast("Json", value)
        return sum(
            units(part) if key in ("text", "title") and isinstance(part, str) else letters(part)
            for key, part in held.items()
        )
    return sum(letters(part) for part in cast("Sequence[object]", value)) if isinstance(value, list | tuple) else 0


def divider() -> Block:
    return DividerBlock()


def button(
    label: str, action: str, value: str, *, primary: bool = False, sure: ConfirmObject | None = None
) -> ButtonElement:
    """A button; its value names what is meant and is never cut. `sure` is asked before the press counts."""
    return ButtonElement(
        text=PlainTextObject(text=plain(label, BUTTON), emoji=False),
        action_id=action,
        value=value,
        style="primary" if primary else None,
        confirm=sure,
    )


def sure(title: str, text: str, confirm: str, deny: str) -> ConfirmObject:
    """A question before a press counts; all its texts are plain."""
    return ConfirmObject(
        title=PlainTextObject(text=plain(title, 100), emoji=False),
        text=PlainTextObject(text=plain(text, 300), emoji=False),
        confirm=PlainTextObject(text=plain(confirm, 30), emoji=False),
        deny=PlainTextObject(text=plain(deny, 30), emoji=False),
    )


def box(line: str) -> Block:
    """A line to copy, in which Slack reads no markup."""
    part = RichTextElementParts.Text(text=plain(line, SECTION))
    return RichTextBlock(elements=[RichTextPreformattedElement(elements=[part])])


def actions(buttons: Sequence[ButtonElement]) -> Block:
    return ActionsBlock(elements=list(buttons))


def packed(lines: Iterable[str], limit: int = SECTION) -> list[str]:
    """The lines joined into as few paragraphs as fit; no line is parted."""
    paragraphs: list[list[str]] = []
    room = 0
    for line in lines:
        size = units(line) + 1
        if size <= room:
            paragraphs[-1].append(line)
            room -= size
        else:
            paragraphs.append([line])
            room = limit + 1 - size
    return ["\n".join(paragraph) for paragraph in paragraphs]


def many(count: int, one: str, several: str = "") -> str:
    """ "1 blocker", "3 blockers"."""
    return f"{count} {one if count == 1 else several or one + 's'}"


def listed(words: Sequence[str], most: int = 4) -> str:
    """ "a, b and 3 more"; no word is left out without being counted."""
    if len(words) <= most:
        return ", ".join(words)
    return f"{', '.join(words[: most - 1])} and {len(words) - most + 1} more"


def _fitting(text: str, limit: int) -> str:
    """The last resort: views shorten their parts, so that this cuts nothing. Lines are dropped whole."""
    if units(text) <= limit:
        return text
    kept: list[str] = []
    room = limit - 1
    for line in text.split("\n"):
        room -= units(line) + 1
        if room < 0:
            break
        kept.append(line)
    return "\n".join([*kept, "…"])
