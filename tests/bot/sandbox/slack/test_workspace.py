"""The workspace by itself: times that never repeat, and waiting without polling."""

import asyncio

import pytest

from homeward.bot.sandbox.slack import BOT, WAR_ROOM, Version, Workspace


def test_messages_of_one_instant_have_their_own_times_in_order() -> None:
    workspace = Workspace()
    for at in (100.0, 100.0, 99.0, 100.5):
        workspace.post(WAR_ROOM, BOT, Version("x"), at=at)

    times = [m.ts for m in workspace.messages(WAR_ROOM)]
    assert times == ["100.000000", "100.000001", "100.000002", "100.500000"]


async def test_a_wait_ends_with_the_change_it_waits_for() -> None:
    workspace = Workspace()
    waiting = asyncio.create_task(workspace.until(lambda: len(workspace.messages(WAR_ROOM)) == 2))
    for text in ("one", "two"):
        workspace.post(WAR_ROOM, BOT, Version(text), at=1.0)
    assert await waiting is True


async def test_a_wait_that_is_in_vain_says_what_was_seen() -> None:
    workspace = Workspace()
    workspace.post(WAR_ROOM, BOT, Version("something else"), at=1.0)
    with pytest.raises(TimeoutError, match="something else"):
        await workspace.until(lambda: None, 0.01)
