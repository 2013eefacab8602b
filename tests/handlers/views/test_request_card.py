"""The card of a request."""

import re
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from homeward.actions.plan import Obstacle, OpenValue
from homeward.actions.requests import Request
from homeward.actions.states import ItemState, Operation, State
from homeward.checks.subjects import Kind, Wish, Wishes
from homeward.handlers import ids
from homeward.handlers.carried import Wanted, carried, wanted
from homeward.handlers.portal import Portal
from homeward.handlers.views.blocks import Message
from homeward.handlers.views.request_card import card


def storable(texts: tuple[str, ...]) -> list[str]:
    """Without halves of characters: no ledger keeps them."""
    return [text.encode("utf-8", "replace").decode() for text in texts]


@pytest.fixture
def shown(requests: Any) -> Any:
    def show(request: Request, later: timedelta = timedelta(0), **more: Any) -> Message:
        return card(request, now=requests.now + later, portal=requests.portal, **more)

    return show


def pressable(message: Message) -> list[Any]:
    blocks: Any = message.blocks
    return [element for block in blocks if block["type"] == "actions" for element in block["elements"]]


def test_a_running_group_is_a_live_checklist(requests: Any, shown: Any, screen: Any, refused: Any, words: Any) -> None:
    message = shown(requests.running())
    read = words(message)

    assert refused(message) == []
    assert message.text == "Recovery plan payroll is on its way home: 1 of 3 machines protected"
    assert read.index(message.text) < read.index("R-7K2M9Q")
    assert "pay-db01: protected, may fail back · 21 min" in read
    assert "pay-app01: initial replication 38 % · 20 min" in read
    assert "pay-app02: its job runs: Discovering replica virtual machine · 2 min" in read
    assert "Leave the VMs on-premises switched off." in read
    plan = next(block for block in message.blocks if block["type"] == "plan")
    tasks: Any = plan["tasks"]
    assert [task["status"] for task in tasks] == ["complete", "in_progress", "in_progress"]
    assert all("#resource/subscriptions/s/" in task["sources"][0]["url"] for task in tasks)
    assert {"blocks": message.blocks, "plainer": message.plainer} == screen


def test_a_workspace_without_plans_reads_the_same_in_lines(requests: Any, shown: Any, words: Any) -> None:
    message = shown(requests.running())
    assert message.plainer
    assert {block["type"] for block in message.plainer} <= {"section", "context", "actions"}
    read = words(Message(message.text, message.plainer))
    assert "✓ pay-db01: protected, may fail back · 21 min" in read
    assert "… pay-app01: initial replication 38 % · 20 min" in read
    assert "|job 7f0e11b8>" in read


def test_a_cloud_without_a_portal_has_no_links(requests: Any, words: Any) -> None:
    message = card(requests.running(), now=requests.now, portal=Portal())
    assert "https://" not in str(message.blocks)
    assert "vault prod-dr" in words(message)


def test_the_card_does_not_change_with_every_second(requests: Any, shown: Any) -> None:
    request = requests.running()
    cards = [shown(request, timedelta(seconds=seconds)) for seconds in range(0, 60, 5)]
    assert len({str(message) for message in cards}) <= 2
    hours = [shown(request, timedelta(hours=3, seconds=seconds)) for seconds in range(0, 600, 20)]
    assert len({str(message) for message in hours}) <= 3


@pytest.mark.parametrize("state", [State.CHECKING, State.AWAITING_APPROVAL, State.APPROVED])
def test_while_nothing_runs_the_card_never_changes_by_itself(requests: Any, shown: Any, state: State) -> None:
    request = requests.request(state)
    assert shown(request) == shown(request, timedelta(minutes=50))


