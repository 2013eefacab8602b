"""A request's way from the question to the machine that came through, and what may come between."""

from datetime import timedelta

import pytest

from homeward.actions.ledger import Ledger, Stale
from homeward.actions.ledger.errors import LedgerDown
from homeward.actions.passes.pace import GRACE, NAP
from homeward.actions.plan import NotPrepared, Obstacle, Plan, Prepared
from homeward.actions.ports import JobState, Unreadable, Work
from homeward.actions.requests import AzureError, Change, EventKind, Request, RequestItem
from homeward.actions.states import ItemState, State
from homeward.checks.report import Verdict
from tests.actions.lives import ONE, events, kinds, running, states, submitted
from tests.actions.making import KEY, LEAD, REQUESTER, VirtualClock, ask, checked, put_forward
from tests.actions.making import plan as a_plan
from tests.actions.world import Azure, Call, Life, Preparing, prepared

NOISE = AzureError("28175", "", "A disk is slow.", "", "")


# --- the whole way ---
async def test_a_request_is_checked_approved_started_once_and_followed_until_it_is_ready(life: Life) -> None:
    request = await life.to_the_end((await ask(life.ledger)).id)
    assert request.state is State.SUCCEEDED
    assert life.azure.accepted == ["web02"]
    assert await kinds(life, request) == [
        EventKind.REQUESTED,
        EventKind.PUT_FORWARD,
        EventKind.APPROVED_BY,
        EventKind.APPROVED,
        EventKind.RECHECKED,
        EventKind.STARTED,
        EventKind.CLAIMED,
        EventKind.SUBMITTED,
        EventKind.JOB_SUCCEEDED,
        EventKind.REPLICATING,
        EventKind.PROGRESS,
        EventKind.PROGRESS,
        EventKind.PROGRESS,
        EventKind.DONE,
        EventKind.SUCCEEDED,
    ]
    assert await life.reconciler.advance(request.id) is None


async def test_a_pass_before_its_time_does_nothing(lite: Life) -> None:
    request = await submitted(lite)
    request = await lite.pass_on(request.id)
    assert request.due_at > lite.clock.now
    assert await lite.reconciler.advance(request.id) == request.due_at
    assert await lite.ledger.load(request.id) == request


async def test_every_write_wakes_the_report(lite: Life) -> None:
    request = await ask(lite.ledger)
    await lite.reconciler.advance(request.id)
    assert lite.scheduler.woken == [(Work.REPORT, request.id, lite.clock.now)]


async def test_a_pass_that_somebody_overtakes_writes_nothing(lite: Life) -> None:
    request = await running(lite)

    class Overtaken(Preparing):
        async def again(self, plan: Plan, machines: frozenset[str]) -> Prepared | NotPrepared:
            await lite.desk.cancel(request.id, REQUESTER)
            return await super().again(plan, machines)

    lite.preparing = Overtaken(lite.preparing.first)
    with pytest.raises(Stale):
        await lite.reconciler.advance(request.id)
    assert lite.azure.posts == 0
    assert (await lite.to_the_end(request.id)).state is State.CANCELLED
    assert lite.azure.posts == 0


# --- checking ---
async def test_what_the_checks_block_is_not_put_to_anybody(lite: Life) -> None:
    lite.preparing.first = Prepared(a_plan("web02"), checked(Verdict.BLOCKED))
    request = await lite.to_the_end((await ask(lite.ledger)).id)
    assert request.state is State.BLOCKED
    assert request.checked is not None
    assert request.plan is not None


async def test_what_could_not_be_prepared_ends_with_its_obstacle(lite: Life) -> None:
    obstacle = NotPrepared(Obstacle.NOT_FOUND, "There is no web02.", ("web03",))
    lite.preparing.first = obstacle
    request = await lite.to_the_end((await ask(lite.ledger)).id)
    assert (request.state, request.why, request.obstacle) == (State.BLOCKED, obstacle.why, obstacle)


