"""The list of requests, how single ones stand, the usage, and the answers to one person."""

from dataclasses import replace
from typing import Any

import pytest

from homeward.actions.requests import Refusal
from homeward.actions.states import ItemState, State
from homeward.checks.subjects import Kind
from homeward.handlers.views.decided import (
    approved_message,
    asked_message,
    cancelled_message,
    gone_message,
    judging_message,
    ledger_trouble,
    no_longer_message,
    note,
    opening_message,
    refusal_message,
    rejected_message,
    retried_message,
    stale_message,
    without_message,
)
from homeward.handlers.views.reprotect_usage import not_set_up, reprotect_usage, wrong_channel
from homeward.handlers.views.request_list import WORDS, list_message, none_open, not_found, status_message, which

ADDRESS = "https://rotterdam.slack.com/archives/C1/p1"


def _whole(requests: Any, state: State = State.RUNNING, **changes: Any) -> Any:
    """The payroll's request, in a channel and decided by people whom these tests may mention."""
    request = requests.running() if state is State.RUNNING else requests.request(state)
    request = replace(request, **changes)
    where = replace(request.asked.where, channel="C1")
    by = tuple(replace(one, person=requests.maya) for one in request.decisions)
    return replace(request, asked=replace(request.asked, where=where), decisions=by)


def test_the_list_is_readable(requests: Any, screen: Any, refused: Any) -> None:
    found = [
        _whole(requests),
        _whole(requests, State.AWAITING_APPROVAL, id="R-AAAAAA"),
        _whole(requests, State.CHECKING, id="R-BBBBBB", plan=None, items=()),
    ]
    message = list_message(found, now=requests.now, command="/reprotect", links={"R-7K2M9Q": ADDRESS})
    assert refused(message) == []
    assert message.text == "3 requests are open"
    assert message.blocks == screen


def test_the_status_is_readable(requests: Any, screen: Any, refused: Any) -> None:
    message = status_message([_whole(requests)], now=requests.now, command="/reprotect")
    assert refused(message) == []
    assert message.blocks == screen


def test_of_many_requests_of_a_machine_the_newest_are_told_in_full(requests: Any, words: Any, refused: Any) -> None:
    found = [_whole(requests, State.CANCELLED, id=f"R-{n:06}") for n in range(10)]
    message = status_message(found, now=requests.now, command="/reprotect")
    assert refused(message) == []
    assert "*R-000002*" in words(message)
    assert "and R-000003, R-000004, R-000005, R-000006, R-000007, R-000008, R-000009" in words(message)


@pytest.mark.parametrize("count", [1, 50, 300])
def test_any_number_of_requests_fits_into_one_message(requests: Any, refused: Any, count: int) -> None:
    long = "w" * 500
    found = [_whole(requests, State.AWAITING_APPROVAL, id=f"R-{n:06}") for n in range(count)]
    found = [replace(one, asked=replace(one.asked, reason=long), why=long) for one in found]
    assert refused(list_message(found, now=requests.now, command="/reprotect")) == []
    assert refused(status_message(found, now=requests.now, command="/reprotect")) == []
    assert refused(which("web02", found, now=requests.now, command="/reprotect cancel")) == []


def test_a_plan_of_a_hundred_machines_fits(requests: Any, refused: Any, words: Any) -> None:
    plan = requests.plan(*requests.many(100), subject="everything", kind=Kind.PLAN)
    items = requests.items(plan, *[ItemState.FAILED] * 100, why="Azure says: " + "w" * 500)
    found = [_whole(requests, State.FAILED, id=f"R-{n:06}", plan=plan, items=items) for n in range(5)]
    message = status_message(found, now=requests.now, command="/reprotect")
    assert refused(message) == []
    assert "more machine" in words(message)