def test_what_needs_a_person_can_be_decided_machine_by_machine(
    requests: Any, shown: Any, screen: Any, refused: Any, words: Any
) -> None:
    request = requests.attention()
    message = shown(request)
    buttons = pressable(message)

    assert refused(message) == []
    assert message.text == (
        "2 machines of recovery plan payroll need a person: nothing more happens before somebody decides"
    )
    assert [button["text"]["text"] for button in buttons] == [
        "Try pay-db01 again", "Go on without pay-db01", "Try pay-app01 again", "Go on without pay-app01", "End here",
    ]  # fmt: skip
    assert Counter(button["action_id"] for button in buttons) == {ids.RETRY: 2, ids.GO_ON: 2, ids.END_HERE: 1}
    values = [carried(button["value"]) for button in buttons]
    assert [value.machine for value in values if value] == ["pay-db01", "pay-db01", "pay-app01", "pay-app01", ""]
    assert {(value.request_id, value.digest) for value in values if value} == {(request.id, request.plan.digest)}
    assert all("confirm" in button for button in buttons)
    assert "its job failed with 78093" in words(message)
    assert list(message.blocks) == screen


def test_a_machine_that_was_given_up_is_not_asked_about_again(requests: Any, shown: Any) -> None:
    request = requests.attention()
    failed, doubtful, waiting = request.items
    given_up = replace(request, items=(replace(failed, given_up=True), doubtful, waiting))
    assert [held.machine for b in pressable(shown(given_up)) if (held := carried(b["value"]))] == [
        "pay-app01",
        "pay-app01",
        "",
    ]


def test_what_failed_can_be_asked_for_again_when_all_is_over(requests: Any, shown: Any, refused: Any) -> None:
    ended = replace(requests.attention(), state=State.FAILED, ended_at=requests.now)
    message = shown(ended)
    assert refused(message) == []
    (again,) = [button for button in pressable(message) if button["action_id"].startswith(ids.FORM)]
    assert again["text"]["text"] == "Ask again for pay-db01…"
    assert wanted(again["value"]) == Wanted(Operation.REPROTECT, "pay-db01")
    assert not [b for b in pressable(shown(requests.attention())) if b["action_id"].startswith(ids.FORM)]


def test_what_was_asked_for_after_it_is_told_on_the_card_of_what_has_ended(
    requests: Any, shown: Any, refused: Any, words: Any
) -> None:
    ended = requests.request(State.SUCCEEDED, ended_at=requests.now)
    message = shown(ended, went_on="R-ABC123")
    assert refused(message) == []
    assert "After it R-ABC123 was asked for" in words(message).replace("`", "")
    assert "After it" not in words(shown(ended))
    assert "After it" not in words(shown(requests.running(), went_on="R-ABC123"))


@pytest.mark.parametrize(
    ("state", "labels"),
    [
        (State.CHECKING, ["Cancel"]),
        (State.AWAITING_APPROVAL, ["Cancel"]),
        (State.APPROVED, ["Cancel"]),
        (State.RUNNING, ["Start nothing more"]),
        *((state, []) for state in State if state.ended),
    ],
)
def test_only_what_is_open_can_be_cancelled(requests: Any, shown: Any, state: State, labels: list[str]) -> None:
    message = shown(requests.request(state, ended_at=requests.now if state.ended else None))
    assert [button["text"]["text"] for button in pressable(message)] == labels


def test_a_request_that_is_stopping_is_not_stopped_twice(requests: Any, shown: Any) -> None:
    message = shown(replace(requests.running(), stopping=True))
    assert pressable(message) == []
    assert message.text == "Stopping recovery plan payroll: nothing more is started, 2 machines still on the way"


def test_every_state_has_its_words(requests: Any, shown: Any, screen: Any, refused: Any) -> None:
    messages = {state.value: shown(requests.request(state, why="Its target is gone.")) for state in State}
    assert [problem for message in messages.values() for problem in refused(message)] == []
    assert {name: message.text for name, message in messages.items()} == screen


def test_one_machine_is_called_by_its_name(requests: Any, shown: Any) -> None:
    plan = requests.plan(requests.machine("web01"), subject="web01", kind=Kind.MACHINE)
    texts = [shown(requests.request(state, plan=plan, items=requests.items(plan))).text for state in State]
    assert "web01 is on its way home" in texts
    assert "web01 needs a person: nothing more happens before somebody decides" in texts
    assert "Done: web01 is protected and may fail back" in texts
    assert "Ended: web01 did not come through" in texts
    assert not any("machine" in text for text in texts)


def test_an_approval_that_came_too_late_is_not_waited_for(requests: Any, shown: Any) -> None:
    late = shown(requests.request(State.AWAITING_APPROVAL), timedelta(hours=2))
    assert late.text == "The time to approve is over: recovery plan payroll stays as it is"


