"""A start that was approved for later: it waits, whatever comes, and is checked and made once at its time."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from homeward.actions.approval import Click
from homeward.actions.ledger import Ledger, opened
from homeward.actions.passes.pace import NAP
from homeward.actions.plan import Prepared
from homeward.actions.requests import EventKind, Refusal, Request
from homeward.actions.states import Operation, State
from homeward.checks.report import Verdict
from tests.actions.lives import ONE, blocked, events, kinds
from tests.actions.making import KEY, LEAD, REQUESTER, START, VirtualClock, asked, checked
from tests.actions.world import Azure, Life, Preparing, prepared

LATER = START + timedelta(hours=6)


async def asked_for(life: Life, at: datetime = LATER, zone: str = "Europe/Berlin") -> Request:
    wanted = replace(asked(operation=Operation.FAILBACK), at=at, zone=zone)
    request = await life.desk.ask(wanted)
    assert isinstance(request, Request)
    return request


async def approved(life: Life, at: datetime = LATER, zone: str = "Europe/Berlin") -> Request:
    return await life.until((await asked_for(life, at, zone)).id, State.APPROVED)


async def test_it_waits_for_its_time_is_checked_then_and_started_once(life: Life) -> None:
    request = await approved(life)
    while life.clock.now < LATER:
        before = life.clock.now
        assert request.state is State.APPROVED
        assert life.preparing.again_for == []
        request = await life.pass_on(request.id)
        assert request.due_at - before <= NAP * 2
    request = await life.to_the_end(request.id)
    assert (request.state, life.azure.accepted) == (State.SUCCEEDED, ["web02"])
    assert LATER <= life.azure.jobs[0].started < LATER + timedelta(minutes=1)
    (scheduled,) = await events(life, request, EventKind.SCHEDULED)
    assert scheduled.happened.data == {"at": LATER.isoformat(), "zone": "Europe/Berlin"}
    told = await kinds(life, request)
    assert told.index(EventKind.SCHEDULED) == told.index(EventKind.APPROVED) + 1
    (rechecked,) = await events(life, request, EventKind.RECHECKED)
    assert rechecked.at >= LATER


async def test_every_wake_up_before_its_time_is_harmless(lite: Life) -> None:
    request = await approved(lite)
    for _ in range(3):
        lite.clock.ahead(seconds=1)
        await lite.reconciler.advance(request.id)
    assert lite.azure.posts == 0
    assert len(await events(lite, request, EventKind.SCHEDULED)) == 1


async def test_it_survives_restarts_before_and_at_its_time(ledger_url: str, clock: VirtualClock) -> None:
    azure, preparing = Azure(clock), Preparing(prepared(ONE))
    async with opened(ledger_url, key=KEY, clock=clock) as ledger:
        request = await approved(Life(ledger, azure, preparing, clock))
    while not request.state.ended:
        # A process of its own for each pass.
        async with opened(ledger_url, key=KEY, clock=clock) as ledger:
            request = await Life(ledger, azure, preparing, clock).pass_on(request.id)
    assert request.state is State.SUCCEEDED
    assert azure.accepted == ["web02"]
    assert azure.jobs[0].started >= LATER


SPRING = datetime(2026, 3, 29, 3, 30, tzinfo=ZoneInfo("Europe/Berlin"))
AUTUMN = datetime(2026, 10, 25, 2, 30, fold=1, tzinfo=ZoneInfo("Europe/Berlin"))


@pytest.mark.parametrize(
    ("at", "instant"),
    [
        (SPRING, datetime(2026, 3, 29, 1, 30, tzinfo=UTC)),
        (AUTUMN, datetime(2026, 10, 25, 1, 30, tzinfo=UTC)),
        (AUTUMN.replace(fold=0), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
    ],
    ids=["spring", "autumn, the second time", "autumn, the first time"],
)
async def test_a_change_of_the_clocks_moves_nothing(life: Life, at: datetime, instant: datetime) -> None:
    life.clock.now = instant - timedelta(hours=8)
    request = await approved(life, at)
    assert request.plan is not None
    assert request.plan.not_before == instant
    request = await life.to_the_end(request.id)
    assert request.state is State.SUCCEEDED
    assert instant <= life.azure.jobs[0].started < instant + timedelta(minutes=1)


@pytest.mark.parametrize("who", [REQUESTER, LEAD], ids=["who asked", "an approver"])
async def test_it_can_be_cancelled_until_then(lite: Life, who: object) -> None:
    request = await approved(lite)
    lite.clock.now = LATER - timedelta(seconds=1)
    cancelled = await lite.desk.cancel(request.id, LEAD if who is LEAD else REQUESTER, "not tonight")
    assert isinstance(cancelled, Request)
    lite.clock.ahead(minutes=5)
    await lite.reconciler.advance(request.id)
    assert (await lite.ledger.load(request.id)).state is State.CANCELLED
    assert lite.azure.posts == 0


async def test_it_is_void_when_something_changed_until_then(life: Life) -> None:
    request = await approved(life)
    life.preparing.second = lambda plan, _: Prepared(
        plan, replace(checked(Verdict.BLOCKED), blockers=(blocked("web02"),))
    )
    over = await life.to_the_end(request.id)
    assert over.state is State.VOIDED
    assert "ds-gold is not writable." in over.why
    assert over.ended_at is not None
    assert over.ended_at >= LATER
    assert life.azure.posts == 0


@pytest.mark.parametrize(("late", "end"), [(59, State.SUCCEEDED), (61, State.VOIDED)])
async def test_a_bot_that_was_down_starts_it_within_the_hour_and_not_after(lite: Life, late: int, end: State) -> None:
    request = await approved(lite)
    lite.clock.now = LATER + timedelta(minutes=late)
    over = await lite.to_the_end(request.id)
    assert over.state is end
    assert lite.azure.posts == (1 if end is State.SUCCEEDED else 0)


async def test_the_votes_must_be_in_before_its_time(lite: Life) -> None:
    soon = START + timedelta(minutes=20)
    request = await asked_for(lite, soon)
    assert request.expires_at == soon
    request = await lite.until(request.id, State.AWAITING_APPROVAL)
    await lite.report(request)
    lite.clock.now = soon
    assert request.plan is not None
    refused = await lite.desk.approve(Click(LEAD, request.id, request.plan.digest))
    assert isinstance(refused, Refusal)
    assert refused.code == "expired"
    assert (await lite.pass_on(request.id)).state is State.EXPIRED


async def test_far_ahead_it_expires_like_any_other(lite: Life) -> None:
    assert (await asked_for(lite)).expires_at == START + timedelta(hours=2)


async def test_a_clock_that_jumps_back_while_it_waits_delays_nothing_and_starts_nothing(lite: Life) -> None:
    request = await approved(lite)
    lite.clock.ahead(hours=5)
    await lite.reconciler.advance(request.id)
    lite.clock.ahead(hours=-4)
    await lite.reconciler.advance(request.id)
    assert (await lite.ledger.load(request.id)).due_at <= lite.clock.now + NAP
    request = await lite.to_the_end(request.id)
    assert request.state is State.SUCCEEDED
    assert LATER <= lite.azure.jobs[0].started < LATER + timedelta(minutes=1)


async def test_a_clock_that_was_ahead_when_it_was_checked_starts_nothing_before_its_time(lite: Life) -> None:
    request = await approved(lite)
    lite.clock.now = LATER
    await lite.reconciler.advance(request.id)
    assert (await lite.ledger.load(request.id)).state is State.RUNNING
    lite.clock.ahead(hours=-2)
    await lite.reconciler.advance(request.id)
    assert lite.azure.posts == 0
    request = await lite.to_the_end(request.id)
    assert (request.state, lite.azure.accepted) == (State.SUCCEEDED, ["web02"])
    assert lite.azure.jobs[0].started >= LATER


@pytest.mark.parametrize(
    ("at", "code"),
    [
        (START, "past"),
        (START - timedelta(days=1), "past"),
        (START + timedelta(days=7, seconds=1), "too_far"),
    ],
)
async def test_a_time_that_is_over_or_too_far_ahead_is_refused(
    ledger: Ledger, life: Life, at: datetime, code: str
) -> None:
    refused = await life.desk.ask(replace(asked(), at=at, zone="UTC"))
    assert isinstance(refused, Refusal)
    assert refused.code == code
    assert refused.why.endswith(".")
    assert await ledger.requests() == ()
    assert life.scheduler.woken == []
