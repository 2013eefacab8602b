"""Wherever the world stops, nothing is lost and nothing is started twice."""

from collections.abc import AsyncGenerator, Callable
from dataclasses import replace
from itertools import count

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from homeward.actions.ledger import Ledger
from homeward.actions.ledger.engine import open_engine
from homeward.actions.ports import JobState
from homeward.actions.requests import Request, RequestItem
from homeward.actions.states import ItemState, Operation
from homeward.checks.way import PASSES
from tests.actions.crash.walking import SCENARIOS, MakeLedger, Scenario, faults, real, run
from tests.actions.making import KEY, VirtualClock

FEWEST = {
    "one machine": 12,
    "three in two stages, one fails": 25,
    "a lost answer": 12,
    "one machine and its thread": 45,
    "one machine, later": 12,
}
"""How many effects each life has at least: a walk that finds fewer has lost some."""


@pytest.fixture
async def engine(ledger_url: str) -> AsyncGenerator[AsyncEngine]:
    async with open_engine(ledger_url) as engine:
        yield engine


@pytest.fixture
async def sqlite_engine(sqlite_url: str) -> AsyncGenerator[AsyncEngine]:
    async with open_engine(sqlite_url) as engine:
        yield engine


async def walk(
    engine: AsyncEngine, clock: VirtualClock, scenario: Scenario, make: MakeLedger, *, every: int = 1
) -> tuple[int, list[str]]:
    """One life without a stop, then one for each (or every n-th) of its effects: their number, what went wrong."""
    ids = (f"R-{number:06}" for number in count(1))
    whole = await run(engine, clock, scenario, next(ids), stop_after=None, make=make)
    wrong = [f"without a stop: {fault}" for fault in faults(scenario, whole)]
    for point, effect in [*enumerate(whole.effects, start=1)][::every]:
        done = await run(engine, clock, scenario, next(ids), stop_after=point, make=make)
        wrong += [f"stopped after {point} ({effect}): {fault}" for fault in faults(scenario, done)]
    return len(whole.effects), wrong


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
async def test_after_a_stop_at_any_point_each_machine_is_started_exactly_once_and_the_request_ends(
    engine: AsyncEngine, clock: VirtualClock, scenario: Scenario, record_property: Callable[[str, object], None]
) -> None:
    # The thread's messages are many, and much alike to the database: one in four is enough for the second one.
    every = 4 if scenario.shown and engine.dialect.name != "sqlite" else 1
    points, wrong = await walk(engine, clock, scenario, real, every=every)
    at = "each" if every == 1 else f"every {every}th"
    print(f"{scenario.name} on {engine.dialect.name}: the world was stopped at {at} of {points} points")  # noqa: T201 # the issue asks for the number
    record_property("crash points", points)
    assert wrong == []
    assert points >= FEWEST[scenario.name]


def of(scenario: Scenario, operation: Operation) -> Scenario:
    # In a failback a failure holds all later stages back until a person decides: there the last one fails.
    fails = {"db01": JobState.FAILED} if scenario.outcomes and operation is Operation.FAILBACK else scenario.outcomes
    return replace(scenario, operation=operation, outcomes=fails)


OTHERS = tuple(
    of(scenario, operation) for operation in Operation if operation is not Operation.REPROTECT for scenario in SCENARIOS
)


@pytest.mark.parametrize("scenario", OTHERS, ids=lambda scenario: f"{scenario.operation.value}: {scenario.name}")
async def test_the_same_holds_for_every_other_operation(
    sqlite_engine: AsyncEngine,
    clock: VirtualClock,
    scenario: Scenario,
    record_property: Callable[[str, object], None],
) -> None:
    # What a failback does to the database and to Slack is much alike for the others: the thread is walked for it.
    every = 1 if not scenario.shown else 3 if scenario.operation is Operation.FAILBACK else 12
    points, wrong = await walk(sqlite_engine, clock, scenario, real, every=every)
    record_property("crash points", points)
    assert wrong == []
    # A commit, and a failback, do not replicate anything.
    assert points >= FEWEST[scenario.name] * (1 if PASSES[scenario.operation] else 0.7)


class Claimless(Ledger):
    """A ledger whose claims are taken from nobody: they are not written, and none is ever refused."""

    async def claim(self, request: Request, item: RequestItem) -> Request:
        claimed = replace(item, state=ItemState.CLAIMED, claimed_at=await self.now())
        return replace(request, items=tuple(claimed if one.place == item.place else one for one in request.items))


async def test_without_the_claim_the_walk_finds_the_machine_that_is_started_twice(
    engine: AsyncEngine, clock: VirtualClock
) -> None:
    def claimless(engine: AsyncEngine, clock: VirtualClock, committed: Callable[[str], None]) -> Ledger:
        return Claimless(engine, key=KEY, clock=clock, committed=committed)

    _, wrong = await walk(engine, clock, SCENARIOS[0], claimless)
    assert any("web02 was started 2 times" in fault for fault in wrong)
