"""How long passes wait, and that not all come at once."""

from dataclasses import replace
from datetime import timedelta

from homeward.actions.passes.pace import NAP, Limits, after_no_answer, is_due, look_at, spread
from homeward.actions.requests import Progress, RequestItem
from homeward.actions.states import ItemState
from tests.actions.making import START, planned

LIMITS = Limits()
ITEM = RequestItem(0, planned(), "id", ItemState.SUBMITTED, claimed_at=START, submitted_at=START)
HALF = timedelta(seconds=15)


def pause(item: RequestItem) -> timedelta:
    at = look_at(item, "R-000001", LIMITS)
    assert at is not None
    return at - (item.progress.read_at or START)


def test_a_job_is_looked_at_about_every_thirty_seconds() -> None:
    assert timedelta(seconds=24) <= pause(ITEM) <= timedelta(seconds=36)


def test_pauses_grow_with_the_age_of_a_replication_up_to_five_minutes() -> None:
    def after(**age: float) -> timedelta:
        read = Progress(read_at=START + timedelta(**age))
        return pause(replace(ITEM, state=ItemState.REPLICATING, progress=read))

    assert after(minutes=5) == pause(ITEM)
    assert after(minutes=5) < after(minutes=30) < after(hours=1) < after(hours=2) == after(days=3)
    assert after(days=3) <= timedelta(minutes=6)


def test_nothing_is_looked_at_before_it_began_or_after_it_ended() -> None:
    for state in (ItemState.PENDING, ItemState.DONE, ItemState.FAILED, ItemState.SKIPPED):
        assert look_at(replace(ITEM, state=state), "R-000001", LIMITS) is None


def test_five_hundred_requests_do_not_come_at_once() -> None:
    pauses = sorted(spread(timedelta(seconds=30), f"R-{number:06}") for number in range(500))
    assert pauses[0] >= timedelta(seconds=24)
    assert pauses[-1] <= timedelta(seconds=36)
    in_one_second = max(sum(one <= other < one + timedelta(seconds=1) for other in pauses) for one in pauses)
    assert in_one_second < 100
    assert spread(timedelta(seconds=30), "R-000007") == spread(timedelta(seconds=30), "R-000007")


def test_pauses_double_while_azure_does_not_answer_and_keep_what_it_asks_for() -> None:
    now, pauses = START, list[timedelta]()
    for _ in range(6):
        at = after_no_answer(ITEM, now, 0, LIMITS)
        pauses.append(at - now)
        now = at
    assert pauses == [timedelta(seconds=s) for s in (30, 30, 60, 120, 240, 300)]
    assert after_no_answer(ITEM, START, 100, LIMITS) == START + timedelta(seconds=100)
    assert after_no_answer(ITEM, START, 1e5, LIMITS) == START + NAP


def test_a_due_time_too_far_ahead_is_due_now() -> None:
    assert is_due(START, START)
    assert not is_due(START + HALF, START)
    assert is_due(START + NAP + HALF, START)
