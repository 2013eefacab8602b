"""Every operation's way from the question to the machine that stands where it leads."""

from dataclasses import replace
from datetime import timedelta

import pytest

from homeward.actions.passes.pace import AT_HOME_WITHIN
from homeward.actions.ports import ItemSeen, JobState, Unreadable
from homeward.actions.requests import AtHome, EventKind, Request, RequestItem
from homeward.actions.states import ItemState, Operation, State
from homeward.actions.words import WORDS
from homeward.checks.facts import Absent
from homeward.checks.way import PASSES
from tests.actions.lives import events, kinds, of, stage, states, submitted
from tests.actions.making import LEAD, ask
from tests.actions.world import DOWN, Azure, Call, Home, Life

BEFORE = [
    EventKind.REQUESTED,
    EventKind.PUT_FORWARD,
    EventKind.APPROVED_BY,
    EventKind.APPROVED,
    EventKind.RECHECKED,
    EventKind.STARTED,
    EventKind.CLAIMED,
    EventKind.SUBMITTED,
    EventKind.JOB_SUCCEEDED,
]
REPLICATION = [EventKind.REPLICATING, *[EventKind.PROGRESS] * 3]
every_operation = pytest.mark.parametrize("operation", Operation, ids=lambda each: each.value)


async def whole(life: Life, operation: Operation) -> Request:
    return await life.to_the_end((await ask(life.ledger, operation=operation)).id)


# --- every operation ---
@every_operation
async def test_it_is_started_once_and_followed_until_it_came_through(life: Life, operation: Operation) -> None:
    request = await whole(life, operation)
    assert (request.state, request.why) == (State.SUCCEEDED, WORDS[operation].came_through)
    assert [job.operation for job in life.azure.jobs] == [operation]
    between = REPLICATION if PASSES[operation] else []
    home = [EventKind.AT_HOME] if operation is Operation.FAILBACK else []
    assert await kinds(life, request) == [*BEFORE, *between, *home, EventKind.DONE, EventKind.SUCCEEDED]
    assert life.home.looked == (["web02"] if operation is Operation.FAILBACK else [])


async def test_one_machine_goes_the_whole_way(life: Life) -> None:
    way = (Operation.REPROTECT, Operation.FAILBACK, Operation.CANCEL, Operation.FAILBACK, Operation.COMMIT)
    for number, operation in enumerate((*way, Operation.TO_AZURE)):
        request = await ask(life.ledger, f"R-{number:06}", operation=operation)
        assert (await life.to_the_end(request.id)).state is State.SUCCEEDED, operation
    assert [job.operation for job in life.azure.jobs] == [*way, Operation.TO_AZURE]


@every_operation
async def test_a_lost_answer_is_looked_for_and_its_job_adopted(lite: Life, operation: Operation) -> None:
    lite.azure.calls = {"web02": [Call.LOST]}
    request = await whole(lite, operation)
    assert (request.state, request.items[0].adopted, lite.azure.posts) == (State.SUCCEEDED, True, 1)


@every_operation
async def test_without_a_job_in_the_list_the_machine_itself_tells(lite: Life, operation: Operation) -> None:
    lite.azure.calls, lite.azure.lag = {"web02": [Call.LOST]}, timedelta(days=1)
    lite.azure.lasts, lite.azure.replicates = timedelta(minutes=2), timedelta(hours=1)
    request = await whole(lite, operation)
    assert (request.state, lite.azure.posts) == (State.SUCCEEDED, 1)
    (adopted,) = await events(lite, request, EventKind.ADOPTED)
    assert adopted.happened.data["why"] == WORDS[operation].already
    replicated = EventKind.REPLICATING in await kinds(lite, request)
    assert replicated is (PASSES[operation] is not None)


