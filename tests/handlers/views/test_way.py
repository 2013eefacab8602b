"""Where machines stand on their way home, their recovery points, and the usage of the command."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from homeward.actions.states import Operation
from homeward.checks.facts import NEVER, Missing, RecoveryPoint
from homeward.checks.way import NEXT, Stand
from homeward.handlers import ids
from homeward.handlers.carried import Wanted, wanted
from homeward.handlers.views.blocks import Message
from homeward.handlers.views.failback_usage import failback_usage
from homeward.handlers.views.points import points_message
from homeward.handlers.views.way import STEPS, Turn, WayOf, way_line, way_message

EACH = (
    WayOf("in-azure", Stand.IN_AZURE),
    WayOf("replicating", Stand.REPLICATING_BACK, "38 %"),
    WayOf("ready", Stand.READY),
    WayOf("failing-back", Stand.READY, "R-7K2M9Q", Operation.FAILBACK),
    WayOf("home", Stand.HOME),
    WayOf("committed", Stand.COMMITTED),
    WayOf("to-azure", Stand.PROTECTING, "12 %"),
    WayOf("protected", Stand.PROTECTED),
    WayOf("unknown", Stand.UNKNOWN, "prod-dr did not answer within 20 s"),
)


def pressable(message: Message) -> list[Any]:
    blocks: Any = message.blocks
    return [element for block in blocks if block["type"] == "actions" for element in block["elements"]]


def test_every_stand_is_a_step_in_words(screen: Any, refused: Any) -> None:
    message = way_message("payroll", EACH)
    assert refused(message) == []
    assert list(message.blocks) == screen
    lines = {one.machine: way_line(one) for one in EACH}
    assert lines["ready"] == "• *ready*: ▸ *ready to fail back*, step 3 of 8. Next: failback."
    assert lines["failing-back"] == (
        "• *failing-back*: ▸ *failing back*, step 4 of 8 (R-7K2M9Q). Next: its failback is under way."
    )
    assert lines["protected"] == "• *protected*: ✓ *protected*, step 8 of 8. Next: nothing, the way ends here."
    assert lines["unknown"].startswith("• *unknown*: ? not known where it stands (prod-dr did not answer within 20 s).")


@pytest.mark.parametrize("stand", list(Stand))
def test_what_leads_on_has_a_button_and_a_command(refused: Any, words: Any, stand: Stand) -> None:
    message = way_message("web 01", (WayOf("web 01", stand),))
    assert refused(message) == []
    held = [wanted(button["value"]) for button in pressable(message)]
    following = NEXT.get(stand)
    assert held == ([Wanted(following, "web 01")] if following else [])
    lines = {
        Operation.REPROTECT: 'or type /reprotect start "web 01"',
        Operation.FAILBACK: 'or type /failback start "web 01", with --at for a later time',
        Operation.COMMIT: 'or type /failback commit "web 01"',
        Operation.TO_AZURE: 'or type /reprotect start "web 01" --to azure',
    }
    assert (lines[following] in words(message)) if following else ("or type" not in words(message))


def test_machines_that_stand_elsewhere_are_asked_for_one_by_one() -> None:
    message = way_message("payroll", (WayOf("a", Stand.READY), WayOf("b", Stand.READY), WayOf("c", Stand.HOME)))
    assert message.text == ("payroll: 2 ready to fail back, 1 home. Next: failback of 2 machines, commit of 1 machine.")
    assert [button["text"]["text"] for button in pressable(message)] == [
        "Ask for failback of a", "Ask for failback of b", "Ask for commit of c",
    ]  # fmt: skip
    assert all(button["action_id"].startswith(f"{ids.ASK}.") for button in pressable(message))
    together = way_message("payroll", (WayOf("a", Stand.READY), WayOf("b", Stand.READY)))
    assert [wanted(button["value"]) for button in pressable(together)] == [Wanted(Operation.FAILBACK, "payroll")]


def test_what_an_open_request_is_at_cannot_be_asked_for() -> None:
    message = way_message("web01", (WayOf("web01", Stand.HOME, "R-7K2M9Q", Operation.COMMIT),))
    assert pressable(message) == []
    assert message.text == "web01: home. Next: its commit is under way."


@pytest.mark.parametrize(
    ("turn", "place", "words"),
    [
        (Turn.ASKED, "ready to fail back", "is asked for already, and not started yet"),
        (Turn.UNDER_WAY, "failing back", "is under way"),
        (Turn.STUCK, "ready to fail back", "somebody decides"),
        (Turn.THROUGH, "ready to fail back", "when the request has ended"),
    ],
)
def test_a_failback_that_is_only_asked_for_or_failed_is_not_told_as_under_way(
    turn: Turn, place: str, words: str
) -> None:
    message = way_message("web01", (WayOf("web01", Stand.READY, "R-7K2M9Q", Operation.FAILBACK, turn),))
    assert message.text.startswith(f"web01: {place}. Next: its failback")
    assert words in message.text
    assert pressable(message) == []


def test_nobody_stands_nowhere(refused: Any) -> None:
    message = way_message("web01", ())
    assert refused(message) == []
    assert message.text == "web01: no machine. There is nothing to ask for now."


def test_a_hundred_machines_fit_on_the_way(refused: Any, hostile: tuple[str, ...]) -> None:
    stands = list(Stand)
    for text in ("", "名" * 10_000, "&" * 10_000, *hostile):
        said = text.encode("utf-8", "replace").decode()
        machines = tuple(WayOf(f"{said}{n}", stands[n % len(stands)], said) for n in range(100))
        message = way_message(said, machines)
        assert refused(message) == []
        assert "13 home" in message.text


def test_each_step_of_the_way_has_one_name() -> None:
    assert len(set(STEPS)) == len(STEPS)


def test_points_are_told_with_age_and_kind(requests: Any, screen: Any, refused: Any, words: Any) -> None:
    now = requests.now
    crash = RecoveryPoint("/vaults/v/recoveryPoints/4711", now - timedelta(minutes=5), "CrashConsistent")
    app = RecoveryPoint("/vaults/v/recoveryPoints/4712/", now - timedelta(hours=3), "AppConsistent", shared=True)
    never = RecoveryPoint("/vaults/v/recoveryPoints/4713", NEVER, "")
    machines = (("web01", (app, never, crash)), ("web02", Missing("prod-dr did not answer")), ("web03", ()))
    message = points_message("payroll", machines, now)
    read = words(message)
    assert refused(message) == []
    assert message.text == "payroll: 3 recovery points; those of 1 machine could not be read"
    assert read.index("5 min old") < read.index("3 h old") < read.index("of an unknown time: kind not told · `4713`")
    assert "crash-consistent · `4711`" in read
    assert "application-consistent, shared by its replication group · `4712`" in read
    assert "*web02*: ? could not be read: prod-dr did not answer" in read
    assert "*web03*: ✗ it has no recovery point" in read
    assert list(message.blocks) == screen


def test_where_no_point_could_be_read_none_is_claimed_to_be_missing(requests: Any) -> None:
    unread = points_message("web01", (("web01", Missing("no answer")),), requests.now)
    assert unread.text == "web01: no point could be read"
    assert points_message("web01", (("web01", ()),), requests.now).text == "web01: 0 recovery points"


def test_many_points_of_many_machines_fit(requests: Any, refused: Any, words: Any, hostile: tuple[str, ...]) -> None:
    for text in ("", "名" * 10_000, "`" * 200, *hostile):
        said = text.encode("utf-8", "replace").decode()
        point = RecoveryPoint(f"/points/{said}", requests.now, said)
        points = tuple(replace(point, at=requests.now - timedelta(minutes=5 * n)) for n in range(300))
        message = points_message(said, tuple((f"{said}{n}", points) for n in range(100)), requests.now)
        assert refused(message) == []
        one = points_message(said, ((said, points),), requests.now)
        assert refused(one) == []
        assert "older" in words(one)


def test_the_usage_of_the_failback_command(screen: Any, refused: Any, words: Any) -> None:
    message = failback_usage("/failback", "There is no <such> word.")
    assert refused(message) == []
    assert message.text == "There is no &lt;such&gt; word."
    assert list(message.blocks) == screen
    for word in ("check", "start", "points", "commit", "cancel", "status", "list"):
        assert f"`/failback {word}" in words(failback_usage())
    assert "`/home start web01 --to azure`" in words(failback_usage(reprotect="/home"))
