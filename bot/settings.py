"""The settings: one frozen class, what each key may be, and the plain values made from it."""

import os
import re
from collections.abc import Sequence
from ipaddress import ip_address
from itertools import combinations
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from homeward.checks.sources.access import AzureAccess, Limits, VaultAddress, VCenterAccess

from .acting_settings import KEY_LENGTH, ApprovalsSettings, AuditSettings, Channel, StateSettings
from .notices_settings import NoticesSettings
from .section import Section

PREFIX = "HOMEWARD_"

_GUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_HTTPS = re.compile(r"https://[^\s/?#]+(/[^\s?#]*)?")
_HOST = re.compile(r"\w[\w.-]*")
_NAME = re.compile(r"[^\s/\\?#%&]+")


class SettingsError(Exception):
    """The settings can't be used; the message is one line for each fault: the key, what was found, what is expected."""


def _subscription(value: str) -> str:
    if not _GUID.fullmatch(value):
        raise ValueError("expected a subscription id such as 00000000-0000-0000-0000-000000000000")
    return value


def _command(value: str) -> str:
    # Imported when a name is given: that folder brings Bolt, for which `homeward check` need not wait.
    from homeward.handlers.commands import NAME

    if not NAME.fullmatch(value):
        raise ValueError("expected a command name such as /reprotect-check (lower case, at most 32 characters)")
    return value


def _https(value: str) -> str:
    if not _HTTPS.fullmatch(value):
        raise ValueError("expected an https:// address")
    return value.rstrip("/")


def _https_if_given(value: str) -> str:
    return _https(value) if value else value


def _host(value: str) -> str:
    if not _HOST.fullmatch(value):
        try:
            ip_address(value)
        except ValueError:
            expected = (
                "expected a host name or an address alone, such as vc01.corp.example (the port is a key beside it)"
            )
            raise ValueError(expected) from None
    return value


def _name(value: str) -> str:
    if not _NAME.fullmatch(value):
        raise ValueError("expected the name alone, without a path")
    return value


def _existing_file(value: str) -> str:
    if value and not Path(value).is_file():
        raise ValueError("expected the path of an existing file")
    return value


Name = Annotated[str, AfterValidator(_name)]
Text = Annotated[str, Field(min_length=1)]
CaFile = Annotated[str, AfterValidator(_existing_file)]
Command = Annotated[str, AfterValidator(_command)]


class SlackSettings(Section):
    mode: Literal["socket", "http"] = "socket"
    bot_token: SecretStr = SecretStr("")
    signing_secret: SecretStr = SecretStr("")
    app_token: SecretStr = SecretStr("")
    bot_token_file: str = ""
    signing_secret_file: str = ""
    app_token_file: str = ""
    api_url: Annotated[str, AfterValidator(_https)] = "https://slack.com/api"
    ca_file: CaFile = ""
    port: Annotated[int, Field(ge=0, le=65535)] = 3000
    reprotect_check_command: Command = "/reprotect-check"
    failback_errors_command: Command = "/failback-errors"
    reprotect_command: Command = "/reprotect"
    failback_command: Command = "/failback"
    request_channels: tuple[Channel, ...] = ()
    home: bool = True

    @model_validator(mode="after")
    def _commands_differ(self) -> Self:
        keys = ("reprotect_check_command", "failback_errors_command", "reprotect_command", "failback_command")
        for one, other in combinations(keys, 2):
            called = getattr(self, one)
            if called == getattr(self, other):
                raise ValueError(f"{one} and {other} are both {called!r}; each needs its own name")
        return self


