"""Every operation's one call, over the real SDK: taken, refused, without an answer, found again; never twice."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from homeward.actions.plan import PlannedItem
from homeward.actions.ports import Accepted, ItemSeen, JobSeen, JobState, NotSent, Refused, Unanswered
from homeward.actions.requests import RequestItem
from homeward.actions.site_recovery import AzureSiteRecovery
from homeward.actions.states import Operation
from homeward.bot.sandbox.arm import SandboxArm
from homeward.bot.sandbox.arm.names import Names
from homeward.bot.sandbox.arm.points import points_of
from homeward.bot.sandbox.estate import Estate
from homeward.bot.sandbox.estate.reprotects import Fate, unreachable
from homeward.checks.facts import ABSENT
from homeward.checks.sources.access import AzureAccess, VaultAddress

VAULT = "prod-dr"
POST = "POST"
Prepare = Callable[[Operation, str], PlannedItem]
Later = Callable[[float], None]
Answer = Accepted | Refused | Unanswered | NotSent

CASES = [
    (operation, machine)
    for operation in Operation
    for machine in ("web01", "legacy01")
    if (operation, machine) != (Operation.CANCEL, "legacy01")
]
every = pytest.mark.parametrize(
    ("operation", "machine"), CASES, ids=[f"{operation.value}-{machine}" for operation, machine in CASES]
)
PATHS = {
    (Operation.FAILBACK, "web01"): "plannedFailover",
    (Operation.FAILBACK, "legacy01"): "unplannedFailover",
    (Operation.COMMIT, "web01"): "failoverCommit",
    (Operation.COMMIT, "legacy01"): "failoverCommit",
    (Operation.CANCEL, "web01"): "failoverCancel",
}
THROUGH = {
    Operation.REPROTECT: "replicating-back",
    Operation.FAILBACK: "home",
    Operation.COMMIT: "home-committed",
    Operation.CANCEL: "ready-to-fail-back",
    Operation.TO_AZURE: "replicating-to-azure",
}


async def start(
    azure: AzureSiteRecovery, operation: Operation, planned: PlannedItem, still: Callable[[], bool] = lambda: True
) -> Answer:
    return await azure.start(VAULT, operation, planned, planned.item_id, still=still)


def followed(planned: PlannedItem) -> RequestItem:
    return RequestItem(place=0, planned=planned, item_id=planned.item_id)


def posts(arm: SandboxArm) -> list[str]:
    """The ends of their addresses."""
    return [one.path.rpartition("/")[2] for one in arm.requests if one.method == POST]


async def item_of(azure: AzureSiteRecovery, operation: Operation, planned: PlannedItem) -> ItemSeen:
    seen = await azure.item(VAULT, operation, followed(planned))
    assert isinstance(seen, ItemSeen)
    return seen


@every
async def test_it_is_posted_once_and_its_job_is_followed_to_its_end(
    azure: AzureSiteRecovery,
    arm: SandboxArm,
    estate: Estate,
    prepare: Prepare,
    later: Later,
    operation: Operation,
    machine: str,
) -> None:
    planned = prepare(operation, machine)
    began = estate.clock()
    before = await item_of(azure, operation, planned)
    assert (before.may_start, before.ready, before.replicating) == (True, False, False)
    answer = await start(azure, operation, planned)
    assert isinstance(answer, Accepted)
    (taken,) = arm.starts
    assert (taken.operation, taken.machine, taken.job) == (operation, machine, answer.job)
    assert posts(arm) == [PATHS.get((operation, machine), "reProtect")]

    later(1)
    job = await azure.job(VAULT, answer.job)
    assert isinstance(job, JobSeen)
    assert (job.state, bool(job.step)) == (JobState.RUNNING, True)
    during = await item_of(azure, operation, planned)
    assert (during.may_start, during.ready, during.replicating, during.job) == (False, False, False, answer.job)
    assert await azure.find_job(VAULT, operation, followed(planned), since=began) == job

    later(1.5)
    job = await azure.job(VAULT, answer.job)
    assert isinstance(job, JobSeen)
    assert (job.state, job.errors) == (JobState.SUCCEEDED, ())
    assert estate.vault.item(machine).stage == THROUGH[operation]
    after = await item_of(azure, operation, planned)
    assert (after.may_start, after.trouble) == (False, ())
    assert after.ready or after.replicating
    assert arm.unexpected == []


@every
async def test_where_it_is_not_allowed_azure_refuses_it(
    azure: AzureSiteRecovery, arm: SandboxArm, estate: Estate, prepare: Prepare, operation: Operation, machine: str
) -> None:
    planned = prepare(operation, machine)
    estate.vault.item(machine).stage = "replicating-back"
    assert not (await item_of(azure, operation, planned)).may_start
    answer = await start(azure, operation, planned)
    assert isinstance(answer, Refused)
    assert (answer.code, answer.conflict, machine in answer.why) == ("OperationNotAllowed", False, True)
    assert (len(posts(arm)), arm.starts) == (1, [])


@every
async def test_a_job_of_the_same_that_runs_already_is_a_conflict_and_is_found(
    azure: AzureSiteRecovery, arm: SandboxArm, estate: Estate, prepare: Prepare, operation: Operation, machine: str
) -> None:
    planned = prepare(operation, machine)
    began = estate.clock()
    job = arm.start_elsewhere(machine, operation)
    answer = await start(azure, operation, planned)
    assert isinstance(answer, Refused)
    assert answer.conflict
    found = await azure.find_job(VAULT, operation, followed(planned), since=began)
    assert isinstance(found, JobSeen)
    assert (found.name, found.state) == (job, JobState.RUNNING)
    assert (len(posts(arm)), arm.starts) == (1, [])


@every
async def test_a_job_of_another_operation_is_a_conflict_and_is_not_taken_for_ours(
    azure: AzureSiteRecovery, arm: SandboxArm, estate: Estate, prepare: Prepare, operation: Operation, machine: str
) -> None:
    planned = prepare(operation, machine)
    began = estate.clock()
    arm.start_elsewhere(machine, Operation.FAILBACK if operation is not Operation.FAILBACK else Operation.COMMIT)
    answer = await start(azure, operation, planned)
    assert isinstance(answer, Refused)
    assert answer.conflict
    assert await azure.find_job(VAULT, operation, followed(planned), since=began) is ABSENT


@every
@pytest.mark.parametrize(
    ("trouble", "accepted"),
    [("lost", True), ("lost", False), ("503", True), ("503", False), ("silence", True), ("nameless", True)],
)
async def test_without_a_good_answer_it_is_looked_for_and_not_posted_again(
    access: AzureAccess,
    address: VaultAddress,
    arm: SandboxArm,
    estate: Estate,
    prepare: Prepare,
    operation: Operation,
    machine: str,
    trouble: str,
    accepted: bool,
) -> None:
    match trouble:
        case "lost":
            arm.faults.drop(method=POST, accepted=accepted)
        case "503":
            arm.faults.refuse(503, method=POST, accepted=accepted, retry_after=1)
        case "silence":
            arm.faults.silence(method=POST, accepted=accepted)
        case _:
            arm.faults.nameless()
    planned = prepare(operation, machine)
    began = estate.clock() - timedelta(seconds=1)
    azure = AzureSiteRecovery(access, [address], answer_seconds=0.2)
    try:
        assert isinstance(await start(azure, operation, planned), Unanswered)
        assert (len(posts(arm)), len(arm.starts)) == (1, int(accepted))
        found = await azure.find_job(VAULT, operation, followed(planned), since=began)
    finally:
        await azure.close()
    if accepted:
        assert isinstance(found, JobSeen)
        assert found.name == arm.starts[0].job
    else:
        assert found is ABSENT


@every
async def test_a_call_whose_claim_has_grown_old_is_not_sent(
    azure: AzureSiteRecovery, arm: SandboxArm, prepare: Prepare, operation: Operation, machine: str
) -> None:
    answer = await start(azure, operation, prepare(operation, machine), still=lambda: False)
    assert isinstance(answer, NotSent)
    assert arm.requests == []


@every
async def test_a_job_that_fails_leaves_the_machine_where_it_may_be_tried_again(
    azure: AzureSiteRecovery,
    estate: Estate,
    prepare: Prepare,
    later: Later,
    operation: Operation,
    machine: str,
) -> None:
    planned = prepare(operation, machine)
    estate.vault.item(machine).fates.append(unreachable(machine))
    answer = await start(azure, operation, planned)
    assert isinstance(answer, Accepted)
    later(3)
    job = await azure.job(VAULT, answer.job)
    assert isinstance(job, JobSeen)
    assert (job.state, bool(job.errors)) == (JobState.FAILED, True)
    seen = await item_of(azure, operation, planned)
    assert (seen.may_start, seen.ready, seen.replicating) == (True, False, False)


@pytest.mark.parametrize("operation", [Operation.REPROTECT, Operation.TO_AZURE])
@pytest.mark.parametrize("machine", ["web01", "legacy01"])
async def test_an_item_that_changed_its_id_is_found_in_either_direction(
    azure: AzureSiteRecovery, estate: Estate, prepare: Prepare, later: Later, operation: Operation, machine: str
) -> None:
    planned = prepare(operation, machine)
    estate.vault.item(machine).fates.append(Fate(new_id=True))
    answer = await start(azure, operation, planned)
    assert isinstance(answer, Accepted)
    later(2.5)
    job = await azure.job(VAULT, answer.job)
    assert isinstance(job, JobSeen)
    seen = await item_of(azure, operation, planned)
    assert (seen.id.casefold(), seen.replicating) == (job.new_item_id.casefold(), True)
    assert seen.id.casefold() != planned.item_id.casefold()


async def test_values_that_fit_no_call_are_refused_and_nothing_is_sent(
    azure: AzureSiteRecovery, arm: SandboxArm, prepare: Prepare
) -> None:
    modernized, classic = prepare(Operation.FAILBACK, "web01"), prepare(Operation.FAILBACK, "legacy01")
    wrong = [
        (Operation.FAILBACK, replace(modernized, point="LatestTime")),
        (Operation.FAILBACK, replace(classic, point="")),
        (Operation.FAILBACK, replace(classic, item_id="/legacy01")),
        (Operation.CANCEL, classic),
    ]
    answers = [await start(azure, operation, planned) for operation, planned in wrong]
    assert all(isinstance(answer, Refused) and "nothing was sent" in answer.why for answer in answers)
    assert arm.requests == []


async def test_a_classic_machine_comes_home_at_the_point_that_was_chosen(
    azure: AzureSiteRecovery, arm: SandboxArm, estate: Estate, prepare: Prepare
) -> None:
    planned = prepare(Operation.FAILBACK, "legacy01")
    item = estate.vault.item("legacy01")
    point = f"{Names(estate).item(item)}/recoveryPoints/{points_of(estate, item)[0].name}"
    chosen = replace(planned, point="Custom", point_id=point)
    gone = await start(azure, Operation.FAILBACK, replace(chosen, point_id=f"{point}-gone"))
    assert isinstance(gone, Refused)
    assert gone.code == "RecoveryPointNotFound"
    assert isinstance(await start(azure, Operation.FAILBACK, chosen), Accepted)
    assert item.point == point


async def test_a_failback_that_was_cancelled_in_the_portal_is_told_with_the_machine(
    azure: AzureSiteRecovery, arm: SandboxArm, prepare: Prepare, later: Later
) -> None:
    planned = prepare(Operation.FAILBACK, "web01")
    assert isinstance(await start(azure, Operation.FAILBACK, planned), Accepted)
    later(3)
    assert (await item_of(azure, Operation.FAILBACK, planned)).ready
    arm.start_elsewhere("web01", Operation.CANCEL)
    later(3)
    seen = await item_of(azure, Operation.FAILBACK, planned)
    assert (seen.ready, seen.may_start) == (False, True)
    assert [error.message for error in seen.trouble] == ["Azure tells of its last planned failover: Cancelled."]


async def test_many_machines_start_at_once_each_once(
    azure: AzureSiteRecovery, arm: SandboxArm, prepare: Prepare
) -> None:
    machines = ["web01", "web02", "db01", "legacy01", "pay-app01", "pay-db01"]
    plans = [prepare(Operation.FAILBACK, machine) for machine in machines]
    answers = await asyncio.gather(*(start(azure, Operation.FAILBACK, planned) for planned in plans))
    assert {answer.job for answer in answers if isinstance(answer, Accepted)} == {one.job for one in arm.starts}
    assert sorted(one.machine for one in arm.starts) == sorted(machines)
