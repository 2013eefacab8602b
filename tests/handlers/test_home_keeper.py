"""Homes that were opened lately are kept true: only what changed is published, at Slack's pace, for a while."""

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from homeward.actions.board import Board
from homeward.actions.ledger import LedgerDown
from homeward.actions.posts import Post
from homeward.actions.requests import Person, Refusal, Request
from homeward.actions.states import State
from homeward.checks.subjects import Estate, Named, Part
from homeward.handlers.home_drawing import HomeDrawing, Viewer
from homeward.handlers.home_keeper import AT_ONCE, LATELY, MOST, HomeKeeper
from homeward.handlers.problems import SlackRefused

WHEN = datetime(2026, 3, 7, 2, 14, 5, tzinfo=UTC)
ROUNDS = 200
MAYA = Viewer("T1", "U0MAYA")


class Desk:
    """A board that is changed by hand."""

    def __init__(self) -> None:
        self.mark = 1
        self.open: tuple[Request, ...] = ()
        self.down = False
        self.read = 0

    async def board(self, unless: int = -1) -> Board | None:
        if self.down:
            raise LedgerDown("The ledger does not answer.")
        if unless == self.mark:
            return None
        self.read += 1
        return Board(self.mark, WHEN, self.open, len(self.open))

    async def may_decide(self, person: Person, found: Sequence[Request], now: datetime) -> Mapping[str, Refusal | None]:
        return {one.id: None for one in found}

    async def card(self, request_id: str) -> Post | None:
        return None

    async def is_quiet(self, person: Person) -> bool:
        return False


class Estates:
    """What is known of the estate."""

    def __init__(self) -> None:
        self.estate = Estate(parts=(Part("prod-dr", "vault", "", WHEN),), read_at=WHEN)

    def known(self) -> Estate:
        return self.estate

    async def read(self, within: float) -> Estate:
        return self.estate

    def search(self, text: str, most: int) -> tuple[Named, ...]:
        return ()


class World:
    def __init__(self, poster: Any, log: Any, requests: Any) -> None:
        self.poster, self.desk, self.estates, self.requests = poster, Desk(), Estates(), requests
        self.now = 1000.0
        self.teams: set[Viewer] = set()
        drawing = HomeDrawing(self.desk, self.estates, missing="", command="/reprotect", clock=lambda: WHEN)
        self.keeper = HomeKeeper(drawing, self._client, poster, log=log, monotonic=lambda: self.now, sleep=self._sleep)

    async def _client(self, team_id: str, enterprise_id: str) -> AsyncWebClient:
        return AsyncWebClient()

    async def _sleep(self, seconds: float) -> None:
        assert seconds > 0
        await asyncio.sleep(0)

    async def opens(self, viewer: Viewer = MAYA) -> None:
        self.teams.add(viewer)
        await self.keeper.opened(viewer, self.poster)

    def changes(self) -> None:
        """One more request is open, which every Home of these workspaces shows."""
        self.desk.mark += 1
        state = State.RUNNING if self.desk.mark % 2 else State.NEEDS_ATTENTION
        shown = self.requests.request(state)
        everywhere = {viewer.team for viewer in self.teams}
        self.desk.open = tuple(
            replace(shown, asked=replace(shown.asked, where=replace(shown.asked.where, team_id=team)))
            for team in everywhere
        )

    async def goes_on(self) -> None:
        """Longer than several rounds take."""
        for _ in range(ROUNDS):
            await asyncio.sleep(0)

    @property
    def shown(self) -> list[str]:
        return [said.where for said in self.poster.said]


@pytest.fixture
async def world(poster: Any, log: Any, requests_desk: Any) -> AsyncGenerator[World]:
    made = World(poster, log, requests_desk)
    yield made
    await made.keeper.close()


async def test_a_home_is_published_when_it_is_opened_and_again_only_when_it_changed(world: World) -> None:
    await world.opens()
    assert world.shown == ["U0MAYA"]
    await world.goes_on()
    assert world.shown == ["U0MAYA"]
    world.desk.mark += 1  # something was written that this Home does not show
    await world.goes_on()
    assert world.shown == ["U0MAYA"]
    world.changes()
    await world.poster.until(2)
    assert world.shown == ["U0MAYA", "U0MAYA"]


