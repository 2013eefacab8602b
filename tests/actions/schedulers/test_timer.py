"""The timer of one process, with a ledger of due times only."""

import asyncio
import time
from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from homeward.actions.ledger import NoRequest, Stale
from homeward.actions.ledger.errors import LedgerDown
from homeward.actions.ports import Work
from homeward.actions.schedulers.timer import Timer
from tests.actions.schedulers.seen import Due, Log, Seen, now, passes

FAR = timedelta(minutes=10)


@pytest.fixture
def ledger() -> Due:
    return Due()


@pytest.fixture
def log() -> Log:
    return Log()


async def test_what_the_ledger_holds_as_due_runs_at_the_start(ledger: Due, log: Log) -> None:
    ledger.advances = {"R-1": now() - FAR, "R-2": now() + FAR}
    ledger.reports = {"R-3": now()}
    advance, report = Seen(), Seen()
    async with Timer(passes(advance, report), ledger, log=log):
        await advance.times(1)
        await report.times(1)
    assert (advance.calls, report.calls) == (["R-1"], ["R-3"])


async def test_a_wake_runs_at_its_time_and_the_earlier_of_two_counts(ledger: Due, log: Log) -> None:
    advance = Seen()
    async with Timer(passes(advance), ledger, log=log) as timer:
        began = time.monotonic()
        await timer.wake(Work.ADVANCE, "R-1", now() + FAR)
        await timer.wake(Work.ADVANCE, "R-1", now() + timedelta(milliseconds=60))
        await timer.wake(Work.ADVANCE, "R-1", now() + FAR)
        await advance.times(1)
        assert time.monotonic() - began >= 0.05


async def test_a_pass_runs_again_when_it_says_and_no_more_after_none(ledger: Due, log: Log) -> None:
    answers: list[datetime | None] = [now(), now(), None]

    async def do(_request_id: str) -> datetime | None:
        return answers.pop(0)

    advance, mark = Seen(do), Seen()
    async with Timer(passes(advance, mark), ledger, log=log) as timer:
        await timer.wake(Work.ADVANCE, "R-1", now())
        await advance.times(3)
        await timer.wake(Work.REPORT, "R-2", now())
        await mark.times(1)
    assert not answers
    assert not log.lines


async def test_one_pass_at_a_time_for_a_request_and_a_wake_meanwhile_runs_once_more(ledger: Due, log: Log) -> None:
    go, inside = asyncio.Event(), 0

    async def do(_request_id: str) -> None:
        nonlocal inside
        inside += 1
        assert inside == 1
        await go.wait()
        inside -= 1

    advance = Seen(do)
    async with Timer(passes(advance), ledger, log=log) as timer:
        await timer.wake(Work.ADVANCE, "R-1", now())
        await advance.times(1)
        for _ in range(5):
            await timer.wake(Work.ADVANCE, "R-1", now())
        await timer.wake(Work.ADVANCE, "R-2", now() + FAR)
        assert advance.calls == ["R-1"]
        go.set()
        await advance.times(2)
    assert advance.calls == ["R-1", "R-1"]


async def test_only_so_many_run_at_once_and_reports_do_not_hold_up_the_work(ledger: Due, log: Log) -> None:
    never = asyncio.Event()

    async def hang(_request_id: str) -> None:
        await never.wait()

    advance, report = Seen(), Seen(hang)
    ledger.reports = {f"R-{n}": now() for n in range(5)}
    async with Timer(passes(advance, report), ledger, log=log, at_once=2, patience=0) as timer:
        await report.times(2)
        await timer.wake(Work.ADVANCE, "R-1", now())
        await advance.times(1)
        assert len(report.calls) == 2


