"""Progress, choices, usage, troubles and JSON."""

import json
import re
from dataclasses import replace
from typing import Any

from homeward.checks import Candidate, Choices, Kind, NoMatch, Report, SourceReading, SourceState, Status
from homeward.checks.catalogue import search
from homeward.handlers.arguments import Asked, check_arguments
from homeward.handlers.problems import NotHere, SlackRefused
from homeward.handlers.views import trouble
from homeward.handlers.views.blocks import Message
from homeward.handlers.views.choices import choices_message, no_match_message
from homeward.handlers.views.progress import progress_message
from homeward.handlers.views.raw import LEAST, raw_messages
from homeward.handlers.views.usage import check_usage, errors_usage

ARM = "/subscriptions/s/resourceGroups/r/providers/Microsoft.RecoveryServices/vaults/v/replicationProtectedItems/"


def test_progress_names_every_source_and_how_it_stands(samples: Any, screen: Any, refused: Any, words: Any) -> None:
    reading = SourceReading("Azure compute", SourceState.READING, "", 0)
    skipped = SourceReading("vCenter vc02", SourceState.SKIPPED, "", 0)
    message = progress_message("web01", (*samples.sources, reading, skipped), asked_by="U0MAYA")

    assert refused(message) == []
    assert message.text == "Checking web01…"
    assert "… reading: Azure compute" in words(message)
    assert "✓ read: vault prod-dr (0.8 s)" in words(message)
    assert "✗ failed: vCenter vc01 (20.0 s), vc01 did not answer within 20 s" in words(message)
    assert list(message.blocks) == screen


def test_progress_without_sources_is_one_line(screen: Any, refused: Any) -> None:
    message = progress_message("web01", (), asked_by="U0MAYA", again=True)
    assert refused(message) == []
    assert list(message.blocks) == screen


def test_several_subjects_of_a_name_are_offered_by_their_id(screen: Any, refused: Any) -> None:
    twins = tuple(Candidate("file01", Kind.MACHINE, f"{ARM}{n}", f"vault prod-dr, host esx0{n}") for n in (1, 2))
    message = choices_message(Choices("file01", twins), asked_by="U0MAYA")
    blocks: Any = message.blocks

    assert refused(message) == []
    assert message.text == "file01 fits 2 subjects: which one?"
    assert [block["accessory"]["value"] for block in blocks[1:3]] == [f"{ARM}1", f"{ARM}2"]
    assert list(message.blocks) == screen


def test_more_candidates_than_fit_are_counted(refused: Any, words: Any, hostile: tuple[str, ...]) -> None:
    many = tuple(Candidate(name, Kind.MACHINE, name, name) for name in hostile * 10)
    message = choices_message(Choices(hostile[0], many), asked_by="U0MAYA")
    assert refused(message) == []
    assert f"and {len(many) - 40} more" in words(message)


def test_a_name_nobody_has_is_answered_with_the_nearest(screen: Any, refused: Any) -> None:
    message = no_match_message(NoMatch("web1", ("web01", "web02")), asked_by="U0MAYA")
    assert refused(message) == []
    assert message.text == "No machine, group or plan is named web1."
    assert list(message.blocks) == screen


def test_no_more_than_three_near_names_are_offered(words: Any) -> None:
    message = no_match_message(NoMatch("web", ("web01", "web02", "web03", "web04")), asked_by="U0MAYA")
    assert words(message).count("Check this one") == 3
    assert "one name at a time" not in words(message)


def test_two_names_at_once_are_answered_with_the_way_to_ask(words: Any) -> None:
    for near in ((), ("web01",)):
        message = no_match_message(NoMatch("web01 web02", near), asked_by="U0MAYA")
        assert "Ask for one name at a time." in words(message)


def test_a_name_that_looks_like_nothing_is_answered_plainly(
    screen: Any, refused: Any, hostile: Any, words: Any
) -> None:
    message = no_match_message(NoMatch("zzz", ()), asked_by="U0MAYA")
    assert refused(message) == []
    assert "nearest names" not in words(message)
    assert "Try its name in Site Recovery or in Azure" in words(message)
    assert list(message.blocks) == screen
    for name in hostile:
        assert refused(no_match_message(NoMatch(name, hostile * 3), asked_by="U0MAYA")) == []


def test_usage_of_the_check_command(screen: Any, refused: Any) -> None:
    message = check_usage("/reprotect-check")
    assert refused(message) == []
    assert list(message.blocks) == screen


