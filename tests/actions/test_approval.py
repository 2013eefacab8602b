"""Who may: every pair of a person and a moment, and that only the right ones run."""

from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from homeward.actions.approval import Click, Standing, Unasked, approve, cancel, go_on_without, reject, retry
from homeward.actions.plan import Found
from homeward.actions.requests import Change, Decision, EventKind, Person, Refusal, Request, RequestItem, Vote
from homeward.actions.states import ItemState, Operation, State
from tests.actions.making import LEAD, REQUESTER, START, asked, checked, plan

NOW = START + timedelta(minutes=10)
PLAN = plan("web02")
ATTESTED = Found("network-link", "The link carries the traffic", ("web02",), (), "Look.", "https://x")
AWAITING = Request(
    id="R-000001",
    asked=asked(),
    state=State.AWAITING_APPROVAL,
    version=2,
    created_at=START,
    expires_at=START + timedelta(hours=2),
    due_at=START + timedelta(minutes=15),
    quorum=1,
    plan=PLAN,
    checked=replace(checked(), attestations=(ATTESTED,)),
    items=(RequestItem(0, PLAN.items[0], PLAN.items[0].item_id),),
)
OTHER = Person("T1", "U-OTHER")
CLICK = Click(LEAD, AWAITING.id, PLAN.digest, ("network-link",))
APPROVER = Standing(LEAD, member=True)


def voted(request: Request, *people: Person) -> Request:
    votes = tuple(Decision(person, Vote.APPROVE, NOW, PLAN.digest) for person in people)
    return replace(request, decisions=votes)


@dataclass(frozen=True)
class Case:
    """A click, and why it is refused; `code` "" where it runs."""

    name: str
    code: str
    click: Click = CLICK
    standing: Standing | Unasked = APPROVER
    request: Request = AWAITING


def by(person: Person) -> Click:
    return replace(CLICK, person=person)


CASES = (
    Case("an approver", ""),
    Case("the requester, who is no approver", "requester", by(REQUESTER), Standing(REQUESTER, member=False)),
    Case("an approver who is the requester", "requester", by(REQUESTER), Standing(REQUESTER, member=True)),
    Case("somebody who is no approver", "not_approver", by(OTHER), Standing(OTHER, member=False)),
    Case("a former member of the group", "not_approver", standing=Standing(LEAD, member=False)),
    Case("a deactivated approver", "deactivated", standing=replace(APPROVER, deleted=True)),
    Case("a guest who is listed", "guest", standing=replace(APPROVER, guest=True)),
    Case("somebody from another organisation", "stranger", standing=replace(APPROVER, stranger=True)),
    Case(
        "the same user id in another workspace",
        "stranger",
        by(Person("T2", LEAD.user_id)),
        Standing(Person("T2", LEAD.user_id), member=True),
    ),
    Case("a bot that is listed", "bot", standing=replace(APPROVER, bot=True)),
    Case("a lookup that failed", "unasked", standing=Unasked("ratelimited")),
    Case("an answer about somebody else", "unasked", standing=Standing(OTHER, member=True)),
    Case("a second vote of the same person", "voted_already", request=replace(voted(AWAITING, LEAD), quorum=2)),
    Case(
        "a click replayed after it was approved",
        "voted_already",
        request=replace(voted(AWAITING, LEAD), state=State.RUNNING),
    ),
    Case("a click after it was voided", "not_awaiting", request=replace(AWAITING, state=State.VOIDED)),
    Case(
        "a click before it was put forward", "not_awaiting", request=replace(AWAITING, state=State.CHECKING, plan=None)
    ),
    Case("a click after it expired", "expired", request=replace(AWAITING, expires_at=NOW)),
    Case("a click in the last second", "", request=replace(AWAITING, expires_at=NOW + timedelta(seconds=1))),
    Case("the digest of another plan", "stale_digest", replace(CLICK, digest=plan("db01").digest)),
    Case("no digest", "stale_digest", replace(CLICK, digest="")),
    Case("a forged payload with another request's id", "wrong_request", replace(CLICK, request_id="R-000002")),
    Case("an attestation that was not ticked", "attestations_missing", replace(CLICK, attested=())),
    Case("another rule ticked instead", "attestations_missing", replace(CLICK, attested=("other",))),
)


every_operation = pytest.mark.parametrize("operation", Operation, ids=lambda each: each.value)


def of(operation: Operation, case: Case, quorum: int) -> tuple[Request, Click]:
    """The case's request and click, of another operation and with another quorum."""
    plan = replace(PLAN, operation=operation)
    request = replace(case.request, asked=replace(case.request.asked, operation=operation), quorum=quorum)
    if request.plan is not None:
        request = replace(request, plan=plan)
    digest = plan.digest if case.click.digest == PLAN.digest else case.click.digest
    return request, replace(case.click, digest=digest)


