"""Coming up at Slack: keeps trying while Slack can't be reached, ends where Slack refuses."""

import asyncio
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import Protocol, cast

import aiohttp
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_sdk.errors import SlackApiError, SlackClientError

OPENING_SECONDS = 30.0
"""How long opening the websocket may take, before a new address is asked for: an address lives about so long."""
PAUSES = (1.0, 2.0, 4.0, 8.0, 16.0, 30.0)
"""Seconds between attempts; the last one again and again."""
TOLD_EVERY = 10
"""Which attempts in vain are told in the log, after the first."""

PASSING = frozenset(
    {"ratelimited", "rate_limited", "fatal_error", "internal_error", "request_timeout", "service_unavailable"}
)
"""Slack's codes for its own troubles, which pass; all others are a refusal."""


class Refused(Exception):
    """Slack answered, and it is no: trying again would change nothing. The message is one line for people."""


class Log(Protocol):
    """The part of a structlog logger that is used."""

    def warning(self, event: str, **values: object) -> object: ...


class Answer(Protocol):
    """What is read of Slack's answers."""

    @property
    def headers(self) -> Mapping[str, str]: ...

    def get(self, key: str) -> object: ...


class WebApi(Protocol):
    """What is asked of Slack's web client, whose own types say less."""

    async def auth_test(self) -> Answer: ...

    async def apps_connections_open(self, *, app_token: str) -> Answer: ...


async def come_up(client: WebApi, handler: AsyncSocketModeHandler | None, *, log: Log) -> None:
    """Signs in and, with a handler, opens Socket Mode. Returns when connected; raises `Refused`.

    Bolt's own way would try for ever and tell nobody, also with a token that Slack refuses.
    """
    attempts = 0
    while True:
        try:
            await _attempt(client, handler)
        except SlackApiError as error:
            why = code_of(error) or "an HTTP error"
        except (SlackClientError, aiohttp.ClientError, OSError, TimeoutError) as error:
            why = type(error).__name__
        else:
            return
        if attempts % TOLD_EVERY == 0:
            log.warning("homeward.slack_unreachable", error=why, attempts=attempts + 1)
        await asyncio.sleep(PAUSES[min(attempts, len(PAUSES) - 1)])
        attempts += 1


async def _attempt(client: WebApi, handler: AsyncSocketModeHandler | None) -> None:
    with _asking("the bot's token (slack.bot_token)"):
        await client.auth_test()
    if handler is None:
        return
    with _asking("the app-level token (slack.app_token)"):
        answer = await client.apps_connections_open(app_token=handler.app_token)
    # Without this Bolt asks for a second address, and after a failure it would keep to the first for ever.
    handler.client.wss_uri = str(answer.get("url"))
    async with asyncio.timeout(OPENING_SECONDS):
        await handler.connect_async()  # type: ignore[no-untyped-call] # Bolt does not annotate it


@contextmanager
def _asking(what: str) -> Generator[None]:
    try:
        yield
    except SlackApiError as error:
        code = code_of(error)
        if code and code not in PASSING:
            raise Refused(f"Slack refused {what}: {code}") from None
        raise


def code_of(error: SlackApiError) -> str:
    """Slack's word for it; "" where it gave none, as in an outage that answers with a bare HTTP error."""
    body: object = getattr(cast("object", error.response), "data", None)
    return str(cast("dict[str, object]", body).get("error", "")) if isinstance(body, dict) else ""
