"""What approvers see: the message, the forms, the reminder."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from homeward.actions.requests import Decision, Request, Vote
from homeward.actions.states import State
from homeward.checks import RULES, Severity
from homeward.checks.report import Verdict
from homeward.handlers import ids
from homeward.handlers.carried import carried
from homeward.handlers.views.approval import (
    MOST_ATTESTATIONS,
    approval_message,
    approve_modal,
    reason_of,
    reject_modal,
    reminder_message,
    ticked,
)
from homeward.handlers.views.blocks import Message


@pytest.fixture
def shown(requests: Any) -> Any:
    def show(request: Request, later: timedelta = timedelta(0), policy: Any = None) -> Message:
        return approval_message(
            request, policy=policy or requests.policy, now=requests.now + later, portal=requests.portal
        )

    return show


@pytest.fixture
def asked(requests: Any) -> Request:
    request: Request = requests.request(State.AWAITING_APPROVAL)
    return request


def buttons(message: Message) -> list[Any]:
    blocks: Any = message.blocks
    return [element for block in blocks if block["type"] == "actions" for element in block["elements"]]


def test_it_says_what_happens_before_any_identifier(
    asked: Request, shown: Any, screen: Any, refused: Any, words: Any
) -> None:
    message = shown(asked)
    read = words(message)

    assert refused(message) == []
    assert message.text == (
        "Approval needed: replicate 3 machines back on-premises, through mt-win01. It expires 2026-03-07 03:14 UTC. "
        "<!subteam^S0LEADS>, <@U0LEAD>"
    )
    assert read.startswith("☐ *Approval needed: replicate 3 machines back on-premises, through mt-win01*")
    order = ("shut down and must stay off", "<@U0MAYA> asks for it", "Every machine:", "*Checks*", "R-7K2M9Q")
    places = [read.index(text) for text in order]
    assert places == sorted(places)
    assert "“Rotterdam has power again”" in read
    assert "! *The mobility agent is of this year*" in read
    assert "☐ The configuration server has regular backups" in read
    assert list(message.blocks) == screen


def test_those_who_may_approve_are_rung(asked: Request, shown: Any, words: Any) -> None:
    read = words(shown(asked))
    assert "<!subteam^S0LEADS>, <@U0LEAD>: 1 of you has to approve; the one who asks can't." in read
    assert "It expires <!date^1772853245^{date_short_pretty} at {time}|2026-03-07 03:14 UTC>." in read


def test_nobody_is_rung_by_what_is_decided(requests: Any, shown: Any) -> None:
    for state in State:
        message = shown(requests.request(state))
        rings = "<!subteam^S0LEADS>" in message.text
        assert rings == ("<!subteam^S0LEADS>" in str(message.blocks)) == (state is State.AWAITING_APPROVAL), state


def test_how_many_are_still_missing_is_told(requests: Any, asked: Request, shown: Any, words: Any) -> None:
    two = replace(asked, quorum=2)
    assert "2 of you have to approve" in words(shown(two))
    half = words(shown(replace(two, decisions=(requests.approved_by,))))
    assert "1 more of you has to approve" in half
    assert "✓ approved by <@U0LEAD> (1 of 2)" in half


def test_the_buttons_carry_the_request_and_its_digest_only(asked: Request, shown: Any) -> None:
    approve, reject = buttons(shown(asked))
    assert (approve["action_id"], reject["action_id"]) == (ids.APPROVE, ids.REJECT)
    assert asked.plan
    for button in (approve, reject):
        held = carried(button["value"])
        assert held
        assert (held.request_id, held.digest, held.machine) == (asked.id, asked.plan.digest, "")


def test_what_could_not_be_read_is_shown_to_the_approvers(
    requests: Any, asked: Request, shown: Any, words: Any, refused: Any
) -> None:
    checked = requests.checked(verdict=Verdict.UNKNOWN, unread_blockers=(requests.unread,))
    message = shown(replace(asked, checked=checked))
    assert refused(message) == []
    assert "? not known: a check that could block it could not be read; 1 warning" in words(message)
    assert "? Could not be read: *The account has every privilege*" in words(message)
    assert "vc01 did not answer within 20 s." in words(message)


@pytest.mark.parametrize("state", [state for state in State if state is not State.AWAITING_APPROVAL])
def test_what_is_decided_has_no_buttons_and_rings_nobody(
    requests: Any, shown: Any, refused: Any, words: Any, state: State
) -> None:
    message = shown(requests.request(state, decisions=(requests.approved_by,), ended_at=requests.now))
    assert refused(message) == []
    assert buttons(message) == []
    assert "<!subteam" not in words(message)
    assert "Every machine:" in words(message)


def test_every_decision_says_who_and_when(requests: Any, shown: Any, screen: Any, words: Any) -> None:
    approved = words(shown(requests.request(State.RUNNING, decisions=(requests.approved_by,))))
    rejected = words(shown(requests.request(State.REJECTED, decisions=(requests.rejected_by,))))
    void = shown(requests.request(State.VOIDED, why="The datastore is gone.", ended_at=requests.now))
    assert "✓ approved by <@U0LEAD> (1 of 1) <!date^1772846645" in approved
    assert "2 points confirmed" in approved
    assert "✗ rejected by <@U0LEAD> <!date^1772846645" in rejected
    assert "“Not before the audit is over.”" in rejected
    assert "It was voided" in words(void)
    assert "The datastore is gone." in words(void)
    assert list(void.blocks) == screen


def test_when_its_time_is_over_there_is_nothing_to_press(asked: Request, shown: Any, words: Any) -> None:
    late = shown(asked, timedelta(hours=1))
    assert buttons(late) == []
    assert "Its time was over" in words(late)


def test_the_message_does_not_change_while_it_waits(asked: Request, shown: Any) -> None:
    assert shown(asked) == shown(asked, timedelta(minutes=59))


def test_a_hundred_different_machines_fit(requests: Any, asked: Request, shown: Any, refused: Any, words: Any) -> None:
    machines = tuple(
        replace(machine, datastore=f"datastore-{n}" * 5, target=f"mt-{n}" * 9)
        for n, machine in enumerate(requests.many(100))
    )
    plan = requests.plan(*machines)
    message = shown(replace(asked, plan=plan))
    assert refused(message) == []
    assert "more machines: “Approve” shows each of them before you confirm." in words(message)
    form = words(approve_modal(replace(asked, plan=plan)))
    assert all(f"m{n:03}" in form for n in range(100))


def test_the_form_has_a_box_for_each_attestation(asked: Request, screen: Any, refused: Any, words: Any) -> None:
    modal = approve_modal(asked)
    view: Any = modal.view
    boxes = [block for block in view["blocks"] if block["type"] == "input"]

    assert refused(modal) == []
    assert view["callback_id"] == ids.APPROVE_VIEW
    held = carried(view["private_metadata"])
    assert held
    assert asked.plan
    assert (held.request_id, held.digest) == (asked.id, asked.plan.digest)
    assert [box["element"]["options"][0]["value"] for box in boxes] == ["network-path", "configuration-server-backup"]
    assert not any(box.get("optional") for box in boxes)
    assert boxes[0]["label"]["text"].endswith("and enough bandwidth")
    assert "The VMs on-premises of pay-app01, pay-app02 are shut down and must stay off." in words(modal)
    assert view == screen


def test_there_is_room_for_every_attestation_that_there_is() -> None:
    rules = [rule for rule in RULES if rule.severity is Severity.ATTESTATION]
    assert 0 < len(rules) <= MOST_ATTESTATIONS
    assert all(len(rule.id) <= 150 for rule in rules)


def test_the_form_of_a_rejection_asks_for_a_reason(asked: Request, screen: Any, refused: Any) -> None:
    modal = reject_modal(asked)
    view: Any = modal.view
    assert refused(modal) == []
    assert view["callback_id"] == ids.REJECT_VIEW
    assert view == screen


def test_what_was_ticked_is_read_from_the_form() -> None:
    boxes: Any = {
        "homeward.request.attest.3": {
            ids.ATTEST: {"type": "checkboxes", "selected_options": [{"value": "network-path"}]}
        },
        "homeward.request.attest.4": {ids.ATTEST: {"type": "checkboxes", "selected_options": []}},
    }
    assert ticked({"values": boxes}) == {"network-path"}


def test_the_reason_is_read_from_the_form() -> None:
    typed = {ids.REASON: {ids.REASON: {"type": "plain_text_input", "value": "  Not today. "}}}
    assert reason_of({"values": typed}) == "Not today."


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["values", "value", "a"]), inner),
)


@given(JSON)
def test_a_forged_form_says_nothing_and_breaks_nothing(state: Any) -> None:
    assert isinstance(ticked(state), frozenset)
    assert isinstance(reason_of(state), str)


def test_the_reminder_rings_once_more_and_says_until_when(
    requests: Any, asked: Request, refused: Any, words: Any
) -> None:
    message = reminder_message(asked, policy=requests.policy, now=requests.now + timedelta(minutes=30))
    assert refused(message) == []
    assert "<!subteam^S0LEADS>, <@U0LEAD>: *still waiting* for 1 approval." in words(message)
    assert "(in 30 min)" in message.text


def test_ids_that_are_none_ring_nobody(requests: Any, asked: Request, shown: Any, refused: Any, words: Any) -> None:
    policy = replace(requests.policy, users=("<!channel>",), usergroups=("S0|<!here>", "everyone"))
    assert refused(shown(asked, policy=policy)) == []
    assert "a user group, a user group, somebody: 1 of you" in words(shown(asked, policy=policy))


def storable(text: str) -> str:
    """Without halves of characters: no ledger keeps them."""
    return text.encode("utf-8", "replace").decode()


def test_nothing_hostile_gets_through(requests: Any, shown: Any, refused: Any, hostile: tuple[str, ...]) -> None:
    for place, text in enumerate(map(storable, hostile)):
        for request in requests.every()[place % 5 :: 5]:
            poisoned = requests.poisoned(request, text)
            screens = [shown(poisoned), approve_modal(poisoned), reject_modal(poisoned)]
            screens.append(reminder_message(poisoned, policy=requests.policy, now=requests.now))
            assert [problem for one in screens for problem in refused(one)] == [], (request.state, text[:40])


def test_a_hundred_hostile_machines_fit_too(requests: Any, asked: Request, shown: Any, refused: Any) -> None:
    for text in ("名" * 10_000, "&" * 10_000):
        machines = tuple(replace(machine, machine=f"{n}{text}") for n, machine in enumerate(requests.many(100)))
        many = replace(requests.poisoned(asked, text), plan=requests.plan(*machines))
        assert refused(shown(many)) == []
        assert refused(approve_modal(many)) == []


def test_more_votes_than_anybody_needs_are_counted(requests: Any, asked: Request, shown: Any, words: Any) -> None:
    votes = tuple(replace(requests.approved_by, reason=str(n)) for n in range(30))
    assert "and 20 more" in words(shown(replace(asked, quorum=40, decisions=votes)))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(st.characters(exclude_categories=["Cs"]), max_size=4000))
def test_no_text_whatsoever_breaks_a_screen(requests: Any, shown: Any, refused: Any, text: str) -> None:
    request = requests.poisoned(requests.request(State.AWAITING_APPROVAL), text)
    decided = replace(request, decisions=(Decision(requests.lead, Vote.REJECT, requests.now, "", text),))
    for screen in (shown(request), shown(decided), approve_modal(request), reject_modal(request)):
        assert refused(screen) == []
