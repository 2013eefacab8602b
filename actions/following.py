"""What acting reads of a vault: jobs and items, each once for all who ask at the time."""

from collections.abc import AsyncIterable, Callable, Coroutine, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

from azure.core.exceptions import HttpResponseError, ResourceNotFoundError
from azure.mgmt.recoveryservicessiterecovery.aio import SiteRecoveryManagementClient

from homeward.checks.facts import ABSENT, Absent
from homeward.checks.sources.access import SourceError, VaultAddress
from homeward.checks.sources.azure import AzureConnection
from homeward.checks.sources.azure.errors import GONE, refused
from homeward.checks.sources.azure.raw import raw_list
from homeward.checks.sources.azure.shared import Shared, Start
from homeward.checks.sources.azure.wire import Wire

from .budget import Budget
from .item_ids import item_path
from .matching import has_name, is_alike, is_job_of, is_of, is_of_name, own_job
from .ports import ItemSeen, JobSeen, JobState, Unreadable
from .requests import RequestItem
from .seen import item_seen, job_seen
from .states import Operation

T = TypeVar("T")

FRESH = 1.5
"""For so many seconds a read of one thing is shared."""
LIST_FRESH = 5.0
SEVERAL = 3
"""When more than that are followed, they are taken from the vault's lists: pages, not a request for each."""
STEP_SECONDS = 0.5
"""A job's present task may be so old, for each of the jobs that are followed: two requests a second for all of them."""
FOLLOWED = 600.0
"""What was asked for so many seconds ago is still being followed."""


class Keyed(Generic[T]):
    """One `Shared` for each key that somebody asks for at the time."""

    def __init__(
        self, read: Callable[[str], Coroutine[Any, Any, T]], *, ttl: float, clock: Callable[[], float], start: Start[T]
    ) -> None:
        self._read = read
        self._ttl = ttl
        self._clock = clock
        self._start = start
        self._shared: dict[str, tuple[float, Shared[T]]] = {}

    async def get(self, key: str) -> T:
        now = self._clock()
        # The oldest stand first; one that nobody asked for of late has no reader any more.
        for old in [one for one, (asked, _) in self._shared.items() if asked < now - self._ttl and one != key]:
            del self._shared[old]
        _, shared = self._shared.pop(key, (0.0, None))
        if shared is None:
            shared = Shared(lambda: self._read(key), ttl=self._ttl, clock=self._clock, start=self._start)
        self._shared[key] = (now, shared)
        return await shared.get()


