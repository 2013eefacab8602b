"""Saying things in Slack: the narrow port that handlers use, over the client of the request.

The client that Bolt hands to a listener is authorised for the workspace of the request; it is kept for as long as the
work lasts, so no token is ever stored.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from copy import copy
from typing import Protocol, cast

import aiohttp
from slack_bolt.async_app import AsyncRespond
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from .problems import NotHere, SlackRefused
from .views.blocks import Json, Message, Modal

Sleep = Callable[[float], Awaitable[None]]

TRIES = 4
LONGEST_WAIT = 60.0
"""A Retry-After beyond it is not waited for."""
TRANSIENT = {"no_answer", "internal_error", "fatal_error", "service_unavailable", "request_timeout"}

_NOT_HERE = {"not_in_channel", "channel_not_found", "is_archived", "restricted_action", "ekm_access_denied"}


class Poster(Protocol):
    """Every method raises `SlackRefused` (or `NotHere`) and nothing else."""

    async def post(self, channel: str, message: Message, *, thread: str = "") -> str:
        """Says it in a channel or a thread; the message's ts."""
        ...

    async def update(self, channel: str, ts: str, message: Message, *, insist: bool) -> None:
        """Says something else in the same place; only with `insist` it is tried again."""
        ...

    async def whisper(self, message: Message, *, replace: bool = False, to_channel: bool = False) -> None:
        """Answers the person alone; with `replace`, in place of the message that they pressed a button of.

        With `to_channel` everybody in the channel sees it, as said for this person.
        """
        ...

    async def open_view(self, trigger: str, modal: Modal) -> str:
        """Opens a modal; the view's id."""
        ...

    async def update_view(self, view_id: str, modal: Modal) -> None: ...


class _WebApi(Protocol):
    """What is used of slack_sdk's client, whose own types say less."""

    async def chat_postMessage(  # slack_sdk's name
        self,
        *,
        channel: str,
        text: str,
        blocks: Sequence[Json],
        thread_ts: str | None,
        unfurl_links: bool,
        unfurl_media: bool,
    ) -> AsyncSlackResponse: ...

    async def chat_update(self, *, channel: str, ts: str, text: str, blocks: Sequence[Json]) -> AsyncSlackResponse: ...

    async def views_open(self, *, trigger_id: str, view: Json) -> AsyncSlackResponse: ...

    async def views_update(self, *, view_id: str, view: Json) -> AsyncSlackResponse: ...


class _Answer(Protocol):
    """What is read of an answer."""

    data: object
    status_code: int
    headers: Mapping[str, str]


class Tables:
    """Which workspaces refused a table, so that each is asked only once."""

    def __init__(self) -> None:
        self._without: set[str] = set()

    def known_in(self, team: str) -> bool:
        return team not in self._without

    def refused_in(self, team: str) -> None:
        self._without.add(team)


Posters = Callable[[AsyncWebClient, AsyncRespond | None, str], Poster]
"""Makes the poster for a request, from its client, its way to answer the person, and its workspace."""


class SlackPosters:
    """Makes the posters of all requests, which share what is known of the workspaces."""

    def __init__(self, *, sleep: Sleep = asyncio.sleep) -> None:
        self._tables = Tables()
        self._sleep = sleep

    def __call__(self, client: AsyncWebClient, respond: AsyncRespond | None, team: str) -> Poster:
        return SlackPoster(client, respond, team, tables=self._tables, sleep=self._sleep)