@every_operation
async def test_a_job_of_another_operation_is_not_taken_for_its_own(lite: Life, operation: Operation) -> None:
    other = Operation.COMMIT if operation is not Operation.COMMIT else Operation.CANCEL
    lite.azure.calls = {"web02": [Call.LOST_BEFORE]}
    lite.azure.outcomes = {"web02": JobState.FAILED}
    request = await submitted(lite, operation)
    lite.azure.begin("web02", other)
    request = await lite.to_the_end(request.id)
    assert (request.state, states(request)) == (State.NEEDS_ATTENTION, {"web02": ItemState.UNKNOWN})


@every_operation
async def test_a_call_that_never_arrived_is_tried_again_only_by_a_person(lite: Life, operation: Operation) -> None:
    lite.azure.calls = {"web02": [Call.LOST_BEFORE]}
    request = await whole(lite, operation)
    assert request.state is State.NEEDS_ATTENTION
    await lite.desk.retry(request.id, "web02", LEAD)
    assert (await lite.to_the_end(request.id)).state is State.SUCCEEDED
    assert lite.azure.accepted == ["web02"]


@every_operation
async def test_a_machine_that_left_the_vault_is_not_tried_again(lite: Life, operation: Operation) -> None:
    lite.azure.outcomes = {"web02": JobState.FAILED}
    of(lite, *stage(0, "web02", "web03", group="g"))
    lite.limits = replace(lite.limits, max_parallel_items=1)
    request = await whole(lite, operation)
    assert request.state is State.NEEDS_ATTENTION
    lite.azure.gone = {"web02"}
    await lite.desk.retry(request.id, "web02", LEAD)
    assert (await lite.to_the_end(request.id)).state is State.NEEDS_ATTENTION
    assert lite.azure.posts == 1


@every_operation
async def test_a_plan_goes_through_its_stages_and_stops_for_a_failure(lite: Life, operation: Operation) -> None:
    of(lite, *stage(0, "app01", "app02"), *stage(1, "db01", "db02", group="g"), *stage(2, "web01"))
    lite.azure.outcomes = {"db01": JobState.FAILED}
    lite.limits = replace(lite.limits, max_parallel_items=1)
    request = await whole(lite, operation)
    assert request.state is State.NEEDS_ATTENTION
    # A failback boots in the plan's order: what comes after the failed one waits for it.
    boots = operation is Operation.FAILBACK
    assert lite.azure.accepted == ["app01", "app02", "db01", *([] if boots else ["web01"])]
    assert states(request)["db02"] is ItemState.PENDING


class Elsewhere(Azure):
    """A job ends well there, and the machine does not come where it leads."""

    astray = True

    async def item(self, vault: str, operation: Operation, item: RequestItem) -> ItemSeen | Absent:
        seen = await super().item(vault, operation, item)
        if not self.astray:
            return seen
        assert not isinstance(seen, Absent)
        return replace(seen, state="Odd", ready=False, replicating=False, percent=None)


@every_operation
async def test_a_machine_that_never_comes_where_it_leads_asks_a_person(lite: Life, operation: Operation) -> None:
    lite.azure = Elsewhere(lite.clock)
    request = await whole(lite, operation)
    assert (request.state, states(request)) == (State.NEEDS_ATTENTION, {"web02": ItemState.UNKNOWN})
    assert request.items[0].why == f"{WORDS[operation].astray}: its state is Odd"


@every_operation
async def test_a_success_that_led_elsewhere_is_told_once_and_not_followed_again(
    lite: Life, operation: Operation
) -> None:
    lite.azure = azure = Elsewhere(lite.clock)
    request = await whole(lite, operation)
    before = await kinds(lite, request)
    for _ in range(100):
        lite.clock.ahead(minutes=3)
        await lite.reconciler.advance(request.id)
    assert await kinds(lite, request) == before
    azure.astray = False
    assert (await lite.until(request.id, State.SUCCEEDED)).items[0].state is ItemState.DONE


@every_operation
async def test_a_vanished_job_leaves_the_word_to_the_machine(lite: Life, operation: Operation) -> None:
    request = await submitted(lite, operation)
    job = lite.azure.jobs[0]
    job.vanished, job.ends = True, lite.clock.now + timedelta(days=9)
    request = await lite.to_the_end(request.id)
    assert request.items[0].why == f"its job is not in the vault any more, and {WORDS[operation].astray}"
    job.ends = lite.clock.now
    assert (await lite.until(request.id, State.SUCCEEDED)).items[0].state is ItemState.DONE