async def test_what_could_not_be_read_is_shown_to_the_approvers(lite: Life) -> None:
    lite.preparing.first = Prepared(a_plan("web02"), checked(Verdict.UNKNOWN))
    request = await lite.until((await ask(lite.ledger)).id, State.AWAITING_APPROVAL)
    assert request.checked is not None
    assert request.checked.verdict is Verdict.UNKNOWN


async def test_a_machine_of_another_open_request_is_told(life: Life) -> None:
    first = await put_forward(life.ledger, await ask(life.ledger, "R-000001"))
    request = await life.to_the_end((await ask(life.ledger, "R-000002")).id)
    assert request.state is State.BLOCKED
    assert request.why == f"web02 is part of the open request {first.id}."


async def test_what_expired_before_it_was_checked_is_void(lite: Life) -> None:
    request = await ask(lite.ledger)
    lite.clock.ahead(hours=3)
    assert (await lite.to_the_end(request.id)).state is State.VOIDED


# --- awaiting ---
async def awaiting(life: Life, *, sent: bool = True) -> Request:
    request = await life.until((await ask(life.ledger)).id, State.AWAITING_APPROVAL)
    if sent:
        await life.report(request)
    return request


async def until_over(life: Life, request: Request) -> Request:
    """Passes, while nobody decides."""
    for _ in range(100):
        request = await life.pass_on(request.id)
        if request.state.ended:
            return request
    raise AssertionError(request.state)


async def test_approvers_are_reminded_once_then_it_expires(life: Life) -> None:
    request = await awaiting(life)
    over = await until_over(life, request)
    assert over.state is State.EXPIRED
    (reminded,) = await events(life, over, EventKind.REMINDED)
    assert reminded.at == request.created_at + timedelta(minutes=90)
    (expired,) = await events(life, over, EventKind.EXPIRED)
    assert expired.at == request.expires_at


async def test_a_refused_approval_message_voids_the_request(lite: Life) -> None:
    request = await awaiting(lite, sent=False)
    post = await lite.ledger.begin_post(request.id, "approval", channel="C-GONE", thread="", digest="1")
    assert post is not None
    await lite.ledger.post_refused(post, "channel_not_found")
    over = await until_over(lite, request)
    assert over.state is State.VOIDED
    assert "channel_not_found" in over.why


async def test_an_approval_message_that_is_not_sent_in_time_voids_the_request(lite: Life) -> None:
    request = await awaiting(lite, sent=False)
    over = await until_over(lite, request)
    assert over.state is State.VOIDED
    assert over.ended_at == request.created_at + timedelta(minutes=5)


# --- the start ---
async def test_a_clear_refusal_is_an_end_in_azures_words(lite: Life) -> None:
    lite.azure.calls = {"web02": [Call.REFUSED]}
    over = await lite.to_the_end((await ask(lite.ledger)).id)
    assert over.state is State.FAILED
    (refused,) = await events(lite, over, EventKind.REFUSED)
    assert refused.happened.data == {"code": "DisallowedOperation", "why": "It is not allowed."}


async def test_a_lost_answer_is_looked_for_and_its_job_adopted(life: Life) -> None:
    life.azure.calls = {"web02": [Call.LOST]}
    over = await life.to_the_end((await ask(life.ledger)).id)
    assert over.state is State.SUCCEEDED
    assert over.items[0].adopted
    assert (life.azure.posts, life.azure.accepted) == (1, ["web02"])


async def test_a_call_that_never_arrived_asks_a_person_and_is_not_repeated(life: Life) -> None:
    life.azure.calls = {"web02": [Call.LOST_BEFORE]}
    request = await life.to_the_end((await ask(life.ledger)).id)
    assert request.state is State.NEEDS_ATTENTION
    assert states(request) == {"web02": ItemState.UNKNOWN}
    item = request.items[0]
    assert item.claimed_at is not None
    assert item.ended_at is not None
    assert item.ended_at - item.claimed_at >= GRACE
    await life.desk.retry(request.id, "web02", LEAD)
    over = await life.to_the_end(request.id)
    assert over.state is State.SUCCEEDED
    assert over.items[0].attempt == 2
    assert (life.azure.posts, life.azure.accepted) == (2, ["web02"])


