"""A machine's way over the real SDK: its reprotect step by step, and the whole way until it is where it began."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from homeward.actions.plan import PlannedItem
from homeward.actions.ports import Accepted, ItemSeen, JobSeen, JobState, SiteRecovery
from homeward.actions.requests import RequestItem
from homeward.actions.site_recovery import AzureSiteRecovery
from homeward.actions.states import Operation
from homeward.bot.sandbox.arm import SandboxArm
from homeward.bot.sandbox.estate import Estate
from homeward.checks.facts import ABSENT

VAULT = "prod-dr"
PlanOf = Callable[[Operation, str], PlannedItem]


async def item_of(azure: AzureSiteRecovery, item: RequestItem) -> ItemSeen:
    seen = await azure.item(VAULT, Operation.REPROTECT, item)
    assert isinstance(seen, ItemSeen)
    return seen


async def job_of(azure: AzureSiteRecovery, name: str) -> JobSeen:
    seen = await azure.job(VAULT, name)
    assert isinstance(seen, JobSeen)
    return seen


@pytest.mark.parametrize("machine", ["web01", "legacy01"])
async def test_a_machine_of_each_stack_is_started_and_followed_home(
    azure: AzureSiteRecovery,
    arm: SandboxArm,
    estate: Estate,
    plan: Callable[[str], PlannedItem],
    follow: Callable[[str], RequestItem],
    later: Callable[[float], None],
    machine: str,
) -> None:
    port: SiteRecovery = azure
    assert port is azure
    planned, item = plan(machine), follow(machine)
    began = estate.clock()

    seen = await item_of(azure, item)
    assert (seen.may_start, seen.ready, seen.replicating, seen.job) == (True, False, False, "")

    answer = await azure.start(VAULT, Operation.REPROTECT, planned, planned.item_id, still=lambda: True)
    assert isinstance(answer, Accepted)
    (start,) = arm.starts
    assert (start.machine, start.job) == (machine, answer.job)

    later(0.5)
    seen = await item_of(azure, item)
    assert (seen.may_start, seen.job) == (False, answer.job)
    job = await job_of(azure, answer.job)
    assert (job.state, job.word, job.errors, job.new_item_id) == (JobState.RUNNING, "InProgress", (), "")
    assert job.step == "Getting reprotection requirements"
    assert job.started is not None
    later(0.5)
    job = await job_of(azure, answer.job)
    assert job.step == "Reprotecting virtual machine (1): Enable replication"
    assert await azure.find_job(VAULT, Operation.REPROTECT, item, since=began) == job

    later(1.5)
    job = await job_of(azure, answer.job)
    assert (job.state, job.step) == (JobState.SUCCEEDED, "")
    assert job.ended is not None
    assert job.new_item_id.casefold() == item.item_id.casefold()
    seen = await item_of(azure, item)
    assert (seen.replicating, seen.ready, seen.state) == (True, False, "InitialReplicationInProgress")
    assert seen.percent == 2

    later(10)
    seen = await item_of(azure, item)
    assert (seen.replicating, seen.percent, seen.may_start) == (True, 52, False)
    later(10)
    seen = await item_of(azure, item)
    assert (seen.replicating, seen.ready, seen.percent, seen.job) == (False, True, 100, "")
    assert await azure.find_job(VAULT, Operation.REPROTECT, item, since=estate.clock()) is ABSENT
    assert arm.unexpected == []


class Traveller:
    """A machine that is led along the way, and what is seen of it."""

    def __init__(self, azure: AzureSiteRecovery, machine: str, plan_of: PlanOf, later: Callable[[float], None]) -> None:
        self.azure = azure
        self.machine = machine
        self.plan_of = plan_of
        self.later = later
        self.item_id = plan_of(Operation.REPROTECT, machine).item_id

    async def seen(self, operation: Operation) -> ItemSeen:
        planned = self.plan_of(operation, self.machine)
        seen = await self.azure.item(VAULT, operation, RequestItem(0, planned, self.item_id))
        assert isinstance(seen, ItemSeen)
        return seen

    async def may_start(self) -> list[Operation]:
        return [operation for operation in Operation if (await self.seen(operation)).may_start]

    async def goes(self, operation: Operation) -> ItemSeen:
        """Starts it, and follows it to the end of its job."""
        answer = await self.azure.start(
            VAULT, operation, self.plan_of(operation, self.machine), self.item_id, still=lambda: True
        )
        assert isinstance(answer, Accepted)
        self.later(2.5)
        job = await self.azure.job(VAULT, answer.job)
        assert isinstance(job, JobSeen)
        assert job.state is JobState.SUCCEEDED
        return await self.seen(operation)

    async def finds(self, operation: Operation, since: datetime) -> bool:
        item = RequestItem(0, self.plan_of(operation, self.machine), self.item_id)
        return await self.azure.find_job(VAULT, operation, item, since=since) is not ABSENT


@pytest.mark.parametrize("machine", ["web01", "legacy01"])
async def test_a_machine_of_each_stack_goes_the_whole_way_and_is_where_it_began(
    azure: AzureSiteRecovery,
    arm: SandboxArm,
    estate: Estate,
    plan_of: PlanOf,
    later: Callable[[float], None],
    machine: str,
) -> None:
    one = Traveller(azure, machine, plan_of, later)
    cancels = [Operation.CANCEL] if machine == "web01" else []
    assert await one.may_start() == [Operation.REPROTECT]
    assert (await one.goes(Operation.REPROTECT)).replicating
    later(20)
    assert (await one.seen(Operation.REPROTECT)).ready
    assert await one.may_start() == [Operation.FAILBACK]
    assert (await one.goes(Operation.FAILBACK)).ready
    assert await one.may_start() == [Operation.COMMIT, *cancels]
    if cancels:
        assert (await one.goes(Operation.CANCEL)).ready
        assert await one.may_start() == [Operation.FAILBACK]
        assert (await one.goes(Operation.FAILBACK)).ready
    assert (await one.goes(Operation.COMMIT)).ready
    assert await one.may_start() == [Operation.TO_AZURE]
    # The job of the reprotect has the same words, but began before.
    assert await one.finds(Operation.TO_AZURE, estate.clock() - timedelta(hours=2))
    assert not await one.finds(Operation.TO_AZURE, estate.clock() - timedelta(minutes=5))
    began = estate.clock()
    seen = await one.goes(Operation.TO_AZURE)
    assert (seen.replicating, seen.ready, seen.percent) == (True, False, 2)
    assert await one.finds(Operation.TO_AZURE, began)
    later(20)
    seen = await one.seen(Operation.TO_AZURE)
    assert (seen.replicating, seen.ready, seen.trouble) == (False, True, ())
    assert await one.may_start() == []
    assert [start.operation for start in arm.starts] == [
        Operation.REPROTECT,
        Operation.FAILBACK,
        *([*cancels, Operation.FAILBACK] if cancels else []),
        Operation.COMMIT,
        Operation.TO_AZURE,
    ]
    assert arm.unexpected == []
