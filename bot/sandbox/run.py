"""The whole sandbox as one thing: Azure, vCenter and Slack on loopback over TLS, and settings that point at them."""

import contextlib
import importlib.util
import json
import ssl
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Self

from pydantic_settings import BaseSettings, PydanticBaseSettingsSource

from homeward.bot.settings import Settings

from .estate import Estate, company
from .estate.model import RESOURCE_GROUP, SUBSCRIPTION

TOKEN = "sandbox-token"  # noqa: S105 - opens nothing but the sandbox
AUDIT_KEY = "the sandbox's key of its audit chain"
LEDGER = "homeward.db"

_SECRETS = frozenset({"bot_token", "signing_secret", "app_token", "token", "password", "key"})
_Table = dict[str, str | float | list[str]]


class _Fixed(Settings):
    """Settings that do not ask the environment, so that the sandbox never touches a real estate."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return (init_settings,)


class SandboxMissing(Exception):
    """The sandbox's extra is not installed."""


class Sandbox:
    """Up while its `async with` lasts. `ca_file` is the certificate authority that all of its servers are signed by.

    `port`, if not 0, is the port of Azure; vCenter and Slack take the next two.
    """

    def __init__(self, estate: Estate | None = None, *, port: int = 0) -> None:
        if importlib.util.find_spec("trustme") is None:
            raise SandboxMissing("The sandbox needs its extra: pip install 'homeward[sandbox]'")
        import trustme  # the sandbox's extra: users of the plugin alone do not have it

        from .arm import SandboxArm
        from .slack import APPROVERS, SandboxSlack
        from .vcenter import SandboxVCenter

        self.estate = estate or company()
        authority = trustme.CA()
        server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("127.0.0.1", "localhost").configure_cert(server)  # pyright: ignore[reportUnknownMemberType] # trustme types it with OpenSSL's, which is not installed
        self._authority = authority
        ports = (port, port + 1, port + 2) if port else (0, 0, 0)
        self.arm = SandboxArm(self.estate, server, token=TOKEN, port=ports[0])
        self.vcenter = SandboxVCenter(self.estate, server, port=ports[1])
        self.slack = SandboxSlack(ssl_context=server, port=ports[2])
        self.slack.allowed_mentions.add(APPROVERS.id)
        self._stack = contextlib.AsyncExitStack()
        self.ca_file = ""

    async def __aenter__(self) -> Self:
        folder = self._stack.enter_context(tempfile.TemporaryDirectory(prefix="homeward-sandbox-"))
        self.ca_file = str(Path(folder) / "ca.pem")
        self._authority.cert_pem.write_to_path(self.ca_file)
        for server in (self.arm, self.vcenter, self.slack):
            await self._stack.enter_async_context(server)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    @property
    def folder(self) -> Path:
        """A temporary folder that ends with the sandbox."""
        return Path(self.ca_file).parent

    def settings(self) -> Settings:
        """Settings that point at the sandbox."""
        return _Fixed.model_validate(self._values())

    def toml(self) -> str:
        """The same settings as a file; its secrets stand in files beside the certificate."""
        lines = ["# The settings of a running `homeward sandbox`; they end with it."]
        for section, content in self._values().items():
            for table in content if isinstance(content, list) else [content]:
                lines += ["", f"[[{section}]]" if isinstance(content, list) else f"[{section}]"]
                lines += [self._line(key, value) for key, value in table.items()]
        return "\n".join([*lines, ""])

    def _line(self, key: str, value: str | float | list[str]) -> str:
        if key in _SECRETS:
            path = self.folder / key
            path.touch(mode=0o600)
            path.write_text(str(value), encoding="utf-8")
            key, value = f"{key}_file", str(path)
        return f"{key} = {json.dumps(value)}"  # TOML's strings, numbers and lists are written as JSON's are

    def _values(self) -> dict[str, _Table | list[_Table]]:
        from .slack import APPROVALS, APPROVERS

        vcenter = self.estate.vcenter
        return {
            "slack": {
                "bot_token": self.slack.token,
                "signing_secret": self.slack.signing_secret,
                "app_token": self.slack.app_token,
                "api_url": self.slack.base_url,
                "ca_file": self.ca_file,
            },
            "azure": {
                "cloud": "custom",
                "endpoint": self.arm.endpoint,
                "audience": self.arm.endpoint,
                "ca_file": self.ca_file,
                "credential": "static",
                "token": TOKEN,
            },
            "vaults": [
                {"subscription_id": SUBSCRIPTION, "resource_group": RESOURCE_GROUP, "vault": self.estate.vault.name}
            ],
            "vcenters": [
                {
                    "name": vcenter.name,
                    "host": self.vcenter.host,
                    "port": self.vcenter.port,
                    "username": vcenter.username,
                    "password": vcenter.password,
                    "ca_file": self.ca_file,
                    "asr_account": vcenter.asr_account,
                }
            ],
            "approvals": {"channel": APPROVALS.id, "usergroups": [APPROVERS.id]},
            "state": {"url": f"sqlite+aiosqlite:///{self.folder / LEDGER}"},
            "audit": {"key": AUDIT_KEY},
            "limits": {"list_ttl": 1.0, "poll_interval": 1.0},
        }