async def test_without_a_job_in_the_list_the_machine_itself_tells(lite: Life) -> None:
    lite.azure.calls, lite.azure.lag = {"web02": [Call.LOST]}, timedelta(days=1)
    lite.azure.lasts, lite.azure.replicates = timedelta(minutes=2), timedelta(hours=1)
    over = await lite.to_the_end((await ask(lite.ledger)).id)
    assert over.state is State.SUCCEEDED
    (adopted,) = await events(lite, over, EventKind.ADOPTED)
    assert adopted.happened.data["why"] == "it replicates already"


async def test_a_job_that_turns_up_late_ends_the_doubt(lite: Life) -> None:
    lite.azure.calls, lite.azure.lag = {"web02": [Call.LOST]}, timedelta(minutes=12)
    lite.azure.lasts = timedelta(minutes=20)
    request = await lite.to_the_end((await ask(lite.ledger)).id)
    assert request.state is State.NEEDS_ATTENTION
    over = await lite.until(request.id, State.SUCCEEDED)
    assert EventKind.RESUMED in await kinds(lite, over)
    assert lite.azure.posts == 1


async def test_a_conflict_with_the_same_operation_adopts_its_job(lite: Life) -> None:
    lite.azure.calls, lite.azure.lag = {"web02": [Call.CONFLICT]}, timedelta()
    request = await running(lite)
    theirs = lite.azure.begin("web02")
    request = await lite.pass_on(request.id)
    assert (request.items[0].job, request.items[0].adopted) == (theirs.name, True)
    assert (await lite.to_the_end(request.id)).state is State.SUCCEEDED


async def test_a_conflict_with_something_else_fails_in_azures_words(lite: Life) -> None:
    lite.azure.calls = {"web02": [Call.CONFLICT]}
    over = await lite.to_the_end((await ask(lite.ledger)).id)
    assert over.state is State.FAILED
    assert "Another job is running." in over.items[0].why


async def test_a_process_that_slept_on_its_claim_posts_nothing(lite: Life) -> None:
    lite.azure.before_post = lambda: lite.clock.ahead(seconds=11)
    request = await lite.to_the_end((await ask(lite.ledger)).id)
    assert request.state is State.NEEDS_ATTENTION
    assert lite.azure.posts == 0
    assert len(await events(lite, request, EventKind.NO_ANSWER)) == 1


async def test_what_can_not_be_recorded_is_not_started(sqlite_ledger: Ledger, clock: VirtualClock) -> None:
    class Full(Ledger):
        async def claim(self, request: Request, item: RequestItem) -> Request:
            raise LedgerDown("The disk is full.")

    life = Life(sqlite_ledger, Azure(clock), Preparing(prepared(ONE)), clock)
    request = await running(life)
    life.ledger = Full(sqlite_ledger._engine, key=KEY, clock=clock)  # pyright: ignore[reportPrivateUsage]  # the same database
    with pytest.raises(LedgerDown):
        await life.pass_on(request.id)
    assert life.azure.posts == 0


async def test_a_record_that_is_lost_after_the_call_is_found_again(sqlite_ledger: Ledger, clock: VirtualClock) -> None:
    class FullAfterwards(Ledger):
        async def write(self, request: Request, change: Change) -> Request:
            raise LedgerDown("The disk is full.")

    life = Life(sqlite_ledger, Azure(clock), Preparing(prepared(ONE)), clock)
    request = await running(life)
    life.ledger = FullAfterwards(sqlite_ledger._engine, key=KEY, clock=clock)  # pyright: ignore[reportPrivateUsage]  # the same database
    with pytest.raises(LedgerDown):
        await life.pass_on(request.id)
    life.ledger = sqlite_ledger
    assert (await life.to_the_end(request.id)).state is State.SUCCEEDED
    assert life.azure.accepted == ["web02"]


