"""Clients for later work through a real Bolt app's authorization: one workspace, and many."""

import logging
from typing import Any

import pytest
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.oauth.installation_store import Bot, Installation
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore
from slack_sdk.web.async_client import AsyncWebClient

from homeward.bot.sandbox.slack import SandboxSlack
from homeward.handlers.clients import AppClients
from homeward.handlers.problems import SlackRefused


class Store(AsyncInstallationStore):
    """Installations by (enterprise, team); of a whole organisation under the team None."""

    def __init__(self, tokens: dict[tuple[str | None, str | None], str]) -> None:
        self.tokens = tokens
        self.asked: list[tuple[str | None, str | None, bool | None]] = []

    @property
    def logger(self) -> logging.Logger:
        return logging.getLogger(__name__)

    async def async_find_bot(
        self, *, enterprise_id: str | None, team_id: str | None, is_enterprise_install: bool | None = False
    ) -> Bot | None:
        raise NotImplementedError

    async def async_find_installation(
        self,
        *,
        enterprise_id: str | None,
        team_id: str | None,
        user_id: str | None = None,
        is_enterprise_install: bool | None = False,
    ) -> Installation | None:
        self.asked.append((enterprise_id, team_id, is_enterprise_install))
        token = self.tokens.get((enterprise_id, None if is_enterprise_install else team_id))
        return Installation(user_id="U1", bot_token=token) if token else None


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """slack_sdk takes a proxy from the environment even for loopback."""
    for name in ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "SLACK_BOT_TOKEN"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
async def slack() -> Any:
    async with SandboxSlack() as slack:
        yield slack


def bare(slack: SandboxSlack) -> AsyncWebClient:
    return AsyncWebClient(base_url=slack.base_url, timeout=7, headers={"X-Host": "1"})


async def who(client: Any) -> str:
    return str((await client.auth_test())["user_id"])


async def test_an_app_with_one_token_has_its_client(slack: SandboxSlack) -> None:
    app = AsyncApp(client=AsyncWebClient(token=slack.token, base_url=slack.base_url), signing_secret="x")
    client = await AppClients(app)("T1", "")
    assert await who(client) == slack.workspace.bot.id


async def test_an_app_with_its_own_authorize_is_asked_each_time(slack: SandboxSlack) -> None:
    asked: list[tuple[str | None, str | None]] = []
    tokens = iter(["xoxb-old", slack.token])

    async def authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:
        asked.append((enterprise_id, team_id))
        return AuthorizeResult(enterprise_id=enterprise_id, team_id=team_id, bot_token=next(tokens))

    app = AsyncApp(client=bare(slack), authorize=authorize, signing_secret="x")
    clients = AppClients(app)
    first, second = await clients("T1", ""), await clients("T2", "E1")

    assert asked == [(None, "T1"), ("E1", "T2")]
    assert (first.token, second.token, app.client.token) == ("xoxb-old", slack.token, None)
    assert await who(second) == slack.workspace.bot.id
    assert second.timeout == 7
    assert second.headers["X-Host"] == "1"  # pyright: ignore[reportUnknownMemberType] # a bare dict in slack_sdk


async def test_an_app_over_an_installation_store_finds_the_workspaces_token(slack: SandboxSlack) -> None:
    store = Store({(None, "T1"): slack.token})
    app = AsyncApp(client=bare(slack), installation_store=store, signing_secret="x")
    assert await who(await AppClients(app)("T1", "")) == slack.workspace.bot.id
    with pytest.raises(SlackRefused, match="not_installed"):
        await AppClients(app)("T2", "")


async def test_an_installation_of_a_whole_organisation_is_found(slack: SandboxSlack) -> None:
    store = Store({("E1", None): slack.token})
    app = AsyncApp(client=bare(slack), installation_store=store, signing_secret="x")
    assert await who(await AppClients(app)("T1", "E1")) == slack.workspace.bot.id
    assert (store.asked[0], store.asked[-1]) == (("E1", "T1", False), ("E1", "T1", True))


async def test_a_revoked_token_is_not_installed(slack: SandboxSlack) -> None:
    app = AsyncApp(client=bare(slack), installation_store=Store({(None, "T1"): "xoxb-old"}), signing_secret="x")
    with pytest.raises(SlackRefused, match="not_installed"):
        await AppClients(app)("T1", "")


async def test_nobody_else_is_spoken_for(slack: SandboxSlack) -> None:
    async def authorize() -> AuthorizeResult:
        return AuthorizeResult(enterprise_id=None, team_id="T1", user_token="xoxp-somebody")

    app = AsyncApp(client=bare(slack), authorize=authorize, signing_secret="x")
    with pytest.raises(SlackRefused, match="not_installed"):
        await AppClients(app)("T1", "")


@pytest.mark.parametrize("error", [RuntimeError("the host's database"), TimeoutError(), OSError("no route")])
async def test_a_failing_authorize_is_a_refusal(slack: SandboxSlack, error: Exception) -> None:
    async def authorize() -> AuthorizeResult:
        raise error

    app = AsyncApp(client=bare(slack), authorize=authorize, signing_secret="x")
    with pytest.raises(SlackRefused, match=r"RuntimeError|no_answer"):
        await AppClients(app)("T1", "")
