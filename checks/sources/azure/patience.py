"""Retries that know how much time is left."""

import asyncio
from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from azure.core.pipeline import PipelineResponse
from azure.core.pipeline.policies import AsyncRetryPolicy

_DEADLINE: ContextVar[float] = ContextVar("homeward_azure_deadline")


@contextmanager
def until(seconds: float) -> Generator[None, None, None]:
    """Requests made inside have to be done in so many seconds."""
    token = _DEADLINE.set(asyncio.get_running_loop().time() + seconds)
    try:
        yield
    finally:
        _DEADLINE.reset(token)


class PatientRetry(AsyncRetryPolicy[Any, Any]):
    """Two quick retries; a wait that Azure asks for (429) only if it ends in time, else the answer is the answer."""

    def __init__(self) -> None:
        super().__init__(retry_total=2, retry_backoff_factor=0.2, retry_backoff_max=1)

    def is_retry(self, settings: dict[str, Any], response: PipelineResponse[Any, Any]) -> bool:
        wait = self.get_retry_after(response)
        if wait and wait >= _DEADLINE.get(float("inf")) - asyncio.get_running_loop().time():
            return False
        return bool(super().is_retry(settings, response))
