"""Many lives, drawn by chance: whatever Azure and the people do, nothing is started twice and everything is told."""

import asyncio
from collections import Counter
from datetime import timedelta

from hypothesis import given, note, settings
from hypothesis import strategies as st

from homeward.actions.passes.pace import Limits
from homeward.actions.ports import JobState, Unreadable
from homeward.actions.requests import EventKind, Request
from homeward.actions.states import ItemState, Operation, State
from tests.actions.making import LEAD, REQUESTER, VirtualClock, ask, planned
from tests.actions.memory import Memory
from tests.actions.world import Azure, Call, Home, Job, Life, Preparing, Stop, World, prepared

MACHINES = ("m1", "m2", "m3", "m4")
ENDS = {
    ItemState.DONE: {EventKind.DONE},
    ItemState.FAILED: {EventKind.ITEM_FAILED, EventKind.REFUSED},
    ItemState.UNKNOWN: {EventKind.UNKNOWN},
    ItemState.SKIPPED: {EventKind.SKIPPED},
}
"""By the last state of a machine, what must have been told of it."""


class Watched(Azure):
    """Sees a second job of a machine that is busy with the first."""

    def begin(self, machine: str, operation: Operation = Operation.REPROTECT) -> Job:
        running = [job.machine for job in self.jobs if job.ends > self.clock.now]
        assert machine not in running, f"{machine} was started while its job ran"
        return super().begin(machine, operation)


def a_life(draw: st.DrawFn) -> Life:
    clock = VirtualClock()
    azure = Watched(clock, World())
    azure.lasts = timedelta(seconds=draw(st.sampled_from([0, 40, 400])))
    azure.replicates = timedelta(seconds=100)
    azure.lag = timedelta(seconds=draw(st.sampled_from([0, 90, 800])))
    machines = MACHINES[: draw(st.integers(1, len(MACHINES)))]
    azure.calls = {machine: draw(st.lists(st.sampled_from(Call), max_size=3)) for machine in machines}
    ends = [JobState.SUCCEEDED, JobState.SUCCEEDED, JobState.FAILED, JobState.CANCELLED]
    azure.outcomes = {machine: draw(st.sampled_from(ends)) for machine in machines}
    its = [
        planned(machine, stage=draw(st.integers(0, 1)), group=draw(st.sampled_from(["", "g"]))) for machine in machines
    ]
    limits = Limits(max_parallel_items=draw(st.integers(1, 3)))
    life = Life(Memory(clock), azure, Preparing(prepared(*its), world=azure.world), clock, limits)
    life.home = Home(looks=draw(st.sampled_from([1, 3, 99])), world=azure.world)
    return life


async def live(life: Life, data: st.DataObject) -> Request:
    """Passes, with what may come between them."""
    request = await ask(life.ledger, operation=data.draw(st.sampled_from(Operation)))
    for _ in range(400):
        comes = data.draw(st.sampled_from(["nothing"] * 12 + ["stop", "silence", "cancel", "late", "sleep"]))
        note(comes)
        world = life.azure.world
        match comes:
            case "stop":
                world.stop_after = len(world.effects) + data.draw(st.integers(1, 3))
            case "silence":
                life.azure.unreadable = Unreadable("it answered 503", retry_after=data.draw(st.sampled_from([0, 200])))
            case "cancel" if data.draw(st.booleans()):
                await life.desk.cancel(request.id, REQUESTER)
            case "late":
                life.clock.ahead(minutes=data.draw(st.integers(1, 20)))
            case "sleep":
                life.azure.before_post = lambda: life.clock.ahead(seconds=20)
            case _:
                pass
        try:
            request = await life.ledger.load(request.id)
            await life.report(request)
            if request.state is State.AWAITING_APPROVAL and request.plan is not None:
                request = await life.until(request.id, State.APPROVED, State.EXPIRED, State.CANCELLED, State.VOIDED)
            elif request.state is State.NEEDS_ATTENTION:
                await decide(life, request, data)
            request = await life.pass_on(request.id)
        except Stop:
            world.restart()
        life.azure.unreadable = None
        life.azure.before_post = lambda: None
        request = await life.ledger.load(request.id)
        # A job that turned up late is one that nobody started now.
        started = [item for item in request.items if item.state.in_flight and not item.adopted]
        assert len(started) <= life.limits.max_parallel_items
        if request.state.ended:
            return request
    return request


async def decide(life: Life, request: Request, data: st.DataObject) -> None:
    for item in request.items:
        if item.state in {ItemState.FAILED, ItemState.UNKNOWN} and not item.given_up:
            if item.attempt < 3 and data.draw(st.booleans()):
                await life.desk.retry(request.id, item.machine, LEAD)
            else:
                await life.desk.go_on_without(request.id, item.machine, REQUESTER)


@settings(max_examples=120, deadline=None)
@given(data=st.data())
def test_whatever_comes_between_nothing_is_started_twice_and_every_end_is_told(data: st.DataObject) -> None:
    life = data.draw(st.composite(a_life)())
    request = asyncio.run(live(life, data))
    assert request.state.ended, request.state
    assert isinstance(life.ledger, Memory)
    told = [event.happened for event in life.ledger.told]
    claims = Counter(each.machine for each in told if each.kind is EventKind.CLAIMED)
    accepted = Counter(life.azure.accepted)
    begun = any(each.kind is EventKind.STARTED for each in told)
    for item in request.items:
        assert accepted[item.machine] <= claims[item.machine] <= item.attempt
        if begun and request.state is not State.VOIDED:
            assert item.state.ended, item
            assert ENDS[item.state] & {each.kind for each in told if each.machine == item.machine}
    assert life.azure.posts <= claims.total()
    if request.state is State.SUCCEEDED:
        assert all(item.state is ItemState.DONE for item in request.items)
