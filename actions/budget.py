"""How much acting may read of Azure: half of what Azure grants, so that the checks and other people have the rest."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from azure.core.pipeline import PipelineRequest, PipelineResponse
from azure.core.pipeline.policies import AsyncHTTPPolicy

from .ports import Unreadable

BURST = 125.0
PER_SECOND = 12.5
"""Half of the 250 tokens and 25 a second that Azure gives a principal in a subscription and region."""
LONGEST_WAIT = 10.0
"""A read that would have to wait longer is given up for now: its pass comes again."""
USUAL_PAUSE = 30.0
"""Where a 429 does not say in seconds when to come back."""
LEFT = "x-ms-ratelimit-remaining-subscription-reads"


@dataclass(slots=True)
class _Bucket:
    tokens: float
    filled: float
    paused_until: float = 0.0


class Budget:
    """A bucket of reads for each subscription, shared by everything of acting that reads there."""

    def __init__(
        self,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._clock = clock
        self._sleep = sleep
        self._buckets: dict[str, _Bucket] = {}

    async def take(self, subscription: str) -> None:
        """Waits for its turn; raises `Unreadable` where that would be too long."""
        bucket = self._bucket(subscription)
        pause = self.pause(subscription)
        wait = max((1 - bucket.tokens) / PER_SECOND, pause)
        if wait > LONGEST_WAIT:
            busy = "Azure allows no more reads for now" if pause > LONGEST_WAIT else "too much is read at once"
            raise Unreadable(f"{busy}, next in {wait:.0f} s", wait)
        bucket.tokens -= 1
        if wait > 0:
            try:
                await self._sleep(wait)
            except BaseException:
                bucket.tokens += 1  # not used
                raise

    def answered(self, subscription: str, status: int, headers: Mapping[str, str]) -> None:
        """Learns from Azure's answer how much is left."""
        bucket = self._bucket(subscription)
        if status == 429:
            wait = headers.get("Retry-After", "")
            pause = float(wait) if wait.isdecimal() else USUAL_PAUSE
            bucket.paused_until = max(bucket.paused_until, self._clock() + pause)
        left = headers.get(LEFT, "")
        if left.isdecimal():
            bucket.tokens = min(bucket.tokens, int(left) / 2)

    def pause(self, subscription: str) -> float:
        """The seconds until Azure wants to be asked again, 0 for now."""
        return max(0.0, self._bucket(subscription).paused_until - self._clock())

    def _bucket(self, subscription: str) -> _Bucket:
        now = self._clock()
        bucket = self._buckets.setdefault(subscription.casefold(), _Bucket(BURST, now))
        bucket.tokens = min(BURST, bucket.tokens + (now - bucket.filled) * PER_SECOND)
        bucket.filled = now
        return bucket


class KeepsToBudget(AsyncHTTPPolicy[Any, Any]):
    """Each single GET takes its token: every page of a list, every retry."""

    def __init__(self, budget: Budget) -> None:
        super().__init__()
        self._budget = budget

    async def send(self, request: PipelineRequest[Any]) -> PipelineResponse[Any, Any]:
        if request.http_request.method != "GET":
            return await self.next.send(request)
        subscription = _subscription(request.http_request.url)
        await self._budget.take(subscription)
        response = await self.next.send(request)
        answer = response.http_response
        self._budget.answered(subscription, answer.status_code, answer.headers)
        return response


def _subscription(url: str) -> str:
    before, found, after = url.casefold().partition("/subscriptions/")
    return after.partition("/")[0] if found else before
