"""A short chaos run; `python -m bench.chaos` is the long one. What judges it is judged first."""

import os
from collections.abc import Generator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from random import SystemRandom

import pytest

from bench.chaos.course import short
from bench.chaos.judging import Claim, Evidence, unfinished, wrong
from bench.chaos.run import chaos
from bench.postgres import Postgres, PostgresMissing
from homeward.actions.requests import Event, EventKind, Happened, Request, RequestItem
from homeward.actions.states import ItemState, Operation, State
from homeward.bot.sandbox.arm.server import Start
from homeward.bot.sandbox.slack import Message
from tests.actions.making import START, asked, planned

REQUESTS = 10
CHANNEL, APPROVALS = "C-OPS", "C-APPROVALS"


@pytest.fixture
def state() -> Generator[str]:
    try:
        server = Postgres()
    except PostgresMissing as missing:
        if os.environ.get("HOMEWARD_NOTHING_SKIPPED"):
            pytest.fail(str(missing))
        pytest.skip(str(missing))
    yield server.make("chaos")
    server.stop()


async def test_nothing_is_lost_or_done_twice_while_everything_fails(state: str, tmp_path: Path) -> None:
    seed = SystemRandom().randrange(10**9)
    again = f"python -m bench.chaos --short --requests {REQUESTS} --seed {seed}"
    outcome = await chaos(short(REQUESTS, seed), state, logs=tmp_path)
    history = (tmp_path / "events.txt").read_text(encoding="utf-8")
    assert not outcome.broken, f"{again}\n{outcome}\n{history}"
    assert outcome.counts["kills"] + outcome.counts["stops"] > 0, again
    assert outcome.counts["claims"] > 0, again


# --- what judges it ---


def request(state: State = State.SUCCEEDED) -> Request:
    return Request(
        id="R-000001",
        asked=asked(),
        state=state,
        version=9,
        created_at=START,
        expires_at=START + timedelta(hours=2),
        due_at=START,
        quorum=0,
        items=(RequestItem(0, planned(), planned().item_id, ItemState.DONE, claimed_at=START),),
    )


def event(seq: int, kind: EventKind) -> Event:
    return Event(seq, START, "R-000001", Happened(kind), "")


def message(ts: int, key: str, *, thread: str | None = "1", channel: str = CHANNEL) -> Message:
    metadata = {"event_type": "homeward_post", "event_payload": {"request": "R-000001", "key": key}}
    return Message(str(ts), channel, "U-BOT", True, key, metadata=metadata, thread_ts=thread)


def start(seconds: float, machine: str = "web02") -> Start:
    return Start(START + timedelta(seconds=seconds), machine, machine, "job", {}, Operation.REPROTECT)


CLAIM = Claim("R-000001", "web02", 1, START)
CARD, FIRST, SECOND = message(1, "card", thread=None), message(2, "event:1"), message(3, "event:2")
EVENTS = (event(1, EventKind.SUBMITTED), event(2, EventKind.DONE), event(3, EventKind.CLAIMED))
WHOLE = Evidence((request(),), {"R-000001": EVENTS}, (CLAIM,), (start(1),), (CARD, FIRST, SECOND), APPROVALS)


def tells(event: Event, _: Request) -> bool:
    return event.happened.kind is not EventKind.CLAIMED


def judged(evidence: Evidence) -> str:
    return "\n".join([*unfinished(evidence, tells), *wrong(evidence, tells)])


def test_a_run_in_which_everything_is_right_is_right() -> None:
    assert judged(WHOLE) == ""
    again = (CLAIM, replace(CLAIM, attempt=2, at=START + timedelta(seconds=5)))
    assert judged(replace(WHOLE, claims=again, starts=(start(1), start(6)))) == ""


@pytest.mark.parametrize(
    ("evidence", "said"),
    [
        (replace(WHOLE, starts=(start(1), start(2))), "web02 was started 2 times for attempt 1 of R-000001"),
        (replace(WHOLE, claims=()), "web02 was started at"),
        (replace(WHOLE, starts=(start(-1),)), "without any claim"),
        (replace(WHOLE, requests=(request(State.RUNNING),)), "has not ended: it is running"),
        (replace(WHOLE, messages=(CARD, FIRST)), "the reply event:2 (done) is missing in Slack"),
        (replace(WHOLE, messages=(FIRST, SECOND)), "the card is missing in Slack"),
        (replace(WHOLE, messages=(CARD, FIRST, SECOND, SECOND)), "event:2 (done) stands in Slack 2 times"),
        (replace(WHOLE, messages=(CARD, CARD, FIRST, SECOND)), "the card stands in Slack 2 times"),
        (replace(WHOLE, messages=(CARD, SECOND, FIRST)), "the replies stand in the order [2, 1]"),
        (replace(WHOLE, messages=(CARD, FIRST, message(3, "event:2", thread="7"))), "stands at the wrong place"),
        (replace(WHOLE, messages=(CARD, FIRST, SECOND, message(4, "event:3"))), "nothing was to be said"),
        (replace(WHOLE, requests=(replace(request(), quorum=1),)), "was started with 0 approvals of 1"),
    ],
)
def test_what_went_wrong_is_found(evidence: Evidence, said: str) -> None:
    assert said in judged(evidence)
