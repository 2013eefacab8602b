"""Saying things in Slack: the narrow port that handlers use, over the client of the request.

The client that Bolt hands to a listener is authorised for the workspace of the request; it is kept for as long as the
work lasts, so no token is ever stored.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Protocol

import aiohttp
from slack_bolt.async_app import AsyncRespond
from slack_sdk.errors import SlackClientError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from .newer_blocks import NewerBlocks
from .problems import SlackRefused
from .views.blocks import Json, Message, Modal
from .web_api import NO_ANSWER, UNHEARD, answered, once, text

Sleep = Callable[[float], Awaitable[None]]

TRIES = 4
LONGEST_WAIT = 60.0
"""A Retry-After beyond it is not waited for."""
SETTLED = 0.2
"""Seconds after an acknowledgement that changes a form, until the form is changed again: Slack may take the two in
any order, and the first would come last."""


class Poster(Protocol):
    """Every method raises `SlackRefused` (or `NotHere`) and nothing else."""

    async def post(self, channel: str, message: Message, *, thread: str = "") -> str:
        """Says it in a channel or a thread; the message's ts."""
        ...

    async def update(self, channel: str, ts: str, message: Message, *, insist: bool) -> None:
        """Says something else in the same place; only with `insist` it is tried again."""
        ...

    async def whisper(self, message: Message, *, replace: bool = False, to_channel: bool = False) -> None:
        """Answers the person alone, where they pressed; with `replace`, in place of the message of the button.

        With `to_channel` everybody in the channel sees it, as said for this person.
        """
        ...

    async def open_view(self, trigger: str, modal: Modal) -> str:
        """Opens a modal; the view's id."""
        ...

    async def update_view(self, view_id: str, modal: Modal) -> None: ...

    async def publish(self, user: str, home: Modal, *, insist: bool) -> None:
        """Shows it in somebody's App Home; only with `insist` it is tried again."""
        ...

    async def link(self, channel: str, ts: str) -> str:
        """The address of a message."""
        ...


class Posters(Protocol):
    """Makes the poster for a request."""

    def __call__(self, client: AsyncWebClient, respond: AsyncRespond | None, team: str, thread: str = "") -> Poster:
        """From the request's client, its way to answer the person, its workspace, and the thread it came from."""
        ...


class SlackPosters:
    """Makes the posters of all requests, which share what is known of the workspaces."""

    def __init__(self, *, newer: NewerBlocks | None = None, sleep: Sleep = asyncio.sleep) -> None:
        self._newer = newer or NewerBlocks()
        self._sleep = sleep

    def __call__(self, client: AsyncWebClient, respond: AsyncRespond | None, team: str, thread: str = "") -> Poster:
        return SlackPoster(client, respond, team, thread, newer=self._newer, sleep=self._sleep)


class SlackPoster:
    """A `Poster` for one request."""

    def __init__(
        self,
        client: AsyncWebClient,
        respond: AsyncRespond | None,
        team: str,
        thread: str = "",
        *,
        newer: NewerBlocks,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._client = once(client)
        self._respond = respond
        self._team = team
        self._thread = thread
        self._newer = newer
        self._sleep = sleep

    async def post(self, channel: str, message: Message, *, thread: str = "") -> str:
        async def call(blocks: list[Json]) -> AsyncSlackResponse:
            return await self._client.chat_postMessage(
                channel=channel,
                text=message.text,
                blocks=blocks,
                thread_ts=thread or None,
                metadata=None,
                unfurl_links=False,
                unfurl_media=False,
            )

        # A lost answer may be a post that was made: only refusals that name a wait are tried again.
        answer = await self._newest_it_takes("chat.postMessage", message, call, again=False)
        return text(answer, "ts")

    async def update(self, channel: str, ts: str, message: Message, *, insist: bool) -> None:
        async def call(blocks: list[Json]) -> AsyncSlackResponse:
            return await self._client.chat_update(channel=channel, ts=ts, text=message.text, blocks=blocks)

        await self._newest_it_takes("chat.update", message, call, again=insist, tries=TRIES if insist else 1)

    async def whisper(self, message: Message, *, replace: bool = False, to_channel: bool = False) -> None:
        respond = self._respond
        if respond is None or not respond.response_url:
            raise SlackRefused("an answer in private", "no_response_url")
        try:
            answer = await respond(
                text=message.text,
                blocks=message.plainer or message.blocks,
                response_type="in_channel" if to_channel else "ephemeral",
                replace_original=replace,
                # Slack heeds it only where nothing is replaced, and what is replaced stays where it is.
                thread_ts=None if replace else self._thread or None,
                unfurl_links=False,
                unfurl_media=False,
            )
        except (aiohttp.ClientError, TimeoutError, SlackClientError) as error:
            raise SlackRefused("an answer in private", NO_ANSWER) from error
        if answer.status_code != 200:
            raise SlackRefused("an answer in private", f"status_{answer.status_code}")

    async def open_view(self, trigger: str, modal: Modal) -> str:
        answer = await self._tried(
            "views.open", lambda: self._client.views_open(trigger_id=trigger, view=modal.view), again=False, tries=1
        )
        return text(answer, "view", "id")

    async def update_view(self, view_id: str, modal: Modal) -> None:
        await self._tried(
            "views.update", lambda: self._client.views_update(view_id=view_id, view=modal.view), again=True, tries=TRIES
        )

    async def publish(self, user: str, home: Modal, *, insist: bool) -> None:
        await self._tried(
            "views.publish",
            lambda: self._client.views_publish(user_id=user, view=home.view),
            again=insist,
            tries=TRIES if insist else 1,
        )

    async def link(self, channel: str, ts: str) -> str:
        answer = await self._tried(
            "chat.getPermalink",
            lambda: self._client.chat_getPermalink(channel=channel, message_ts=ts),
            again=False,
            tries=1,
        )
        return text(answer, "permalink")

    async def _newest_it_takes(
        self,
        method: str,
        message: Message,
        call: Callable[[list[Json]], Awaitable[AsyncSlackResponse]],
        *,
        again: bool,
        tries: int = TRIES,
    ) -> AsyncSlackResponse:
        async def say(blocks: list[Json]) -> AsyncSlackResponse:
            return await self._tried(method, lambda: call(blocks), again=again, tries=tries)

        return await self._newer.said(self._team, message, say)

    async def _tried(
        self, method: str, call: Callable[[], Awaitable[AsyncSlackResponse]], *, again: bool, tries: int
    ) -> AsyncSlackResponse:
        """Honours Retry-After; with `again`, also tries again after a failure that may be short."""
        for attempt in range(1, tries + 1):
            try:
                return await answered(method, call())
            except SlackRefused as refused:
                wait = refused.retry_after
                if again and refused.error in UNHEARD:
                    wait = 2.0 ** (attempt - 1)
                if not wait or wait > LONGEST_WAIT or attempt == tries:
                    raise
            await self._sleep(wait)
        raise AssertionError("tries is at least 1")