@every_operation
@pytest.mark.parametrize("quorum", [1, 2, 3])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_only_the_right_ones_approve(case: Case, quorum: int, operation: Operation) -> None:
    request, click = of(operation, case, quorum)
    others = tuple(Person("T1", f"U-{n}") for n in range(1, quorum))
    request = replace(request, decisions=(*request.decisions, *voted(request, *others).decisions))
    decided = approve(request, click, case.standing, NOW)
    if case.code:
        assert isinstance(decided, Refusal)
        assert decided.code == case.code
        assert decided.why.endswith(".")
    else:
        assert isinstance(decided, Change)
        assert decided.state is State.APPROVED
        assert decided.decision == Decision(LEAD, Vote.APPROVE, NOW, click.digest, attested=("network-link",))
        assert [event.kind for event in decided.events] == [EventKind.APPROVED_BY, EventKind.APPROVED]
        assert decided.due_at == NOW


def test_the_plan_of_another_operation_is_another_plan() -> None:
    digests = {replace(PLAN, operation=operation).digest for operation in Operation}
    assert len(digests) == len(Operation)
    for operation in set(Operation) - {PLAN.operation}:
        request, _ = of(operation, CASES[0], 1)
        decided = approve(request, CLICK, APPROVER, NOW)
        assert isinstance(decided, Refusal)
        assert decided.code == "stale_digest"


@pytest.mark.parametrize("ahead", [timedelta(0), timedelta(hours=3)])
def test_a_start_for_later_is_told_with_the_vote_that_approves_it(ahead: timedelta) -> None:
    later = replace(PLAN, not_before=NOW + ahead, zone="Europe/Berlin")
    request = replace(AWAITING, plan=later, quorum=2)
    first = approve(request, replace(CLICK, digest=later.digest), APPROVER, NOW)
    assert isinstance(first, Change)
    assert EventKind.SCHEDULED not in [event.kind for event in first.events]
    second = approve(voted(request, OTHER), replace(CLICK, digest=later.digest), APPROVER, NOW)
    assert isinstance(second, Change)
    scheduled = [event.data for event in second.events if event.kind is EventKind.SCHEDULED]
    wanted = {"at": (NOW + ahead).isoformat(), "zone": "Europe/Berlin"}
    assert scheduled == ([wanted] if ahead else [])


@every_operation
@pytest.mark.parametrize("quorum", [1, 3])
@pytest.mark.parametrize(
    "case", [case for case in CASES if case.code != "attestations_missing"], ids=lambda case: case.name
)
def test_the_same_ones_reject(case: Case, quorum: int, operation: Operation) -> None:
    request, click = of(operation, case, quorum)
    decided = reject(request, click, "not during the audit", case.standing, NOW)
    if case.code:
        assert isinstance(decided, Refusal)
        assert decided.code == case.code
    else:
        assert isinstance(decided, Change)
        assert decided.state is State.REJECTED
        assert decided.why == "not during the audit"


@pytest.mark.parametrize(
    "standing",
    [
        Unasked("timeout"),
        replace(APPROVER, deleted=True),
        replace(APPROVER, guest=True),
        replace(APPROVER, stranger=True),
        replace(APPROVER, bot=True),
        Standing(LEAD, member=False),
    ],
    ids=str,
)
@pytest.mark.parametrize("act", ["approve", "reject", "cancel", "retry", "go_on_without"])
@every_operation
def test_whoever_does_not_stand_well_now_may_do_nothing_at_all(
    standing: Standing | Unasked, act: str, operation: Operation
) -> None:
    awaiting, click = of(operation, CASES[0], 1)
    troubled = replace(
        awaiting,
        state=State.NEEDS_ATTENTION,
        items=(replace(AWAITING.items[0], state=ItemState.FAILED, claimed_at=NOW),),
    )
    acts = {
        "approve": lambda: approve(awaiting, click, standing, NOW),
        "reject": lambda: reject(awaiting, click, "no", standing, NOW),
        "cancel": lambda: cancel(awaiting, LEAD, "", standing, NOW),
        "retry": lambda: retry(troubled, "web02", LEAD, standing, NOW),
        "go_on_without": lambda: go_on_without(troubled, "web02", LEAD, standing, NOW),
    }
    assert isinstance(acts[act](), Refusal)