class SlackPoster:
    """A `Poster` for one request."""

    def __init__(
        self,
        client: AsyncWebClient,
        respond: AsyncRespond | None,
        team: str,
        *,
        tables: Tables,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        # slack_sdk repeats a call whose connection broke, which may post twice; this class knows what may be repeated.
        own = copy(client)
        own.retry_handlers = []
        self._client = cast("_WebApi", own)
        self._respond = respond
        self._team = team
        self._tables = tables
        self._sleep = sleep

    async def post(self, channel: str, message: Message, *, thread: str = "") -> str:
        async def call(blocks: list[Json]) -> AsyncSlackResponse:
            return await self._client.chat_postMessage(
                channel=channel,
                text=message.text,
                blocks=blocks,
                thread_ts=thread or None,
                unfurl_links=False,
                unfurl_media=False,
            )

        # A lost answer may be a post that was made: only refusals that name a wait are tried again.
        answer = await self._newest_it_takes("chat.postMessage", message, call, again=False)
        return _text(cast("_Answer", answer), "ts")

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
                unfurl_links=False,
                unfurl_media=False,
            )
        except (aiohttp.ClientError, TimeoutError, SlackClientError) as error:
            raise SlackRefused("an answer in private", "no_answer") from error
        if answer.status_code != 200:
            raise SlackRefused("an answer in private", f"status_{answer.status_code}")

    async def open_view(self, trigger: str, modal: Modal) -> str:
        answer = await self._tried(
            "views.open", lambda: self._client.views_open(trigger_id=trigger, view=modal.view), again=False, tries=1
        )
        return _text(cast("_Answer", answer), "view", "id")

    async def update_view(self, view_id: str, modal: Modal) -> None:
        await self._tried(
            "views.update", lambda: self._client.views_update(view_id=view_id, view=modal.view), again=True, tries=TRIES
        )

    async def _newest_it_takes(
        self,
        method: str,
        message: Message,
        call: Callable[[list[Json]], Awaitable[AsyncSlackResponse]],
        *,
        again: bool,
        tries: int = TRIES,
    ) -> AsyncSlackResponse:
        full, spare = list(message.blocks), list(message.plainer)
        if spare and not self._tables.known_in(self._team):
            return await self._tried(method, lambda: call(spare), again=again, tries=tries)
        try:
            return await self._tried(method, lambda: call(full), again=again, tries=tries)
        except SlackRefused as refused:
            if not spare or refused.error not in {"invalid_blocks", "invalid_blocks_format"}:
                raise
        answer = await self._tried(method, lambda: call(spare), again=again, tries=tries)
        self._tables.refused_in(self._team)
        return answer

    async def _tried(
        self, method: str, call: Callable[[], Awaitable[AsyncSlackResponse]], *, again: bool, tries: int
    ) -> AsyncSlackResponse:
        """Honours Retry-After; with `again`, also tries again after a failure that may be short."""
        for attempt in range(1, tries + 1):
            try:
                return await call()
            except SlackApiError as error:
                refused, wait = _refused(method, error)
            except (aiohttp.ClientError, SlackClientError, TimeoutError, OSError, ValueError):
                refused, wait = SlackRefused(method, "no_answer"), 0.0
            if not wait and again and refused.error in TRANSIENT:
                wait = 2.0 ** (attempt - 1)
            if not wait or wait > LONGEST_WAIT or attempt == tries:
                raise refused
            await self._sleep(wait)
        raise AssertionError("tries is at least 1")


def _refused(method: str, error: SlackApiError) -> tuple[SlackRefused, float]:
    """The refusal, and the seconds that Slack asks to wait (0 if it does not)."""
    given = cast("object", error.response)
    if not isinstance(given, AsyncSlackResponse):
        return SlackRefused(method, "no_answer"), 0.0
    answer = cast("_Answer", given)
    if answer.status_code == 429:
        return SlackRefused(method, "ratelimited"), _seconds(answer.headers)
    if answer.status_code >= 500:
        return SlackRefused(method, "no_answer"), 0.0
    code = _text(answer, "error") or "no_answer"
    return (NotHere if code in _NOT_HERE else SlackRefused)(method, code), 0.0


def _seconds(headers: Mapping[str, str]) -> float:
    told = {key.lower(): value for key, value in headers.items()}.get("retry-after", "")
    return max(1.0, float(told)) if told.strip().isdigit() else 1.0


def _text(answer: _Answer, *keys: str) -> str:
    """A text inside an answer, "" if it is not there."""
    value = answer.data
    for key in keys:
        value = cast("Mapping[str, object]", value).get(key) if isinstance(value, dict) else None
    return value if isinstance(value, str) else ""
