"""The thread below a request's card."""

from dataclasses import asdict, replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from homeward.actions.requests import AzureError, Event, EventKind, Request
from homeward.actions.states import ItemState, Operation, State
from homeward.checks.subjects import Kind
from homeward.handlers.portal import Portal
from homeward.handlers.views.blocks import Message
from homeward.handlers.views.thread import reply

K = EventKind
SILENT = {K.REQUESTED, K.APPROVED, K.STARTED, K.CLAIMED, K.WENT_ON}
"""The card tells of them, or another event does."""


@pytest.fixture
def said(requests: Any) -> Any:
    def say(
        kind: EventKind, machine: str = "", *, request: Request | None = None, actor: Any = None, **data: Any
    ) -> str:
        event = requests.event(kind, machine, actor, **data)
        message = reply(event, request or requests.running(), portal=requests.portal)
        assert message
        return message.text

    return say


def every(requests: Any) -> list[Event]:
    """An event of each kind, with all that its data may hold."""
    errors = [asdict(requests.azure_error)]
    data: dict[str, object] = {
        "why": "its disk is locked", "reason": "Not now.", "digest": "d", "verdict": "READY", "quorum": 2, "votes": 1,
        "expires_at": requests.now.isoformat(), "attested": ["network-path"], "running": ["pay-app01"],
        "job": "5d1c0a52", "attempt": 2,
        "code": "78093", "errors": errors, "warnings": errors, "percent": 38, "waiting": ["pay-app02"],
        "machines": ["pay-db01"], "done": ["pay-app01"], "failed": ["pay-db01"], "skipped": [],
    }  # fmt: skip
    return [requests.event(kind, "pay-db01", requests.lead, **data) for kind in EventKind]


def test_every_event_says_something_or_is_known_to_be_silent(requests: Any, screen: Any, refused: Any) -> None:
    told = {e.happened.kind: reply(e, requests.running(), portal=requests.portal) for e in every(requests)}
    assert {kind for kind, message in told.items() if message is None} == SILENT
    assert [problem for message in told.values() if message for problem in refused(message)] == []
    assert {kind.value: message.text for kind, message in told.items() if message} == screen


def test_a_thread_reads_as_a_log(requests: Any, said: Any) -> None:
    approved = said(K.APPROVED_BY, actor=requests.lead, votes=1, quorum=1, attested=["network-path"])
    assert approved.startswith("✓ approved by <@U0LEAD> (1 of 1)\n☑ confirmed: A VPN or ExpressRoute's")
    assert said(K.RECHECKED, verdict="READY") == "checks repeated, still ready"
    assert said(K.SUBMITTED, "pay-app01", job="5d1c-0a52", attempt=1) == (
        "*pay-app01*: reprotect started (job `5d1c-0a52` in "
        "<https://portal.azure.com/#resource/subscriptions/s/resourceGroups/dr/providers/"
        "Microsoft.RecoveryServices/vaults/prod-dr|vault prod-dr, Site Recovery jobs>)"
    )
    assert said(K.REPLICATING, "pay-app01", percent=None) == "*pay-app01*: initial replication began"
    assert said(K.PROGRESS, "pay-app01", percent=50) == "*pay-app01*: initial replication 50 %"
    assert said(K.DONE, "pay-app01") == "✓ *pay-app01*: protected, may fail back. Do not power on its VM on-premises."
    told = said(K.WAITS, "pay-db01", waiting=["pay-app02"])
    assert "pay-app02 waits for *pay-db01*" in told
    assert "attempt 2" in said(K.SUBMITTED, "pay-app01", job="j", attempt=2)


def test_a_cloud_without_a_portal_names_the_job_alone(requests: Any) -> None:
    event = requests.event(K.SUBMITTED, "pay-app01", job="5d1c", attempt=1)
    message = reply(event, requests.running(), portal=Portal())
    assert message
    assert message.text == "*pay-app01*: reprotect started (job `5d1c`)"


def failed(requests: Any, *errors: AzureError) -> Message:
    event = requests.event(K.ITEM_FAILED, "pay-db01", why="the job failed in Azure", errors=[asdict(e) for e in errors])
    message = reply(event, requests.running(), portal=requests.portal, errors="/what-is")
    assert message
    return message


