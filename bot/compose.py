"""The composition root: builds the readers and the collector from the settings."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from homeward.checks.sources.collect import Clocks, Collector

from .settings import Settings


def build_collector(settings: Settings) -> Collector:
    """A collector over everything the settings name. Close it after use; building it connects to nothing."""


@asynccontextmanager
async def collector(settings: Settings) -> AsyncIterator[Collector]:
    """A collector that is closed at the end."""
    collect = build_collector(settings)
    try:
        yield collect
    finally:
        await collect.close()
