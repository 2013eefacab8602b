"""Two commands in one Bolt app: Homeward's, and a bare listener that acknowledges a short text."""

import hashlib
import hmac
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Protocol, cast
from urllib.parse import urlencode

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.async_app import AsyncAck

from homeward.bot.plugin import register
from homeward.bot.sandbox.run import Sandbox
from homeward.bot.slack_app import web_client

BARE = "/bare"
OURS = "/failback-errors"
QUESTION = "78093"
EARLY, DEFAULT = MODES = ("process_before_response", "default mode")
"""Bolt's modes: in its default it looks for the acknowledgement every 10 ms."""


class _App(Protocol):
    """What is used of Bolt's app, whose own types say less."""

    def command(self, command: str) -> Callable[[Callable[[AsyncAck], Awaitable[None]]], object]: ...


async def _acknowledge(ack: AsyncAck) -> None:
    await ack("ok")


@asynccontextmanager
async def listening(mode: str) -> AsyncGenerator[tuple[AsyncApp, str]]:
    """The app and its signing secret.

    The bare listener stands before Homeward's, as a host's own do: Bolt asks them in order, so the place favours it.
    """
    async with Sandbox() as sandbox:
        settings, secret = sandbox.settings(), sandbox.slack.signing_secret
        early = mode == EARLY
        app = AsyncApp(client=web_client(settings), signing_secret=secret, process_before_response=early)
        cast("_App", app).command(BARE)(_acknowledge)
        async with register(app, settings):
            yield app, secret


def signed(command: str, secret: str) -> tuple[str, Mapping[str, str]]:
    """The body and headers of a slash command as Slack sends them, at this moment."""
    body = urlencode(
        {
            "token": "legacy",
            "team_id": "T0HOMEWARD",
            "team_domain": "corp",
            "channel_id": "C0WARROOM",
            "channel_name": "war-room",
            "user_id": "U0MAYA",
            "user_name": "maya",
            "command": command,
            "text": QUESTION,
            "api_app_id": "A0HOMEWARD",
            "is_enterprise_install": "false",
            "response_url": "https://127.0.0.1:9/response",
            "trigger_id": "1.2.3",
        }
    )
    stamp = str(int(time.time()))
    signature = hmac.new(secret.encode(), f"v0:{stamp}:{body}".encode(), hashlib.sha256).hexdigest()
    return body, {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Slack-Request-Timestamp": stamp,
        "X-Slack-Signature": f"v0={signature}",
    }
