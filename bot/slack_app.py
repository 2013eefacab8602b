"""The Bolt app of the standalone bot, and its web client, from the settings."""

import ssl
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import aiohttp
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from .settings import Settings, secret


def tls(settings: Settings) -> ssl.SSLContext:
    """Always verifying; with the configured certificate authority where Slack is reached through one's own."""
    return ssl.create_default_context(cafile=settings.slack.ca_file or None)


def web_client(settings: Settings, session: aiohttp.ClientSession | None = None) -> AsyncWebClient:
    """Raises SettingsError when the bot's token is missing."""
    slack = settings.slack
    return AsyncWebClient(
        token=secret("slack.bot_token", slack.bot_token, slack.bot_token_file),
        base_url=slack.api_url.rstrip("/") + "/",
        ssl=tls(settings),
        session=session,
    )


def bolt_app(settings: Settings) -> AsyncApp:
    """An app that answers to nothing yet. Raises SettingsError when a secret that its mode needs is missing."""
    slack = settings.slack
    signing_secret = "socket mode is not signed"  # noqa: S105 - Bolt wants one even where nothing is signed
    if slack.mode == "http":
        signing_secret = secret("slack.signing_secret", slack.signing_secret, slack.signing_secret_file)
    return AsyncApp(client=web_client(settings), signing_secret=signing_secret, process_before_response=True)


@asynccontextmanager
async def socket_mode(app: AsyncApp, settings: Settings) -> AsyncGenerator[AsyncSocketModeHandler]:
    """Socket Mode, not yet connected; closed at the end. Raises SettingsError without an app-level token."""
    slack = settings.slack
    handler = AsyncSocketModeHandler(app, secret("slack.app_token", slack.app_token, slack.app_token_file))
    try:
        yield handler
    finally:
        await handler.close_async()  # type: ignore[no-untyped-call] # Bolt does not annotate it


@asynccontextmanager
async def connected(app: AsyncApp, settings: Settings) -> AsyncGenerator[AsyncSocketModeHandler]:
    """Socket Mode, open for the time of the context."""
    async with socket_mode(app, settings) as handler:
        await handler.connect_async()  # type: ignore[no-untyped-call] # Bolt does not annotate it
        yield handler
