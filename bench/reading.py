"""A collector over the sandbox whose connections stay and whose lists can be forgotten."""

import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from homeward.bot.compose import azure_reader, vcenter_readers
from homeward.bot.sandbox.run import Sandbox
from homeward.checks import Collected, SourceReading, SourceState
from homeward.checks.sources.azure import AzureReader
from homeward.checks.sources.collect import Clocks, Collector
from homeward.checks.sources.vcenter import VCenterReader


@dataclass(frozen=True, slots=True)
class Reading:
    collector: Collector
    azure: AzureReader
    vcenter: VCenterReader

    async def check(self, name: str) -> Collected:
        """Reads everything about a subject; the lists of earlier checks are not used."""
        self.azure.forget()
        answer = await self.collector(name, _unwatched)
        if not isinstance(answer, Collected):
            raise AssertionError(f"{name} is not one subject: {answer}")
        failed = [source for source in answer.sources if source.state is not SourceState.READ]
        if failed:
            raise AssertionError(f"a fast failure is no figure: {failed}")
        return answer


@asynccontextmanager
async def reading(sandbox: Sandbox) -> AsyncGenerator[Reading]:
    settings = sandbox.settings()
    azure, vcenters = azure_reader(settings), vcenter_readers(settings)
    clocks = Clocks(lambda: datetime.now(UTC), time.monotonic)
    collector = Collector(azure, vcenters, limits=settings.reading_limits(), clocks=clocks)
    try:
        yield Reading(collector, azure, vcenters[sandbox.estate.vcenter.name])
    finally:
        await collector.close()


def _unwatched(_readings: tuple[SourceReading, ...]) -> None:
    """Nobody looks."""
