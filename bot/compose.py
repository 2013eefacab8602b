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
    clocks = Clocks(lambda: datetime.now(UTC), time.monotonic)
    return Collector(azure_reader(settings), vcenter_readers(settings), limits=settings.reading_limits(), clocks=clocks)


def azure_reader(settings: Settings) -> AzureReader:
    """Reads everything in Azure, with a reader for each vault."""
    return AzureReader(
        settings.azure_access(), settings.vault_addresses(), limits=settings.reading_limits(), clock=time.monotonic
    )


def vcenter_readers(settings: Settings) -> dict[str, VCenterReader]:
    """The vCenters' readers by the names of the settings."""
    limits = settings.reading_limits()
    return {a.name: VCenterReader(a, limits=limits, clock=time.monotonic) for a in settings.vcenter_accesses()}


@asynccontextmanager
async def collector(settings: Settings) -> AsyncGenerator[Collector]:
    """A collector that is closed at the end."""
    collect = build_collector(settings)
    try:
        yield collect
    finally:
        await collect.close()
