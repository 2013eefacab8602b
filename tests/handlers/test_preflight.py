"""The check command and its buttons, called as Bolt calls them."""

import asyncio
import gc
from collections.abc import Callable
from typing import Any

import pytest

from homeward.actions.states import Operation
from homeward.checks import (
    Answer,
    Candidate,
    Choices,
    Collected,
    Kind,
    NoMatch,
    SourceReading,
    SourceState,
    Subject,
    Watch,
)
from homeward.handlers import NotHere, Preflight, SlackRefused, Supervisor
from homeward.handlers.ids import ALL_CHECKS, CHECK_AGAIN

READ = (SourceReading("vault prod-dr", SourceState.READ, "", 0.5),)


class Collecting:
    """A collection that answers what it is told, when it is let."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.asked: list[str] = []
        self.operations: list[Operation] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.watch: Watch = lambda _: None

    async def __call__(self, name: str, watch: Watch, operation: Operation = Operation.REPROTECT) -> Answer:
        self.asked.append(name)
        self.operations.append(operation)
        self.watch = watch
        await self.gate.wait()
        return self.answer


class Desk:
    def __init__(self, collect: Collecting, poster: Any, log: Any, ack: Any, rules: tuple[Any, ...]) -> None:
        self.collect, self.poster, self.log, self.ack = collect, poster, log, ack
        self.waits: list[float] = []
        self.supervisor = Supervisor(log=log, new_id=lambda: "a1b2", deadline=30)
        self.preflight = Preflight(
            collect,
            dict.fromkeys(Operation, rules),
            supervisor=self.supervisor,
            posters=poster,
            clock=lambda: 7.0,
            sleep=self.sleep,
            pace=0.001,
        )

    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)

    async def command(self, text: str) -> None:
        body = {"command": "/reprotect-check", "text": text, "team_id": "T1", "channel_id": "C1", "user_id": "U0MAYA"}
        await self.preflight.command(self.ack, body, None, None)  # type: ignore[arg-type] # the fake poster needs neither

    def press(self, action: str, value: str, *, ts: str = "1.0", private: bool = False) -> dict[str, Any]:
        return {
            "type": "block_actions",
            "team": {"id": "T1"},
            "user": {"id": "U0MAYA"},
            "channel": {"id": "C1"},
            "container": {"message_ts": ts, "is_ephemeral": private},
            "trigger_id": "trigger",
            "actions": [{"action_id": action, "value": value}],
        }

    async def click(self, body: dict[str, Any]) -> None:
        action = body["actions"][0]["action_id"]
        listener: Any = self.preflight.all_checks if action == ALL_CHECKS else self.preflight.again
        await listener(self.ack, body, None, None)

    async def turn(self, page: str, metadata: str) -> None:
        body = {
            "type": "block_actions",
            "team": {"id": "T1"},
            "user": {"id": "U0MAYA"},
            "view": {"id": "V1", "private_metadata": metadata},
            "actions": [{"action_id": "homeward.checks.page", "value": page}],
        }
        await self.preflight.page(self.ack, body, None)  # type: ignore[arg-type] # as above


@pytest.fixture
def collected(samples: Any) -> Callable[..., Collected]:
    def make(*machines: str, kind: Kind = Kind.MACHINE, name: str = "") -> Collected:
        subject = Subject(name or machines[0], kind, "prod-dr")
        return Collected(subject, samples.when, tuple(samples.facts(machine) for machine in machines), READ)

    return make


@pytest.fixture
def desk(collected: Any, poster: Any, log: Any, ack: Any, samples: Any) -> Desk:
    return Desk(Collecting(collected("web02")), poster, log, ack, samples.judging)


async def test_a_check_is_acknowledged_at_once_and_becomes_the_report(desk: Desk) -> None:
    await desk.command("web02")
    assert desk.ack.answers == [{}]
    assert desk.poster.said == []
    await desk.supervisor.idle()

    assert desk.poster.ways == ["post", "finish"]
    assert desk.poster.said[0].message.text == "Checking web02…"
    assert desk.poster.said[1].where == "1.0"
    assert desk.poster.said[1].message.text == "web02 cannot come home yet: 1 blocker"
    assert desk.collect.asked == ["web02"]


async def test_the_message_shows_how_the_sources_stand(desk: Desk) -> None:
    desk.collect.gate.clear()
    await desk.command("web02")
    await desk.poster.until(1)
    desk.collect.watch(READ)
    await desk.poster.until(2)
    desk.collect.gate.set()
    await desk.supervisor.idle()

    assert desk.poster.ways == ["post", "update", "finish"]
    assert "✓ read: vault prod-dr" in str(desk.poster.said[1].message.blocks)


async def test_wrong_input_is_answered_in_the_acknowledgement(desk: Desk) -> None:
    await desk.command("web02 --wrong")
    await desk.supervisor.idle()

    assert desk.ack.answers[0]["response_type"] == "ephemeral"
    assert desk.ack.answers[0]["text"] == "There is no option --wrong."
    assert desk.poster.said == []
    assert desk.collect.asked == []


async def test_several_subjects_are_offered_to_choose_from(desk: Desk) -> None:
    desk.collect.answer = Choices("file01", (Candidate("file01", Kind.MACHINE, "/arm/1", "vault prod-dr"),) * 2)
    await desk.command("file01")
    await desk.supervisor.idle()
    assert "which one?" in desk.poster.last

    await desk.click(desk.press("homeward.check.one", "/arm/1"))
    await desk.supervisor.idle()
    assert desk.collect.asked == ["file01", "/arm/1"]


async def test_a_name_nobody_has_is_answered_with_the_nearest(desk: Desk) -> None:
    desk.collect.answer = NoMatch("web2", ("web02",))
    await desk.command("web2")
    await desk.supervisor.idle()
    assert "The nearest names:" in desk.poster.last


async def test_json_follows_in_the_thread(desk: Desk) -> None:
    await desk.command("web02 --json")
    await desk.supervisor.idle()

    assert desk.poster.ways == ["post", "finish", "post"]
    assert desk.poster.said[2].thread == "1.0"
    assert '"verdict": "BLOCKED"' in desk.poster.last


async def test_where_the_bot_is_not_the_person_alone_gets_everything(desk: Desk) -> None:
    desk.poster.refuse["post"] = [NotHere("chat.postMessage", "not_in_channel")]
    await desk.command("web02")
    await desk.supervisor.idle()

    assert desk.poster.ways == ["whisper", "whisper"]
    assert "/invite" in str(desk.poster.said[0].message.blocks)
    assert "cannot come home yet" in desk.poster.last


async def test_a_report_is_not_lost_when_even_the_first_whisper_fails(desk: Desk) -> None:
    desk.poster.refuse = {
        "post": [NotHere("chat.postMessage", "not_in_channel")],
        "whisper": [SlackRefused("an answer in private", "no_answer")],
    }
    await desk.command("web02")
    await desk.supervisor.idle()

    assert desk.poster.ways == ["whisper"]
    assert "cannot come home yet" in desk.poster.last
    assert "/invite" in desk.poster.last


async def test_json_too_is_whispered_where_the_bot_is_not(desk: Desk) -> None:
    desk.poster.refuse["post"] = [NotHere("chat.postMessage", "channel_not_found")]
    await desk.command("web02 --json")
    await desk.supervisor.idle()
    assert desk.poster.ways == ["whisper", "whisper", "whisper"]


async def test_a_report_is_not_lost_when_slack_fails_in_between(desk: Desk) -> None:
    desk.poster.refuse["finish"] = [SlackRefused("chat.update", "message_not_found")]
    await desk.command("web02")
    await desk.supervisor.idle()
    assert desk.poster.ways == ["post", "post"]

    desk.poster.said.clear()
    desk.poster.refuse = {"post": [SlackRefused("chat.postMessage", "no_answer")] * 2}
    await desk.command("web02")
    await desk.supervisor.idle()
    assert desk.poster.ways == ["whisper"]
    assert "cannot come home yet" in desk.poster.last


async def test_a_fault_of_ours_replaces_the_message_by_an_apology(desk: Desk) -> None:
    async def broken(name: str, watch: Watch, operation: Operation = Operation.REPROTECT) -> Answer:
        raise RuntimeError("secret")

    desk.preflight._collect = broken  # pyright: ignore[reportPrivateUsage] # a collaborator that breaks
    await desk.command("web02")
    await desk.supervisor.idle()

    assert desk.poster.ways == ["post", "finish"]
    assert "a1b2" in desk.poster.last
    assert "secret" not in desk.poster.last


async def test_a_collection_that_fails_behind_a_broken_message_is_not_lost(desk: Desk) -> None:
    async def broken(name: str, watch: Watch, operation: Operation = Operation.REPROTECT) -> Answer:
        raise RuntimeError("of the collection")

    unheard: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: unheard.append(context))
    desk.preflight._collect = broken  # pyright: ignore[reportPrivateUsage] # a collaborator that breaks
    desk.poster.refuse["post"] = [RuntimeError("of the message")]
    await desk.command("web02")
    await desk.supervisor.idle()
    gc.collect()

    assert [line["said"] for line in desk.log.lines] == ["of the message"]
    assert unheard == []


async def test_run_again_changes_the_same_message(desk: Desk) -> None:
    await desk.command("web02")
    await desk.supervisor.idle()
    desk.poster.said.clear()
    await desk.click(desk.press(CHECK_AGAIN, "web02"))
    await desk.supervisor.idle()

    assert desk.poster.ways == ["update", "finish"]
    assert desk.poster.said[0].message.text == "Checking web02 again…"
    assert [said.where for said in desk.poster.said] == ["1.0", "1.0"]


async def test_run_again_on_a_private_message_replaces_it(desk: Desk) -> None:
    await desk.click(desk.press(CHECK_AGAIN, "web02", private=True))
    await desk.supervisor.idle()
    assert desk.poster.ways == ["replace"]


async def test_a_second_click_while_it_runs_starts_nothing(desk: Desk) -> None:
    desk.collect.gate.clear()
    await desk.click(desk.press(CHECK_AGAIN, "web02"))
    await desk.click(desk.press(CHECK_AGAIN, "web02"))
    await desk.poster.until(2)
    desk.collect.gate.set()
    await desk.supervisor.idle()
    assert desk.collect.asked == ["web02"]

    await desk.click(desk.press(CHECK_AGAIN, "web02"))
    await desk.supervisor.idle()
    assert desk.collect.asked == ["web02", "web02"]


async def test_all_checks_opens_the_report_that_is_at_hand(desk: Desk) -> None:
    await desk.command("web02")
    await desk.supervisor.idle()
    await desk.click(desk.press(ALL_CHECKS, "web02"))
    await desk.supervisor.idle()

    assert desk.poster.ways[-1] == "open"
    assert "azure-vm-not-running" in desk.poster.last
    assert desk.collect.asked == ["web02"]


async def test_all_checks_of_a_report_long_gone_checks_again(desk: Desk) -> None:
    await desk.click(desk.press(ALL_CHECKS, "web02", ts="9.9"))
    await desk.supervisor.idle()

    assert desk.poster.ways == ["open", "view"]
    assert "checking again" in str(desk.poster.said[0].message.view)
    assert "azure-vm-not-running" in desk.poster.last


async def test_all_checks_of_a_name_that_became_ambiguous_says_so(desk: Desk) -> None:
    desk.collect.answer = Choices("web02", ())
    await desk.click(desk.press(ALL_CHECKS, "web02", ts="9.9"))
    await desk.supervisor.idle()
    assert "no longer tells one subject" in desk.poster.last


async def test_a_page_is_turned_in_the_open_modal(desk: Desk) -> None:
    await desk.turn("1", '["web02", "C1", "1.0"]')
    await desk.supervisor.idle()
    assert desk.poster.ways == ["view"]
    assert desk.poster.said[0].where == "V1"


@pytest.mark.parametrize("page", ["²", "-1", "9" * 2000, "", "٣" * 5, "1.0"])
async def test_a_page_that_is_no_number_is_the_first(desk: Desk, page: str) -> None:
    await desk.turn(page, '["web02", "C1", "1.0"]')
    await desk.supervisor.idle()
    assert desk.poster.ways == ["view"]


async def test_a_modal_that_cannot_be_filled_says_why(desk: Desk) -> None:
    desk.poster.refuse["view"] = [SlackRefused("views.update", "fatal_error")]
    await desk.turn("nonsense", "")
    await desk.supervisor.idle()
    assert "fatal_error" in desk.poster.last


async def test_a_plan_is_told_in_the_channel_and_its_thread(desk: Desk, collected: Any) -> None:
    desk.collect.answer = collected("web02", "web01", "db02", kind=Kind.PLAN, name="payroll")
    await desk.command("payroll")
    await desk.supervisor.idle()

    assert desk.poster.ways == ["post", "finish", "post", "post"]
    assert "table" in str(desk.poster.said[1].message.blocks)
    assert [said.thread for said in desk.poster.said[2:]] == ["1.0", "1.0"]
    assert desk.waits == [1.0]


async def test_checking_a_plan_again_mends_the_replies_it_has(desk: Desk, collected: Any) -> None:
    desk.collect.answer = collected("web02", "web01", "db02", kind=Kind.PLAN, name="payroll")
    await desk.command("payroll")
    await desk.supervisor.idle()
    desk.poster.said.clear()
    desk.collect.answer = collected("web02", "web01", kind=Kind.PLAN, name="payroll")
    await desk.click(desk.press(CHECK_AGAIN, "payroll"))
    await desk.supervisor.idle()

    assert desk.poster.ways == ["update", "finish", "finish", "finish"]
    assert "db02 was not part of the latest check" in desk.poster.last


async def test_an_older_check_writes_nothing_below_a_newer_one(desk: Desk, collected: Any) -> None:
    gate, reached = asyncio.Event(), asyncio.Event()

    async def posted(*given: Any, thread: str = "") -> str:
        if thread and not reached.is_set():
            reached.set()
            await gate.wait()
        return str(await post(*given, thread=thread))

    post, desk.poster.post = desk.poster.post, posted
    desk.collect.answer = collected("web02", "db01", "db02", kind=Kind.PLAN, name="payroll")
    await desk.command("payroll")
    await reached.wait()
    desk.collect.answer = collected("web01", "db02", kind=Kind.PLAN, name="payroll")
    await desk.click(desk.press(CHECK_AGAIN, "payroll"))
    await desk.poster.until(4)
    gate.set()
    await desk.supervisor.idle()

    told = [(said.how, said.message.text) for said in desk.poster.said[4:]]
    assert told == [
        ("post", "web02: blocked, 1 blocker"),
        ("post", "db02: blocked, 1 blocker"),
        ("finish", "web02 was not part of the latest check."),
    ]


async def test_a_plan_of_which_one_machine_is_left_mends_its_thread(desk: Desk, collected: Any) -> None:
    desk.collect.answer = collected("web02", "db02", kind=Kind.PLAN, name="payroll")
    await desk.command("payroll")
    await desk.supervisor.idle()
    desk.poster.said.clear()
    desk.collect.answer = collected("web02", kind=Kind.PLAN, name="payroll")
    await desk.click(desk.press(CHECK_AGAIN, "payroll"))
    await desk.supervisor.idle()
    assert [said.message.text for said in desk.poster.said[2:]] == [
        "✗ web02: blocked; nothing more to tell of it since the latest check.",
        "db02 was not part of the latest check.",
    ]


async def test_a_failing_thread_leaves_the_report_as_it_is(desk: Desk, collected: Any) -> None:
    desk.collect.answer = collected("web02", "db02", kind=Kind.PLAN, name="payroll")
    await desk.command("payroll")
    await desk.poster.until(2)
    desk.poster.refuse["post"] = [SlackRefused("chat.postMessage", "fatal_error")]
    await desk.supervisor.idle()

    assert desk.poster.ways == ["post", "finish", "post"]
    assert "fatal_error" in desk.poster.last
    assert desk.poster.said[2].thread == "1.0"


async def test_closing_tells_in_the_message_that_the_check_was_stopped(desk: Desk) -> None:
    desk.collect.gate.clear()
    await desk.command("web02")
    await desk.poster.until(1)
    await desk.supervisor.close()

    assert desk.poster.ways == ["post", "finish"]
    assert "The bot was stopped" in desk.poster.last


async def test_no_more_than_so_many_checks_read_at_a_time(desk: Desk) -> None:
    desk.collect.gate.clear()
    for _ in range(12):
        await desk.command("web02")
    await desk.poster.until(12)
    assert len(desk.collect.asked) == 8

    desk.collect.gate.set()
    await desk.supervisor.idle()
    assert len(desk.collect.asked) == 12


async def test_nothing_that_is_typed_raises(desk: Desk, hostile: tuple[str, ...]) -> None:
    for name in hostile:
        desk.collect.answer = NoMatch(name, (name,))
        await desk.command(name)
        await desk.supervisor.idle()
    assert desk.log.lines == []
