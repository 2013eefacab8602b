"""Every screen of a request, for each operation: what is said of it, that it fits, and that nothing hostile rings."""

from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from homeward.actions.requests import AtHome, EventKind, Request
from homeward.actions.states import ItemState, Operation, State
from homeward.checks.facts import Topology
from homeward.checks.way import NEXT
from homeward.handlers import ids
from homeward.handlers.carried import carried
from homeward.handlers.start_arguments import FAILBACK, PLAIN, REPROTECT, Start, start_arguments
from homeward.handlers.views import stakes
from homeward.handlers.views.again import start_line
from homeward.handlers.views.approval import approval_message, approve_modal, reject_modal, reminder_message
from homeward.handlers.views.blocks import Message
from homeward.handlers.views.decided import approved_message
from homeward.handlers.views.operations import WORDS, command_of, next_label, told
from homeward.handlers.views.request_card import card
from homeward.handlers.views.request_list import list_message, status_message
from homeward.handlers.views.summary import summary
from homeward.handlers.views.thread import reply

K = EventKind
NEW = [operation for operation in Operation if operation is not Operation.REPROTECT]
DONE = [ItemState.DONE] * 3
UP = "poweredOn"
TONIGHT = datetime(2026, 3, 7, 21, 0, tzinfo=UTC)
LATER = {"not_before": TONIGHT, "zone": "Europe/Berlin"}
LIVES = {
    State.CHECKING: [],
    State.AWAITING_APPROVAL: [],
    State.APPROVED: [],
    State.RUNNING: [ItemState.DONE, ItemState.REPLICATING, ItemState.JOB_SUCCEEDED],
    State.NEEDS_ATTENTION: [ItemState.FAILED, ItemState.DONE, ItemState.PENDING],
    State.SUCCEEDED: DONE,
    State.FAILED: [ItemState.DONE, ItemState.FAILED, ItemState.SKIPPED],
    State.BLOCKED: [],
}


def pressable(message: Message) -> list[Any]:
    blocks: Any = message.blocks
    return [element for block in blocks if block["type"] == "actions" for element in block["elements"]]


def every(requests: Any, request: Request) -> list[Any]:
    """All that is shown of a request."""
    now, portal = requests.now, requests.portal
    errors = [asdict(requests.azure_error)]
    data = {"errors": errors, "percent": 38, "job": "5d1c", "at": TONIGHT.isoformat(), "zone": "Europe/Berlin"}
    data |= asdict(AtHome(vm="v", host="esx01", power="poweredOn", tools=True, address="10.0.0.5"))
    replies = [
        reply(requests.event(kind, "pay-db01", requests.lead, **data), request, portal=portal) for kind in EventKind
    ]
    return [
        card(request, now=now, portal=portal),
        approval_message(request, policy=requests.policy, now=now, portal=portal),
        approve_modal(request),
        reject_modal(request),
        reminder_message(request, policy=requests.policy, now=now),
        summary(request, at=now),
        list_message([request], now=now, command="/failback"),
        status_message([request], now=now, command="/failback"),
        *(message for message in replies if message),
    ]


@pytest.mark.parametrize("operation", list(Operation))
def test_every_state_of_every_operation_fits_and_has_its_own_words(
    requests: Any, screen: Any, refused: Any, operation: Operation
) -> None:
    lives = {state: requests.of(operation, state, *states) for state, states in LIVES.items()}
    for request in lives.values():
        assert [problem for one in every(requests, request) for problem in refused(one)] == []
    heads = {state.value: card(one, now=requests.now, portal=requests.portal).text for state, one in lives.items()}
    assert heads == screen


@pytest.mark.parametrize("operation", NEW)
def test_what_is_asked_of_the_approvers(
    requests: Any, screen: Any, refused: Any, words: Any, operation: Operation
) -> None:
    request = requests.of(operation, State.AWAITING_APPROVAL)
    message = approval_message(request, policy=requests.policy, now=requests.now, portal=requests.portal)
    read = words(message)
    assert refused(message) == []
    # What it means stands before every name of a thing.
    assert read.index(stakes.meant(request.plan)[0]) < read.index("What runs") < read.index("R-7K2M9Q")
    assert list(message.blocks) == screen


@pytest.mark.parametrize("operation", NEW)
def test_a_card_of_what_came_through(requests: Any, screen: Any, refused: Any, operation: Operation) -> None:
    message = card(requests.of(operation, State.SUCCEEDED, *DONE), now=requests.now, portal=requests.portal)
    assert refused(message) == []
    assert {"blocks": message.blocks, "plainer": message.plainer} == screen