class AzureSettings(Section):
    cloud: Literal["AzureCloud", "AzureUSGovernment", "AzureChinaCloud", "custom"] = "AzureCloud"
    endpoint: Annotated[str, AfterValidator(_https_if_given)] = ""
    audience: str = ""
    ca_file: CaFile = ""
    credential: Literal["default", "static"] = "default"
    token: SecretStr = SecretStr("")
    token_file: str = ""

    @model_validator(mode="after")
    def _custom_needs_an_endpoint(self) -> Self:
        if self.cloud == "custom":
            if not self.endpoint:
                raise ValueError('cloud = "custom" needs endpoint, an https:// address')
            if not self.audience and self.credential == "default":
                raise ValueError('cloud = "custom" needs audience, the resource that tokens are asked for')
        elif self.endpoint or self.audience or self.ca_file:
            raise ValueError('endpoint, audience and ca_file are only used with cloud = "custom"')
        elif self.credential == "static":
            raise ValueError('credential = "static" is only allowed with cloud = "custom"')
        return self


class VaultSettings(Section):
    name: str = ""
    subscription_id: Annotated[str, AfterValidator(_subscription)]
    resource_group: Name
    vault: Name


class VCenterSettings(Section):
    name: Text
    host: Annotated[str, AfterValidator(_host)]
    port: Annotated[int, Field(ge=1, le=65535)] = 443
    username: Text
    password: SecretStr = SecretStr("")
    password_file: str = ""
    ca_file: CaFile = ""
    asr_account: str = ""


class ServeSettings(Section):
    host: Text = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8080


class LimitsSettings(Section):
    collect_timeout: Annotated[float, Field(gt=0, le=300)] = 20.0
    list_ttl: Annotated[float, Field(ge=0, le=300)] = 2.0
    run_command: bool = False
    run_command_timeout: Annotated[float, Field(gt=0, le=3600)] = 120.0
    max_parallel_items: Annotated[int, Field(ge=1, le=50)] = 5
    poll_interval: Annotated[float, Field(ge=0.1, le=300)] = 30.0


def _each_once(names: Sequence[str]) -> None:
    folded = [name.casefold() for name in names]
    twice = sorted({name for name in names if folded.count(name.casefold()) > 1})
    if twice:
        raise ValueError(f"the name {twice[0]!r} is used twice; every one needs its own")


def _vaults(vaults: tuple[VaultSettings, ...]) -> tuple[VaultSettings, ...]:
    _each_once([vault.name or vault.vault for vault in vaults])
    return vaults


def _vcenters(vcenters: tuple[VCenterSettings, ...]) -> tuple[VCenterSettings, ...]:
    _each_once([vcenter.name for vcenter in vcenters])
    named: dict[str, str] = {}
    for vcenter in vcenters:
        variable = password_variable(vcenter.name)
        if variable in named:
            raise ValueError(
                f"{named[variable]!r} and {vcenter.name!r} would both have their password in {variable}; "
                f"name one of them differently"
            )
        named[variable] = vcenter.name
    return vcenters


