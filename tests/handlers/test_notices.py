"""The switch of direct messages: what is kept, and what the person is told."""

from typing import Any

import pytest

from homeward.actions.ledger import LedgerDown
from homeward.actions.requests import Person
from homeward.handlers import Supervisor, ids
from homeward.handlers.listeners import Kind
from homeward.handlers.notices import Notices
from homeward.handlers.views.notices import notices_blocks, quiet_message

LENA = Person("T1", "U1")


class Desk:
    def __init__(self) -> None:
        self.quieted: list[tuple[Person, bool]] = []
        self.down = False

    async def quiet(self, person: Person, *, on: bool) -> None:
        if self.down:
            raise LedgerDown("The ledger's database does not answer.")
        self.quieted.append((person, on))


class World:
    def __init__(self, poster: Any, log: Any, ack: Any) -> None:
        self.desk = Desk()
        self.poster = poster
        self.ack = ack
        self.redrawn: list[str] = []
        self.supervisor = Supervisor(log=log, new_id=lambda: "e1")
        self.notices = Notices(self.desk, supervisor=self.supervisor, posters=poster, redraw=self.redraw)

    async def redraw(self, press: Any, client: Any) -> None:
        self.redrawn.append(press.user)

    async def press(self, value: str, *, view: str = "", notices: Notices | None = None) -> None:
        body: dict[str, object] = {
            "team": {"id": "T1"},
            "user": {"id": "U1", "team_id": "T1"},
            "actions": [{"action_id": ids.QUIET, "value": value}],
            "trigger_id": "t1",
        }
        body |= {"view": {"id": view}} if view else {"channel": {"id": "D1"}}
        await (notices or self.notices).quiet(self.ack, body, None, None)  # type: ignore[arg-type] # the fakes need neither
        await self.supervisor.idle()


@pytest.fixture
def world(poster: Any, log: Any, ack: Any) -> World:
    return World(poster, log, ack)


async def test_off_and_on_are_kept_and_answered_in_private(world: World) -> None:
    await world.press("off")
    assert (world.desk.quieted, world.poster.ways) == ([(LENA, True)], ["whisper"])
    assert "Direct messages are off" in world.poster.last
    await world.press("on")
    assert world.desk.quieted[-1] == (LENA, False)
    assert "Direct messages are on" in world.poster.last


async def test_in_the_app_home_the_answer_stands_above_it_and_it_is_drawn_anew(world: World) -> None:
    await world.press("off", view="V1")
    assert (world.poster.ways, world.redrawn) == (["open"], ["U1"])


@pytest.mark.parametrize("value", ["", "of", "OFF", "x" * 2000])
async def test_a_value_that_is_none_changes_nothing(world: World, value: str) -> None:
    await world.press(value)
    assert world.desk.quieted == []
    assert len(world.poster.ways) == 1


async def test_a_ledger_that_does_not_answer_is_told(world: World) -> None:
    world.desk.down = True
    await world.press("off")
    assert "does not answer" in world.poster.last


async def test_without_a_desk_the_button_means_nothing(world: World) -> None:
    notices = Notices(None, supervisor=world.supervisor, posters=world.poster)
    await world.press("off", notices=notices)
    assert len(world.poster.ways) == 1
    (listener,) = notices.listeners()
    assert (listener.kind, listener.id) == (Kind.ACTION, ids.QUIET)


@pytest.mark.parametrize("quiet", [True, False])
def test_each_screen_offers_the_other_way(quiet: bool, refused: Any) -> None:
    other = "on" if quiet else "off"
    message = quiet_message(quiet=quiet)
    assert refused(message) == []
    elements: Any = message.blocks[-1]["elements"]
    (button,) = elements
    assert (button["action_id"], button["value"]) == (ids.QUIET, other)
    (block,) = notices_blocks(quiet)
    accessory: Any = block["accessory"]
    assert (accessory["action_id"], accessory["value"]) == (ids.QUIET, other)
    assert len(quiet_message(quiet=quiet, offers=False).blocks) == 1