def test_what_blocks_is_told_with_its_remedy_and_the_way_to_ask_again(
    requests: Any, shown: Any, screen: Any, refused: Any, words: Any
) -> None:
    message = shown(requests.blocked())
    read = words(message)

    assert refused(message) == []
    assert message.text == "Not started: web02 cannot come home yet: 1 blocker"
    assert "→ Start it in Azure, wait up to 15 minutes for its agent, then check again." in read
    assert "? Could not be read: *The account has every privilege*" in read or "Could not be read" in read
    assert '/reprotect start web02 --reason "Rotterdam has power again"' in read
    assert list(message.blocks) == screen


def test_open_values_are_asked_for_machine_by_machine_with_a_line_to_copy(
    requests: Any, shown: Any, screen: Any, refused: Any, words: Any
) -> None:
    message = shown(requests.open(), command="/home")
    read = words(message)

    assert refused(message) == []
    assert message.text == "Not started: 3 values of mixed have to be chosen"
    assert "• *mix-win01*: --target: mt-win01, mt-win02" in read
    assert "• *mix-lin01*: --datastore: ds legacy, ds-gold-01" in read
    assert (
        '/home start mixed --target mix-win01=mt-win01 --target mix-lin01=mt-lin01 --datastore mix-lin01="ds legacy"'
        in read
    )
    assert list(message.blocks) == screen


def test_a_name_that_nobody_has_is_answered_with_lines_for_those_that_look_like_it(
    requests: Any, shown: Any, refused: Any, words: Any
) -> None:
    message = shown(requests.without_plan(Obstacle.NOT_FOUND, "Every vault was read.", candidates=("payroll", "pay 1")))
    assert refused(message) == []
    assert message.text == "Not started: no machine, group or plan is named payrol"
    assert "/reprotect start payroll --reason" in words(message)
    assert '/reprotect start "pay 1" --reason' in words(message)


@pytest.mark.parametrize(("candidates", "said"), [(("a",), "There is a."), (("a", "b"), "There are a, b.")])
def test_what_there_is_instead_is_told(
    requests: Any, shown: Any, words: Any, candidates: tuple[str, ...], said: str
) -> None:
    message = shown(requests.without_plan(Obstacle.WRONG_VALUE, "No disk 9.", candidates=candidates))
    assert said in words(message)


def test_a_value_that_is_not_taken_is_left_out_of_the_line_to_copy(requests: Any, shown: Any, words: Any) -> None:
    why = "payrol takes no --retention: its protection is modernized."
    blocked = requests.without_plan(Obstacle.WRONG_VALUE, why, without=(OpenValue("", "retention", ()),))
    wishes = Wishes(target=(Wish("mt01"),), retention=(Wish("R:"),))
    read = words(shown(replace(blocked, asked=replace(blocked.asked, wishes=wishes, reason=""))))
    assert why in read
    assert "To copy, without --retention:" in read
    assert "/reprotect start payrol --target mt01" in read
    assert "R:" not in read


def test_candidates_of_one_name_are_told_apart_above_their_lines(
    requests: Any, shown: Any, refused: Any, words: Any
) -> None:
    details = ("machine · classic · vault prod-dr", "machine · modernized · vault test-dr")
    message = shown(requests.without_plan(Obstacle.SEVERAL, "Two.", candidates=("/id/1", "/id/2"), details=details))
    read = words(message)
    assert refused(message) == []
    first, second = (read.index(f"/reprotect start {id} ") for id in ("/id/1", "/id/2"))
    assert read.index(details[0]) < first < read.index(details[1]) < second


def test_what_could_not_be_read_is_asked_again_as_it_was(requests: Any, shown: Any, words: Any) -> None:
    message = shown(requests.without_plan(Obstacle.UNREADABLE, "The vault prod-dr did not answer within 20 s."))
    assert message.text == "Not started: what payrol needs could not be read"
    assert "The vault prod-dr did not answer within 20 s." in words(message)
    assert "/reprotect start payrol --reason" in words(message)