def test_usage_says_first_what_was_wrong(refused: Any, words: Any) -> None:
    message = check_usage("/reprotect-check", "There is no option --<!channel>.")
    assert refused(message) == []
    assert words(message).startswith("There is no option --&lt;!channel&gt;.")


def test_usage_of_the_errors_command(screen: Any, refused: Any) -> None:
    message = errors_usage("/failback-errors")
    assert refused(message) == []
    assert list(message.blocks) == screen


def test_every_example_of_the_usages_works() -> None:
    checks, errors = _examples(check_usage("/reprotect-check")), _examples(errors_usage("/failback-errors"))
    assert (len(checks), len(errors)) == (4, 3)
    assert [check_arguments(text) for text in checks] == [
        Asked("web01", as_json=False),
        Asked("payroll", as_json=False),
        Asked("Pay roll 2", as_json=False),
        Asked("web01", as_json=True),
    ]
    assert [text for text in errors if not search(text).answered or search(text).unknown_codes] == []


def _examples(usage: Message) -> list[str]:
    return re.findall(r"`/[a-z-]+ ([^`]+)`", str(usage.blocks))


def test_every_trouble_has_words(screen: Any, refused: Any) -> None:
    messages = {
        "apology": trouble.apology("a1b2"),
        "refused": trouble.trouble(SlackRefused("chat.update", "fatal_error")),
        "not here": trouble.trouble(NotHere("chat.postMessage", "not_in_channel")),
        "a form too late": trouble.trouble(SlackRefused("views.open", "expired_trigger_id")),
        "too late": trouble.too_late(180),
        "stopped": trouble.stopped(),
        "already": trouble.already(),
    }
    assert [problem for message in messages.values() for problem in refused(message)] == []
    assert {name: message.text for name, message in messages.items()} == screen


def test_the_json_of_a_report_can_be_put_together_again(samples: Any, screen: Any, refused: Any, words: Any) -> None:
    report = samples.report({"<!channel>": samples.web02}, sources=samples.sources)
    head, parts = raw_messages(report, asked_by="U0MAYA")
    boxes: list[Any] = [list(part.blocks) for part in parts]

    assert [problem for message in (head, *parts) for problem in refused(message)] == []
    text = "\n".join(box[0]["elements"][0]["elements"][0]["text"] for box in boxes)
    left_out: Any = report.as_dict()
    left_out["outcomes"] = [o for o in left_out["outcomes"] if o["status"] != "not_applicable"]
    assert json.loads(text) == left_out
    assert len(left_out["outcomes"]) == len(report.outcomes) - 1
    assert "1 check that does not apply is left out" in words(head)
    assert not set("<>&`") & set(text)
    assert list(head.blocks) == screen


def test_a_json_too_long_for_slack_is_not_cut(samples: Any, refused: Any, words: Any, hostile: Any) -> None:
    told = {samples.rule(f"item-fault-{n}"): (Status.FAILED, ("x" * 400,)) for n in range(200)}
    head, parts = raw_messages(samples.report({"web02": told}), asked_by="U0MAYA")
    assert parts == ()
    assert 'homeward check "web02" --json' in words(head)
    for name in hostile:
        head, parts = raw_messages(samples.report({name: {}}), asked_by="U0MAYA")
        assert [problem for message in (head, *parts) for problem in refused(message)] == []


def test_the_json_of_a_large_plan_is_not_even_begun(samples: Any, words: Any) -> None:
    class Unread(Report):
        def as_dict(self) -> dict[str, object]:
            raise AssertionError("this takes too long")

    small: Report = samples.report({f"m{n}": samples.web02 for n in range(30)}, name="big", kind=Kind.PLAN)
    head, parts = raw_messages(Unread(**vars(small)), asked_by="U0MAYA")
    assert parts == ()
    assert 'homeward check "big" --json' in words(head)


def test_no_outcome_is_shorter_than_it_is_taken_for(samples: Any) -> None:
    outcome = replace(samples.report({"": {}}).outcomes[0], rule=replace(samples.rule("x"), hint="", docs=""))
    assert len(json.dumps(outcome.as_dict(), separators=(",", ":"))) >= LEAST


def test_sources_beyond_the_twentieth_are_counted(samples: Any, refused: Any, words: Any, hostile: Any) -> None:
    sources = tuple(replace(samples.sources[1], name=name, detail=name) for name in hostile * 2)
    message = progress_message(hostile[0], sources, asked_by="U0MAYA")
    assert refused(message) == []
    assert f"and {len(sources) - 20} more sources" in words(message)
