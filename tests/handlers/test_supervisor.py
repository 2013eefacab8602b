"""The background: nothing lost, nothing for ever, nothing in silence."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from homeward.handlers.problems import SlackRefused
from homeward.handlers.supervisor import Supervisor
from homeward.handlers.views.blocks import Message


class Told(list[str]):
    async def __call__(self, message: Message) -> None:
        self.append(message.text)


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def make(log: Any) -> Callable[..., Supervisor]:
    def make(deadline: float = 60.0) -> Supervisor:
        return Supervisor(log=log, new_id=lambda: "a1b2", deadline=deadline)

    return make


async def test_work_runs_and_says_nothing(make: Any, told: Told, log: Any) -> None:
    done: list[int] = []

    async def work() -> None:
        done.append(1)

    supervisor = make()
    supervisor.start(work(), name="check", tell=told)
    await supervisor.idle()

    assert (done, told, log.lines) == ([1], [], [])


async def test_an_unknown_error_is_an_apology_and_a_line_with_the_same_id(make: Any, told: Told, log: Any) -> None:
    async def work() -> None:
        raise RuntimeError("at https://hooks.example.invalid/commands/T0/secret with xoxb-1-secret and Bearer abc")

    supervisor = make()
    supervisor.start(work(), name="check", tell=told)
    await supervisor.idle()

    assert len(told) == 1
    assert "`a1b2`" in told[0]
    assert log.lines[0]["id"] == "a1b2"
    assert log.lines[0]["error"] == "RuntimeError"
    assert log.lines[0]["said"] == "at https://hooks.example.invalid/… with … and …"
    assert "test_supervisor.py" in log.lines[0]["at"]


async def test_a_known_error_is_told_in_its_own_words(make: Any, told: Told, log: Any) -> None:
    async def work() -> None:
        raise SlackRefused("chat.update", "fatal_error")

    supervisor = make()
    supervisor.start(work(), name="check", tell=told)
    await supervisor.idle()

    assert told == ["Sorry, that did not work. Slack answered fatal_error to chat.update."]
    assert log.lines[0]["error"] == "SlackRefused"


async def test_work_past_its_deadline_is_given_up(make: Any, told: Told) -> None:
    supervisor = make(0.0)
    supervisor.start(asyncio.Event().wait(), name="check", tell=told)
    await supervisor.idle()

    assert told[0].startswith("This was given up after 0 s")


async def test_a_timeout_inside_the_work_is_not_its_deadline(make: Any, told: Told) -> None:
    async def work() -> None:
        raise TimeoutError

    supervisor = make()
    supervisor.start(work(), name="check", tell=told)
    await supervisor.idle()

    assert "`a1b2`" in told[0]


async def test_closing_ends_the_work_and_tells_its_person(make: Any, told: Told) -> None:
    supervisor = make()
    supervisor.start(asyncio.Event().wait(), name="check", tell=told)
    await asyncio.sleep(0)
    await supervisor.close()

    assert told[0].startswith("The bot was stopped")


async def test_closing_tells_even_those_whose_work_had_not_begun(make: Any, told: Told) -> None:
    supervisor = make()
    supervisor.start(asyncio.Event().wait(), name="check", tell=told)
    await supervisor.close()

    assert told[0].startswith("The bot was stopped")


async def test_what_is_asked_of_a_closed_supervisor_is_refused_politely(make: Any, told: Told) -> None:
    supervisor = make()
    await supervisor.close()
    supervisor.start(asyncio.Event().wait(), name="check", tell=told)
    await supervisor.idle()

    assert told[0].startswith("The bot was stopped")


async def test_closing_waits_for_what_is_asked_meanwhile(make: Any, told: Told) -> None:
    supervisor = make()
    late: list[str] = []

    async def tell_late(message: Message) -> None:
        for _ in range(5):
            await asyncio.sleep(0)
        late.append(message.text)

    async def tell(message: Message) -> None:
        supervisor.start(asyncio.Event().wait(), name="page", tell=tell_late)
        await told(message)

    supervisor.start(asyncio.Event().wait(), name="check", tell=tell)
    await supervisor.close()

    assert told[0].startswith("The bot was stopped")
    assert late == told


async def test_a_failure_that_cannot_be_told_is_logged(make: Any, log: Any) -> None:
    async def tell(_: Message) -> None:
        raise SlackRefused("an answer in private", "no_answer")

    async def work() -> None:
        raise RuntimeError

    supervisor = make()
    supervisor.start(work(), name="check", tell=tell)
    await supervisor.idle()

    assert [line["event"] for line in log.lines] == ["homeward.failed", "homeward.untold"]


async def test_the_work_is_held_on_to(make: Any, told: Told) -> None:
    import gc

    gate = asyncio.Event()
    done: list[int] = []

    async def work() -> None:
        await gate.wait()
        done.append(1)

    supervisor = make()
    supervisor.start(work(), name="check", tell=told)
    await asyncio.sleep(0)
    gc.collect()
    gate.set()
    await supervisor.idle()

    assert done == [1]


async def test_work_that_writes_does_not_say_that_nothing_was_changed(make: Any, told: Told) -> None:
    async def broken() -> None:
        raise RuntimeError("boom")

    supervisor = make(0.0)
    supervisor.start(broken(), name="decision", tell=told, changes=True)
    supervisor.start(asyncio.Event().wait(), name="decision", tell=told, changes=True)
    await supervisor.idle()
    await supervisor.close()
    supervisor.start(broken(), name="decision", tell=told, changes=True)
    await supervisor.idle()

    assert ["It may have been done or not" in one for one in told] == [True, True, False]
    assert "Nothing was changed" in told[2]  # it never began
