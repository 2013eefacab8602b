"""How often a method may be called: a bucket of tokens for each method, and for each channel when posting."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field

PER_MINUTE = {
    "auth.test": 600,
    "chat.postMessage": 60,
    "chat.postEphemeral": 100,
    "users.info": 100,
    "usergroups.list": 20,
    "usergroups.users.list": 20,
    "views.open": 100,
    "views.push": 100,
    "views.update": 100,
    "views.publish": 100,
    "apps.connections.open": 10,
}
OTHERS = 50
POSTS_AT_ONCE = 6
"""Slack lets short bursts into a channel pass; the lasting rate is one a second."""


@dataclass(slots=True)
class Rates:
    """`per_minute` overrides single methods; `enforced` switches all of it."""

    clock: Callable[[], float]
    per_minute: dict[str, int] = field(default_factory=lambda: dict(PER_MINUTE))
    posts_at_once: int = POSTS_AT_ONCE
    enforced: bool = True
    _buckets: dict[tuple[str, str], tuple[float, float]] = field(
        default_factory=dict[tuple[str, str], tuple[float, float]]
    )

    def take(self, method: str, channel: str = "") -> int:
        """Count one call; the seconds to wait if it is one too many, else 0."""
        if not self.enforced:
            return 0
        rate = self.per_minute.get(method, OTHERS) / 60
        posting = method == "chat.postMessage"
        size = float(self.posts_at_once if posting else self.per_minute.get(method, OTHERS))
        key = (method, channel if posting else "")
        now = self.clock()
        left, since = self._buckets.get(key, (size, now))
        left = min(size, left + (now - since) * rate)
        if left < 1:
            self._buckets[key] = (left, now)
            return max(1, math.ceil((1 - left) / rate))
        self._buckets[key] = (left - 1, now)
        return 0
