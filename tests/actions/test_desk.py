"""The desk on the real ledger: what people press becomes one write, or a clear word."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from homeward.actions.approval import Click, Policy, Standing, Unasked
from homeward.actions.desk import Desk
from homeward.actions.ledger import Ledger
from homeward.actions.ports import Work
from homeward.actions.requests import EventKind, Person, Refusal, Request, Where
from homeward.actions.states import Operation, State
from tests.actions.making import LEAD, REQUESTER, VirtualClock, ask, asked, go, ids, plan, put_forward
from tests.actions.world import POLICY, Approvers, Scheduler

SECOND = Person("T1", "U-SECOND")
THIRD = Person("T1", "U-THIRD")


def desk(ledger: Ledger, scheduler: Scheduler, *standings: Standing | Unasked, quorum: int = 1) -> Desk:
    policies = {Operation.REPROTECT: replace(POLICY, quorum=quorum)}
    return Desk(ledger, scheduler, policies, Approvers(*standings), lambda: "R-7K2M9Q")


@pytest.fixture
def scheduler() -> Scheduler:
    return Scheduler()


async def awaiting(ledger: Ledger, quorum: int = 1, id: str = "R-000001") -> Request:
    now = await ledger.now()
    request = await ledger.open(asked(), id=id, quorum=quorum, expires_at=now + timedelta(hours=2))
    return await put_forward(ledger, request)


def click(request: Request, person: Person = LEAD) -> Click:
    assert request.plan is not None
    return Click(person, request.id, request.plan.digest)


async def test_asking_makes_a_request_that_is_checked_and_shown_at_once(
    ledger: Ledger, scheduler: Scheduler, clock: VirtualClock
) -> None:
    request = await desk(ledger, scheduler, quorum=2).ask(asked())
    assert isinstance(request, Request)
    assert (request.id, request.state, request.quorum) == ("R-7K2M9Q", State.CHECKING, 2)
    assert request.expires_at == clock.now + timedelta(hours=2)
    assert scheduler.woken == [(work, request.id, clock.now) for work in (Work.ADVANCE, Work.REPORT)]


QUORUMS = {operation: quorum for quorum, operation in enumerate(Operation, start=1)}


@pytest.mark.parametrize("operation", Operation, ids=lambda each: each.value)
async def test_each_operation_has_its_own_approvers_quorum_and_patience(
    sqlite_ledger: Ledger, scheduler: Scheduler, operation: Operation
) -> None:
    policies = {
        each: replace(POLICY, channel=f"C-{each.value}", quorum=quorum, expires_after=timedelta(hours=quorum))
        for each, quorum in QUORUMS.items()
    }
    channels: list[str] = []

    class Asking(Approvers):
        async def __call__(self, person: Person, policy: Policy, where: Where) -> Standing | Unasked:
            channels.append(policy.channel)
            return Standing(person, member=True)

    one = Desk(sqlite_ledger, scheduler, policies, Asking(), lambda: "R-7K2M9Q")
    request = await one.ask(asked(operation=operation))
    assert isinstance(request, Request)
    quorum = QUORUMS[operation]
    assert request.quorum == quorum
    assert request.expires_at - request.created_at == timedelta(hours=quorum)
    decided: Request | Refusal = await put_forward(sqlite_ledger, request, plan(operation=operation))
    for number in range(quorum):
        assert isinstance(decided, Request)
        assert decided.state is State.AWAITING_APPROVAL
        decided = await one.approve(click(decided, Person("T1", f"U-{number}")))
    assert isinstance(decided, Request)
    assert decided.state is State.APPROVED
    assert channels == [f"C-{operation.value}"] * quorum


async def test_an_approval_is_written_and_wakes_the_work(ledger: Ledger, scheduler: Scheduler) -> None:
    request = await awaiting(ledger)
    decided = await desk(ledger, scheduler).approve(click(request))
    assert isinstance(decided, Request)
    assert decided.state is State.APPROVED
    assert [each[0] for each in scheduler.woken] == [Work.ADVANCE, Work.REPORT]


async def test_a_replayed_click_changes_nothing(ledger: Ledger, scheduler: Scheduler) -> None:
    request = await awaiting(ledger)
    await desk(ledger, scheduler).approve(click(request))
    before = await ledger.load(request.id)
    again = await desk(ledger, scheduler).approve(click(request))
    assert isinstance(again, Refusal)
    assert again.code == "voted_already"
    assert await ledger.load(request.id) == before


async def test_of_two_simultaneous_last_votes_one_runs_it(ledger: Ledger, scheduler: Scheduler) -> None:
    request = await awaiting(ledger)
    one = desk(ledger, scheduler, Standing(SECOND, member=True))
    decided = await asyncio.gather(one.approve(click(request)), one.approve(click(request, SECOND)))
    assert sorted(type(each).__name__ for each in decided) == ["Refusal", "Request"]
    assert [each.code for each in decided if isinstance(each, Refusal)] == ["not_awaiting"]
    kinds = [event.happened.kind for event in await ledger.events(request.id)]
    assert kinds.count(EventKind.APPROVED) == 1
    assert len((await ledger.load(request.id)).decisions) == 1


async def test_two_simultaneous_votes_reach_a_quorum_of_two_once(ledger: Ledger, scheduler: Scheduler) -> None:
    request = await awaiting(ledger, quorum=2)
    one = desk(ledger, scheduler, *(Standing(person, member=True) for person in (SECOND, THIRD)))
    decided = await asyncio.gather(*(one.approve(click(request, person)) for person in (LEAD, SECOND, THIRD)))
    assert sum(isinstance(each, Request) for each in decided) == 2
    kinds = [event.happened.kind for event in await ledger.events(request.id)]
    assert (kinds.count(EventKind.APPROVED_BY), kinds.count(EventKind.APPROVED)) == (2, 1)


async def test_the_same_persons_double_click_is_one_vote(ledger: Ledger, scheduler: Scheduler) -> None:
    request = await awaiting(ledger, quorum=2)
    one = desk(ledger, scheduler)
    decided = await asyncio.gather(one.approve(click(request)), one.approve(click(request)))
    assert [each.code for each in decided if isinstance(each, Refusal)] == ["voted_already"]
    assert (await ledger.load(request.id)).state is State.AWAITING_APPROVAL


async def test_a_forged_payload_with_another_requests_id_runs_neither(ledger: Ledger, scheduler: Scheduler) -> None:
    mine = await awaiting(ledger)
    other = await ledger.open(asked("db01"), id="R-000002", quorum=1, expires_at=mine.expires_at)
    other = await put_forward(ledger, other, plan("db01", subject="db01"))
    forged = replace(click(mine), request_id=other.id)
    decided = await desk(ledger, scheduler).approve(forged)
    assert isinstance(decided, Refusal)
    assert decided.code == "stale_digest"
    assert [(await ledger.load(each.id)).state for each in (mine, other)] == [State.AWAITING_APPROVAL] * 2
    assert scheduler.woken == []


async def test_an_id_that_does_not_exist_is_told(ledger: Ledger, scheduler: Scheduler) -> None:
    decided = await desk(ledger, scheduler).approve(Click(LEAD, "R-NOSUCH", ""))
    assert isinstance(decided, Refusal)
    assert decided.code == "wrong_request"


async def test_a_lookup_that_fails_runs_nothing(ledger: Ledger, scheduler: Scheduler) -> None:
    request = await awaiting(ledger)
    decided = await desk(ledger, scheduler, Unasked("plan_upgrade_required")).approve(click(request))
    assert isinstance(decided, Refusal)
    assert decided.code == "unasked"
    assert "plan_upgrade_required" in decided.why
    assert (await ledger.load(request.id)).decisions == ()


async def test_a_rejection_and_a_cancel_end_it(ledger: Ledger, scheduler: Scheduler) -> None:
    one = desk(ledger, scheduler)
    rejected = await one.reject(click(await awaiting(ledger)), "not today")
    assert isinstance(rejected, Request)
    assert (rejected.state, rejected.why) == (State.REJECTED, "not today")
    cancelled = await one.cancel((await awaiting(ledger, id="R-000002")).id, REQUESTER)
    assert isinstance(cancelled, Request)
    assert cancelled.state is State.CANCELLED


@pytest.mark.parametrize("text", ["R-7K2M90", "r-7k2m90", "7k2m9o", " R-7K2M9O "])
async def test_a_request_is_found_by_its_id_as_people_write_it(ledger: Ledger, scheduler: Scheduler, text: str) -> None:
    await ask(ledger, "R-7K2M90")
    assert ids(await desk(ledger, scheduler).find(text)) == ["R-7K2M90"]


async def test_a_request_is_found_by_its_machine(ledger: Ledger, scheduler: Scheduler) -> None:
    await go(ledger, await awaiting(ledger), State.REJECTED)
    await awaiting(ledger, id="R-000002")
    one = desk(ledger, scheduler)
    assert ids(await one.find("WEB02")) == ["R-000002", "R-000001"]
    assert await one.find("nobody") == ()
    assert ids(await one.open_requests()) == ["R-000002"]


async def test_a_board_shows_what_is_open_and_what_ended_and_only_when_something_was_written(
    ledger: Ledger, scheduler: Scheduler
) -> None:
    office = desk(ledger, scheduler, Standing(LEAD, member=True))
    over = await awaiting(ledger)
    waits = await put_forward(
        ledger,
        await ledger.open(asked(), id="R-000002", quorum=1, expires_at=await ledger.now() + timedelta(hours=2)),
        plan("db01"),
    )
    await office.reject(click(over), "not now")
    board = await office.board()
    assert board is not None
    assert ([one.id for one in board.open], board.count) == ([waits.id], 1)
    assert [one.id for one in board.ended] == [over.id]
    assert await office.board(board.mark) is None
    await office.approve(click(waits))
    assert await office.board(board.mark) is not None


async def test_who_may_decide_is_told_before_anybody_presses(ledger: Ledger, scheduler: Scheduler) -> None:
    request, now = await awaiting(ledger), await ledger.now()
    told: list[tuple[Person, Standing | Unasked, str | None]] = [
        (LEAD, Standing(LEAD, member=True), None),
        (REQUESTER, Standing(REQUESTER, member=True), "requester"),
        (SECOND, Standing(SECOND, member=False), "not_approver"),
        (SECOND, Standing(SECOND, member=True, guest=True), "guest"),
        (SECOND, Unasked("Slack is down"), "unasked"),
    ]
    for person, standing, code in told:
        found = await desk(ledger, scheduler, standing).may_decide(person, [request], now)
        refusal = found[request.id]
        assert (refusal.code if refusal else None) == code
