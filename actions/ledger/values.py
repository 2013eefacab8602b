"""The frozen values of a request as the texts that the ledger keeps, and back."""

from typing import Generic, TypeVar

from pydantic import TypeAdapter

from homeward.actions.plan import Checked, NotPrepared, Plan, canonical
from homeward.actions.requests import Asked, Decision, RequestItem

T = TypeVar("T")


class Kept(Generic[T]):
    """How values of one type are kept: canonical JSON."""

    def __init__(self, kind: type[T]) -> None:
        self._adapter = TypeAdapter(kind)

    def text(self, value: T) -> str:
        return canonical(self._adapter.dump_python(value, mode="json"))

    def value(self, text: str) -> T:
        return self._adapter.validate_json(text)

    def text_or_none(self, value: T | None) -> str | None:
        return None if value is None else self.text(value)

    def value_or_none(self, text: str | None) -> T | None:
        return None if text is None else self.value(text)


ASKED = Kept(Asked)
PLAN = Kept(Plan)
CHECKED = Kept(Checked)
OBSTACLE = Kept(NotPrepared)
ITEM = Kept(RequestItem)
DECISION = Kept(Decision)
