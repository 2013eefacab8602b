"""The composition root: builds the readers and the collector from the settings."""

import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from homeward.checks.sources.azure import AzureReader
from homeward.checks.sources.collect import Clocks, Collector
from homeward.checks.sources.vcenter import VCenterReader

from .settings import Settings


def build_collector(settings: Settings) -> Collector:
    """A collector over everything the settings name. Close it after use; building it connects to nothing."""
    limits = settings.reading_limits()
    clock = time.monotonic
    azure = AzureReader(settings.azure_access(), settings.vault_addresses(), limits=limits, clock=clock)
    vcenters = {
        access.name: VCenterReader(access, limits=limits, clock=clock) for access in settings.vcenter_accesses()
    }
    return Collector(azure, vcenters, limits=limits, clocks=Clocks(lambda: datetime.now(UTC), clock))


@asynccontextmanager
async def collector(settings: Settings) -> AsyncGenerator[Collector]:
    """A collector that is closed at the end."""
    collect = build_collector(settings)
    try:
        yield collect
    finally:
        await collect.close()
