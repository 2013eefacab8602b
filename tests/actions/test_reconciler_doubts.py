"""What must not be taken for the machine's own, or for an end: former jobs, other items, ways that lead elsewhere."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from homeward.actions.ledger import Ledger
from homeward.actions.ports import ItemSeen, JobState
from homeward.actions.requests import EventKind, Request, RequestItem
from homeward.actions.states import ItemState, Operation, State
from homeward.checks.facts import Absent
from homeward.checks.report import Verdict
from tests.actions.making import VirtualClock, ask, checked, plan, planned, put_forward
from tests.actions.world import Azure, Call, Job, Life, Preparing, prepared

ONE = planned("web02")


@pytest.fixture
def lite(sqlite_ledger: Ledger, clock: VirtualClock) -> Life:
    return Life(sqlite_ledger, Azure(clock), Preparing(prepared(ONE)), clock)


async def running(life: Life) -> Request:
    return await life.until((await ask(life.ledger)).id, State.RUNNING)


def former_job(life: Life) -> None:
    """A request before this one failed a few minutes ago."""
    began = life.clock.now - timedelta(minutes=4)
    life.azure.jobs.append(Job("former", "web02", began, began + timedelta(minutes=2), JobState.FAILED))


async def test_a_job_that_had_ended_before_the_claim_is_not_taken_for_its_own(lite: Life) -> None:
    request = await running(lite)
    former_job(lite)
    lite.azure.calls["web02"] = [Call.LOST]
    lite.azure.lag = timedelta(minutes=2)
    request = await lite.to_the_end(request.id)
    assert (request.state, request.items[0].job) == (State.SUCCEEDED, "job-2")


async def test_a_call_that_never_arrived_has_not_failed_like_a_job_before_it(lite: Life) -> None:
    request = await running(lite)
    former_job(lite)
    lite.azure.calls["web02"] = [Call.LOST_BEFORE]
    request = await lite.to_the_end(request.id)
    assert request.state is State.NEEDS_ATTENTION
    assert (request.items[0].state, request.items[0].job) == (ItemState.UNKNOWN, "")


async def test_a_machine_that_turns_into_another_requests_item_is_an_end_that_says_so(lite: Life) -> None:
    request = await running(lite)
    other = planned("web99")
    await put_forward(lite.ledger, await ask(lite.ledger, "R-000002", "web99"), plan(other, subject="web99"))
    lite.azure.new_ids["web02"] = other.item_id
    request = await lite.to_the_end(request.id)
    assert request.state is State.FAILED
    assert (request.items[0].state, request.items[0].item_id) == (ItemState.FAILED, ONE.item_id)
    assert "R-000002" in request.items[0].why


class Wandering(Azure):
    """Its machines are brought into another state by somebody else while they replicate."""

    astray = False

    async def item(self, vault: str, operation: Operation, item: RequestItem) -> ItemSeen | Absent:
        seen = await super().item(vault, operation, item)
        if not self.astray or isinstance(seen, Absent):
            return seen
        return replace(seen, state="PlannedFailoverCommitted", ready=False, replicating=False, percent=None)


async def test_a_machine_that_stops_replicating_before_it_is_ready_asks_a_person(lite: Life) -> None:
    """Somebody failed it back in the portal between two looks: it never becomes ready."""
    lite.azure = azure = Wandering(lite.clock)
    request = await running(lite)
    while request.items[0].state is not ItemState.REPLICATING:
        request = await lite.pass_on(request.id)
    azure.astray = True
    since = lite.clock.now
    request = await lite.to_the_end(request.id)
    assert (request.state, request.items[0].state) == (State.NEEDS_ATTENTION, ItemState.UNKNOWN)
    assert "PlannedFailoverCommitted" in request.items[0].why
    assert timedelta(minutes=30) <= lite.clock.now - since < timedelta(minutes=45)
    azure.astray = False
    assert (await lite.until(request.id, State.SUCCEEDED)).items[0].state is ItemState.DONE


def set_back(life: Life, now: datetime) -> None:
    """The clock is right again; the world's jobs began when they did."""
    ahead = life.clock.now - now
    for job in life.azure.jobs:
        job.started, job.ends = job.started - ahead, job.ends - ahead
    life.clock.now = now


async def test_a_clock_that_was_hours_ahead_holds_nothing_up(lite: Life) -> None:
    request = await running(lite)
    start = lite.clock.now
    lite.clock.ahead(minutes=50)
    await lite.reconciler.advance(request.id)
    lite.clock.ahead(hours=6)
    await put_forward(lite.ledger, await ask(lite.ledger, "R-000002", "web99"), plan("web99", subject="web99"))
    set_back(lite, start + timedelta(minutes=50))
    for _ in range(30):
        lite.clock.ahead(seconds=30)
        await lite.reconciler.advance(request.id)
    assert (await lite.ledger.load(request.id)).state is State.SUCCEEDED


@pytest.mark.parametrize(("call", "end"), [(Call.LOST, State.SUCCEEDED), (Call.LOST_BEFORE, State.NEEDS_ATTENTION)])
async def test_a_claim_of_a_clock_that_was_set_back_is_looked_for_all_the_same(
    lite: Life, call: Call, end: State
) -> None:
    request = await running(lite)
    lite.clock.ahead(minutes=55)
    start = lite.clock.now - timedelta(hours=3)
    lite.azure.calls["web02"] = [call]
    await lite.reconciler.advance(request.id)
    set_back(lite, start)
    for _ in range(40):
        lite.clock.ahead(seconds=30)
        await lite.reconciler.advance(request.id)
    assert (await lite.ledger.load(request.id)).state is end


@pytest.mark.parametrize(("before", "now"), [(Verdict.READY, Verdict.UNKNOWN), (Verdict.UNKNOWN, Verdict.READY)])
async def test_the_repeated_checks_are_told_as_they_are_now(lite: Life, before: Verdict, now: Verdict) -> None:
    lite.preparing.first = replace(prepared(ONE), checked=checked(before))
    lite.preparing.second = lambda again, _: replace(prepared(ONE), plan=again, checked=checked(now))
    request = await running(lite)
    told = [e.happened.data for e in await lite.ledger.events(request.id) if e.happened.kind is EventKind.RECHECKED]
    assert told == [{"verdict": now.value}]
