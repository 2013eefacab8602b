"""A walk over every effect of a request's life: stop the world right after it, restart, run to the end."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncEngine

from homeward.actions.ledger import Ledger
from homeward.actions.plan import PlannedItem
from homeward.actions.ports import JobState
from homeward.actions.posts import PostState
from homeward.actions.requests import EventKind, Request
from homeward.actions.states import ItemState, Operation, State
from tests.actions.crash.slack import Slack, reporter
from tests.actions.making import KEY, LEAD, VirtualClock, ask, planned
from tests.actions.world import Azure, Call, Home, Life, Preparing, Stop, World, prepared

ENDS = {EventKind.DONE, EventKind.ITEM_FAILED, EventKind.REFUSED, EventKind.SKIPPED}
ONCE = (EventKind.SCHEDULED, EventKind.AT_HOME)
PAUSE = 7.0
"""Seconds that a restart takes."""


@dataclass(frozen=True)
class Scenario:
    """What is asked for, and what Azure makes of it."""

    name: str
    machines: tuple[PlannedItem, ...]
    calls: Mapping[str, tuple[Call, ...]] = field(default_factory=dict[str, tuple[Call, ...]])
    outcomes: Mapping[str, JobState] = field(default_factory=dict[str, JobState])
    shown: bool = False
    """With the real reporter, and all that it says."""
    operation: Operation = Operation.REPROTECT
    later: timedelta | None = None
    """It is to start so much later than it is asked for."""


SCENARIOS = (
    Scenario("one machine", (planned("web02"),)),
    Scenario(
        "three in two stages, one fails",
        (planned("app01", group="g"), planned("app02", group="g"), planned("db01", stage=1)),
        outcomes={"app02": JobState.FAILED},
    ),
    Scenario("a lost answer", (planned("web02"),), calls={"web02": (Call.LOST,)}),
    Scenario("one machine and its thread", (planned("web02"),), shown=True),
    Scenario("one machine, later", (planned("web02"),), later=timedelta(minutes=40)),
)


@dataclass(frozen=True)
class Run:
    """How one life went: the effects up to the end, and what Azure took."""

    effects: tuple[str, ...]
    accepted: tuple[str, ...]
    early: bool
    request: Request
    kinds: tuple[tuple[str, EventKind], ...]
    doubled: tuple[str, ...]
    unsent: tuple[str, ...]


MakeLedger = Callable[[AsyncEngine, VirtualClock, Callable[[str], None]], Ledger]


def real(engine: AsyncEngine, clock: VirtualClock, committed: Callable[[str], None]) -> Ledger:
    return Ledger(engine, key=KEY, clock=clock, committed=committed)


async def run(
    engine: AsyncEngine, clock: VirtualClock, scenario: Scenario, id: str, *, stop_after: int | None, make: MakeLedger
) -> Run:
    """The request's life, with one stop of the world; what survives it is the database, Azure and the people."""
    world = World(stop_after)
    azure = Azure(
        clock, world, lasts=timedelta(seconds=40), replicates=timedelta(seconds=50), lag=timedelta(seconds=90)
    )
    home = Home(looks=2, world=world)
    slack = Slack(world)
    at = clock.now + scenario.later if scenario.later is not None else None
    azure.calls = {machine: list(calls) for machine, calls in scenario.calls.items()}
    azure.outcomes = dict(scenario.outcomes)

    def live() -> Life:
        ledger = make(engine, clock, lambda what: world.effect(f"ledger: {what}"))
        life = Life(ledger, azure, Preparing(prepared(*scenario.machines), world=world), clock, home=home)
        if scenario.shown:
            life.reporter = reporter(ledger, slack, clock, sole=engine.dialect.name == "sqlite").report
        return life

    try:
        request = await _live(live(), id, scenario, at)
    except Stop:
        clock.ahead(seconds=PAUSE)
        world.restart()
        request = await _live(live(), id, scenario, at)
    events = await live().ledger.events(id)
    told = tuple((event.happened.machine, event.happened.kind) for event in events)
    posts = await live().ledger.posts(id)
    unsent = tuple(post.key for post in posts if post.state is not PostState.SENT)
    early = at is not None and any(job.started < at for job in azure.jobs)
    return Run(tuple(world.effects), tuple(azure.accepted), early, request, told, tuple(slack.doubled()), unsent)


async def _live(life: Life, id: str, scenario: Scenario, at: datetime | None) -> Request:
    """To the end. People do what they would do: ask where nothing came of it, decide where they are asked to."""
    if not await life.desk.find(id):
        await ask(life.ledger, id, operation=scenario.operation, at=at)
    for _ in range(10):
        request = await life.to_the_end(id)
        unknown = [item.machine for item in request.items if item.state is ItemState.UNKNOWN]
        if request.state is not State.NEEDS_ATTENTION or not unknown:
            await _shown(life, id)
            return request
        for machine in unknown:
            await life.desk.retry(id, machine, LEAD)
    raise AssertionError(f"{id} does not end")


async def _shown(life: Life, id: str) -> None:
    """Until the reporter has nothing more to say."""
    for _ in range(200):
        again = await life.reporter(id) if life.reporter is not None else None
        if again is None:
            return
        life.clock.now = max(life.clock.now, again)
    raise AssertionError(f"the reporter is not done with {id}")


def faults(scenario: Scenario, done: Run) -> list[str]:
    """What is wrong with a run: more or less than one accepted start for a machine, no end, an end without a word."""
    found = [
        f"{machine.machine} was started {times} times"
        for machine in scenario.machines
        if (times := done.accepted.count(machine.machine)) != 1
    ]
    found += [
        f"nobody was told how {machine.machine} ended"
        for machine in scenario.machines
        if not any(name == machine.machine and kind in ENDS for name, kind in done.kinds)
    ]
    if done.early:
        found.append("it was started before its time")
    known = Counter(kind for _, kind in done.kinds)
    found += [f"{kind.value} was told {known[kind]} times" for kind in ONCE if known[kind] > len(scenario.machines)]
    found += [f"{key} is in Slack twice" for key in done.doubled]
    found += [f"{key} is not in Slack" for key in done.unsent]
    if not done.request.state.ended and done.request.state is not State.NEEDS_ATTENTION:
        found.append(f"it is still {done.request.state.value}")
    return found