def test_a_failure_is_explained_in_azures_words_and_the_catalogues(
    requests: Any, screen: Any, refused: Any, words: Any
) -> None:
    message = failed(requests, requests.azure_error)
    read = words(message)

    assert refused(message) == []
    assert message.text == "✗ *pay-db01* failed: the job failed in Azure."
    assert "Azure says: 78093, provider 28175" in read
    assert "_Causes:_ The datastore is not writable from the master target's host." in read
    assert "_Azure recommends:_ Make the datastore writable, then reprotect again." in read
    assert "*78093 means: The Azure VM is not running" in read
    assert "*28175 means: The VM got another name" in read
    assert "`/what-is 78093` tells it all" in read
    assert "*What can be done now*" in read
    assert "Leave its VM on-premises switched off." in read
    assert list(message.blocks) == screen


def test_a_code_that_nobody_knows_is_said_to_be_unknown_and_can_be_searched(requests: Any, words: Any) -> None:
    read = words(failed(requests, replace(requests.azure_error, service_code="99999999", provider_code="0")))
    assert "99999999 is not in the catalogue: <https://learn.microsoft.com/en-us/search/" in read
    assert "provider" not in read


def test_an_error_without_words_is_told_as_that(requests: Any, words: Any) -> None:
    assert "It gave no words with it." in words(failed(requests, AzureError("", "", "", "", "")))
    assert "*What can be done now*" in words(failed(requests))


def test_warnings_inside_a_success_are_warnings(requests: Any, words: Any) -> None:
    event = requests.event(K.JOB_SUCCEEDED, "pay-db01", warnings=[asdict(requests.azure_error)])
    message = reply(event, requests.running(), portal=requests.portal)
    assert message
    assert message.text == (
        "*pay-db01*: the job ended well, with 1 warning. It is not protected yet: its data is sent now."
    )
    assert "! *Azure says: 78093, provider 28175*" in words(message)
    assert "✗" not in words(message)


def test_a_start_that_azure_refused_is_answered_with_the_entry_of_its_code(requests: Any, words: Any) -> None:
    event = requests.event(K.REFUSED, "pay-db01", code="78093", why="It is not allowed now.")
    message = reply(event, requests.running(), portal=requests.portal)
    assert message
    assert message.text == "✗ *pay-db01*: Azure refused to start it, nothing runs. 78093: It is not allowed now."
    assert "*78093 means: The Azure VM is not running" in words(message)


def test_what_was_voided_says_why_and_how_to_ask_again(requests: Any, screen: Any, words: Any) -> None:
    event = requests.event(K.VOIDED, why="The datastore is gone.")
    message = reply(event, requests.request(State.VOIDED), portal=requests.portal, command="/home")
    assert message
    assert message.text == "– void, and nothing was started, <@U0MAYA>: The datastore is gone."
    assert '/home start payroll --reason "Rotterdam has power again"' in words(message)
    assert list(message.blocks) == screen


def test_nobody_is_told_that_it_is_known_whether_a_lost_start_was_taken(said: Any) -> None:
    lost = said(K.NO_ANSWER, "pay-app01", why="it timed out")
    assert "It is not sent a second time" in lost
    unknown = said(K.UNKNOWN, "pay-app01", why="no job was found")
    assert "nobody can tell what became of its start" in unknown
    assert "|vault prod-dr>" in unknown


def test_the_end_of_a_group_is_one_summary(requests: Any, screen: Any, refused: Any, words: Any) -> None:
    plan = requests.plan(*requests.payroll)
    failed_, done, left = requests.items(plan, ItemState.FAILED, ItemState.DONE, ItemState.SKIPPED)
    items = (replace(failed_, why="the job failed in Azure"), done, replace(left, why="the request was ended"))
    ended = requests.request(State.FAILED, items=items, ended_at=requests.now)
    message = reply(requests.event(K.FAILED), ended, portal=requests.portal)
    assert message
    read = words(message)

    assert refused(message) == []
    assert message.text == "✗ recovery plan payroll: 1 of 3 machines protected"
    assert "✗ *pay-db01* failed: the job failed in Azure" in read
    assert "– *pay-app02* not started: the request was ended" in read
    assert "✓ protected: pay-app01" in read
    assert "are not protected as far as Homeward knows" in read
    assert list(message.blocks) == screen


