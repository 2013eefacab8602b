"""A request's way from the question to the machine that is protected."""

from homeward.actions.ledger import Ledger
from homeward.actions.requests import EventKind, Request
from homeward.actions.states import State
from tests.actions.making import VirtualClock, ask
from tests.actions.world import Azure, Life, Preparing, prepared


async def kinds(ledger: Ledger, request: Request, machine: str = "") -> list[EventKind]:
    """What happened, in order; with a machine, to that one."""
    events = await ledger.events(request.id)
    return [e.happened.kind for e in events if not machine or e.happened.machine == machine]


async def test_a_request_is_checked_approved_started_once_and_followed_until_it_is_ready(
    ledger: Ledger, clock: VirtualClock
) -> None:
    life = Life(ledger, Azure(clock), Preparing(prepared("web02")), clock)
    request = await life.to_the_end((await ask(ledger)).id)
    assert request.state is State.SUCCEEDED
    assert life.azure.accepted == ["web02"]
    assert await kinds(ledger, request) == [
        EventKind.REQUESTED,
        EventKind.PUT_FORWARD,
        EventKind.APPROVED_BY,
        EventKind.APPROVED,
        EventKind.RECHECKED,
        EventKind.STARTED,
        EventKind.CLAIMED,
        EventKind.SUBMITTED,
        EventKind.JOB_SUCCEEDED,
        EventKind.REPLICATING,
        EventKind.PROGRESS,
        EventKind.PROGRESS,
        EventKind.PROGRESS,
        EventKind.DONE,
        EventKind.SUCCEEDED,
    ]
