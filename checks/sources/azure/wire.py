"""Reads Azure's JSON tolerantly: the same fact arrives in several spellings, types and kinds of nothing."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import cast

from homeward.checks.facts import NEVER, Moment

_NUMBER = re.compile(r"[-+]?\d+(\.\d+)?")


class Wire:
    """A JSON object (or one of the SDK's models, which are mappings of their wire names).

    Read by wire name without case: Azure spells `vCenterFqdn` and `vCenterFQDN`, and the SDK's attributes know one.
    Attributes of the SDK's models are not used: they raise for a date or number that Azure spelled differently.
    `None` means that Azure did not tell, or not readably.
    """

    __slots__ = ("_fields",)

    def __init__(self, raw: object) -> None:
        self._fields: dict[str, object] = {}
        if isinstance(raw, Wire):
            self._fields = raw._fields  # what was read once need not be taken apart again
        elif isinstance(raw, Mapping):
            for name, value in cast("Mapping[str, object]", raw).items():
                if self._fields.get(name.casefold()) is None:
                    self._fields[name.casefold()] = value

    def told(self, name: str) -> bool:
        return self._fields.get(name.casefold()) is not None

    def text(self, *names: str) -> str:
        """The first of the fields that has a text, "" if none has."""
        for name in names:
            value = self._fields.get(name.casefold())
            if isinstance(value, bool) or not isinstance(value, str | int | float):
                continue
            if text := str(value).strip():
                return text
        return ""

    def number(self, name: str) -> float | None:
        """A number, also as "12", "439.5" or "7%"."""
        match = _NUMBER.match(self.text(name))
        return float(match[0]) if match else None

    def integer(self, name: str) -> int | None:
        number = self.number(name)
        return None if number is None else int(number)

    def flag(self, name: str) -> bool | None:
        """A boolean, also as "true", "False"."""
        value = self._fields.get(name.casefold())
        if isinstance(value, str):
            return {"true": True, "false": False}.get(value.strip().casefold())
        return value if isinstance(value, bool) else None

    def moment(self, *names: str) -> Moment | None:
        """The first of the fields that has a time."""
        for name in names:
            if (found := moment(self.text(name))) is not None:
                return found
        return None

    def part(self, name: str) -> "Wire":
        """The object inside, empty if there is none."""
        return Wire(self._fields.get(name.casefold()))

    def parts(self, name: str) -> tuple["Wire", ...]:
        """The objects of a list; null is an empty list."""
        return tuple(Wire(value) for value in self._list(name) if _is_object(value))

    def texts(self, name: str) -> tuple[str, ...]:
        return tuple(value for value in self._list(name) if isinstance(value, str) and value)

    def _list(self, name: str) -> tuple[object, ...]:
        value = self._fields.get(name.casefold())
        if isinstance(value, Sequence) and not isinstance(value, str | bytes):
            return tuple(cast("Sequence[object]", value))
        return ()


def _is_object(value: object) -> bool:
    return isinstance(value, Mapping)


def moment(text: str) -> Moment | None:
    """A time of Azure's; without a zone it is UTC. The years 1, 1601, 1753, 1970 and 9999 mean never."""
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        return None
    if time.year < 1990 or time.year == 9999:
        return NEVER
    return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