@pytest.mark.parametrize("error", [RuntimeError("boom"), LedgerDown("The disk is full."), Stale("written meanwhile")])
async def test_a_pass_that_fails_is_tried_again_after_growing_pauses(ledger: Due, log: Log, error: Exception) -> None:
    moments: list[float] = []

    async def do(_request_id: str) -> None:
        moments.append(time.monotonic())
        if len(moments) < 4:
            raise error

    advance = Seen(do)
    ledger.advances = {"R-1": now()}
    async with Timer(passes(advance), ledger, log=log, pauses=(0.02, 0.06), sweep=0.01):
        await advance.times(4)
    gaps = [after - before for before, after in pairwise(moments)]
    assert gaps[0] >= 0.02
    assert min(gaps[1:3]) >= 0.06
    assert len(log.lines) == (0 if isinstance(error, Stale) else 3)


async def test_a_pass_that_hangs_is_ended_told_and_tried_again(ledger: Due, log: Log) -> None:
    async def do(_request_id: str) -> None:
        if len(advance.calls) == 1:
            await asyncio.Event().wait()

    advance = Seen(do)
    async with Timer(passes(advance), ledger, log=log, deadline=0.02, pauses=(0.01,)) as timer:
        await timer.wake(Work.ADVANCE, "R-1", now())
        await advance.times(2)
    assert [values["error"] for _, values in log.lines] == ["took longer than 0.02 s"]


async def test_a_request_that_is_gone_is_forgotten(ledger: Due, log: Log) -> None:
    async def do(request_id: str) -> None:
        raise NoRequest(f"There is no request {request_id}.")

    advance, mark = Seen(do), Seen()
    async with Timer(passes(advance, mark), ledger, log=log, pauses=(0.0,)) as timer:
        await timer.wake(Work.ADVANCE, "R-1", now())
        await advance.times(1)
        await timer.wake(Work.REPORT, "R-1", now())
        await mark.times(1)
    assert advance.calls == ["R-1"]


async def test_the_sweep_finds_a_lost_wake_and_lives_through_a_ledger_that_is_down(ledger: Due, log: Log) -> None:
    advance = Seen()
    async with Timer(passes(advance), ledger, log=log, sweep=0.01):
        ledger.down = True
        await asyncio.wait_for(log.written.wait(), 5)
        ledger.down = False
        ledger.advances = {"R-1": now()}
        await advance.times(1)
    assert log.lines[0] == ("homeward.ledger_unread", {"why": "The database does not answer."})


async def test_a_due_time_beyond_every_nap_is_of_a_clock_that_jumped_and_runs_now(ledger: Due, log: Log) -> None:
    advance = Seen()
    ledger.advances = {"R-1": now() + timedelta(hours=3)}
    async with Timer(passes(advance), ledger, log=log):
        await advance.times(1)


async def test_a_ledger_that_is_down_at_the_start_is_told_to_the_caller(ledger: Due, log: Log) -> None:
    ledger.down = True
    with pytest.raises(LedgerDown):
        await Timer(passes(Seen()), ledger, log=log).start()


async def test_the_stop_waits_for_what_runs_and_then_starts_nothing_more(ledger: Due, log: Log) -> None:
    go, ended = asyncio.Event(), asyncio.Event()

    async def do(_request_id: str) -> datetime:
        await go.wait()
        ended.set()
        return now()

    advance = Seen(do)
    timer = Timer(passes(advance), ledger, log=log)
    await timer.start()
    await timer.wake(Work.ADVANCE, "R-1", now())
    await advance.times(1)
    closing = asyncio.create_task(timer.close())
    go.set()
    await closing
    await timer.wake(Work.ADVANCE, "R-2", now())
    await timer.close()
    assert ended.is_set()
    assert advance.calls == ["R-1"]


async def test_fifteen_hundred_waiting_requests_cost_no_pass_and_hardly_any_time(ledger: Due, log: Log) -> None:
    advance, mark = Seen(), Seen()
    ledger.advances = {f"R-{n}": now() + FAR for n in range(1500)}
    async with Timer(passes(advance, mark), ledger, log=log, sweep=0.02) as timer:
        cpu = time.process_time()
        await timer.wake(Work.REPORT, "R-1", now() + timedelta(milliseconds=100))
        await mark.times(1)
        assert time.process_time() - cpu < 0.1
    assert not advance.calls