def test_a_quorum_of_two_needs_two_people() -> None:
    first = approve(replace(AWAITING, quorum=2), CLICK, APPROVER, NOW)
    assert isinstance(first, Change)
    assert first.state is None
    assert [event.kind for event in first.events] == [EventKind.APPROVED_BY]
    second = approve(replace(voted(AWAITING, LEAD), quorum=2), by(OTHER), Standing(OTHER, member=True), NOW)
    assert isinstance(second, Change)
    assert second.state is State.APPROVED


def test_a_rejection_needs_a_reason() -> None:
    decided = reject(AWAITING, CLICK, "  ", APPROVER, NOW)
    assert isinstance(decided, Refusal)
    assert decided.code == "reason_missing"


@pytest.mark.parametrize("state", [State.CHECKING, State.AWAITING_APPROVAL, State.APPROVED])
def test_whoever_asked_cancels_even_where_slack_can_not_be_asked(state: State) -> None:
    decided = cancel(replace(AWAITING, state=state), REQUESTER, "mistake", Unasked("ratelimited"), NOW)
    assert isinstance(decided, Change)
    assert (decided.state, decided.why) == (State.CANCELLED, "mistake")


def test_while_jobs_run_a_cancel_starts_nothing_more() -> None:
    its = plan("app01", "app02", "db01").items
    states = (ItemState.SUBMITTED, ItemState.DONE, ItemState.PENDING)
    items = tuple(RequestItem(n, p, p.item_id, state) for n, (p, state) in enumerate(zip(its, states, strict=True)))
    running = replace(AWAITING, state=State.RUNNING, items=items)
    decided = cancel(running, LEAD, "", APPROVER, NOW)
    assert isinstance(decided, Change)
    assert (decided.state, decided.stopping) == (None, True)
    assert [(item.machine, item.state) for item in decided.items] == [("db01", ItemState.SKIPPED)]
    assert decided.events[0].data["running"] == ["app01"]
    again = cancel(replace(running, stopping=True), LEAD, "", APPROVER, NOW)
    assert isinstance(again, Refusal)
    assert again.code == "stopping"


def test_what_ended_can_not_be_cancelled() -> None:
    decided = cancel(replace(AWAITING, state=State.SUCCEEDED), REQUESTER, "", APPROVER, NOW)
    assert isinstance(decided, Refusal)
    assert decided.code == "over"


FAILED = replace(
    AWAITING,
    state=State.NEEDS_ATTENTION,
    items=(
        replace(
            AWAITING.items[0],
            state=ItemState.FAILED,
            job="job-1",
            claimed_at=NOW,
            submitted_at=NOW,
            why="it failed",
            arrived_at=NOW,
        ),
    ),
)


def test_a_retry_is_a_further_attempt_and_the_request_goes_on() -> None:
    decided = retry(FAILED, "web02", LEAD, APPROVER, NOW)
    assert isinstance(decided, Change)
    assert decided.state is State.RUNNING
    (item,) = decided.items
    assert (item.state, item.attempt, item.job, item.submitted_at) == (ItemState.PENDING, 2, "job-1", None)
    assert (item.arrived_at, item.at_home) == (None, None)
    assert [(e.kind, e.actor) for e in decided.events] == [(EventKind.RETRY, LEAD), (EventKind.RESUMED, None)]


def test_a_retry_is_a_start_so_whoever_asked_may_not_have_it() -> None:
    decided = retry(FAILED, "web02", REQUESTER, Standing(REQUESTER, member=True), NOW)
    assert isinstance(decided, Refusal)
    assert decided.code == "requester"


def test_whoever_asked_may_go_on_without_a_machine() -> None:
    decided = go_on_without(FAILED, "web02", REQUESTER, Unasked("ratelimited"), NOW)
    assert isinstance(decided, Change)
    assert decided.items[0].given_up
    given_up = replace(FAILED, items=decided.items)
    again = go_on_without(given_up, "web02", LEAD, APPROVER, NOW)
    assert isinstance(again, Refusal)
    assert again.code == "decided_already"


@pytest.mark.parametrize(
    ("request_", "machine", "code"),
    [
        (FAILED, "db01", "wrong_request"),
        (replace(FAILED, state=State.FAILED), "web02", "over"),
        (replace(FAILED, stopping=True), "web02", "stopping"),
        (replace(FAILED, items=(replace(FAILED.items[0], state=ItemState.SUBMITTED),)), "web02", "not_failed"),
    ],
)
def test_there_must_be_something_to_decide_about_a_machine(request_: Request, machine: str, code: str) -> None:
    for decided in (
        retry(request_, machine, LEAD, APPROVER, NOW),
        go_on_without(request_, machine, LEAD, APPROVER, NOW),
    ):
        assert isinstance(decided, Refusal)
        assert decided.code == code