# --- at home ---
async def home(life: Life) -> Request:
    """Failed back; its VM was looked at once."""
    request = await submitted(life, Operation.FAILBACK)
    while request.items[0].arrived_at is None:
        request = await life.pass_on(request.id)
    return request


async def test_its_vm_is_looked_at_until_it_is_up(life: Life) -> None:
    life.home.looks = 4
    request = await home(life)
    assert (request.items[0].state, request.items[0].at_home) == (ItemState.JOB_SUCCEEDED, DOWN)
    request = await life.to_the_end(request.id)
    assert request.state is State.SUCCEEDED
    item = request.items[0]
    assert len(life.home.looked) == 4
    assert item.at_home is not None
    assert item.at_home.is_up
    (told,) = await events(life, request, EventKind.AT_HOME)
    assert told.happened.data == {
        "vm": "web02",
        "host": "esx1",
        "power": "poweredOn",
        "tools": True,
        "address": "10.0.0.7",
        "why": "",
    }


@pytest.mark.parametrize("seen", [DOWN, AtHome(why="vCenter did not answer within 20 s")], ids=["down", "unread"])
async def test_a_vm_that_does_not_come_up_or_can_not_be_seen_holds_nothing_up(lite: Life, seen: AtHome) -> None:
    lite.home = Home(looks=999, down=seen)
    request = await lite.to_the_end((await home(lite)).id)
    item = request.items[0]
    assert (request.state, item.state, item.at_home) == (State.SUCCEEDED, ItemState.DONE, seen)
    assert item.arrived_at is not None
    assert item.ended_at is not None
    assert AT_HOME_WITHIN <= item.ended_at - item.arrived_at < AT_HOME_WITHIN + timedelta(minutes=1)
    (told,) = await events(lite, request, EventKind.AT_HOME)
    assert told.happened.data["why"] == seen.why


async def test_what_becomes_of_it_in_azure_once_it_is_home_is_no_matter(lite: Life) -> None:
    lite.home.looks = 5
    request = await home(lite)
    lite.azure.unreadable = Unreadable("it answered 503")
    assert (await lite.to_the_end(request.id)).state is State.SUCCEEDED


async def test_the_next_stage_boots_when_the_one_before_is_up_or_has_had_its_time(lite: Life) -> None:
    lite.home.looks = 999
    of(lite, *stage(0, "db01"), *stage(1, "app01"))
    request = await home(lite)
    while "app01" not in lite.azure.accepted:
        assert states(request)["app01"] is ItemState.PENDING
        request = await lite.pass_on(request.id)
    assert states(request)["db01"] is ItemState.DONE
    assert (await lite.to_the_end(request.id)).state is State.SUCCEEDED


async def test_where_no_vcenter_can_tell_nobody_waits_for_it(lite: Life) -> None:
    lite.home.looks, lite.home.down = 999, AtHome(why="no vCenter is configured", final=True)
    request = await home(lite)
    item = (await lite.until(request.id, State.SUCCEEDED)).items[0]
    assert item.ended_at is not None
    assert item.arrived_at is not None
    assert item.ended_at - item.arrived_at < AT_HOME_WITHIN / 5


async def test_a_clock_that_was_set_back_while_it_is_looked_at_counts_anew(lite: Life) -> None:
    lite.home.looks = 999
    request = await home(lite)
    lite.clock.ahead(hours=-3)
    since = lite.clock.now
    for _ in range(40):
        lite.clock.ahead(seconds=30)
        await lite.reconciler.advance(request.id)
    request = await lite.ledger.load(request.id)
    assert request.state is State.SUCCEEDED
    assert request.ended_at is not None
    assert AT_HOME_WITHIN <= request.ended_at - since < AT_HOME_WITHIN + timedelta(minutes=2)