def test_a_card_that_had_to_move_says_why(requests: Any, shown: Any, words: Any, refused: Any) -> None:
    message = shown(requests.running(), moved="not_in_channel")
    assert refused(message) == []
    assert "This stands here because the bot is not in the channel where it was asked: invite it there" in words(
        message
    )
    strange = shown(requests.running(), moved="restricted_action")
    assert "This stands here because its channel refuses it: restricted_action." in words(strange)
    assert "not_in_channel" not in words(shown(requests.running()))


def test_a_plan_of_a_hundred_machines_folds(requests: Any, shown: Any, screen: Any, refused: Any, words: Any) -> None:
    plan = requests.plan(*requests.many(100))
    states = [ItemState.DONE] * 40 + [ItemState.REPLICATING] * 5 + [ItemState.FAILED] * 2 + [ItemState.SUBMITTED] * 3
    message = shown(requests.request(State.RUNNING, plan=plan, items=requests.items(plan, *states)))
    read = words(message)

    assert refused(message) == []
    assert message.text == "Recovery plan payroll is on its way home: 40 of 100 machines protected, 2 failed"
    assert "100 machines: 2 failed, 8 under way, 50 waiting, 40 protected" in read
    assert read.index("m045: failed") < read.index("m040: initial replication") < read.index("50 more machines waiting")
    assert "40 more machines protected" in read
    assert list(message.blocks) == screen


@pytest.mark.parametrize("state", list(ItemState))
def test_a_hundred_machines_in_any_one_state_fit(requests: Any, shown: Any, refused: Any, state: ItemState) -> None:
    plan = requests.plan(*requests.many(100))
    items = requests.items(plan, *[state] * 100, why="a long reason " * 30, job="5d1c0a52", claimed_at=requests.now)
    for whole in (State.RUNNING, State.NEEDS_ATTENTION, State.FAILED):
        assert refused(shown(requests.request(whole, plan=plan, items=items))) == []


def test_nothing_hostile_gets_through(requests: Any, shown: Any, refused: Any, hostile: tuple[str, ...]) -> None:
    for place, text in enumerate(storable(hostile)):
        for request in requests.every()[place % 3 :: 3]:
            assert refused(shown(requests.poisoned(request, text), moved=text)) == [], (request.state, text[:40])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(st.characters(exclude_categories=["Cs"]), max_size=4000), place=st.integers(0, 200))
def test_no_text_whatsoever_breaks_a_card(requests: Any, shown: Any, refused: Any, text: str, place: int) -> None:
    # The id of a person in a person's place is a mention, rightly.
    assume(not re.fullmatch(r"[UWS][A-Z0-9]+", text))
    every = requests.every()
    assert refused(shown(requests.poisoned(every[place % len(every)], text))) == []


def test_a_machine_that_could_not_be_read_for_long_says_since_when(requests: Any) -> None:
    request = requests.running()
    place, item = next((n, i) for n, i in enumerate(request.items) if i.state is ItemState.REPLICATING)
    read = requests.now - timedelta(minutes=50)
    late = replace(item, progress=replace(item.progress, read_at=read), submitted_at=read - timedelta(minutes=5))
    items = (*request.items[:place], late, *request.items[place + 1 :])
    shown = str(card(replace(request, items=items), now=requests.now, portal=requests.portal).blocks)
    assert f"not read since {read:%H:%M} UTC" in shown
    soon = replace(late, progress=replace(late.progress, read_at=requests.now - timedelta(minutes=5)))
    items = (*request.items[:place], soon, *request.items[place + 1 :])
    assert "not read since" not in str(
        card(replace(request, items=items), now=requests.now, portal=requests.portal).blocks
    )


@pytest.mark.parametrize("rule", ["failback-not-ready", "commit-not-offered", "forward-not-offered"])
def test_where_it_is_another_steps_turn_the_card_leads_to_it(requests: Any, words: Any, rule: str) -> None:
    blocked = requests.blocked()
    found = replace(blocked.checked.blockers[0], rule=rule)
    read = words(
        card(
            replace(blocked, checked=replace(blocked.checked, blockers=(found,))),
            now=requests.now,
            portal=requests.portal,
        )
    )
    assert "/failback status web02" in read
    assert "Mend it, then ask again" not in read
    assert "Could not be read" not in read, "what is read at another step is noise here"
    assert "more check" in read
