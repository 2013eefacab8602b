"""Answers of Slack that count for some seconds, failures among them, and are asked for once at a time."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Generic, TypeVar

from .problems import SlackRefused
from .web_api import LIMITED

T = TypeVar("T")

MOST = 500
"""Answers that are kept; more people do not decide in a quarter of a minute."""


class Lately(Generic[T]):
    """`fresh` counts from the asking; `method` is what is refused where too much is asked for at once."""

    def __init__(self, clock: Callable[[], float], *, fresh: float, method: str) -> None:
        self._clock = clock
        self._fresh = fresh
        self._method = method
        self._held: dict[tuple[str, str], tuple[float, asyncio.Task[T | SlackRefused]]] = {}

    async def get(
        self, key: tuple[str, str], ask: Callable[[], Coroutine[Any, Any, T | SlackRefused]]
    ) -> T | SlackRefused:
        now = self._clock()
        for old in [key for key, (asked, task) in self._held.items() if now - asked >= self._fresh and task.done()]:
            del self._held[old]
        held = self._held.get(key)
        if held is None:
            if len(self._held) >= MOST:
                return SlackRefused(self._method, LIMITED)
            held = self._held[key] = (now, asyncio.create_task(ask()))
        # Whoever stops waiting stops it for nobody else.
        return await asyncio.shield(held[1])
