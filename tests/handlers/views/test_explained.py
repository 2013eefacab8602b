"""What the message shortcuts and the steps of workflows show."""

import json
from typing import Any

from homeward.checks import Status
from homeward.checks.catalogue import search
from homeward.checks.subjects import Choices, Kind, Named, NoMatch
from homeward.checks.way import Stand
from homeward.handlers.explaining import explained
from homeward.handlers.views.explained import Beside, beside, chosen, explained_message, which_modal
from homeward.handlers.views.stepped import TEXT, explained_outputs, readiness_outputs, which_one

PLACE = Beside("C1", "1.5", "https://hooks.slack.invalid/actions/T1/2/3")


def _explained(text: str) -> Any:
    return explained_message(explained(text, search), command="/failback-errors", thread="1.5")


def machine(name: str) -> Named:
    return Named(name, Kind.MACHINE, f"/arm/{name}", "prod-dr", stand=Stand.IN_AZURE)


def test_the_codes_of_a_message(screen: Any, refused: Any) -> None:
    message = _explained("error ID 95226")
    assert "Share in the thread" in str(message.blocks)
    assert refused(message) == []
    assert message.blocks == screen


def test_a_message_with_nothing_known_in_it(screen: Any, refused: Any) -> None:
    message = _explained("Pizza at noon?")
    assert refused(message) == []
    assert message.blocks == screen


def test_the_form_about_a_message(screen: Any, refused: Any) -> None:
    modal = which_modal((machine("web01"), machine("web02")), PLACE)
    assert refused(modal) == []
    assert modal.view == screen


def test_the_form_bears_every_name(hostile: Any, refused: Any) -> None:
    for name in hostile:
        modal = which_modal((machine(name), *(machine(f"web{number}") for number in range(50))), PLACE)
        assert refused(modal) == [], name[:40]


def test_what_the_form_remembers_comes_back_and_nothing_else_does() -> None:
    assert beside(PLACE.text) == PLACE
    for foreign in ("", "{}", "[]", '["C1"]', '["C1", 2, "x"]', "[" * 100_000):
        assert beside(foreign) is None


def test_what_was_picked_is_read_from_the_forms_state() -> None:
    picked = {"selected_option": {"value": "n:web01"}}
    assert chosen({"values": {"homeward.subject": {"homeward.subject": picked}}}) == "n:web01"
    for nothing in (None, {}, {"values": {"homeward.subject": {"homeward.subject": {"selected_option": None}}}}):
        assert chosen(nothing) == ""


def test_the_outputs_of_a_report_ring_nobody_and_stay_short(samples: Any, hostile: Any) -> None:
    for name in hostile:
        told = {samples.stopped: (Status.FAILED, (f"{name} is off.",))}
        outputs = readiness_outputs(samples.report({f"{name}{number}": told for number in range(30)}))
        said = json.dumps(outputs, ensure_ascii=False)
        assert "<" not in said
        assert all(len(value) <= TEXT for value in outputs.values() if isinstance(value, str))
        assert outputs["ready"] is False


def test_what_could_not_be_read_is_never_ready(samples: Any) -> None:
    outputs = readiness_outputs(samples.report({"web02": {samples.privileges: samples.web02[samples.privileges]}}))
    assert (outputs["verdict"], outputs["ready"], outputs["unread"]) == ("unknown", False, 1)
    assert outputs["problems"] == "? vc01 did not answer within 20 s"


def test_an_explanation_stays_short_whatever_it_is_about() -> None:
    for code in ("78093", "95226", "90068", "150097"):
        outputs = explained_outputs(explained(code, search))
        assert all(len(value) <= TEXT for value in outputs.values() if isinstance(value, str))


def test_why_there_is_no_verdict_is_one_line() -> None:
    assert which_one(NoMatch("web9", ())) == "No machine, group or plan is named web9."
    assert "\n" not in which_one(Choices("a\nb", ()))
