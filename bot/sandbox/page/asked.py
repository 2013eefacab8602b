"""Reading what the page sends: every value is of its type, or there is one sentence that says which is not."""

from typing import cast

from ..slack import Payload
from .problems import Problem


class Asked:
    """The fields of one POST."""

    def __init__(self, body: Payload) -> None:
        self._body = body

    def __contains__(self, key: str) -> bool:
        return self._body.get(key) is not None

    def text(self, key: str, default: str | None = None) -> str:
        value = self._body.get(key, default)
        if not isinstance(value, str):
            raise Problem(f"{key} is missing or is not a text.")
        return value

    def flag(self, key: str) -> bool:
        value = self._body.get(key)
        if not isinstance(value, bool):
            raise Problem(f"{key} is missing or is neither true nor false.")
        return value

    def number(self, key: str, *, least: float, most: float) -> float:
        value = self._body.get(key)
        if not isinstance(value, int | float) or isinstance(value, bool) or not least <= value <= most:
            raise Problem(f"{key} is not a number from {least:g} to {most:g}.")
        return float(value)

    def table(self, key: str) -> Payload:
        value = self._body.get(key)
        if value is None:
            return {}
        if not isinstance(value, dict):
            raise Problem(f"{key} is not an object.")
        return cast("Payload", value)

    def value(self, key: str) -> object:
        return self._body.get(key)
