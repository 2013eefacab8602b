"""Reading the settings from a TOML file and the environment, and one clear line for each fault in them."""

import os
import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from pydantic import ValidationError
from pydantic_settings import EnvSettingsSource
from pydantic_settings import SettingsError as PydanticSettingsError

from .settings import Settings, SettingsError, password_variable, variable_of

CONFIG_VARIABLE = "HOMEWARD_CONFIG"
DEFAULT_CONFIG = "homeward.toml"


def load(path: str | None = None) -> Settings:
    """Reads the settings. `path` is the file (default: $HOMEWARD_CONFIG, else homeward.toml if it exists).

    Raises SettingsError with one line for each fault.
    """
    named = path or os.environ.get(CONFIG_VARIABLE, "")
    values: dict[str, Any] = {}
    if named or Path(DEFAULT_CONFIG).is_file():
        values = _read_file(named or DEFAULT_CONFIG)
        _refuse_secrets_in_file(named or DEFAULT_CONFIG, values)
    try:
        return Settings(**values)
    except ValidationError as error:
        raise SettingsError("\n".join(_sentences(error, _Origins(named or DEFAULT_CONFIG, values)))) from None
    except PydanticSettingsError as error:
        field = re.search(r'field "(\w+)"', str(error))
        raise SettingsError(f"{variable_of(field[1] if field else '')}: expected JSON there") from None


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


_SECRETS = {
    "slack": ("bot_token", "signing_secret", "app_token"),
    "azure": ("token",),
    "vcenters": ("password",),
    "audit": ("key",),
}
_STATE = "state.url"
"""A secret where it holds a password."""
_PASSWORD_IN_URL = re.compile(r"//[^/@]*:[^/]*@|[?&]password=", re.IGNORECASE)


def _refuse_secrets_in_file(path: str, values: Mapping[str, Any]) -> None:
    for table in _tables(values, "state"):
        if _PASSWORD_IN_URL.search(str(table.get("url", ""))):
            raise SettingsError(
                f"{path}: {_STATE} holds a password, which must not stand in the file: "
                f"set {variable_of(_STATE)}, or url_file to the path of a file that holds it"
            )
    for section, keys in _SECRETS.items():
        for table in _tables(values, section):
            for key in keys:
                if key in table:
                    vcenter = str(table.get("name", "NAME"))
                    variable = password_variable(vcenter) if section == "vcenters" else variable_of(f"{section}.{key}")
                    raise SettingsError(
                        f"{path}: {section}.{key} is a secret and must not stand in the file: "
                        f"set {variable}, or {key}_file to the path of a file that holds it"
                    )


def _tables(values: Mapping[str, Any], section: str) -> list[dict[str, Any]]:
    """The tables of a section, one or many; anything else is left for pydantic to refuse."""
    content = values.get(section)
    tables = cast("list[object]", content) if isinstance(content, list) else [content]
    return [cast("dict[str, Any]", table) for table in tables if isinstance(table, dict)]


class _Origins:
    """Where a value comes from, the file or a variable, so that a fault is told where it can be mended."""

    def __init__(self, path: str, in_file: Mapping[str, Any]) -> None:
        self._path = path
        self._in_file = in_file
        self._in_environment = EnvSettingsSource(Settings)()

    def of(self, place: Sequence[str | int]) -> str:
        in_file, in_environment = _depth(self._in_file, place), _depth(self._in_environment, place)
        origins: list[str] = []
        # The environment stands over the file key by key; only a whole section can be of both.
        if in_file > in_environment or (in_file == in_environment == len(place)) or not in_environment:
            origins.append(self._path)
        if in_environment and in_environment >= in_file:
            origins += self._variables(place)
        return " and ".join(origins)

    def _variables(self, place: Sequence[str | int]) -> list[str]:
        names = [str(part) for part in place]
        above = {variable_of(".".join(names[: depth + 1])) for depth in range(len(names))}
        below = variable_of(".".join(names)) + "__"
        given = sorted({name.upper() for name in os.environ})
        return [name for name in given if name in above or name.startswith(below)]


def _depth(values: object, place: Sequence[str | int]) -> int:
    """How many steps of the way to a place there are."""
    for depth, step in enumerate(place):
        if isinstance(values, dict) and step in values:
            values = cast("dict[object, object]", values)[step]
        elif isinstance(values, list) and isinstance(step, int):
            values = cast("list[object]", values)[step]
        else:
            return depth
    return len(place)


def _sentences(error: ValidationError, origins: _Origins) -> list[str]:
    """One line for each fault. Secrets never show: pydantic masks SecretStr, and inputs of secret keys are left out."""
    lines: list[str] = []
    for fault in error.errors(include_url=False, include_context=False):
        path = origins.of(fault["loc"][:-1] if fault["type"] == "missing" else fault["loc"])
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
    return key == _STATE or any(key.endswith(name) for names in _SECRETS.values() for name in names)