async def test_opening_publishes_also_what_has_not_changed(world: World) -> None:
    await world.opens()
    await world.opens()
    assert world.shown == ["U0MAYA", "U0MAYA"]


async def test_the_ledger_is_read_once_for_everybody(world: World) -> None:
    for n in range(10):
        await world.opens(Viewer("T1", f"U{n}"))
    assert world.desk.read == 1
    world.changes()
    await world.poster.until(20)
    assert world.desk.read == 2


async def test_of_many_only_some_are_drawn_at_once_and_the_rest_in_turn(world: World) -> None:
    people = [Viewer("T1", f"U{n}") for n in range(AT_ONCE + 5)]
    for one in people:
        await world.opens(one)
    world.poster.said.clear()
    world.changes()
    await world.poster.until(AT_ONCE - 1)
    world.now += 0.01  # the turns are sums of fractions
    await world.goes_on()
    assert len(world.shown) == AT_ONCE
    world.now += 9
    await world.poster.until(len(people))
    assert sorted(world.shown) == sorted(one.user for one in people)


async def test_nobody_is_shown_anything_while_slack_asks_to_wait(world: World) -> None:
    await world.opens()
    world.poster.refuse["publish"] = [SlackRefused("views.publish", "ratelimited", retry_after=9.0)]
    world.changes()
    await world.goes_on()
    assert world.poster.refuse["publish"] == []
    assert world.shown == ["U0MAYA"]
    world.now += 8
    await world.goes_on()
    assert world.shown == ["U0MAYA"]
    world.now += 2
    await world.poster.until(2)


async def test_who_can_not_be_shown_anything_is_not_tried_again(world: World, log: Any) -> None:
    await world.opens()
    world.poster.refuse["publish"] = [SlackRefused("views.publish", "user_not_found")]
    world.changes()
    await world.goes_on()
    world.changes()
    await world.goes_on()
    assert world.shown == ["U0MAYA"]
    assert [line["event"] for line in log.lines] == ["homeward.home"]


async def test_a_home_is_kept_for_an_hour_and_then_nothing_is_read(world: World) -> None:
    await world.opens()
    world.now += LATELY
    await world.goes_on()
    world.changes()
    read = world.desk.read
    await world.goes_on()
    assert (world.desk.read, world.shown) == (read, ["U0MAYA"])
    await world.opens()
    world.changes()
    await world.poster.until(3)


async def test_of_too_many_the_longest_unopened_are_left_out(world: World) -> None:
    for n in range(MOST + 1):
        await world.opens(Viewer(f"T{n}", f"U{n}"))
    world.poster.said.clear()
    world.changes()
    await world.poster.until(MOST)
    assert "U0" not in world.shown


async def test_a_silent_ledger_draws_nothing_over_and_is_told_to_who_opens(world: World, words: Any) -> None:
    await world.opens()
    world.desk.down = True
    await world.goes_on()
    assert world.shown == ["U0MAYA"]
    await world.opens()
    assert "The ledger does not answer." in words(world.poster.said[-1].message)
    world.desk.down = False
    await world.poster.until(3)
    assert "The ledger does not answer." not in words(world.poster.said[-1].message)


async def test_a_reading_of_the_estate_alone_draws_nothing_and_a_fault_does(world: World, words: Any) -> None:
    world.estates.estate = replace(world.estates.estate, read_at=WHEN.replace(hour=1))  # old: it is looked at each time
    await world.opens()
    part = Part("prod-dr", "vault", "", WHEN.replace(second=30))
    world.estates.estate = replace(world.estates.estate, parts=(part,))
    await world.goes_on()
    assert world.shown == ["U0MAYA"]
    world.estates.estate = replace(world.estates.estate, parts=(replace(part, trouble="it does not answer"),))
    await world.poster.until(2)
    assert "it does not answer" in words(world.poster.said[-1].message)


async def test_after_the_end_nothing_is_kept(world: World) -> None:
    await world.opens()
    await world.keeper.close()
    world.changes()
    await world.goes_on()
    assert world.shown == ["U0MAYA"]
    await world.keeper.close()
