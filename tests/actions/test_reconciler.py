"""A request's way from the question to the machine that is protected, and what may come between."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from homeward.actions.ledger import Ledger, Stale
from homeward.actions.ledger.errors import LedgerDown
from homeward.actions.passes.pace import GRACE, NAP, Limits
from homeward.actions.plan import Found, NotPrepared, Obstacle, Plan, PlannedItem, Prepared
from homeward.actions.ports import JobState, Unreadable, Work
from homeward.actions.requests import AzureError, Change, Event, EventKind, Request, RequestItem
from homeward.actions.states import ItemState, State
from homeward.checks.report import Verdict
from tests.actions.making import KEY, LEAD, REQUESTER, VirtualClock, ask, checked, planned, put_forward
from tests.actions.making import plan as a_plan
from tests.actions.world import Again, Azure, Call, Life, Preparing, prepared

ONE = planned("web02")
NOISE = AzureError("28175", "", "A disk is slow.", "", "")


@pytest.fixture
def life(ledger: Ledger, clock: VirtualClock) -> Life:
    return Life(ledger, Azure(clock), Preparing(prepared(ONE)), clock)


@pytest.fixture
def lite(sqlite_ledger: Ledger, clock: VirtualClock) -> Life:
    """The same on SQLite alone: where the database makes no difference."""
    return Life(sqlite_ledger, Azure(clock), Preparing(prepared(ONE)), clock)


def of(life: Life, *machines: PlannedItem, subject: str = "plan") -> Life:
    life.preparing.first = prepared(*machines, subject=subject)
    return life


async def events(life: Life, request: Request, *kinds: EventKind) -> list[Event]:
    return [e for e in await life.ledger.events(request.id) if e.happened.kind in kinds]


async def kinds(life: Life, request: Request, machine: str = "") -> list[EventKind]:
    happened = (event.happened for event in await life.ledger.events(request.id))
    return [each.kind for each in happened if not machine or each.machine == machine]


def states(request: Request) -> dict[str, ItemState]:
    return {item.machine: item.state for item in request.items}


async def running(life: Life) -> Request:
    return await life.until((await ask(life.ledger)).id, State.RUNNING)


async def submitted(life: Life) -> Request:
    """Running, with everything started that may be."""
    request = await running(life)
    return await life.pass_on(request.id)


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


# --- between approval and start ---
async def approved(life: Life) -> Request:
    return await life.until((await ask(life.ledger)).id, State.APPROVED)


def blocked(*machines: str, words: str = "ds-gold is not writable.") -> Found:
    return Found("datastore-not-writable", "The datastore is writable", machines, (words,), "Mend it.", "https://x")


CHANGES: Mapping[str, tuple[Again, str]] = {
    "the target loses its datastore": (
        lambda plan, _: Prepared(plan, replace(checked(Verdict.BLOCKED), blockers=(blocked("web02"),))),
        "ds-gold is not writable.",
    ),
    "the machine would go somewhere else": (
        lambda plan, _: Prepared(replace(plan, items=(replace(ONE, datastore="ds-2"),)), checked()),
        "web02 is not as approved",
    ),
    "the machine is deleted": (
        lambda _, __: NotPrepared(Obstacle.NOT_FOUND, "web02 is not in the vault any more."),
        "web02 is not in the vault any more.",
    ),
    "the machine left the plan": (
        lambda plan, _: Prepared(replace(plan, items=()), checked()),
        "web02 is not part of",
    ),
    "a machine came to the group": (
        lambda plan, _: Prepared(replace(plan, items=(*plan.items, planned("web03"))), checked()),
        "web03 came to it",
    ),
    "somebody else starts a job": (
        lambda plan, _: Prepared(
            plan,
            replace(checked(Verdict.BLOCKED), blockers=(blocked("web02", words="A job runs on web02 already."),)),
        ),
        "A job runs on web02 already.",
    ),
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("when", [State.APPROVED, State.RUNNING], ids=["after the approval", "just before the start"])
async def test_nothing_is_posted_when_it_is_not_what_was_approved(lite: Life, change: str, when: State) -> None:
    request = await lite.until((await ask(lite.ledger)).id, when)
    lite.preparing.second, words = CHANGES[change]
    over = await lite.to_the_end(request.id)
    assert over.state is State.VOIDED
    assert words in over.why
    (voided,) = await events(lite, over, EventKind.VOIDED)
    assert voided.happened.data["why"] == over.why
    assert lite.azure.posts == 0


@pytest.mark.parametrize("when", [State.APPROVED, State.RUNNING], ids=["after the approval", "just before the start"])
async def test_a_bot_that_comes_back_hours_after_the_approval_starts_nothing(
    lite: Life, clock: VirtualClock, when: State
) -> None:
    request = await lite.until((await ask(lite.ledger)).id, when)
    clock.ahead(hours=1, seconds=1)
    over = await lite.to_the_end(request.id)
    assert over.state is State.VOIDED
    assert "more than an hour ago" in over.why
    assert lite.azure.posts == 0


async def test_a_disks_name_is_no_change(lite: Life) -> None:
    request = await approved(lite)
    disk = replace(ONE.disks[0], name="renamed")
    lite.preparing.second = lambda plan, _: Prepared(replace(plan, items=(replace(ONE, disks=(disk,)),)), checked())
    assert (await lite.to_the_end(request.id)).state is State.SUCCEEDED


UNREAD = replace(checked(Verdict.UNKNOWN), unread_blockers=(blocked("web02", words="vCenter did not answer."),))


UNREADABLE: Mapping[str, Again] = {
    "a blocker": lambda plan, _: Prepared(plan, UNREAD),
    "all of it": lambda _, __: NotPrepared(Obstacle.UNREADABLE, "The vault is silent."),
}


@pytest.mark.parametrize("what", UNREADABLE)
@pytest.mark.parametrize("when", [State.APPROVED, State.RUNNING])
async def test_what_can_not_be_read_before_a_start_waits_then_voids(lite: Life, what: str, when: State) -> None:
    request = await lite.until((await ask(lite.ledger)).id, when)
    lite.preparing.second = UNREADABLE[what]
    since = lite.clock.now
    over = await lite.to_the_end(request.id)
    assert over.state is State.VOIDED
    assert over.ended_at == since + timedelta(minutes=10)
    assert len(await events(lite, over, EventKind.RECHECK_UNREAD)) == 1
    assert lite.azure.posts == 0


async def test_what_can_be_read_again_goes_on(lite: Life) -> None:
    request = await approved(lite)
    lite.preparing.second = lambda plan, _: Prepared(plan, UNREAD)
    request = await lite.pass_on(request.id)
    assert request.unread_since is not None
    lite.preparing.second = None
    request = await lite.to_the_end(request.id)
    assert (request.state, request.unread_since) == (State.SUCCEEDED, None)


async def test_what_the_approvers_saw_as_unread_may_stay_unread(lite: Life) -> None:
    lite.preparing.first = Prepared(a_plan("web02"), UNREAD)
    lite.preparing.second = lambda plan, _: Prepared(plan, UNREAD)
    assert (await lite.to_the_end((await ask(lite.ledger)).id)).state is State.SUCCEEDED


async def test_once_something_runs_a_changed_machine_is_skipped_and_the_others_go_on(lite: Life) -> None:
    of(lite, planned("app01"), planned("db01", stage=1), planned("db02", stage=1))
    request = await submitted(lite)
    lite.preparing.second = lambda plan, machines: Prepared(
        plan, replace(checked(Verdict.BLOCKED), blockers=(blocked("db01"),)) if "db01" in machines else checked()
    )
    over = await lite.to_the_end(request.id)
    assert over.state is State.FAILED
    assert states(over) == {"app01": ItemState.DONE, "db01": ItemState.SKIPPED, "db02": ItemState.DONE}
    assert lite.azure.accepted == ["app01", "db02"]
    (skipped,) = await events(lite, over, EventKind.SKIPPED)
    assert skipped.happened.data["why"] == "ds-gold is not writable."


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


# --- order, and the stop rule ---
def stage(number: int, *machines: str, group: str = "") -> Sequence[PlannedItem]:
    return tuple(planned(machine, stage=number, group=group) for machine in machines)


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
