"""Messages that must be in Slack exactly once: posted with a mark, looked for by it, changed in place.

Nothing here waits or tries again: whoever posts keeps a record, and comes back later.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol, cast

from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from .newer_blocks import NewerBlocks
from .views.blocks import Json, Message
from .web_api import WebApi, answered, objects, once, text, text_in

EVENT_TYPE = "homeward_post"
PATIENCE = 12
"""Seconds for one call."""
PAGE = 200
PAGES = 50
"""A search ends here: so many messages since the request began are another sort of channel."""

Clients = Callable[[str, str], Awaitable[AsyncWebClient]]
"""The client for a workspace (its team and enterprise); raises `SlackRefused` where there is none."""


@dataclass(frozen=True, slots=True)
class Mark:
    """What a message is, carried in its metadata, which nobody sees."""

    request: str
    key: str

    def as_metadata(self) -> Json:
        return {"event_type": EVENT_TYPE, "event_payload": {"request": self.request, "key": self.key}}


class Threads(Protocol):
    """One workspace. Every method raises `SlackRefused` (or `NotHere`) and nothing else."""

    async def post(self, channel: str, message: Message, *, thread: str, mark: Mark) -> str:
        """Says it once; the message's ts. `thread` is "" for the channel itself."""
        ...

    async def update(self, channel: str, ts: str, message: Message) -> None: ...

    async def find(self, mark: Mark, *, channel: str, thread: str, since: float) -> str:
        """The ts of the bot's own message with that mark, "" if there is none.

        In the channel itself (without `thread`) only messages since that Unix time are looked at.
        """
        ...

    async def direct(self, user: str) -> str:
        """The direct conversation with somebody."""
        ...


class SlackThreads:
    """Gives the `Threads` of each workspace, over the app's own authorization."""

    def __init__(self, clients: Clients, newer: NewerBlocks) -> None:
        self._clients = clients
        self._newer = newer

    async def __call__(self, team: str, enterprise: str) -> Threads:
        client = await self._clients(team, enterprise)
        return _Threads(once(client, timeout=PATIENCE), team, self._newer)


class _Threads:
    def __init__(self, client: WebApi, team: str, newer: NewerBlocks) -> None:
        self._client = client
        self._team = team
        self._newer = newer

    async def post(self, channel: str, message: Message, *, thread: str, mark: Mark) -> str:
        async def say(blocks: list[Json]) -> AsyncSlackResponse:
            call = self._client.chat_postMessage(
                channel=channel,
                text=message.text,
                blocks=blocks,
                thread_ts=thread or None,
                metadata=mark.as_metadata(),
                unfurl_links=False,
                unfurl_media=False,
            )
            return await answered("chat.postMessage", call)

        return text(await self._newer.said(self._team, message, say), "ts")

    async def update(self, channel: str, ts: str, message: Message) -> None:
        async def say(blocks: list[Json]) -> AsyncSlackResponse:
            call = self._client.chat_update(channel=channel, ts=ts, text=message.text, blocks=blocks)
            return await answered("chat.update", call)

        await self._newer.said(self._team, message, say)

    async def find(self, mark: Mark, *, channel: str, thread: str, since: float) -> str:
        # Another app may write the same metadata, to keep ours from being said.
        bot = text(await answered("auth.test", self._client.auth_test()), "bot_id")
        found: list[str] = []
        cursor = ""
        for _ in range(PAGES):
            page = await self._page(channel, thread, since, cursor)
            found += [text_in(m, "ts") for m in objects(page, "messages") if _is(m, mark, bot)]
            cursor = text(page, "response_metadata", "next_cursor")
            if not cursor:
                break
        return min(found, default="")

    async def _page(self, channel: str, thread: str, since: float, cursor: str) -> AsyncSlackResponse:
        if thread:
            call = self._client.conversations_replies(
                channel=channel, ts=thread, include_all_metadata=True, limit=PAGE, cursor=cursor or None
            )
            return await answered("conversations.replies", call)
        call = self._client.conversations_history(
            channel=channel, oldest=f"{since:.6f}", include_all_metadata=True, limit=PAGE, cursor=cursor or None
        )
        return await answered("conversations.history", call)

    async def direct(self, user: str) -> str:
        answer = await answered("conversations.open", self._client.conversations_open(users=user))
        return text(answer, "channel", "id")


def _is(message: object, mark: Mark, bot: str) -> bool:
    if not isinstance(message, dict) or text_in(cast("Json", message), "bot_id") != bot:
        return False
    metadata = cast("Json", message).get("metadata")
    return isinstance(metadata, dict) and mark.as_metadata().items() <= cast("Json", metadata).items()