class Followed:
    """What somebody asked for lately, and so will ask for again."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._asked: dict[str, float] = {}

    def note(self, name: str) -> int:
        """How many there are, with this one."""
        now = self._clock()
        self._asked[name.casefold()] = now
        self._asked = {one: at for one, at in self._asked.items() if at > now - FOLLOWED}
        return len(self._asked)


class Follower:
    """One vault. Every read raises `Unreadable`."""

    def __init__(
        self, connection: AzureConnection, address: VaultAddress, budget: Budget, *, clock: Callable[[], float]
    ) -> None:
        self._connection = connection
        self._address = address
        self._budget = budget
        self._clock = clock
        self._where = (address.resource_group, address.vault)
        self._asked = f"vault {address.name}"
        self._takes_filters = True
        self._items_followed = Followed(clock)
        self._jobs_followed = Followed(clock)
        self._jobs_seen: dict[str, tuple[float, JobSeen]] = {}
        start = connection.start
        self._jobs = Keyed(self._read_job, ttl=FRESH, clock=clock, start=start)
        self._items = Keyed(self._read_item, ttl=FRESH, clock=clock, start=start)
        self._job_lists = Keyed(self._read_jobs, ttl=FRESH, clock=clock, start=start)
        self._followed_lists = Keyed(self._read_jobs, ttl=LIST_FRESH, clock=clock, start=start)
        self._list = Shared(self._read_items, ttl=LIST_FRESH, clock=clock, start=start)

    async def job(self, name: str) -> JobSeen | Absent:
        if not name:
            return ABSENT  # without a name the SDK would ask for the whole list
        return await self._reading(self._job(name))

    async def item(self, operation: Operation, item: RequestItem) -> ItemSeen | Absent:
        raw = await self._reading(self._item(item))
        return ABSENT if raw is None else item_seen(raw, operation)

    async def find_job(self, operation: Operation, item: RequestItem, *, since: datetime) -> JobSeen | Absent:
        raw = await self._reading(self._find_job(operation, item, since))
        return ABSENT if raw is None else job_seen(raw)

    async def _reading(self, read: Coroutine[Any, Any, T]) -> T:
        try:
            return await read
        except SourceError as error:
            raise Unreadable(error.reason, self._budget.pause(self._address.subscription_id)) from error

    # --- items ---

    async def _item(self, item: RequestItem) -> Wire | None:
        if self._items_followed.note(item.item_id) > SEVERAL:
            listed = (await self._list.get()).get(item.item_id.casefold())
            if listed is not None:
                return listed
        # A list may lag behind: before an item is called gone, it is asked for by itself.
        found = await self._items.get(item.item_id.casefold())
        if found is not None:
            return found
        alike = [one for one in (await self._list.get()).values() if is_alike(one, item)]
        return alike[0] if len(alike) == 1 else None

    async def _read_item(self, item_id: str) -> Wire | None:
        path = item_path(item_id)
        if path is None:
            return None
        client = await self._client()
        async with self._connection.asking(f"an item of {self._asked}"):
            try:
                return Wire(await client.replication_protected_items.get(*self._where, *path))
            except ResourceNotFoundError as error:
                if not _is_gone(error):
                    raise
                return None

    async def _read_items(self) -> Mapping[str, Wire]:
        client = await self._client()
        async with self._connection.asking(self._asked):
            return await _by("id", raw_list(client.replication_protected_items.list, *self._where))

    # --- jobs ---

    async def _job(self, name: str) -> JobSeen | Absent:
        several = self._jobs_followed.note(name)
        if several > SEVERAL and (listed := await self._still_running(name, several)):
            return listed
        raw = await self._jobs.get(name)
        seen = ABSENT if raw is None else job_seen(raw)
        now = self._clock()
        self._jobs_seen = {one: at for one, at in self._jobs_seen.items() if at[0] > now - FOLLOWED and one != name}
        if isinstance(seen, JobSeen):
            self._jobs_seen[name] = (now, seen)
        return seen

    async def _still_running(self, name: str, several: int) -> JobSeen | None:
        """The job as it was read last, if the vault's list says that it goes on: a list tells no tasks."""
        read_at, before = self._jobs_seen.get(name, (0.0, None))
        if before is None or before.started is None or self._clock() - read_at > several * STEP_SECONDS:
            return None
        oldest = min((seen.started for _, seen in self._jobs_seen.values() if seen.started), default=before.started)
        listed = (await self._followed_lists.get(_hour(oldest))).get(name.casefold())
        now = job_seen(listed) if listed else before
        if listed is None or now.state is not JobState.RUNNING or now.word != before.word:
            return None
        return replace(before, errors=before.errors or now.errors)

    async def _find_job(self, operation: Operation, item: RequestItem, since: datetime) -> Wire | None:
        own = await self._items.get(item.item_id.casefold()) or await self._item(item)
        if name := own_job(own):
            raw = await self._jobs.get(name)
            if raw is not None and is_job_of(raw, operation, since=since):
                return raw
        found = [
            one for one in (await self._job_lists.get(_hour(since))).values() if is_job_of(one, operation, since=since)
        ]
        mine = [one for one in found if is_of(one, item, own)]
        if not mine and (by_name := [one for one in found if is_of_name(one, item)]):
            # The name alone decides only where no other item of the vault has it.
            namesakes = [one for one in (await self._list.get()).values() if has_name(one, item.machine)]
            mine = by_name if len(namesakes) <= 1 else []
        if not mine:
            return None
        newest = max(mine, key=lambda one: job_seen(one).started or since)
        return await self._jobs.get(job_seen(newest).name) or newest  # a list tells no tasks

    async def _read_job(self, name: str) -> Wire | None:
        client = await self._client()
        async with self._connection.asking(f"a job of {self._asked}"):
            try:
                return Wire(await client.replication_jobs.get(*self._where, name))
            except ResourceNotFoundError as error:
                if not _is_gone(error):
                    raise
                return None

    async def _read_jobs(self, since: str) -> Mapping[str, Wire]:
        client = await self._client()
        async with self._connection.asking(f"the jobs of {self._asked}"):
            if self._takes_filters:
                wanted = f"startTime eq '{since}' and affectedObjectTypes eq 'ProtectionEntity'"
                try:
                    return await _by("name", raw_list(client.replication_jobs.list, *self._where, filter=wanted))
                except HttpResponseError as error:
                    if error.status_code != 400:
                        raise
                    self._takes_filters = False  # the filter's form is nowhere documented
            return await _by("name", raw_list(client.replication_jobs.list, *self._where))

    async def _client(self) -> SiteRecoveryManagementClient:
        async with self._connection.asking(self._asked):
            return await self._connection.site_recovery(self._address.subscription_id)


async def _by(field: str, pages: AsyncIterable[object]) -> Mapping[str, Wire]:
    """A list by one of its fields, without case."""
    wires = [Wire(one) async for one in pages]
    return {one.text(field).casefold(): one for one in wires}


def _hour(since: datetime) -> str:
    """All who look at the time share one list of jobs: of what began since the full hour."""
    return since.astimezone(UTC).strftime("%Y-%m-%dT%H:00:00Z")


def _is_gone(error: ResourceNotFoundError) -> bool:
    """Only where Azure says that just this is not there; other 404s say that it was asked at a wrong place."""
    return refused(error)[0].casefold() in GONE
