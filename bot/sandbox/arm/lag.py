"""Lists that lag behind: the estate as it was a while ago."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from ..estate import Estate
    from ..estate.model import ProtectedItem


class Lag:
    """Remembers how the items stood at each request, as far back as it has to show them."""

    def __init__(self, estate: Estate) -> None:
        self._estate = estate
        self._by = timedelta()
        self._seen: list[tuple[datetime, list[ProtectedItem]]] = []

    def begin(self, seconds: float) -> None:
        """0 ends it."""
        self._by = timedelta(seconds=seconds)
        self._seen.clear()
        self.note()

    def note(self) -> None:
        if not self._by:
            return
        then = self._estate.clock() - self._by
        while len(self._seen) > 1 and self._seen[1][0] <= then:
            del self._seen[0]
        self._seen.append((self._estate.clock(), [replace(item) for item in self._estate.vault.items]))

    def behind(self) -> Estate:
        """The estate of back then; what was before the lag began is not known, so the oldest that is stands for it."""
        if not self._by:
            return self._estate
        then = self._estate.clock() - self._by
        items = next((items for at, items in reversed(self._seen) if at <= then), self._seen[0][1])
        vault = replace(self._estate.vault, items=items)
        return self._estate.at(then, vault)
