"""Between the approval and the start: what is not as it was approved is not started."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest

from homeward.actions.plan import NotPrepared, Obstacle, Prepared
from homeward.actions.requests import EventKind, Request
from homeward.actions.states import ItemState, State
from homeward.checks.report import Verdict
from tests.actions.lives import ONE, blocked, events, of, states, submitted
from tests.actions.making import VirtualClock, ask, checked, planned
from tests.actions.making import plan as a_plan
from tests.actions.world import Again, Life


async def approved(life: Life) -> Request:
    return await life.until((await ask(life.ledger)).id, State.APPROVED)


CHANGES: Mapping[str, tuple[Again, str]] = {
    "the target loses its datastore": (
        lambda plan, _: Prepared(plan, replace(checked(Verdict.BLOCKED), blockers=(blocked("web02"),))),
        "ds-gold is not writable.",
    ),
    "the machine would go somewhere else": (
        lambda plan, _: Prepared(replace(plan, items=(replace(ONE, datastore="ds-2"),)), checked()),
        "web02 is not as approved",
    ),
    "the machine is deleted": (
        lambda _, __: NotPrepared(Obstacle.NOT_FOUND, "web02 is not in the vault any more."),
        "web02 is not in the vault any more.",
    ),
    "the machine left the plan": (
        lambda plan, _: Prepared(replace(plan, items=()), checked()),
        "web02 is not part of",
    ),
    "a machine came to the group": (
        lambda plan, _: Prepared(replace(plan, items=(*plan.items, planned("web03"))), checked()),
        "web03 came to it",
    ),
    "somebody else starts a job": (
        lambda plan, _: Prepared(
            plan,
            replace(checked(Verdict.BLOCKED), blockers=(blocked("web02", words="A job runs on web02 already."),)),
        ),
        "A job runs on web02 already.",
    ),
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("when", [State.APPROVED, State.RUNNING], ids=["after the approval", "just before the start"])
async def test_nothing_is_posted_when_it_is_not_what_was_approved(lite: Life, change: str, when: State) -> None:
    request = await lite.until((await ask(lite.ledger)).id, when)
    lite.preparing.second, words = CHANGES[change]
    over = await lite.to_the_end(request.id)
    assert over.state is State.VOIDED
    assert words in over.why
    (voided,) = await events(lite, over, EventKind.VOIDED)
    assert voided.happened.data["why"] == over.why
    assert lite.azure.posts == 0


@pytest.mark.parametrize("when", [State.APPROVED, State.RUNNING], ids=["after the approval", "just before the start"])
async def test_a_bot_that_comes_back_hours_after_the_approval_starts_nothing(
    lite: Life, clock: VirtualClock, when: State
) -> None:
    request = await lite.until((await ask(lite.ledger)).id, when)
    clock.ahead(hours=1, seconds=1)
    over = await lite.to_the_end(request.id)
    assert over.state is State.VOIDED
    assert "more than an hour ago" in over.why
    assert lite.azure.posts == 0


async def test_a_disks_name_is_no_change(lite: Life) -> None:
    request = await approved(lite)
    disk = replace(ONE.disks[0], name="renamed")
    lite.preparing.second = lambda plan, _: Prepared(replace(plan, items=(replace(ONE, disks=(disk,)),)), checked())
    assert (await lite.to_the_end(request.id)).state is State.SUCCEEDED


UNREAD = replace(checked(Verdict.UNKNOWN), unread_blockers=(blocked("web02", words="vCenter did not answer."),))


UNREADABLE: Mapping[str, Again] = {
    "a blocker": lambda plan, _: Prepared(plan, UNREAD),
    "all of it": lambda _, __: NotPrepared(Obstacle.UNREADABLE, "The vault is silent."),
}


@pytest.mark.parametrize("what", UNREADABLE)
@pytest.mark.parametrize("when", [State.APPROVED, State.RUNNING])
async def test_what_can_not_be_read_before_a_start_waits_then_voids(lite: Life, what: str, when: State) -> None:
    request = await lite.until((await ask(lite.ledger)).id, when)
    lite.preparing.second = UNREADABLE[what]
    since = lite.clock.now
    over = await lite.to_the_end(request.id)
    assert over.state is State.VOIDED
    assert over.ended_at == since + timedelta(minutes=10)
    assert len(await events(lite, over, EventKind.RECHECK_UNREAD)) == 1
    assert lite.azure.posts == 0


async def test_what_can_be_read_again_goes_on(lite: Life) -> None:
    request = await approved(lite)
    lite.preparing.second = lambda plan, _: Prepared(plan, UNREAD)
    request = await lite.pass_on(request.id)
    assert request.unread_since is not None
    lite.preparing.second = None
    request = await lite.to_the_end(request.id)
    assert (request.state, request.unread_since) == (State.SUCCEEDED, None)


async def test_what_the_approvers_saw_as_unread_may_stay_unread(lite: Life) -> None:
    lite.preparing.first = Prepared(a_plan("web02"), UNREAD)
    lite.preparing.second = lambda plan, _: Prepared(plan, UNREAD)
    assert (await lite.to_the_end((await ask(lite.ledger)).id)).state is State.SUCCEEDED


async def test_once_something_runs_a_changed_machine_is_skipped_and_the_others_go_on(lite: Life) -> None:
    of(lite, planned("app01"), planned("db01", stage=1), planned("db02", stage=1))
    request = await submitted(lite)
    lite.preparing.second = lambda plan, machines: Prepared(
        plan, replace(checked(Verdict.BLOCKED), blockers=(blocked("db01"),)) if "db01" in machines else checked()
    )
    over = await lite.to_the_end(request.id)
    assert over.state is State.FAILED
    assert states(over) == {"app01": ItemState.DONE, "db01": ItemState.SKIPPED, "db02": ItemState.DONE}
    assert lite.azure.accepted == ["app01", "db02"]
    (skipped,) = await events(lite, over, EventKind.SKIPPED)
    assert skipped.happened.data["why"] == "ds-gold is not writable."
