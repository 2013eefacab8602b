"""Azure Site Recovery as the reconciler uses it: the start calls and the reads behind one port."""

import time
from collections.abc import Callable, Sequence
from datetime import datetime

from homeward.checks.facts import Absent
from homeward.checks.sources.access import AzureAccess, VaultAddress
from homeward.checks.sources.azure import AzureConnection

from .azure import LastWord, Starter
from .budget import Budget, KeepsToBudget
from .following import Follower
from .plan import PlannedItem
from .ports import Accepted, ItemSeen, JobSeen, NotSent, Refused, Unanswered, Unreadable
from .requests import RequestItem
from .states import Operation

READ_SECONDS = 20.0
ANSWER_SECONDS = 30.0


class AzureSiteRecovery:
    """The port `SiteRecovery` over a connection of its own; it opens nothing before it is used.

    `addresses` are the vaults of the settings; a start call waits `answer_seconds` for its answer. `close` ends the
    connection.
    """

    def __init__(
        self,
        access: AzureAccess,
        addresses: Sequence[VaultAddress],
        *,
        budget: Budget | None = None,
        clock: Callable[[], float] = time.monotonic,
        answer_seconds: float = ANSWER_SECONDS,
    ) -> None:
        budget = budget or Budget(clock=clock)
        self._connection = AzureConnection(
            access, timeout=READ_SECONDS, last=lambda: (KeepsToBudget(budget), LastWord())
        )
        self._starters = {one.name: Starter(self._connection, one, answer_seconds=answer_seconds) for one in addresses}
        self._followers = {one.name: Follower(self._connection, one, budget, clock=clock) for one in addresses}

    async def close(self) -> None:
        await self._connection.close()

    async def start(
        self, vault: str, operation: Operation, planned: PlannedItem, item_id: str, *, still: Callable[[], bool]
    ) -> Accepted | Refused | Unanswered | NotSent:
        starter = self._starters.get(vault)
        if starter is None:
            return Refused("", f"the settings have no vault {vault} any more: nothing was sent")
        return await starter.start(operation, planned, item_id, still=still)

    async def job(self, vault: str, name: str) -> JobSeen | Absent:
        return await self._follower(vault).job(name)

    async def item(self, vault: str, operation: Operation, item: RequestItem) -> ItemSeen | Absent:
        return await self._follower(vault).item(operation, item)

    async def find_job(
        self, vault: str, operation: Operation, item: RequestItem, *, since: datetime
    ) -> JobSeen | Absent:
        return await self._follower(vault).find_job(operation, item, since=since)

    def _follower(self, vault: str) -> Follower:
        follower = self._followers.get(vault)
        if follower is None:
            raise Unreadable(f"the settings have no vault {vault} any more")
        return follower
