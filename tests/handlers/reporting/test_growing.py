"""A card that shows for how long something runs is shown anew when that says something else, and not for each look."""

from dataclasses import replace

import pytest

from homeward.actions.requests import Change, EventKind
from homeward.actions.states import ItemState, State
from tests.handlers.reporting.world import World


async def test_the_card_of_what_runs_is_due_when_its_span_grows_and_after_the_end_no_more(here: World) -> None:
    async with here.process() as process:
        await process.ask()
        await process.go(State.AWAITING_APPROVAL, EventKind.PUT_FORWARD)
        await process.go(State.APPROVED)
        request = await process.go(State.RUNNING, EventKind.STARTED)
        request = await process.ledger.claim(request, request.items[0])
        item = replace(request.items[0], state=ItemState.SUBMITTED, submitted_at=here.clock.now)
        request = await process.ledger.write(request, Change(request.due_at, items=(item,)))
        for _ in range(5):  # in calm it has said everything by then
            await process.report()
            here.clock.ahead(seconds=3)
        assert await process.report() == pytest.approx(45.0)
        here.clock.ahead(minutes=20)
        assert await process.report() == pytest.approx(300.0 - 15.0)

        item = replace(item, state=ItemState.FAILED, ended_at=here.clock.now)
        await process.ledger.write(request, Change(request.due_at, state=State.FAILED, items=(item,)))
        await process.report()
        here.clock.ahead(seconds=3)
        assert await process.report() is None
