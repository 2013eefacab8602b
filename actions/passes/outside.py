"""What a pass has to work with, and what it gives: the ports, and the change that it wants written."""

from collections.abc import Callable
from dataclasses import dataclass

from homeward.actions.ledger import Ledger
from homeward.actions.news import is_news
from homeward.actions.ports import LookAtHome, Prepare, Scheduler, SiteRecovery, Work
from homeward.actions.requests import Change, Request

from .pace import Limits


@dataclass(frozen=True, slots=True)
class Outside:
    """Everything that a pass may touch. `monotonic` never goes back, whatever happens to the time of day."""

    ledger: Ledger
    azure: SiteRecovery
    prepare: Prepare
    home: LookAtHome
    scheduler: Scheduler
    limits: Limits
    monotonic: Callable[[], float]

    async def write(self, request: Request, change: Change) -> Request:
        """The one place where a pass writes; what Slack shows follows at once."""
        written = await self.ledger.write(request, change)
        if is_news(request, written, change):
            await self.scheduler.wake(Work.REPORT, written.id, await self.ledger.now())
        return written


@dataclass(frozen=True, slots=True)
class Turn:
    """What a pass found: `change` is to be written over `request`, as it is after what the pass wrote by itself."""

    request: Request
    change: Change
