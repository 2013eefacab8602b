"""Jobs and items as they are followed: their ends, their errors, their ids, and how few requests that takes."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from homeward.actions.plan import PlannedItem
from homeward.actions.ports import Accepted, ItemSeen, JobSeen, JobState, Unreadable
from homeward.actions.requests import AzureError, RequestItem
from homeward.actions.site_recovery import AzureSiteRecovery
from homeward.actions.states import Operation
from homeward.bot.sandbox.arm import SandboxArm
from homeward.bot.sandbox.estate import Estate
from homeward.bot.sandbox.estate.reprotects import Fate, renamed, unreachable
from homeward.checks.facts import ABSENT

VAULT = "prod-dr"
REPROTECT = Operation.REPROTECT
Follow = Callable[[str], RequestItem]
Later = Callable[[float], None]


class Started:
    """A machine that is started, and what is seen of it."""

    def __init__(self, azure: AzureSiteRecovery, item: RequestItem, job: str) -> None:
        self.azure = azure
        self.item_of_request = item
        self.name = job

    async def job(self) -> JobSeen:
        seen = await self.azure.job(VAULT, self.name)
        assert isinstance(seen, JobSeen)
        return seen

    async def item(self) -> ItemSeen:
        seen = await self.azure.item(VAULT, REPROTECT, self.item_of_request)
        assert isinstance(seen, ItemSeen)
        return seen


Start = Callable[[str, Fate], "asyncio.Task[Started]"]


@pytest.fixture
def start(azure: AzureSiteRecovery, estate: Estate, plan: Callable[[str], PlannedItem], follow: Follow) -> Start:
    async def begin(machine: str, fate: Fate) -> Started:
        estate.vault.item(machine).fates.append(fate)
        planned = plan(machine)
        answer = await azure.start(VAULT, REPROTECT, planned, planned.item_id, still=lambda: True)
        assert isinstance(answer, Accepted)
        return Started(azure, follow(machine), answer.job)

    return lambda machine, fate: asyncio.create_task(begin(machine, fate))


# --- how jobs end ---


async def test_a_failed_job_tells_both_codes_and_the_machine_may_be_started_again(start: Start, later: Later) -> None:
    web01 = await start("web01", unreachable("web01"))
    later(1)
    assert (await web01.job()).errors == ()
    later(2)
    job = await web01.job()
    assert (job.state, job.word, job.new_item_id) == (JobState.FAILED, "Failed", "")
    assert job.step == "Reprotecting virtual machine (1): Enable replication"
    (error,) = job.errors  # told by the job and by its task, but once
    assert (error.service_code, error.provider_code) == ("78093", "95226")
    assert error.message.startswith("The virtual machine web01 did not answer. web01 has not registered")
    assert error.causes
    assert error.action
    item = await web01.item()
    assert (item.may_start, item.replicating, item.job) == (True, False, "")


async def test_warnings_come_while_it_runs_and_stay_inside_its_success(start: Start, later: Later) -> None:
    web01 = await start("web01", renamed("web01"))
    later(1.5)
    running = await web01.job()
    later(1)
    done = await web01.job()
    assert (running.state, done.state) == (JobState.RUNNING, JobState.SUCCEEDED)
    assert [one.service_code for one in running.errors] == ["28175", "310024"]
    assert done.errors == running.errors


@pytest.mark.parametrize("word", ["Suspended", "Other", "Pondering", "NotStarted"])
async def test_a_word_that_is_no_end_is_never_taken_for_one(start: Start, later: Later, word: str) -> None:
    web01 = await start("web01", Fate(word=word, end=word))
    for _ in range(3):
        later(60)
        job = await web01.job()
        assert (job.state, job.word, job.ended) == (JobState.RUNNING, word, None)


async def test_a_job_cancelled_in_the_portal_is_seen_as_cancelled(start: Start, arm: SandboxArm, later: Later) -> None:
    web01 = await start("web01", Fate())
    later(1)
    arm.cancel_elsewhere("web01")
    later(0.1)
    job = await web01.job()
    assert job.state is JobState.CANCELLED
    assert (await web01.item()).may_start


async def test_a_job_that_vanishes_is_absent_while_the_machine_goes_on(
    azure: AzureSiteRecovery, start: Start, estate: Estate, later: Later
) -> None:
    began = estate.clock() - timedelta(minutes=1)
    web01 = await start("web01", Fate(vanishes_after=1))
    later(1.1)
    assert await azure.job(VAULT, web01.name) is ABSENT
    assert await azure.find_job(VAULT, REPROTECT, web01.item_of_request, since=began) is ABSENT
    later(2)
    assert (await web01.item()).replicating


# --- which item it is ---


@pytest.mark.parametrize("machine", ["web01", "legacy01"])
async def test_an_item_whose_id_changed_is_found_by_what_the_job_tells_and_by_its_name(
    azure: AzureSiteRecovery, start: Start, later: Later, machine: str
) -> None:
    started = await start(machine, Fate(new_id=True))
    later(1)
    assert (await started.job()).new_item_id == ""  # there is no such item yet
    later(2)
    job = await started.job()
    assert job.new_item_id.endswith("-new")
    by_name = await started.item()
    assert by_name.id.casefold() == job.new_item_id
    assert by_name.replicating
    by_id = await azure.item(VAULT, REPROTECT, replace(started.item_of_request, item_id=job.new_item_id))
    assert by_id == by_name


async def test_of_two_machines_of_one_name_the_other_stacks_is_never_taken(
    azure: AzureSiteRecovery, arm: SandboxArm, estate: Estate, follow: Follow, later: Later
) -> None:
    modernized, classic = (one for one in estate.vault.items if one.name == "build01")
    item = follow("build01")
    began = estate.clock()
    estate.vault.items.remove(modernized)
    arm.start_elsewhere("build01")  # the classic one
    estate.vault.items.append(modernized)
    assert estate.vault.jobs[0].item == classic.id_name
    assert await azure.find_job(VAULT, REPROTECT, item, since=began) is ABSENT
    estate.vault.items.remove(modernized)
    later(1)
    assert await azure.item(VAULT, REPROTECT, item) is ABSENT


async def test_an_item_that_left_the_vault_is_absent(
    azure: AzureSiteRecovery, start: Start, follow: Follow, later: Later
) -> None:
    await start("web01", Fate(item_vanishes=True))
    later(3)
    assert await azure.item(VAULT, REPROTECT, follow("web01")) is ABSENT


async def test_ids_are_compared_without_case(azure: AzureSiteRecovery, start: Start, later: Later) -> None:
    web01 = await start("web01", Fate())
    later(3)
    item = replace(web01.item_of_request, item_id=web01.item_of_request.item_id.upper())
    seen = await azure.item(VAULT, REPROTECT, item)
    assert isinstance(seen, ItemSeen)
    assert seen.replicating


async def test_an_instance_type_that_nobody_knows_is_neither_ready_nor_replicating(
    azure: AzureSiteRecovery, estate: Estate, follow: Follow
) -> None:
    estate.vault.item("web01").stage, estate.vault.item("web01").provider = "ready-to-fail-back", "InMageOrbital"
    seen = await azure.item(VAULT, REPROTECT, follow("web01"))
    assert isinstance(seen, ItemSeen)
    assert (seen.ready, seen.replicating, seen.percent) == (False, False, None)


async def test_critical_health_errors_are_trouble_and_warnings_are_not(
    azure: AzureSiteRecovery, estate: Estate, follow: Follow
) -> None:
    estate.vault.item("web01").health_errors = [
        {"errorCode": "90078", "errorMessage": "No progress for an hour.", "errorLevel": "Error"},
        {"errorCode": "161011", "errorMessage": "Never tested.", "errorLevel": "Warning"},
    ]
    seen = await azure.item(VAULT, REPROTECT, follow("web01"))
    assert isinstance(seen, ItemSeen)
    assert seen.trouble == (AzureError("90078", "", "No progress for an hour.", "", ""),)


# --- looking for a job ---


async def test_a_job_that_somebody_else_started_is_found(
    azure: AzureSiteRecovery, arm: SandboxArm, estate: Estate, follow: Follow
) -> None:
    began = estate.clock()
    name = arm.start_elsewhere("web01")
    found = await azure.find_job(VAULT, REPROTECT, follow("web01"), since=began)
    assert isinstance(found, JobSeen)
    assert (found.name, found.state) == (name, JobState.RUNNING)
    assert arm.starts == []


@pytest.mark.parametrize("machine", ["web01", "legacy01"])
async def test_a_job_that_ended_is_found_in_the_list_although_the_item_names_none(
    azure: AzureSiteRecovery, start: Start, estate: Estate, later: Later, machine: str
) -> None:
    began = estate.clock() - timedelta(minutes=5)
    started = await start(machine, unreachable(machine))
    later(10)
    found = await azure.find_job(VAULT, REPROTECT, started.item_of_request, since=began)
    assert isinstance(found, JobSeen)
    assert (found.name, found.state) == (started.name, JobState.FAILED)
    late = began + timedelta(minutes=6)
    assert await azure.find_job(VAULT, REPROTECT, started.item_of_request, since=late) is ABSENT


async def test_of_several_jobs_the_newest_is_found(
    azure: AzureSiteRecovery, start: Start, estate: Estate, later: Later
) -> None:
    began = estate.clock() - timedelta(minutes=5)
    await start("web01", unreachable("web01"))
    later(5)
    second = await start("web01", unreachable("web01"))
    later(5)
    found = await azure.find_job(VAULT, REPROTECT, second.item_of_request, since=began)
    assert isinstance(found, JobSeen)
    assert found.name == second.name


async def test_a_vault_that_takes_no_filter_is_asked_for_all_its_jobs(
    azure: AzureSiteRecovery, arm: SandboxArm, start: Start, estate: Estate, later: Later
) -> None:
    arm.faults.refuse(400, path="replicationJobs$", times=1)
    began = estate.clock() - timedelta(minutes=5)
    started = await start("web01", unreachable("web01"))
    later(5)
    found = await azure.find_job(VAULT, REPROTECT, started.item_of_request, since=began)
    assert isinstance(found, JobSeen)
    asked = [one.query for one in arm.requests if one.path.endswith("/replicationJobs")]
    assert ["$filter" in query for query in asked] == [True, False]


async def test_a_list_that_lags_behind_does_not_know_the_job_yet(
    azure: AzureSiteRecovery, arm: SandboxArm, start: Start, estate: Estate, later: Later
) -> None:
    arm.lists_lag(60)
    began = estate.clock() - timedelta(minutes=5)
    started = await start("web01", Fate(job_minutes=0.2, end="Failed"))
    later(0.5)
    assert await azure.find_job(VAULT, REPROTECT, started.item_of_request, since=began) is ABSENT
    later(1)
    assert await azure.find_job(VAULT, REPROTECT, started.item_of_request, since=began) is not ABSENT


# --- how much is read ---


async def test_many_askers_of_one_job_share_one_request(
    azure: AzureSiteRecovery, arm: SandboxArm, start: Start
) -> None:
    web01 = await start("web01", Fate())
    arm.requests.clear()
    await asyncio.gather(*(web01.job() for _ in range(20)))
    assert len(arm.requests) == 1


async def test_one_machine_is_asked_for_alone_and_several_by_the_list(
    azure: AzureSiteRecovery, arm: SandboxArm, follow: Follow
) -> None:
    await azure.item(VAULT, REPROTECT, follow("web01"))
    assert [one.path.rpartition("/")[2] for one in arm.requests] == ["web01-0011"]
    for machine in ("web02", "db01", "legacy01", "pay-app01"):
        await azure.item(VAULT, REPROTECT, follow(machine))
    arm.requests.clear()
    machines = ["web01", "web02", "db01", "legacy01", "pay-app01"]
    await asyncio.gather(*(azure.item(VAULT, REPROTECT, follow(machine)) for machine in machines))
    assert arm.requests == []  # the list of a moment ago


async def test_many_jobs_that_run_are_followed_by_pages_until_one_of_them_changes(
    azure: AzureSiteRecovery, arm: SandboxArm, start: Start, later: Later
) -> None:
    arm.page_size = 100
    machines = ["web01", "web02", "db01", "legacy01", "pay-app01", "pay-app02"]
    running = [await start(machine, Fate(job_minutes=60)) for machine in machines[1:]]
    web01 = await start("web01", Fate(job_minutes=0.5))
    for one in (web01, *running):
        await one.job()
    arm.requests.clear()
    later(1 / 30)
    for one in (web01, *running):
        assert (await one.job()).step  # as it was read a moment ago
    assert len(arm.requests) == 1
    arm.requests.clear()
    later(0.5)
    assert (await web01.job()).state is JobState.SUCCEEDED


@pytest.mark.parametrize(("status", "word"), [(403, "denies"), (500, "failed to answer"), (404, "does not find")])
async def test_what_cannot_be_read_is_unreadable_and_not_absent(
    azure: AzureSiteRecovery, arm: SandboxArm, follow: Follow, status: int, word: str
) -> None:
    arm.faults.refuse(status, "SubscriptionNotFound" if status == 404 else "")
    item = follow("web01")
    for read in (
        azure.job(VAULT, "j"),
        azure.item(VAULT, REPROTECT, item),
        azure.find_job(VAULT, REPROTECT, item, since=arm.estate.clock()),
    ):
        with pytest.raises(Unreadable) as error:
            await read
        assert word in error.value.reason


async def test_a_throttled_read_tells_when_to_come_back_and_the_next_does_not_ask(
    azure: AzureSiteRecovery, arm: SandboxArm, follow: Follow, later: Later
) -> None:
    arm.faults.refuse(429, retry_after=40, times=1)
    with pytest.raises(Unreadable) as error:
        await azure.item(VAULT, REPROTECT, follow("web01"))
    assert error.value.retry_after == 40
    asked = len(arm.requests)
    with pytest.raises(Unreadable) as error:
        await azure.item(VAULT, REPROTECT, follow("web01"))
    assert "no more reads" in error.value.reason
    assert len(arm.requests) == asked
    later(1)
    assert isinstance(await azure.item(VAULT, REPROTECT, follow("web01")), ItemSeen)


async def test_no_name_is_no_job(azure: AzureSiteRecovery, arm: SandboxArm) -> None:
    assert await azure.job(VAULT, "") is ABSENT
    assert arm.requests == []


async def test_an_unknown_vault_is_unreadable(azure: AzureSiteRecovery) -> None:
    with pytest.raises(Unreadable, match="no vault elsewhere"):
        await azure.job("elsewhere", "j")


async def test_a_fast_estate_ends_a_job_in_seconds(start: Start, estate: Estate, later: Later) -> None:
    estate.speed = 60
    web01 = await start("web01", Fate())
    later(2.5 / 60)
    assert (await web01.job()).state is JobState.SUCCEEDED
    later(20 / 60)
    assert (await web01.item()).ready