@pytest.mark.parametrize("operation", NEW)
def test_the_thread_of_an_operation(requests: Any, screen: Any, operation: Operation) -> None:
    request = requests.of(operation, State.SUCCEEDED, *DONE)
    kinds = (K.SUBMITTED, K.JOB_SUCCEEDED, K.REPLICATING, K.PROGRESS, K.DONE, K.ITEM_FAILED, K.SUCCEEDED)
    said = {
        kind.value: reply(requests.event(kind, "pay-db01", percent=50), request, portal=requests.portal)
        for kind in kinds
    }
    assert {kind: [message.text, *message.blocks] for kind, message in said.items() if message} == screen


def test_a_failback_says_when_the_application_goes_down_and_what_brings_it_back(requests: Any) -> None:
    at_once = " ".join(stakes.meant(requests.on_the_way(Operation.FAILBACK)))
    assert "*The application goes down, as soon as it is approved.*" in at_once
    assert "it is back when their VMs on-premises have started" in at_once
    assert (
        "pay-db01 comes home with the newest application-consistent point at the start; what was written in Azure "
        "after that is lost" in at_once
    )
    assert "first pay-db01; then pay-app01, pay-app02" in at_once
    assert "pay-app02 runs Linux: after the failback a static address may be DHCP" in at_once
    assert "that of pay-db01, pay-app01 can't be (classic)" in at_once

    later = stakes.meant(requests.on_the_way(Operation.FAILBACK, **LATER))[0]
    assert "from 2026-03-07 22:00 Europe/Berlin (for you <!date^" in later


def test_a_failback_of_one_stack_says_whether_it_can_be_cancelled(requests: Any) -> None:
    modern = requests.alone(Operation.FAILBACK)
    assert stakes.meant(modern)[-1].startswith("Before its commit the failback can be cancelled")
    classic = replace(modern, items=(replace(modern.items[0], topology=Topology.CLASSIC),))
    assert stakes.meant(classic)[-1].startswith("It can't be cancelled once it has begun")


def test_a_chosen_point_is_told_with_its_time(requests: Any) -> None:
    at = requests.now - timedelta(hours=2)
    plan = requests.alone(Operation.FAILBACK)
    item = replace(plan.items[0], point="Custom", point_id="/x/recoveryPoints/4711", point_at=at)
    told_ = " ".join(stakes.meant(replace(plan, items=(item,))))
    assert f"the chosen recovery point of <!date^{int(at.timestamp())}" in told_
    assert "what was written in Azure after that is lost" in told_


def test_a_commit_says_what_is_lost(requests: Any) -> None:
    mixed = stakes.meant(requests.on_the_way(Operation.COMMIT))[0]
    assert "no other recovery point can be chosen afterwards" in mixed
    assert "*The VMs in Azure of pay-db01, pay-app01 are deleted.*" in mixed
    modern = stakes.meant(requests.alone(Operation.COMMIT))[0]
    assert "the failback can't be cancelled any more" in modern
    assert "deleted" not in modern
    classic = requests.on_the_way(Operation.COMMIT)
    assert "*Its VM in Azure is deleted.*" in stakes.meant(replace(classic, items=classic.items[:1]))[0]


def test_a_cancel_says_that_changes_made_at_home_are_lost(requests: Any) -> None:
    first = stakes.meant(requests.alone(Operation.CANCEL))[0]
    assert first.startswith("*It runs in Azure again, and every change made on-premises since the failback is lost.*")
    assert "the application is down until its VM in Azure runs" in first


def test_a_protection_to_azure_says_what_is_replicated_and_through_what(requests: Any) -> None:
    plan = requests.on_the_way(Operation.TO_AZURE)
    assert stakes.what(plan) == "Protect 3 machines to Azure again, through appliance01."
    assert (
        "3 disks of 192 GB are replicated to Azure, through appliance01, under the policy 24h-policy."
        in (stakes.meant(plan)[0])
    )


def test_an_approved_request_that_waits_says_until_when(requests: Any, words: Any) -> None:
    plan = requests.on_the_way(Operation.FAILBACK, **LATER)
    request = requests.of(Operation.FAILBACK, State.APPROVED, plan=plan, decisions=(requests.approved_by,))
    message = card(request, now=requests.now, portal=requests.portal)
    assert message.text == (
        "Approved: the failback of recovery plan payroll starts 2026-03-07 22:00 Europe/Berlin (3 machines)"
    )
    assert "Until then it can be cancelled." in words(message)
    assert [button["action_id"] for button in pressable(message)] == [ids.CANCEL]
    due = card(request, now=TONIGHT, portal=requests.portal)
    assert "starts as soon as the checks are repeated" in due.text
    assert "It starts 2026-03-07 22:00 Europe/Berlin" in approved_message(request).text


def test_a_zone_that_nobody_knows_is_told_in_utc(requests: Any) -> None:
    for zone in ("Nowhere/Land", "../etc", "<!channel>", "x" * 5000, "a\0b", ""):
        plan = requests.on_the_way(Operation.FAILBACK, not_before=TONIGHT, zone=zone)
        request = requests.of(Operation.FAILBACK, State.APPROVED, plan=plan)
        head = card(request, now=requests.now, portal=requests.portal).text
        assert head.endswith("starts 2026-03-07 21:00 UTC (3 machines)")


