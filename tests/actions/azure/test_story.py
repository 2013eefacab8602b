"""A reprotect from its start until the machine may fail back, over the real SDK."""

from collections.abc import Callable

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
