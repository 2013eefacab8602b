"""What the catalogue's answers look like."""

from dataclasses import replace
from typing import Any

import pytest

from homeward.checks.catalogue import Answer, Cause, Entry, Kind, Source, Stack, entries, search
from homeward.handlers.views.errors import Meant, answer_message, entry_message, meant, shared_message

ENTRY = Entry(
    code="78093",
    kind=Kind.CODE,
    title="The agent in the Azure VM cannot reach the process server",
    what="Reprotect could not install or reach the agent.",
    causes=(
        Cause("The VPN is down", "The server does not answer a ping from the VM"),
        Cause("Port 9443 is closed", ""),
    ),
    steps=("Test the connection.", "Open the port.", "Run the job again."),
    rules=("azure-vm-agent-silent",),
    related=("95226",),
    stack=Stack.CLASSIC,
    phase="reprotect",
    component="Mobility service",
    aliases=(),
    keywords=(),
    sources=(Source("Microsoft: reprotect", "https://learn.microsoft.com/reprotect"),),
    note="Seen after a change of the VPN.",
)


def _answer(**changes: Any) -> Answer:
    return replace(Answer("78093", (), (), (), ()), **changes)


def _shown(answer: Answer) -> Any:
    return answer_message(answer, command="/failback-errors")


def test_an_entry_is_told_in_full(screen: Any, refused: Any, words: Any) -> None:
    message = _shown(_answer(found=(ENTRY,)))

    assert refused(message) == []
    assert message.text == "78093: The agent in the Azure VM cannot reach the process server"
    read = words(message)
    for part in ("VPN is down", "How to tell", "3. Run the job again.", "azure-vm-agent-silent", "95226", "Share in"):
        assert part in read
    assert list(message.blocks) == screen


def test_an_unknown_code_is_said_to_be_unknown(screen: Any, refused: Any, words: Any) -> None:
    message = _shown(_answer(unknown_codes=("78094",), nearest=(ENTRY,)))

    assert refused(message) == []
    assert message.text == "78094 is not in the catalogue."
    assert "Did you mean one of these?" in words(message)
    assert "Share in channel" not in words(message)
    assert list(message.blocks) == screen


def test_known_and_unknown_codes_stand_side_by_side(screen: Any, refused: Any) -> None:
    message = _shown(_answer(found=(ENTRY,), unknown_codes=("1", "2"), nearest=(replace(ENTRY, code="78052"),)))
    assert refused(message) == []
    assert message.text.startswith("1, 2 are not in the catalogue.\n78093:")
    assert list(message.blocks) == screen


def test_words_are_answered_by_the_best_entry_and_a_list(screen: Any, refused: Any, words: Any) -> None:
    other = replace(ENTRY, code="vpn-down", title="The VPN is down")
    message = _shown(_answer(query="vpn", matches=(ENTRY, other)))

    assert refused(message) == []
    assert "It could also be:" in words(message)
    assert list(message.blocks) == screen


def test_nothing_that_fits_is_said_plainly(screen: Any, refused: Any) -> None:
    message = _shown(_answer(query="zebra crossing"))
    assert refused(message) == []
    assert message.text == "Nothing in the catalogue fits “zebra crossing” well."
    assert list(message.blocks) == screen


def test_a_shared_entry_says_who_shared_it(screen: Any, refused: Any, words: Any) -> None:
    message = shared_message([ENTRY], shared_by="U0MAYA")
    assert refused(message) == []
    assert words(message).endswith("shared by <@U0MAYA>")
    assert list(message.blocks) == screen


@pytest.mark.parametrize("entry", entries(), ids=lambda entry: entry.code)
def test_every_entry_of_the_catalogue_can_be_shown(entry: Entry, refused: Any, words: Any) -> None:
    message = entry_message(entry)
    assert refused(message) == []
    assert refused(shared_message([entry] * 5, shared_by="U0MAYA")) == []
    assert "…" not in words(message)


def test_many_codes_in_one_message_stay_within_the_limits(refused: Any, words: Any) -> None:
    codes = [entry.code for entry in entries() if entry.kind is Kind.CODE][:20]
    message = _shown(search(" ".join(f"error code {code}" for code in codes) + " error 99999 error id 88888"))
    assert refused(message) == []
    assert "Also asked for:" in words(message)


def test_hostile_questions_and_entries_change_nothing(hostile: tuple[str, ...], refused: Any) -> None:
    for text in hostile:
        evil = replace(
            ENTRY,
            code=text,
            title=text,
            what=text[:300],
            causes=(Cause(text, text),) * 2,
            steps=(text,) * 3,
            rules=(text,) * 20,
            sources=(Source(text, text), Source(text, "https://example.invalid")),
            note=text,
            component=text,
        )
        for answer in (
            _answer(query=text),
            _answer(query=text, unknown_codes=(text,) * 20, nearest=(evil,) * 5),
            _answer(found=(evil,) * 20),
        ):
            assert refused(_shown(answer)) == [], text[:40]


def test_a_buttons_value_holds_codes() -> None:
    assert meant("78093\n95226") == Meant(("78093", "95226"), "")
    assert meant("@1.5\n78093") == Meant(("78093",), "1.5")
    assert meant("") == Meant((), "")


def test_a_question_that_fits_several_entries_gets_a_choice_and_no_guess(refused: Any, words: Any, screen: Any) -> None:
    message = answer_message(search("why can't I failback?"), command="/failback-errors")

    assert refused(message) == []
    assert "which one?" in message.text
    assert "It could be one of these:" in words(message)
    assert "What to do" not in words(message)
    assert list(message.blocks) == screen
