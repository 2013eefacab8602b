"""slack_sdk's client as Homeward uses it: its own types say less, and it repeats calls that may have been heard."""

from collections.abc import Awaitable, Mapping, Sequence
from copy import copy
from typing import Protocol, cast

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from .problems import NotHere, SlackRefused
from .views.blocks import Json

NO_ANSWER = "no_answer"
LIMITED = "ratelimited"
UNHEARD = frozenset({NO_ANSWER, "internal_error", "fatal_error", "service_unavailable", "request_timeout"})
"""It may have been done all the same, or may be done when it is asked again."""
SHORT = UNHEARD | {LIMITED}
"""What may be otherwise in a moment."""

NOT_HERE = frozenset(
    {
        "not_in_channel", "channel_not_found", "is_archived", "restricted_action", "ekm_access_denied",
        "restricted_action_read_only_channel", "restricted_action_thread_only_channel",
    }
)  # fmt: skip
"""The channel is closed to the bot."""


class WebApi(Protocol):
    """The methods that are called, and what of their arguments is used."""

    async def chat_postMessage(  # slack_sdk's name
        self,
        *,
        channel: str,
        text: str,
        blocks: Sequence[Json],
        thread_ts: str | None,
        metadata: Json | None,
        unfurl_links: bool,
        unfurl_media: bool,
    ) -> AsyncSlackResponse: ...

    async def chat_update(self, *, channel: str, ts: str, text: str, blocks: Sequence[Json]) -> AsyncSlackResponse: ...

    async def chat_getPermalink(self, *, channel: str, message_ts: str) -> AsyncSlackResponse:  # slack_sdk's name
        ...

    async def views_open(self, *, trigger_id: str, view: Json) -> AsyncSlackResponse: ...

    async def views_update(self, *, view_id: str, view: Json) -> AsyncSlackResponse: ...

    async def views_publish(self, *, user_id: str, view: Json) -> AsyncSlackResponse: ...

    async def auth_test(self) -> AsyncSlackResponse: ...

    async def conversations_open(self, *, users: str) -> AsyncSlackResponse: ...

    async def conversations_members(self, *, channel: str, limit: int, cursor: str | None) -> AsyncSlackResponse: ...

    async def conversations_replies(
        self, *, channel: str, ts: str, include_all_metadata: bool, limit: int, cursor: str | None
    ) -> AsyncSlackResponse: ...

    async def conversations_history(
        self, *, channel: str, oldest: str, include_all_metadata: bool, limit: int, cursor: str | None
    ) -> AsyncSlackResponse: ...


class _Answer(Protocol):
    """What is read of an answer."""

    data: object
    status_code: int
    headers: Mapping[str, str]


def once(client: AsyncWebClient, *, timeout: int | None = None) -> WebApi:
    """The same client, which asks once only: repeating a call whose connection broke may post twice.

    `timeout` shortens its patience, in seconds.
    """
    own = copy(client)
    own.retry_handlers = []
    if timeout is not None:
        own.timeout = min(own.timeout, timeout)
    return cast("WebApi", own)


async def answered(method: str, call: Awaitable[AsyncSlackResponse]) -> AsyncSlackResponse:
    """Slack's answer to one call; raises `SlackRefused` (or `NotHere`) for whatever else may come."""
    try:
        return await call
    except SlackApiError as error:
        raise _refused(method, error) from error
    except (aiohttp.ClientError, SlackClientError, TimeoutError, OSError, ValueError) as error:
        raise SlackRefused(method, NO_ANSWER) from error


def text(answer: AsyncSlackResponse, *keys: str) -> str:
    """A text inside an answer, "" if it is not there."""
    return text_in(cast("_Answer", answer).data, *keys)


def text_in(value: object, *keys: str) -> str:
    """The same of any part of an answer."""
    for key in keys:
        value = cast("Mapping[str, object]", value).get(key) if isinstance(value, dict) else None
    return value if isinstance(value, str) else ""


def objects(answer: AsyncSlackResponse, key: str) -> list[object]:
    """A list inside an answer, empty if it is not there."""
    data = cast("_Answer", answer).data
    value = cast("Mapping[str, object]", data).get(key) if isinstance(data, dict) else None
    return cast("list[object]", value) if isinstance(value, list) else []


def _refused(method: str, error: SlackApiError) -> SlackRefused:
    given = cast("object", error.response)
    if not isinstance(given, AsyncSlackResponse):
        return SlackRefused(method, NO_ANSWER)
    answer = cast("_Answer", given)
    if answer.status_code == 429:
        return SlackRefused(method, LIMITED, retry_after=_seconds(answer.headers))
    if answer.status_code >= 500:
        return SlackRefused(method, NO_ANSWER)
    code = text(given, "error") or NO_ANSWER
    return (NotHere if code in NOT_HERE else SlackRefused)(method, code)


def _seconds(headers: Mapping[str, str]) -> float:
    told = {key.lower(): value for key, value in headers.items()}.get("retry-after", "")
    return max(1.0, float(told)) if told.strip().isdigit() else 1.0