class Settings(BaseSettings):
    """Everything Homeward is told. Read it once with `settings_file.load`, in `bot`; other folders get plain values."""

    model_config = SettingsConfigDict(frozen=True, extra="forbid", env_prefix=PREFIX, env_nested_delimiter="__")

    slack: SlackSettings = SlackSettings()
    azure: AzureSettings = AzureSettings()
    vaults: Annotated[tuple[VaultSettings, ...], AfterValidator(_vaults)] = ()
    vcenters: Annotated[tuple[VCenterSettings, ...], AfterValidator(_vcenters)] = ()
    approvals: ApprovalsSettings | None = None
    """Without it nothing can be asked for, and no ledger is opened."""
    notices: NoticesSettings = NoticesSettings()
    state: StateSettings = StateSettings()
    audit: AuditSettings = AuditSettings()
    limits: LimitsSettings = LimitsSettings()
    serve: ServeSettings = ServeSettings()

    @model_validator(mode="after")
    def _days_are_remembered(self) -> Self:
        if self.notices.daily is not None and self.approvals is None:
            raise ValueError("notices.daily needs [approvals]: without them there is no ledger that remembers a day")
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment stands over what the caller (the file) gives."""
        return env_settings, init_settings

    # --- plain values for the other folders ---

    def vault_addresses(self) -> tuple[VaultAddress, ...]:
        return tuple(VaultAddress(v.name or v.vault, v.subscription_id, v.resource_group, v.vault) for v in self.vaults)

    def azure_access(self) -> AzureAccess:
        azure = self.azure
        token = secret("azure.token", azure.token, azure.token_file) if azure.credential == "static" else ""
        return AzureAccess(azure.cloud, azure.endpoint, azure.audience, azure.ca_file, token)

    def vcenter_accesses(self) -> tuple[VCenterAccess, ...]:
        return tuple(
            VCenterAccess(
                name=v.name,
                host=v.host,
                port=v.port,
                username=v.username,
                password=_password(v),
                ca_file=v.ca_file,
                asr_account=v.asr_account,
            )
            for v in self.vcenters
        )

    def reading_limits(self) -> Limits:
        limits = self.limits
        return Limits(
            collect_timeout=limits.collect_timeout,
            list_ttl=limits.list_ttl,
            run_command=limits.run_command,
            run_command_timeout=limits.run_command_timeout,
        )

    def state_url(self) -> str:
        """Where the ledger is. It may hold a password."""
        if not self.state.url_file:
            return self.state.url.get_secret_value()
        if "url" in self.state.model_fields_set:
            raise SettingsError("state.url and state.url_file are both set; leave one of them out")
        url = secret("state.url", SecretStr(""), self.state.url_file)
        try:
            return StateSettings(url=SecretStr(url)).url.get_secret_value()
        except ValidationError as error:
            why = error.errors()[0]["msg"].removeprefix("Value error, ")
            raise SettingsError(f"state.url_file names {self.state.url_file!r}: {why} in it") from None

    def audit_key(self) -> str:
        """The key of the audit chain. Raises SettingsError where it is missing or too short."""
        key = secret("audit.key", self.audit.key, self.audit.key_file)
        if len(key) < KEY_LENGTH:
            raise SettingsError(
                f"audit.key has {len(key)} characters; expected at least {KEY_LENGTH} random ones, "
                "as from: openssl rand -hex 32"
            )
        return key


def _password(vcenter: VCenterSettings) -> str:
    # Asked for here and not when the file is read: the list of vCenters may come from the environment itself.
    variable = password_variable(vcenter.name)
    given = vcenter.password if vcenter.password.get_secret_value() else SecretStr(os.environ.get(variable, ""))
    return secret(f"vcenters.{vcenter.name}.password", given, vcenter.password_file, variable=variable)


def secret(key: str, value: SecretStr, file: str, *, variable: str = "") -> str:
    """The secret of a key: its own value, or the content of its file. Raises SettingsError, never showing it."""
    if value.get_secret_value():
        return value.get_secret_value()
    if not file:
        raise SettingsError(
            f"{key} is missing: set the environment variable {variable or variable_of(key)}, "
            f"or {key.split('.')[-1]}_file to the path of a file that holds it"
        )
    try:
        text = Path(file).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) and error.strerror else "it is not text"
        raise SettingsError(f"{key}_file names {file!r}, which can't be read: {why}") from None
    if not text:
        raise SettingsError(f"{key}_file names {file!r}, which is empty; expected the secret in it")
    return text


def variable_of(key: str) -> str:
    """The environment variable that sets a key: slack.bot_token -> HOMEWARD_SLACK__BOT_TOKEN."""
    return PREFIX + "__".join(re.sub(r"[^A-Z0-9]", "_", part.upper()) for part in key.split("."))


def password_variable(vcenter: str) -> str:
    """The environment variable of a vCenter's password: vc-01 -> HOMEWARD_VCENTER_VC_01_PASSWORD.

    Not HOMEWARD_VCENTERS__..., which would set the list of vCenters itself.
    """
    return f"{PREFIX}VCENTER_{re.sub(r'[^A-Z0-9]', '_', vcenter.upper())}_PASSWORD"
