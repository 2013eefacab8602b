"""The settings: one frozen class read from a TOML file and the environment, and the plain values made from it."""

import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self, cast

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict
from pydantic_settings import SettingsError as PydanticSettingsError

from homeward.checks.sources.access import AzureAccess, Limits, VaultAddress, VCenterAccess

CONFIG_VARIABLE = "HOMEWARD_CONFIG"
DEFAULT_CONFIG = "homeward.toml"
PREFIX = "HOMEWARD_"

_GUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_COMMAND = re.compile(r"/[a-z0-9_\-]{1,31}")


class SettingsError(Exception):
    """The settings can't be used; the message is one line for each fault: the key, what was found, what is expected."""


def _subscription(value: str) -> str:
    if not _GUID.fullmatch(value):
        raise ValueError("expected a subscription id such as 00000000-0000-0000-0000-000000000000")
    return value


def _command(value: str) -> str:
    if not _COMMAND.fullmatch(value):
        raise ValueError("expected a command name such as /reprotect-check (lower case, at most 32 characters)")
    return value


def _https(value: str) -> str:
    if not value.startswith("https://"):
        raise ValueError("expected an https:// address")
    return value.rstrip("/")


def _existing_file(value: str) -> str:
    if value and not Path(value).is_file():
        raise ValueError("expected the path of an existing file")
    return value


Text = Annotated[str, Field(min_length=1)]
CaFile = Annotated[str, AfterValidator(_existing_file)]
Command = Annotated[str, AfterValidator(_command)]


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class SlackSettings(_Section):
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


class AzureSettings(_Section):
    cloud: Literal["AzureCloud", "AzureUSGovernment", "AzureChinaCloud", "custom"] = "AzureCloud"
    endpoint: str = ""
    audience: str = ""
    ca_file: CaFile = ""
    credential: Literal["default", "static"] = "default"
    token: SecretStr = SecretStr("")
    token_file: str = ""

    @model_validator(mode="after")
    def _custom_needs_an_endpoint(self) -> Self:
        if self.cloud == "custom":
            _https(self.endpoint)
            if not self.audience and self.credential == "default":
                raise ValueError('cloud = "custom" needs audience, the resource that tokens are asked for')
        elif self.endpoint or self.audience or self.ca_file:
            raise ValueError('endpoint, audience and ca_file are only used with cloud = "custom"')
        elif self.credential == "static":
            raise ValueError('credential = "static" is only allowed with cloud = "custom"')
        return self


class VaultSettings(_Section):
    name: str = ""
    subscription_id: Annotated[str, AfterValidator(_subscription)]
    resource_group: Text
    vault: Text


class VCenterSettings(_Section):
    name: Text
    host: Text
    port: Annotated[int, Field(ge=1, le=65535)] = 443
    username: Text
    password: SecretStr = SecretStr("")
    password_file: str = ""
    ca_file: CaFile = ""
    asr_account: str = ""


class ServeSettings(_Section):
    host: Text = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8080


class LimitsSettings(_Section):
    collect_timeout: Annotated[float, Field(gt=0, le=300)] = 20.0
    list_ttl: Annotated[float, Field(ge=0, le=300)] = 2.0
    run_command: bool = False


class Settings(BaseSettings):
    """Everything Homeward is told. Read it once with `load`, in `bot`; other folders get plain values."""

    model_config = SettingsConfigDict(frozen=True, extra="forbid", env_prefix=PREFIX, env_nested_delimiter="__")

    slack: SlackSettings = SlackSettings()
    azure: AzureSettings = AzureSettings()
    vaults: tuple[VaultSettings, ...] = ()
    vcenters: tuple[VCenterSettings, ...] = ()
    limits: LimitsSettings = LimitsSettings()
    serve: ServeSettings = ServeSettings()

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

    @model_validator(mode="after")
    def _names_are_unique(self) -> Self:
        for section, names in (
            ("vaults", [vault.name or vault.vault for vault in self.vaults]),
            ("vcenters", [vcenter.name for vcenter in self.vcenters]),
        ):
            folded = [name.casefold() for name in names]
            twice = sorted({name for name in names if folded.count(name.casefold()) > 1})
            if twice:
                raise ValueError(f"{section}: the name {twice[0]!r} is used twice; every one needs its own")
        return self

    # --- plain values for the other folders ---

    def vault_addresses(self) -> tuple[VaultAddress, ...]:
        return tuple(VaultAddress(v.name or v.vault, v.subscription_id, v.resource_group, v.vault) for v in self.vaults)

    def azure_access(self) -> AzureAccess:
        azure = self.azure
        token = secret("azure.token", azure.token, azure.token_file) if azure.credential == "static" else ""
        return AzureAccess(azure.cloud, azure.endpoint.rstrip("/"), azure.audience, azure.ca_file, token)

    def vcenter_accesses(self) -> tuple[VCenterAccess, ...]:
        return tuple(
            VCenterAccess(
                name=v.name,
                host=v.host,
                port=v.port,
                username=v.username,
                password=secret(
                    f"vcenters.{v.name}.password", v.password, v.password_file, variable=password_variable(v.name)
                ),
                ca_file=v.ca_file,
                asr_account=v.asr_account,
            )
            for v in self.vcenters
        )

    def reading_limits(self) -> Limits:
        limits = self.limits
        return Limits(limits.collect_timeout, limits.list_ttl, limits.run_command)


