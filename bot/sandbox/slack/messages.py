"""What people see in a channel: one frozen value for each message, with all that it said before."""

from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

Payload = dict[str, Any]
"""A decoded JSON object as it crosses the wire: this package is the edge where its shape is checked."""


@dataclass(frozen=True, slots=True)
class Version:
    """What a message says."""

    text: str = ""
    blocks: tuple[Payload, ...] = ()
    metadata: Payload | None = None


@dataclass(frozen=True, slots=True)
class Message:
    ts: str
    channel: str
    user: str
    bot: bool
    text: str
    blocks: tuple[Payload, ...] = ()
    metadata: Payload | None = None
    thread_ts: str | None = None
    ephemeral_to: str | None = None
    history: tuple[Version, ...] = field(default=())

    @property
    def edited(self) -> int:
        """How often it was changed after it was posted."""
        return len(self.history)

    @property
    def version(self) -> Version:
        return Version(self.text, self.blocks, self.metadata)


def version_of(said: Payload) -> Version:
    """What a request's arguments say, copied so that nobody changes it afterwards."""
    return Version(
        str(said.get("text") or ""),
        tuple(deepcopy(said.get("blocks") or [])),
        deepcopy(said.get("metadata") or None),
    )


def with_block_ids(blocks: tuple[Payload, ...]) -> list[Payload]:
    """Blocks as Slack hands them out: every one has an id, made up where the app gave none."""
    return [{"block_id": f"b{place}", **deepcopy(block)} for place, block in enumerate(blocks)]


def wire(message: Message, *, metadata: bool = True) -> Payload:
    """The message as the Web API and interaction payloads carry it."""
    payload: Payload = {"type": "message", "ts": message.ts, "user": message.user, "text": message.text}
    if message.bot:
        payload |= {"bot_id": "B0HOMEWARD", "app_id": "A0HOMEWARD"}
    if message.blocks:
        payload["blocks"] = with_block_ids(message.blocks)
    if message.thread_ts:
        payload["thread_ts"] = message.thread_ts
    if message.edited:
        payload["edited"] = {"user": message.user, "ts": message.ts}
    if metadata and message.metadata:
        payload["metadata"] = deepcopy(message.metadata)
    return payload