def test_hostile_names_are_harmless(requests: Any, hostile: Any, refused: Any) -> None:
    for name in hostile:
        plan = requests.plan(requests.machine(name), subject=name)
        items = requests.items(plan, ItemState.FAILED, why=name)
        base = _whole(requests, State.FAILED, plan=plan, items=items, why=name)
        where = replace(base.asked.where, channel=name)
        whole = replace(base, asked=replace(base.asked, subject=name, reason=name, where=where))
        for message in (
            list_message([whole], now=requests.now, command=name, links={whole.id: name}),
            status_message([whole], now=requests.now, command=name),
            which(name, [whole], now=requests.now, command=name),
            not_found(name, name),
            none_open(name),
            refusal_message(Refusal("x", name)),
            ledger_trouble(RuntimeError(name)),
            retried_message(whole, name),
            without_message(whole, name),
            opening_message(name),
            no_longer_message(name, None),
            not_set_up(name, name),
            reprotect_usage("/reprotect", name),
        ):
            assert refused(message) == [], name


@pytest.mark.parametrize("state", list(State))
def test_every_state_has_words(requests: Any, refused: Any, state: State) -> None:
    whole = _whole(requests, state)
    for message in (
        list_message([whole], now=requests.now, command="/reprotect"),
        status_message([whole], now=requests.now, command="/reprotect"),
        no_longer_message(whole.id, whole),
        cancelled_message(whole),
        approved_message(whole),
    ):
        assert refused(message) == []
        assert "_" not in message.text


def test_every_state_of_a_machine_has_words() -> None:
    assert set(WORDS) == set(ItemState)


def test_the_answers_to_one_person_are_readable(requests: Any, screen: Any, refused: Any) -> None:
    voted = (requests.approved_by,)
    whole = _whole(requests, State.AWAITING_APPROVAL, quorum=2, decisions=voted)
    answers = {
        "asked": asked_message(whole),
        "approved, others have to": approved_message(whole),
        "approved": approved_message(_whole(requests, State.APPROVED, decisions=voted)),
        "rejected": rejected_message(whole),
        "cancelled": cancelled_message(_whole(requests, State.CANCELLED)),
        "stopping": cancelled_message(_whole(requests)),
        "ended": cancelled_message(_whole(requests, State.FAILED)),
        "tried again": retried_message(whole, "pay-db01"),
        "without": without_message(whole, "pay-db01"),
        "refused": refusal_message(Refusal("guest", "A guest can't decide.")),
        "ledger": ledger_trouble(RuntimeError("The ledger's disk is full.")),
        "gone": gone_message(),
        "no request": no_longer_message("R-GONE00", None),
        "no longer": no_longer_message("R-7K2M9Q", _whole(requests, State.REJECTED)),
        "stale": stale_message(whole),
        "opening": opening_message("R-7K2M9Q"),
        "judging": judging_message(),
        "not set up": not_set_up("/reprotect", "approvals.channel is not set."),
        "none open": none_open("/reprotect"),
        "not found": not_found("web09", "/reprotect"),
    }
    for message in answers.values():
        assert refused(message) == []
        assert refused(note("Approve", message)) == []
    assert {name: message.text for name, message in answers.items()} == screen


def test_the_usage_is_readable(screen: Any, refused: Any) -> None:
    message = reprotect_usage("/reprotect")
    assert refused(message) == []
    assert message.blocks == screen


def test_the_channels_to_ask_in_are_named(words: Any) -> None:
    assert "<#C1>, <#C2>" in words(wrong_channel("/reprotect", ("C1", "C2")))


def test_what_has_ended_is_not_offered_to_be_cancelled(requests: Any, words: Any) -> None:
    ended, going = _whole(requests, State.BLOCKED, id="R-000001"), _whole(requests, id="R-000002")
    said = words(which("web02", [ended, going], now=requests.now, command="/reprotect cancel"))
    assert "R-000002" in said
    assert "R-000001" not in said
    assert "R-000001" in words(which("web02", [ended], now=requests.now, command="/reprotect cancel"))


def test_a_machine_that_never_began_is_not_told_as_still_to_come(requests: Any, words: Any) -> None:
    plan = requests.plan(*requests.many(1))
    voided = _whole(requests, State.VOIDED, plan=plan, items=requests.items(plan, ItemState.PENDING))
    said = words(status_message([voided], now=requests.now, command="/reprotect"))
    assert ": not started" in said
    assert "yet" not in said