def secret(key: str, value: SecretStr, file: str, *, variable: str = "") -> str:
    """The secret of a key: its own value, or the content of its file. Raises SettingsError, never showing it."""
    if value.get_secret_value():
        return value.get_secret_value()
    if not file:
        raise SettingsError(
            f"{key} is missing: set the environment variable {variable or _variable(key)}, "
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


def _variable(key: str) -> str:
    """The environment variable that sets a key: slack.bot_token -> HOMEWARD_SLACK__BOT_TOKEN."""
    return PREFIX + "__".join(re.sub(r"[^A-Z0-9]", "_", part.upper()) for part in key.split("."))


def password_variable(vcenter: str) -> str:
    """The environment variable of a vCenter's password: vc-01 -> HOMEWARD_VCENTER_VC_01_PASSWORD.

    Not HOMEWARD_VCENTERS__..., which would set the list of vCenters itself.
    """
    return f"{PREFIX}VCENTER_{re.sub(r'[^A-Z0-9]', '_', vcenter.upper())}_PASSWORD"


def load(path: str | None = None) -> Settings:
    """Reads the settings. `path` is the file (default: $HOMEWARD_CONFIG, else homeward.toml if it exists).

    Raises SettingsError with one line for each fault.
    """
    named = path or os.environ.get(CONFIG_VARIABLE, "")
    values: dict[str, Any] = {}
    if named or Path(DEFAULT_CONFIG).is_file():
        values = _read_file(named or DEFAULT_CONFIG)
        _refuse_secrets_in_file(named or DEFAULT_CONFIG, values)
    _fill_vcenter_passwords(values)
    try:
        return Settings(**values)
    except ValidationError as error:
        raise SettingsError("\n".join(_sentences(named or DEFAULT_CONFIG, error))) from None
    except PydanticSettingsError as error:  # a malformed JSON value in an environment variable
        raise SettingsError(f"environment: {error}: expected JSON there") from None


def _read_file(path: str) -> dict[str, Any]:
    try:
        return tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SettingsError(
            f"the settings file {path!r} does not exist: create it, or point {CONFIG_VARIABLE} at yours"
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) and error.strerror else "it is not UTF-8 text"
        raise SettingsError(f"the settings file {path!r} can't be read: {why}") from None
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path}: not valid TOML: {error}") from None


_SECRETS = {"slack": ("bot_token", "signing_secret", "app_token"), "azure": ("token",), "vcenters": ("password",)}


def _refuse_secrets_in_file(path: str, values: Mapping[str, Any]) -> None:
    for section, keys in _SECRETS.items():
        for table in _tables(values, section):
            for key in keys:
                if key in table:
                    vcenter = str(table.get("name", "NAME"))
                    variable = password_variable(vcenter) if section == "vcenters" else _variable(f"{section}.{key}")
                    raise SettingsError(
                        f"{path}: {section}.{key} is a secret and must not stand in the file: "
                        f"set {variable}, or {key}_file to the path of a file that holds it"
                    )


def _fill_vcenter_passwords(values: Mapping[str, Any]) -> None:
    for vcenter in _tables(values, "vcenters"):
        found = os.environ.get(password_variable(str(vcenter.get("name", ""))), "")
        if found:
            vcenter["password"] = found


def _tables(values: Mapping[str, Any], section: str) -> list[dict[str, Any]]:
    """The tables of a section, one or many; anything else is left for pydantic to refuse."""
    content = values.get(section)
    tables = cast("list[object]", content) if isinstance(content, list) else [content]
    return [cast("dict[str, Any]", table) for table in tables if isinstance(table, dict)]


def _sentences(path: str, error: ValidationError) -> list[str]:
    """One line for each fault. Secrets never show: pydantic masks SecretStr, and inputs of secret keys are left out."""
    lines: list[str] = []
    for fault in error.errors(include_url=False, include_context=False):
        key = ".".join(str(part) for part in fault["loc"])
        message = fault["msg"].removeprefix("Value error, ")
        found = fault["input"]
        match fault["type"]:
            case "missing":
                lines.append(f"{path}: {key} is missing")
            case "extra_forbidden":
                lines.append(f"{path}: {key} is not a setting of Homeward; see docs/configure.md for those that are")
            case _ if isinstance(found, str | int | float | bool) and not _is_secret(key):
                lines.append(f"{path}: {key} is {found!r}: {message[0].lower()}{message[1:]}")
            case _:
                lines.append(f"{path}: {key + ': ' if key else ''}{message}")
    return lines


def _is_secret(key: str) -> bool:
    return any(key.endswith(name) for names in _SECRETS.values() for name in names)
