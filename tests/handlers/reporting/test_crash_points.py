"""The world is stopped after every commit of the ledger and every call of Slack: each message is there exactly once."""

import ssl
import sys
from collections import Counter
from pathlib import Path

import pytest

from homeward.actions.requests import EventKind
from homeward.actions.states import State
from homeward.bot.sandbox.slack import APPROVALS, OMAR, WAR_ROOM
from tests.handlers.reporting.world import Stop, World, told, world

LIFE: tuple[tuple[State | None, tuple[EventKind, ...]], ...] = (
    (State.AWAITING_APPROVAL, (EventKind.PUT_FORWARD,)),
    (None, (EventKind.REMINDED,)),
    (State.APPROVED, (EventKind.APPROVED_BY,)),
    (State.RUNNING, (EventKind.CLAIMED, EventKind.SUBMITTED)),
    (State.SUCCEEDED, (EventKind.SUCCEEDED,)),
)
KINDS = (EventKind.REQUESTED, *(kind for _, kinds in LIFE for kind in kinds))


class Countdown:
    """Ends the process at the n-th effect."""

    def __init__(self, stop_at: int) -> None:
        self.seen: list[str] = []
        self._stop_at = stop_at

    def __call__(self, effect: str) -> None:
        if effect in {"open", "write"}:  # of those who decide and work, not of the reporter
            return
        self.seen.append(effect)
        if len(self.seen) == self._stop_at:
            raise Stop


async def live(here: World, countdown: Countdown, *, blind: bool = False) -> None:
    """The whole life, in as many processes as it takes."""
    here.absent.people = (OMAR.id,)
    steps = iter(LIFE)
    async with here.process() as process:
        await process.ask()
    while True:
        try:
            async with here.process(effect=countdown, blind=blind) as process:
                await process.settle()
                for state, kinds in steps:
                    await process.go(state, *kinds)
                    await process.settle()
                return
        except Stop:
            here.clock.ahead(seconds=1.0)


def shown(here: World) -> tuple[Counter[str], list[str]]:
    """How often each message is there, and the thread."""
    marks = [
        m.metadata["event_payload"]["key"] for m in here.slack.workspace.marked("request", "R-000001") if m.metadata
    ]
    first = next(m for m in here.slack.workspace.messages(WAR_ROOM) if not m.thread_ts)
    return Counter(marks), [m.text for m in here.slack.workspace.thread(WAR_ROOM, first.ts)]


@pytest.fixture
async def points(tmp_path: Path, tls: ssl.SSLContext, trust: ssl.SSLContext) -> list[str]:
    """Every effect of an undisturbed life."""
    (tmp_path / "calm").mkdir()
    async with world(tmp_path / "calm", tls, trust) as here:
        countdown = Countdown(0)
        await live(here, countdown)
        return countdown.seen


async def test_wherever_it_stops_each_message_is_there_once_and_in_order(
    points: list[str],
    tmp_path: Path,
    tls: ssl.SSLContext,
    trust: ssl.SSLContext,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for place, point in enumerate(points, start=1):
        folder = tmp_path / str(place)
        folder.mkdir()
        async with world(folder, tls, trust) as here:
            await live(here, Countdown(place))
            counts, thread = shown(here)
            assert thread == told(KINDS), (place, point)
            assert set(counts.values()) == {1}, (place, point, counts)
            assert here.card().text == "R-000001 succeeded v6", (place, point)
            assert here.slack.workspace.messages(APPROVALS)[0].text == "approve R-000001? succeeded", (place, point)
            in_person = ["in person: R-000001 succeeded", f"<@{OMAR.id}> still waiting: R-000001"]
            assert here.direct(OMAR) == in_person, (place, point)
    with capsys.disabled():
        sys.stdout.write(f" {len(points)} crash points of the reporter ")


async def test_without_the_search_the_doubles_are_found(
    points: list[str], tmp_path: Path, tls: ssl.SSLContext, trust: ssl.SSLContext
) -> None:
    doubled: list[str] = []
    for place, point in enumerate(points, start=1):
        if not point.startswith("post "):
            continue
        folder = tmp_path / str(place)
        folder.mkdir()
        async with world(folder, tls, trust) as here:
            await live(here, Countdown(place), blind=True)
            doubled += [key for key, count in shown(here)[0].items() if count > 1]
    assert doubled == [point.removeprefix("post ") for point in points if point.startswith("post ")]


async def test_answers_that_are_all_lost_double_nothing(here: World) -> None:
    here.slack.faults.lose_answer("chat.postMessage", times=None)
    await live(here, Countdown(0))
    counts, thread = shown(here)
    assert thread == told(KINDS)
    assert set(counts.values()) == {1}
