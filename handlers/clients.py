"""Slack's clients for work that no request from Slack started, through the host app's own authorization.

An app with one token has its client; an app installed in many workspaces has an `authorize` (its own function, or
Bolt's over its installation store), which is asked anew each time. So tokens are the host's to keep, rotate, revoke.
"""

from typing import Protocol, cast

import aiohttp
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization.async_authorize import AsyncAuthorize
from slack_bolt.context.async_context import AsyncBoltContext
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from .problems import SlackRefused
from .web_api import NO_ANSWER

NOT_INSTALLED = "not_installed"
"""Not one of Slack's codes: the app knows no token for the workspace."""


class AppClients:
    """The clients of a host's app."""

    def __init__(self, app: AsyncApp) -> None:
        self._app = app

    async def __call__(self, team_id: str, enterprise_id: str) -> AsyncWebClient:
        """A client for the workspace, to be used now and not kept. Raises `SlackRefused` where there is none."""
        # Bolt shows its client but not its authorize; a test pins this one to the version in use.
        authorize = self._app._async_authorize  # pyright: ignore[reportPrivateUsage] # see above
        if authorize is None:
            return self._app.client
        client = _like(self._app.client, team_id)
        token = await self._token(authorize, client, team_id, enterprise_id, everywhere=False)
        if not token and enterprise_id:
            # Who installed it for a whole organisation is kept by the organisation alone.
            token = await self._token(authorize, client, team_id, enterprise_id, everywhere=True)
        if not token:
            raise SlackRefused("authorize", NOT_INSTALLED)
        client.token = token
        return client

    async def _token(
        self, authorize: AsyncAuthorize, client: AsyncWebClient, team_id: str, enterprise_id: str, *, everywhere: bool
    ) -> str:
        context = AsyncBoltContext(
            client=client,
            logger=self._app.logger,
            team_id=team_id,
            enterprise_id=enterprise_id or None,
            is_enterprise_install=everywhere,
        )
        try:
            result = await authorize(
                context=context, enterprise_id=enterprise_id or None, team_id=team_id or None, user_id=None
            )
        except (SlackApiError, SlackClientError, aiohttp.ClientError, TimeoutError, OSError) as error:
            raise SlackRefused("authorize", NO_ANSWER) from error
        except Exception as error:  # the host's own code and database
            raise SlackRefused("authorize", type(error).__name__) from error
        # A person's token would make Homeward speak as that person.
        return (result.bot_token if result else None) or ""


class _Headers(Protocol):
    """What slack_sdk types with bare dicts."""

    headers: dict[str, str]


def _like(client: AsyncWebClient, team_id: str) -> AsyncWebClient:
    """As Bolt makes one for a request: everything of the host's client but its token."""
    return AsyncWebClient(
        base_url=client.base_url,
        timeout=client.timeout,
        ssl=client.ssl,
        proxy=client.proxy,
        session=client.session,
        trust_env_in_session=client.trust_env_in_session,
        headers=dict(cast("_Headers", client).headers),
        team_id=team_id or None,
        logger=client.logger,
        retry_handlers=list(client.retry_handlers),
    )