# --- the job and the machine after it ---
async def test_a_failed_job_keeps_azures_errors(lite: Life) -> None:
    lite.azure.outcomes = {"web02": JobState.FAILED}
    over = await lite.to_the_end((await ask(lite.ledger)).id)
    assert over.state is State.FAILED
    assert [error.provider_code for error in over.items[0].errors] == ["78093"]


async def test_a_job_cancelled_in_the_portal_is_told_as_such(lite: Life) -> None:
    lite.azure.outcomes = {"web02": JobState.CANCELLED}
    over = await lite.to_the_end((await ask(lite.ledger)).id)
    assert over.state is State.FAILED
    assert over.items[0].why == "the job was cancelled in Azure (not by Homeward)"


async def test_errors_of_a_job_that_goes_well_are_warnings_told_once(lite: Life) -> None:
    lite.azure.warnings = {"web02": (NOISE,)}
    over = await lite.to_the_end((await ask(lite.ledger)).id)
    assert over.state is State.SUCCEEDED
    assert over.items[0].warnings == (NOISE,)
    assert len(await events(lite, over, EventKind.WARNED)) == 1


async def test_an_item_whose_id_changes_is_followed(lite: Life) -> None:
    lite.azure.new_ids = {"web02": "/new/id"}
    over = await lite.to_the_end((await ask(lite.ledger)).id)
    assert (over.state, over.items[0].item_id) == (State.SUCCEEDED, "/new/id")


async def test_a_vanished_job_of_a_machine_that_replicates_is_no_matter(lite: Life) -> None:
    request = await submitted(lite)
    lite.azure.lasts = timedelta()
    lite.azure.jobs[0].vanished = True
    lite.azure.jobs[0].ends = lite.clock.now
    over = await lite.to_the_end(request.id)
    assert over.state is State.SUCCEEDED


async def test_a_vanished_job_of_a_machine_that_shows_nothing_asks_a_person(lite: Life) -> None:
    request = await submitted(lite)
    lite.azure.jobs[0].vanished = True
    lite.azure.jobs[0].ends = lite.clock.now + timedelta(days=9)
    request = await lite.to_the_end(request.id)
    assert request.state is State.NEEDS_ATTENTION
    assert states(request) == {"web02": ItemState.UNKNOWN}


async def test_a_machine_that_leaves_the_vault_asks_a_person(lite: Life) -> None:
    request = await submitted(lite)
    lite.azure.gone = {"web02"}
    request = await lite.to_the_end(request.id)
    assert request.state is State.NEEDS_ATTENTION
    assert request.items[0].why == "it is not in the vault any more"


async def test_while_azure_can_not_be_read_nothing_is_concluded(lite: Life) -> None:
    lite.azure.calls = {"web02": [Call.LOST]}
    request = await submitted(lite)
    lite.azure.unreadable = Unreadable("it answered 503")
    for _ in range(20):
        before = lite.clock.now
        request = await lite.pass_on(request.id)
        assert request.due_at - before <= NAP
    assert states(request) == {"web02": ItemState.CLAIMED}
    lite.azure.unreadable = None
    assert (await lite.to_the_end(request.id)).state is State.SUCCEEDED


async def test_the_pause_that_azure_asks_for_is_kept(lite: Life) -> None:
    request = await submitted(lite)
    lite.azure.unreadable = Unreadable("it answered 429", retry_after=120)
    request = await lite.pass_on(request.id)
    request = await lite.pass_on(request.id)
    assert request.due_at >= lite.clock.now + timedelta(seconds=120)


async def test_a_clock_that_jumped_back_delays_nothing(lite: Life) -> None:
    request = await submitted(lite)
    far = lite.clock.now + timedelta(hours=5)
    await lite.ledger.write(await lite.ledger.load(request.id), Change(far))
    await lite.reconciler.advance(request.id)
    assert (await lite.ledger.load(request.id)).due_at <= lite.clock.now + NAP
