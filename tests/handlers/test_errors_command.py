"""The errors command and its buttons, called as Bolt calls them."""

import random
from typing import Any

import pytest

from homeward.checks.catalogue import lookup, search
from homeward.handlers import Errors, NotHere, Supervisor


class Desk:
    def __init__(self, poster: Any, log: Any, ack: Any) -> None:
        self.poster, self.log, self.ack = poster, log, ack
        self.searched: list[str] = []
        self.supervisor = Supervisor(log=log, new_id=lambda: "a1b2")
        self.errors = Errors(self._search, lookup, supervisor=self.supervisor, posters=poster)

    def _search(self, text: str) -> Any:
        self.searched.append(text)
        return search(text)

    async def ask(self, text: str) -> dict[str, Any]:
        await self.errors.command(self.ack, {"command": "/failback-errors", "text": text})
        answers: list[dict[str, Any]] = self.ack.answers
        return answers[-1]

    async def press(self, which: str, value: str, *, private: bool = True) -> None:
        body = {
            "type": "block_actions",
            "team": {"id": "T1"},
            "user": {"id": "U0MAYA"},
            "channel": {"id": "C1"},
            "container": {"message_ts": "1.0", "is_ephemeral": private},
            "actions": [{"value": value}],
        }
        await getattr(self.errors, which)(self.ack, body, None, None)
        await self.supervisor.idle()


@pytest.fixture
def desk(poster: Any, log: Any, ack: Any) -> Desk:
    return Desk(poster, log, ack)


async def test_a_code_is_answered_in_the_acknowledgement_to_the_person_alone(desk: Desk) -> None:
    answer = await desk.ask("78093")
    assert answer["response_type"] == "ephemeral"
    assert answer["text"].startswith("78093: ")
    assert desk.poster.said == []


async def test_the_same_question_is_searched_once(desk: Desk) -> None:
    assert await desk.ask("78093") == await desk.ask("78093")
    assert desk.searched == ["78093"]


@pytest.mark.parametrize("text", ["", "help", " ? "])
async def test_help_and_nothing_are_answered_with_usage(desk: Desk, text: str) -> None:
    assert "*/failback-errors* tells" in (await desk.ask(text))["text"]
    assert desk.searched == []


async def test_an_unknown_code_is_told_to_be_unknown(desk: Desk) -> None:
    assert (await desk.ask("error 99999"))["text"] == "99999 is not in the catalogue."


async def test_an_entry_is_shared_with_the_name_of_who_did_it(desk: Desk) -> None:
    await desk.press("share", "78093")
    assert desk.poster.ways == ["post"]
    assert desk.poster.said[0].where == "C1"
    assert "shared by <@U0MAYA>" in desk.poster.last


async def test_an_entry_is_shared_even_where_the_bot_is_not(desk: Desk) -> None:
    desk.poster.refuse["post"] = [NotHere("chat.postMessage", "not_in_channel")]
    await desk.press("share", "78093")
    assert desk.poster.ways == ["to_channel"]


@pytest.mark.parametrize("value", ["", "no-such-entry", "<!channel>", "a" * 2_000])
async def test_a_button_of_an_entry_that_went_is_answered_plainly(desk: Desk, value: str) -> None:
    await desk.press("share", value)
    await desk.press("show", value)
    assert desk.poster.ways == ["whisper", "replace"]
    assert "not in the catalogue" in desk.poster.last


async def test_an_offered_entry_takes_the_place_of_the_answer(desk: Desk) -> None:
    await desk.press("show", "95226")
    assert desk.poster.ways == ["replace"]
    assert "95226" in desk.poster.last


async def test_ten_thousand_questions_give_an_answer_that_slack_takes(desk: Desk, hostile: Any, refused: Any) -> None:
    from homeward.handlers.views.blocks import Message

    chance = random.Random(7)  # noqa: S311 # a fixed sequence, not a secret
    parts = [
        "78093",
        "95226 ",
        "error ",
        "0x80070005",
        " <!channel>",
        "agent",
        "\u202e",
        "\x00",
        "\n",
        "名",
        " stuck",
        "*",
        "`",
        "&lt;",
    ]
    for turn in range(10_000):
        text = hostile[turn] if turn < len(hostile) else "".join(chance.choices(parts, k=chance.randrange(8)))
        answer = await desk.ask(text)
        if turn % 20 == 0 or turn < len(hostile):
            assert refused(Message(answer["text"], answer["blocks"])) == [], text[:60]
    assert desk.log.lines == []


async def test_an_entry_that_cannot_be_shown_is_an_apology_and_no_failure_of_the_button(
    poster: Any, log: Any, ack: Any
) -> None:
    def broken(code: str) -> None:
        raise RuntimeError(code)

    desk = Desk(poster, log, ack)
    desk.errors = Errors(search, broken, supervisor=desk.supervisor, posters=poster)
    await desk.press("show", "78093")
    assert "`a1b2`" in desk.poster.last
    assert ack.answers == [{}]