def test_the_end_of_a_success_says_what_comes_next(requests: Any, words: Any) -> None:
    plan = requests.plan(requests.machine("web01"), subject="web01", kind=Kind.MACHINE)
    ended = requests.request(State.SUCCEEDED, plan=plan, items=requests.items(plan, ItemState.DONE))
    message = reply(requests.event(K.SUCCEEDED), ended, portal=requests.portal)
    assert message
    assert message.text == "✓ web01: it is protected and may fail back"
    assert "Do not power on its VM on-premises" in words(message)
    assert "(failback) is the next step" in words(message)


def test_the_summary_of_a_hundred_machines_fits(requests: Any, refused: Any, words: Any) -> None:
    plan = requests.plan(*requests.many(100))
    items = requests.items(plan, *[ItemState.FAILED] * 40, *[ItemState.DONE] * 30, why="a long reason " * 90)
    message = reply(
        requests.event(K.FAILED), requests.request(State.FAILED, plan=plan, items=items), portal=requests.portal
    )
    assert message
    assert refused(message) == []
    assert "✗ and 32 more failed" in words(message)


def test_a_reply_does_not_depend_on_what_comes_later(requests: Any) -> None:
    before, after = requests.running(), requests.attention()
    ends = (K.SUCCEEDED, K.FAILED)
    for event in every(requests):
        if event.happened.kind not in ends:
            assert reply(event, before, portal=requests.portal) == reply(event, after, portal=requests.portal)


def test_events_with_little_in_them_still_say_something(requests: Any, refused: Any) -> None:
    for kind in EventKind:
        for request in (requests.running(), requests.open()):
            message = reply(requests.event(kind), request, portal=requests.portal)
            if message:
                assert refused(message) == [], kind


def test_nothing_hostile_gets_through(requests: Any, refused: Any, hostile: tuple[str, ...]) -> None:
    for event in every(requests):
        for text in hostile:
            poisoned = requests.poisoned(event, text)
            data: dict[str, Any] = dict(poisoned.happened.data)
            for key in ("attested", "running", "machines"):
                data[key] = [text] * 12
            for key in ("errors", "warnings"):
                data[key] = [dict.fromkeys(asdict(requests.azure_error), text)] * 9
            event_ = replace(poisoned, happened=replace(poisoned.happened, data=data))
            message = reply(event_, requests.poisoned(requests.attention(), text), portal=requests.portal)
            if message:
                assert refused(message) == [], (event.happened.kind, text[:40])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    text=st.text(max_size=3000), kind=st.sampled_from(EventKind), value=st.none() | st.integers() | st.lists(st.text())
)
def test_no_data_whatsoever_breaks_a_reply(requests: Any, refused: Any, text: str, kind: Any, value: Any) -> None:
    for held in (text, value):
        keys = ("why", "reason", "verdict", "quorum", "votes", "expires_at", "attested", "running", "job", "attempt")
        more = ("code", "errors", "warnings", "percent", "waiting", "machines")
        message = reply(
            requests.event(kind, text, requests.lead, **dict.fromkeys((*keys, *more), held)),
            requests.running(),
            portal=requests.portal,
        )
        if message:
            assert refused(message) == []


def test_below_the_card_of_another_request_each_reply_says_which_step_it_is_about(requests: Any) -> None:
    request = requests.of(Operation.FAILBACK, State.RUNNING)
    below = replace(request, asked=replace(request.asked, where=replace(request.asked.where, thread="17.1")))
    kinds = (EventKind.PUT_FORWARD, EventKind.APPROVED_BY, EventKind.RECHECKED, EventKind.CANCELLED, EventKind.VOIDED)
    for kind in kinds:
        event = requests.event(kind, "", requests.lead)
        own, shared = (reply(event, one, portal=requests.portal) for one in (request, below))
        assert own is not None
        assert shared is not None
        assert shared.text.startswith("*failback*: ")
        assert shared.text.removeprefix("*failback*: ") == own.text