def test_a_scheduled_start_is_told_in_the_thread(requests: Any) -> None:
    request = requests.of(Operation.FAILBACK, State.APPROVED)
    event = requests.event(K.SCHEDULED, at=TONIGHT.isoformat(), zone="Europe/Berlin")
    message = reply(event, request, portal=requests.portal)
    assert message
    assert message.text.startswith("approved; starts 2026-03-07 22:00 Europe/Berlin (for you <!date^")


@pytest.mark.parametrize(
    ("seen", "said"),
    [
        (AtHome("web01", "esx01", UP, True, "10.0.0.5"), "✓ *web01* {} on esx01: Tools run, address 10.0.0.5"),
        (AtHome("w-b", "esx01", UP, True), "! *web01* (VM w-b) {} on esx01: Tools run, no address yet"),
        (AtHome("web01", "", UP, False), "! *web01* {}: Tools do not run, no address yet"),
        (AtHome("web01", "", UP), "! *web01* {}: whether Tools run is not told, no address yet"),
        (AtHome("web01", "esx01", "poweredOff"), "! *web01* does not run on-premises: it is powered off. {see} why."),
        (AtHome("web01"), "! *web01* does not run on-premises: vCenter does not tell its power. {see} why."),
        (
            AtHome(why="vc01 did not answer."),
            "? *web01*: its VM on-premises could not be looked at: vc01 did not answer. {see} whether it runs.",
        ),
        (
            AtHome("<!channel>", "<!here>", UP, True, "<@U1>"),
            "✓ *web01* (VM &lt;!channel&gt;) {} on &lt;!here&gt;: Tools run, address &lt;@U1&gt;",
        ),
    ],
)
def test_how_its_vm_stands_at_home_is_told(requests: Any, seen: AtHome, said: str) -> None:
    for linux in (False, True):
        plan = requests.alone(Operation.FAILBACK, linux=linux)
        request = requests.of(Operation.FAILBACK, State.RUNNING, plan=plan)
        message = reply(requests.event(K.AT_HOME, "web01", **asdict(seen)), request, portal=requests.portal)
        assert message
        first, *rest = message.text.split("\n")
        assert first == said.format("runs on-premises", see="See in vCenter")
        assert len(rest) == linux
        assert all(line.startswith("It runs Linux: after the failback") for line in rest)


def test_the_address_before_is_told_beside_the_new_one(requests: Any) -> None:
    data = asdict(AtHome("web01", "esx01", "poweredOn", True, "10.0.0.5")) | {"was": "10.9.0.4"}
    message = reply(
        requests.event(K.AT_HOME, "web01", **data),
        requests.of(Operation.FAILBACK, State.RUNNING),
        portal=requests.portal,
    )
    assert message
    assert message.text.endswith("address 10.0.0.5 (was 10.9.0.4)")


@pytest.mark.parametrize("operation", list(Operation))
def test_what_came_through_leads_on_with_a_button(requests: Any, refused: Any, operation: Operation) -> None:
    request = requests.of(operation, State.SUCCEEDED, *DONE)
    message = card(request, now=requests.now, portal=requests.portal)
    labels = {
        Operation.REPROTECT: ["Ask for failback"],
        Operation.FAILBACK: ["Ask for commit"],
        Operation.COMMIT: ["Ask for protection to Azure"],
        Operation.CANCEL: ["Ask for failback"],
        Operation.TO_AZURE: [],
    }
    buttons = pressable(message)
    assert [button["text"]["text"] for button in buttons] == labels[operation]
    assert all(button["action_id"] == ids.NEXT and "confirm" in button for button in buttons)
    assert all(carried(button["value"]) == carried('["R-7K2M9Q",""]') for button in buttons)
    assert refused(message) == []


def test_where_some_came_through_each_of_them_leads_on(requests: Any, refused: Any, words: Any) -> None:
    request = requests.of(Operation.FAILBACK, State.FAILED, ItemState.DONE, ItemState.DONE, ItemState.FAILED)
    message = card(request, now=requests.now, portal=requests.portal)
    *buttons, again = pressable(message)
    assert again["text"]["text"] == "Ask again for pay-app02…"
    assert [button["text"]["text"] for button in buttons] == [
        "Ask for commit of pay-db01",
        "Ask for commit of pay-app01",
    ]
    assert [(held.machine if (held := carried(b["value"])) else "") for b in buttons] == ["pay-db01", "pay-app01"]
    assert all(button["action_id"].startswith(f"{ids.NEXT}.") for button in buttons)
    assert refused(message) == []
    none = card(
        requests.of(Operation.FAILBACK, State.FAILED, *[ItemState.FAILED] * 3), now=requests.now, portal=requests.portal
    )
    assert not [b for b in pressable(none) if b["action_id"].startswith(ids.NEXT)]
    assert "The way:" not in words(none)


