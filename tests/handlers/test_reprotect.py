"""The reprotect command, called as Bolt calls it."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from homeward.actions.ledger import LedgerError
from homeward.actions.posts import Post, PostState
from homeward.actions.requests import Asked, Person, Refusal, Where
from homeward.actions.states import ItemState, Operation, State
from homeward.checks.subjects import Wish, Wishes
from homeward.handlers import SlackRefused, Supervisor
from homeward.handlers.reprotect import Reprotect
from homeward.handlers.views.blocks import Message

NOW = datetime(2026, 3, 7, 2, 30, tzinfo=UTC)
MAYA = Person("T1", "U0MAYA")


class Command:
    """The command with its surroundings."""

    def __init__(self, desk: Any, poster: Any, log: Any, ack: Any, **more: Any) -> None:
        self.desk, self.poster, self.log, self.ack = desk, poster, log, ack
        self.supervisor = Supervisor(log=log, new_id=lambda: "a1b2")
        self.reprotect = Reprotect(desk, supervisor=self.supervisor, posters=poster, clock=lambda: NOW, **more)

    async def type(self, text: str, channel: str = "C1", **more: str) -> str:
        """What the person reads: in the acknowledgement, or whispered after it."""
        body = {"command": "/reprotect", "text": text, "team_id": "T1", "user_id": "U0MAYA", "channel_id": channel}
        await self.reprotect.command(self.ack, {**body, **more}, None, None)  # type: ignore[arg-type] # the poster is a fake
        await self.supervisor.idle()
        answer = self.ack.answers[-1]
        if answer:
            assert answer["response_type"] == "ephemeral"
            return str(answer["text"]) + str(answer["blocks"])
        assert self.poster.ways[-1] == "whisper"
        said: str = self.poster.last
        return said


@pytest.fixture
def command(requests_desk: Any, poster: Any, log: Any, ack: Any) -> Command:
    return Command(requests_desk, poster, log, ack)


async def test_a_start_is_put_to_the_desk_as_it_was_asked(command: Command) -> None:
    said = await command.type("start “Pay roll 2” —target web02=MT1 the site is back", enterprise_id="E1")
    where = Where("T1", "E1", "C1")
    wishes = Wishes(target=(Wish("MT1", "web02"),))
    asked = Asked(Operation.REPROTECT, "Pay roll 2", wishes, "the site is back", MAYA, where)
    assert command.desk.told == [("ask", asked)]
    assert command.ack.answers == [{}]
    assert said.startswith("Asked: R-7K2M9Q.")


@pytest.mark.parametrize("text", ["", "help", "?", " HELP ", "help me", "“help”"])
async def test_help_shows_every_word_of_the_command(command: Command, text: str) -> None:
    said = await command.type(text)
    for word in ("start", "status", "list", "cancel", "--target", "--exclude-disk", "--reason"):
        assert word in said
    assert command.desk.told == []


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("strat web01", "Did you mean /reprotect start web01?"),
        ("stats", "Did you mean /reprotect status?"),
        ("hlep", "Did you mean /reprotect help?"),
        ("resume shop", "There is no /reprotect resume: the first word is start, status, list, cancel or help."),
        ("web01 now", "There is no /reprotect web01: the first word is start, status, list, cancel or help."),
        ("start", "Which machine, group or plan?"),
        ("start web01 --targe x", "There is no option --targe. Did you mean --target?"),
        ("cancel", "Which request? /reprotect cancel R-…"),
        ("cancel R-7K2M9Q " + "a" * 501, "The reason is too long: at most 500 characters."),
    ],
)
async def test_what_cannot_be_meant_is_answered_in_the_acknowledgement(command: Command, text: str, why: str) -> None:
    said = await command.type(text)
    assert said.startswith(why)
    assert command.desk.told == []


async def test_a_start_is_refused_outside_the_channels_for_it(
    requests_desk: Any, poster: Any, log: Any, ack: Any
) -> None:
    command = Command(requests_desk, poster, log, ack, channels=("C1", "C2"))
    assert "<#C1>, <#C2>" in await command.type("start web01", channel="C3")
    assert requests_desk.told == []
    await command.type("start web01", channel="C2")
    assert [told[0] for told in requests_desk.told] == ["ask"]


async def test_other_words_work_in_every_channel(requests_desk: Any, poster: Any, log: Any, ack: Any) -> None:
    command = Command(requests_desk, poster, log, ack, channels=("C1",))
    requests_desk.request()
    assert "1 request is open" in await command.type("list", channel="C3")


async def test_where_nothing_can_be_started_it_is_told_what_is_missing(poster: Any, log: Any, ack: Any) -> None:
    command = Command(None, poster, log, ack, missing="approvals.channel is not set.")
    for text in ("start web01", "status", "list", "cancel R-7K2M9Q"):
        said = await command.type(text)
        assert "approvals.channel is not set." in said
        assert "Checks and error codes work without it." in said
    assert "--target" in await command.type("help")


@pytest.mark.parametrize("text", ["start web01", "status web01", "status", "list", "cancel R-7K2M9Q"])
async def test_a_ledger_in_trouble_is_told_in_its_own_sentence(command: Command, text: str) -> None:
    command.desk.request()
    command.desk.error = LedgerError("The ledger's disk is full.")
    assert await command.type(text) == "That was not done: The ledger's disk is full."
    assert command.log.lines == []


async def test_a_fault_of_ours_does_not_say_that_nothing_was_changed(command: Command) -> None:
    command.desk.error = RuntimeError("boom")
    said = await command.type("start web01")
    assert "`a1b2`" in said
    assert "It may have been done or not" in said


# --- list and status ---


async def test_the_list_shows_what_is_open(command: Command) -> None:
    command.desk.request(State.SUCCEEDED, "R-OLD000")
    command.desk.request(State.AWAITING_APPROVAL, "R-AAAAAA")
    command.desk.request(State.CHECKING, "R-BBBBBB", plan=None, items=())
    said = await command.type("list")
    assert "2 requests are open" in said
    assert "*R-AAAAAA* · Waiting for approval to bring web02 home" in said
    assert "asked by <@U0MAYA>" in said
    assert "<#C1>: “the site is back” · expires" in said
    assert "*R-BBBBBB* · Checking" in said
    assert "R-OLD000" not in said


async def test_an_empty_list_says_so(command: Command) -> None:
    assert await command.type("LIST") == "No request is open."


@pytest.mark.parametrize(
    "text", ["status R-7K2M9Q", "status r-7k2m9q", "status `7K2M9Q`", "status “web02”", "Status WEB02"]
)
async def test_the_status_finds_a_request_and_a_machine(command: Command, text: str) -> None:
    request = command.desk.request(State.RUNNING)
    (item,) = request.items
    assert "• web02: not started yet" in await command.type(text)
    assert item.state is ItemState.PENDING


async def test_the_status_of_nothing_is_that_of_the_channel(command: Command) -> None:
    command.desk.request(State.RUNNING, "R-AAAAAA")
    assert "R-AAAAAA" in await command.type("status")
    assert (
        await command.type("status", channel="C2")
        == "No request of this channel is open. `/reprotect list` shows those of all channels."
    )


async def test_the_status_of_what_is_not_there_says_so(command: Command) -> None:
    assert (await command.type("status <!channel>")).startswith("There is no request &lt;!channel&gt;")


# --- cancel ---


@pytest.mark.parametrize("text", ["cancel R-7K2M9Q wrong machine", "cancel 7k2m9q “wrong machine”"])
async def test_a_request_is_cancelled_by_its_id(command: Command, text: str) -> None:
    command.desk.request(State.CANCELLED)
    assert await command.type(text) == "R-7K2M9Q is cancelled: nothing was started."
    assert command.desk.told == [("cancel", "R-7K2M9Q", MAYA, "wrong machine")]


async def test_what_runs_is_stopped_not_cancelled(command: Command) -> None:
    command.desk.request(State.RUNNING, stopping=True)
    assert "what runs in Azure already goes on" in await command.type("cancel R-7K2M9Q")


async def test_a_machine_is_too_little_to_cancel(command: Command) -> None:
    command.desk.request()
    said = await command.type("cancel web02")
    assert "Which request? web02 is part of R-7K2M9Q." in said
    assert "`/reprotect cancel R-7K2M9Q`" in said
    assert command.desk.told == []


async def test_a_refused_cancel_says_why(command: Command) -> None:
    command.desk.request()
    command.desk.refusal = Refusal("not_approver", "Only who asked and the approvers may cancel it.")
    assert await command.type("cancel R-7K2M9Q") == "Only who asked and the approvers may cancel it."


async def test_cancelling_what_is_not_there_says_so(command: Command) -> None:
    assert (await command.type("cancel R-NOTHIN")).startswith("There is no request R-NOTHIN")


# --- anything ---


async def test_hostile_words_ring_nobody(command: Command, hostile: Any, refused: Any) -> None:
    for name in hostile:
        for word in ("", "start ", "status ", "cancel ", "start web01 --target ", "start web01 --"):
            await command.type(f"{word}{name}")
            answer = command.ack.answers[-1]
            if answer:
                assert refused(Message(answer["text"], answer["blocks"])) == [], (word, name)
    assert command.log.lines == []


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(text=st.text(max_size=300))
async def test_any_text_is_acknowledged(command: Command, text: str) -> None:
    await command.type(text)
    assert command.log.lines == []


# --- addresses ---


def _stands(command: Command, id: str) -> None:
    command.desk.cards[id] = Post(id, "card", "C1", "", "1.5", "d", PostState.SENT, 1, NOW)


@pytest.mark.parametrize("text", ["list", "status", "status R-7K2M9Q"])
async def test_a_request_is_linked_where_its_card_stands(command: Command, text: str) -> None:
    command.desk.request()
    _stands(command, "R-7K2M9Q")
    assert "<https://rotterdam.slack.invalid/archives/C1/1.5|R-7K2M9Q>" in await command.type(text)


@pytest.mark.parametrize("error", [SlackRefused("chat.getPermalink", "message_not_found"), RuntimeError("boom")])
async def test_an_address_that_slack_does_not_tell_is_not_missed(command: Command, error: Exception) -> None:
    command.desk.request()
    _stands(command, "R-7K2M9Q")
    command.poster.refuse["link"] = [error]
    assert "*R-7K2M9Q* · " in await command.type("list")
