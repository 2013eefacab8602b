"""The order of a plan's machines, the stop rule, and what people decide about those that did not come through."""

from datetime import timedelta

from homeward.actions.passes.pace import Limits
from homeward.actions.ports import JobState, Unreadable
from homeward.actions.requests import EventKind, Request
from homeward.actions.states import ItemState, State
from tests.actions.lives import events, of, running, stage, states, submitted
from tests.actions.making import LEAD, REQUESTER, ask
from tests.actions.world import Call, Life


async def test_a_stage_starts_when_the_jobs_of_the_one_before_have_ended(lite: Life) -> None:
    of(lite, *stage(0, "app01", "app02"), *stage(1, "db01"))
    request = await running(lite)
    while not lite.azure.accepted.count("db01"):
        request = await lite.pass_on(request.id)
    assert lite.azure.accepted == ["app01", "app02", "db01"]
    assert all(job.ends <= lite.azure.jobs[2].started for job in lite.azure.jobs[:2])
    assert (await lite.to_the_end(request.id)).state is State.SUCCEEDED


async def test_only_so_many_jobs_run_at_once(lite: Life) -> None:
    of(lite, *stage(0, *(f"web{n:02}" for n in range(7))))
    lite.limits = Limits(max_parallel_items=3)
    request = await running(lite)
    most = 0
    while not request.state.ended:
        request = await lite.pass_on(request.id)
        most = max(most, sum(item.state.in_flight for item in request.items))
    assert (request.state, most) == (State.SUCCEEDED, 3)


async def test_when_one_fails_its_group_waits_and_the_others_go_on(lite: Life) -> None:
    of(lite, *stage(0, "app01", "app02", group="g"), *stage(1, "db01"), *stage(2, "app03", group="g"))
    lite.azure.outcomes = {"app01": JobState.FAILED}
    lite.limits = Limits(max_parallel_items=1)
    request = await lite.to_the_end((await ask(lite.ledger)).id)
    assert request.state is State.NEEDS_ATTENTION
    assert states(request) == {
        "app01": ItemState.FAILED,
        "app02": ItemState.PENDING,
        "db01": ItemState.DONE,
        "app03": ItemState.PENDING,
    }
    waits = await events(lite, request, EventKind.WAITS)
    assert [(e.happened.machine, e.happened.data["waiting"]) for e in waits] == [("app01", ["app02", "app03"])]


async def test_one_that_is_refused_holds_the_rest_of_its_batch_back(lite: Life) -> None:
    of(lite, *stage(0, "app01", "app02", "app03", group="g"))
    lite.azure.calls = {"app02": [Call.REFUSED]}
    request = await lite.to_the_end((await ask(lite.ledger)).id)
    assert request.state is State.NEEDS_ATTENTION
    assert lite.azure.accepted == ["app01"]


async def test_a_plain_set_of_machines_goes_on(lite: Life) -> None:
    of(lite, *stage(0, "web01", "web02", "web03"))
    lite.azure.outcomes = {"web01": JobState.FAILED}
    lite.limits = Limits(max_parallel_items=1)
    over = await lite.to_the_end((await ask(lite.ledger)).id)
    assert over.state is State.FAILED
    assert lite.azure.accepted == ["web01", "web02", "web03"]


async def troubled(life: Life) -> Request:
    """app01 failed, app02 waits for it."""
    of(life, *stage(0, "app01", "app02", group="g"))
    life.azure.outcomes = {"app01": JobState.FAILED}
    life.limits = Limits(max_parallel_items=1)
    request = await life.to_the_end((await ask(life.ledger)).id)
    assert request.state is State.NEEDS_ATTENTION
    return request


async def test_tried_again_with_success_the_waiting_go_on(life: Life) -> None:
    request = await troubled(life)
    life.azure.outcomes = {}
    await life.desk.retry(request.id, "app01", LEAD)
    over = await life.to_the_end(request.id)
    assert over.state is State.SUCCEEDED
    assert life.azure.accepted == ["app01", "app01", "app02"]


async def test_going_on_without_it_frees_the_waiting(lite: Life) -> None:
    request = await troubled(lite)
    await lite.desk.go_on_without(request.id, "app01", REQUESTER)
    over = await lite.to_the_end(request.id)
    assert over.state is State.FAILED
    assert states(over) == {"app01": ItemState.FAILED, "app02": ItemState.DONE}


async def test_ending_it_skips_the_waiting(lite: Life) -> None:
    request = await troubled(lite)
    await lite.desk.cancel(request.id, REQUESTER)
    over = await lite.until(request.id, State.FAILED)
    assert states(over) == {"app01": ItemState.FAILED, "app02": ItemState.SKIPPED}


async def test_a_machine_is_not_tried_again_while_its_former_job_runs(lite: Life) -> None:
    lite.azure.calls, lite.azure.lag = {"web02": [Call.LOST]}, timedelta(minutes=6)
    lite.azure.lasts = timedelta(minutes=20)
    request = await lite.to_the_end((await ask(lite.ledger)).id)
    assert request.state is State.NEEDS_ATTENTION
    lite.clock.ahead(minutes=2)
    await lite.desk.retry(request.id, "web02", LEAD)
    over = await lite.to_the_end(request.id)
    assert over.state is State.SUCCEEDED
    assert lite.azure.posts == 1


async def test_a_machine_is_not_tried_again_where_azure_does_not_allow_it(lite: Life) -> None:
    request = await troubled(lite)
    lite.azure.gone = {"app01"}
    await lite.desk.retry(request.id, "app01", LEAD)
    request = await lite.to_the_end(request.id)
    assert request.state is State.NEEDS_ATTENTION
    assert lite.azure.accepted == ["app01"]


async def test_a_former_try_that_can_not_be_read_waits_then_fails(lite: Life) -> None:
    request = await troubled(lite)
    lite.azure.unreadable = Unreadable("it answered 503")
    await lite.desk.retry(request.id, "app01", LEAD)
    request = await lite.to_the_end(request.id)
    assert request.state is State.NEEDS_ATTENTION
    assert "it answered 503" in request.items[0].why
    assert lite.azure.accepted == ["app01"]


# --- stopping ---
async def test_a_cancel_while_jobs_run_follows_them_to_their_end(life: Life) -> None:
    of(life, *stage(0, "app01"), *stage(1, "db01"))
    request = await submitted(life)
    await life.desk.cancel(request.id, REQUESTER, "enough")
    over = await life.to_the_end(request.id)
    assert over.state is State.FAILED
    assert states(over) == {"app01": ItemState.DONE, "db01": ItemState.SKIPPED}
    assert life.azure.accepted == ["app01"]