@pytest.mark.parametrize("operation", list(Operation))
def test_while_it_goes_on_nothing_leads_on(requests: Any, operation: Operation) -> None:
    request = requests.of(operation, State.RUNNING, *DONE[:2])
    message = card(request, now=requests.now, portal=requests.portal)
    assert not any(button["action_id"].startswith(ids.NEXT) for button in pressable(message))


@pytest.mark.parametrize(
    ("operation", "line"),
    [
        (Operation.REPROTECT, "/reprotect start payroll --reason"),
        (
            Operation.FAILBACK,
            '/failback start payroll --point app-consistent --at "2026-03-07 22:00" --zone Europe/Berlin --reason',
        ),
        (Operation.COMMIT, "/failback commit payroll --reason"),
        (Operation.CANCEL, "/failback cancel payroll --reason"),
        (Operation.TO_AZURE, "/reprotect start payroll --to azure --reason"),
    ],
)
def test_the_same_can_be_asked_again_with_the_right_command(
    requests: Any, operation: Operation, line: str, words: Any
) -> None:
    request = requests.of(operation, State.BLOCKED)
    if operation is Operation.FAILBACK:
        asked = replace(request.asked, point="app-consistent", at=TONIGHT, zone="Europe/Berlin")
        request = replace(request, asked=asked)
    said = f'{line} "Rotterdam has power again"'
    assert said in words(card(request, now=requests.now, portal=requests.portal))
    expired = reply(requests.event(K.EXPIRED), request, portal=requests.portal)
    assert expired
    assert said in words(expired)
    given = {Operation.FAILBACK: FAILBACK, Operation.REPROTECT: REPROTECT, Operation.TO_AZURE: REPROTECT}
    command = command_of(operation, reprotect="/reprotect", failback="/failback")
    typed = start_line(command, request.asked).removeprefix(f"{command} {WORDS[operation].word} ")
    read = start_arguments(typed, given.get(operation, PLAIN))
    assert isinstance(read, Start)
    assert (read.subject, read.reason) == ("payroll", "Rotterdam has power again")


def test_commands_are_called_what_they_are_called_in_the_workspace(requests: Any, words: Any) -> None:
    for operation in NEW:
        request = requests.of(operation, State.BLOCKED)
        shown = words(card(request, now=requests.now, portal=requests.portal, command="/r", failback="/f"))
        assert ("/r start" in shown) == (operation is Operation.TO_AZURE)
        assert ("/f " in shown) == (operation is not Operation.TO_AZURE)


@pytest.mark.parametrize("operation", NEW)
def test_a_hundred_machines_fit_in_every_operation(requests: Any, refused: Any, operation: Operation) -> None:
    machines = tuple(
        replace(
            machine, point=f"Custom{n}", point_at=requests.now, point_id=f"/p/{n}", linux=True, azure_vm=f"az{n}" * 9
        )
        for n, machine in enumerate(requests.many(100))
    )
    for text in ("", "名" * 10_000, "&" * 10_000):
        named = tuple(replace(machine, machine=f"{machine.machine}{text}") for machine in machines)
        plan = replace(requests.plan(*named), operation=operation, **LATER)
        for state, states in (
            (State.AWAITING_APPROVAL, []),
            (State.SUCCEEDED, [ItemState.DONE] * 100),
            (State.FAILED, [ItemState.DONE] * 99),
        ):
            request = requests.of(operation, state, *states, plan=plan)
            assert [problem for one in every(requests, request) for problem in refused(one)] == []


@pytest.mark.parametrize("operation", NEW)
def test_nothing_hostile_rings_in_any_operation(
    requests: Any, refused: Any, operation: Operation, hostile: tuple[str, ...]
) -> None:
    for place, text in enumerate(hostile):
        said = text.encode("utf-8", "replace").decode()
        state = list(LIVES)[place % len(LIVES)]
        request = requests.poisoned(requests.of(operation, state, *LIVES[state]), said)
        request = replace(request, asked=replace(request.asked, operation=operation, at=TONIGHT))
        assert [problem for one in every(requests, request) for problem in refused(one)] == [], (state, text[:40])


def test_every_operation_has_all_its_words() -> None:
    assert set(WORDS) == set(Operation)
    assert [next_label(operation) for operation in NEXT.values()] == [
        "Ask for reprotect", "Ask for failback", "Ask for commit", "Ask for protection to Azure",
    ]  # fmt: skip
    for said in WORDS.values():
        for sentence in (said.running, said.after, said.summary):
            for several in (False, True):
                assert "{" not in told(sentence, several=several)
