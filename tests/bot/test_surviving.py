"""What goes wrong while a request lives: Azure, Slack or the ledger fail, jobs vanish; nothing is done twice."""

import re
import resource
from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest

from homeward.bot.sandbox.estate.reprotects import Fate, renamed, unreachable
from homeward.bot.sandbox.estate.shop import add_shop
from homeward.bot.sandbox.run import Sandbox
from homeward.bot.sandbox.slack import APPROVALS, LENA, MAYA, OMAR
from homeward.handlers import ids
from tests.bot.story import WITHIN, Story, shown, story

HOME = "it is protected and may fail back"


async def _approved(told: Story, text: str = "web01") -> None:
    await told.asks(text)
    await told.approves()


def _fate(sandbox: Sandbox, fate: Fate, machine: str = "web01") -> None:
    sandbox.estate.vault.item(machine).fates.append(fate)


async def _until_it_is(sandbox: Sandbox, stage: str) -> None:
    await sandbox.arm.until(lambda: sandbox.estate.vault.item("web01").stage == stage, WITHIN)


async def _looked_for_twice(sandbox: Sandbox) -> None:
    """The job was asked for twice more: what the first of these answers showed is written down."""
    before = len(sandbox.arm.requests)
    await sandbox.arm.until(
        lambda: sum("/replicationJobs/" in one.path for one in sandbox.arm.requests[before:]) > 1, WITHIN
    )


# --- Slack ---


async def test_while_slack_is_down_the_work_goes_on_and_the_thread_catches_up_in_order_without_doubles(
    sandbox: Sandbox,
) -> None:
    async with story(sandbox) as told:
        await _approved(told)
        await told.thread_says("approved by")
        sandbox.slack.faults.break_down()
        await _until_it_is(sandbox, "ready-to-fail-back")
        assert not any("protected, may" in text for text in told.replies())
        told.pass_time(60)
        sandbox.slack.faults.clear()
        await told.thread_says(HOME)
        await told.card_says("Done: web01")
    said = told.replies()
    assert [text for text, times in Counter(said).items() if times > 1] == []
    order = ["the approvers are asked", "approved by", "started (job", "the job ended well", "protected, may", HOME]
    assert [next(i for i, text in enumerate(said) if words in text) for words in order] == sorted(
        next(i for i, text in enumerate(said) if words in text) for words in order
    )
    assert told.started == ["web01"]


async def test_lost_answers_of_slack_double_nothing(sandbox: Sandbox) -> None:
    async with story(sandbox) as told:
        sandbox.slack.faults.lose_answer("chat.postMessage", times=1)
        await _approved(told)
        sandbox.slack.faults.lose_answer("chat.postMessage", times=1)
        await told.thread_says(HOME)
    assert [text for text, times in Counter(told.replies()).items() if times > 1] == []
    assert len(told.cards()) == 1
    assert len(told.put_forward()) == 1


async def test_an_archived_channel_of_the_approvers_voids_the_request_and_the_requester_is_told(
    sandbox: Sandbox,
) -> None:
    workspace = sandbox.slack.workspace
    workspace.channels[APPROVALS.id] = replace(workspace.channels[APPROVALS.id], is_archived=True)
    async with story(sandbox) as told:
        await told.types("start web01")
        reply = await told.thread_says("void, and nothing was started")
        assert f"<@{MAYA.id}>: The approvers' channel can't be reached (is_archived): nobody was asked." in reply
        await told.types("status web01")
        assert "Void" in told.private()[-1]
    assert told.started == []


# --- Azure ---


async def test_throttled_and_failing_reads_delay_and_nothing_is_concluded(sandbox: Sandbox) -> None:
    async with story(sandbox) as told:
        await told.asks("web01")
        faults = sandbox.arm.faults
        faults.refuse(429, method="GET", times=2, retry_after=1)
        await told.approves()
        await told.thread_says("started (job")
        faults.refuse(503, method="GET", times=3)
        faults.refuse(429, method="GET", times=1, retry_after=2)
        faults.garbage(method="GET", times=1)
        await told.thread_says(HOME)
    assert told.started == ["web01"]


@pytest.mark.parametrize("trouble", ["an error", "no header", "no connection"])
async def test_a_start_that_azure_took_without_saying_so_is_found_and_followed(sandbox: Sandbox, trouble: str) -> None:
    faults = sandbox.arm.faults
    match trouble:
        case "an error":
            faults.refuse(500, method="POST", times=1, accepted=True)
        case "no header":
            faults.nameless(times=1)
        case _:
            faults.drop(method="POST", times=1, accepted=True)
    sandbox.estate.speed = 400
    async with story(sandbox) as told:
        await _approved(told)
        await told.thread_says("Azure did not answer the start call")
        await told.thread_says("its job was found and is followed")
        await told.thread_says(HOME)
    assert told.started == ["web01"]


async def test_a_start_that_never_arrived_asks_a_person_and_their_try_comes_through(sandbox: Sandbox) -> None:
    sandbox.arm.faults.refuse(502, method="POST", times=1)
    async with story(sandbox) as told:
        await _approved(told)
        await told.thread_says("Azure did not answer the start call")
        told.pass_time(6)
        await told.thread_says("nobody can tell what became of its start")
        await told.card_says("needs a person")
        assert told.started == []
        await told.presses(MAYA, ids.RETRY)
        assert "somebody else has to decide" in told.private()[-1]
        assert told.started == []
        await told.presses(LENA, ids.RETRY)
        await told.thread_says("started again (attempt 2)")
        await told.thread_says(HOME)
    assert told.started == ["web01"]


async def test_lists_that_lag_cause_no_second_start(sandbox: Sandbox) -> None:
    sandbox.arm.faults.refuse(500, method="POST", times=1, accepted=True)
    sandbox.estate.speed = 200
    async with story(sandbox) as told:
        await told.asks("web01")
        sandbox.arm.lists_lag(3)
        await told.approves()
        await told.thread_says("its job was found and is followed")
        await told.thread_says(HOME)
    assert told.started == ["web01"]


async def test_a_job_that_vanishes_is_judged_by_the_machine(sandbox: Sandbox) -> None:
    _fate(sandbox, Fate(vanishes_after=1, job_minutes=2))
    sandbox.estate.speed = 60
    async with story(sandbox) as told:
        await _approved(told)
        await told.thread_says("started (job")
        await _until_it_is(sandbox, "replicating-back")
        await _looked_for_twice(sandbox)
        told.pass_time(6)
        await told.thread_says(HOME)
    assert told.started == ["web01"]


async def test_a_job_that_vanishes_without_a_trace_needs_a_person_who_can_end_it(sandbox: Sandbox) -> None:
    _fate(sandbox, Fate(vanishes_after=0.5, end="Failed", job_minutes=1))
    async with story(sandbox) as told:
        await _approved(told)
        await told.thread_says("started (job")
        await _looked_for_twice(sandbox)
        told.pass_time(6)
        reply = await told.thread_says("nobody can tell what became of its start")
        await told.card_says("needs a person")
        await told.presses(MAYA, ids.END_HERE)
        await told.card_says("Ended: web01 did not come through")
    assert "its job is not in the vault any more" in reply


async def test_a_job_cancelled_in_the_portal_is_told_as_that(sandbox: Sandbox) -> None:
    sandbox.estate.speed = 30
    async with story(sandbox) as told:
        await _approved(told)
        await told.thread_says("started (job")
        sandbox.arm.cancel_elsewhere("web01")
        reply = await told.thread_says("*web01* failed")
        assert "the job was cancelled in Azure (not by Homeward)" in reply
        await told.card_says("Ended: web01 did not come through")


async def test_an_item_whose_id_changes_is_followed_under_the_new_one(sandbox: Sandbox) -> None:
    _fate(sandbox, Fate(new_id=True))
    async with story(sandbox) as told:
        await _approved(told)
        await told.thread_says(HOME)


async def test_warnings_inside_a_success_are_told_as_warnings_once(sandbox: Sandbox) -> None:
    _fate(sandbox, renamed("web01"))
    async with story(sandbox) as told:
        await _approved(told)
        await told.thread_says(HOME)
    assert sum("warning" in text for text in told.replies()) in {1, 2}
    assert not any("✗" in text for text in told.replies())


# --- the ledger ---


@contextmanager
def _disk_full(sandbox: Sandbox) -> Generator[None]:
    """No file of this process grows any more, the ledger's log of changes among them."""
    log = sandbox.folder / "homeward.db-wal"
    room = 64 * 1024
    assert log.stat().st_size > room
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


async def test_a_vote_that_can_not_be_recorded_is_refused_and_counts_when_there_is_room_again(
    sandbox: Sandbox,
) -> None:
    async with story(sandbox) as told:
        await told.asks("web01")
        with _disk_full(sandbox):
            await told.approves()
            form = sandbox.slack.views.top(LENA)
            assert form
            assert "nothing was" in str(form.view).casefold() or "can't be" in str(form.view)
            assert told.started == []
        await told.approves()
        await told.thread_says(HOME)
    assert told.started == ["web01"]
    await told.audited()


async def test_what_can_not_be_recorded_is_not_started_and_goes_on_when_there_is_room(sandbox: Sandbox) -> None:
    async with story(sandbox) as told:
        await told.asks("web01")
        arm = sandbox.arm
        arm.faults.slow(1.5, method="GET", times=1)
        await told.approves()
        with _disk_full(sandbox):
            before = len(arm.requests)
            # The checks before the start are made, and made again: what they found could not be written.
            await arm.until(lambda: len(arm.requests) > 2 * before, WITHIN)
            assert told.started == []
        await told.thread_says(HOME)
    assert told.started == ["web01"]
    await told.audited()


# --- a machine of a group that fails ---


async def test_when_one_of_a_stage_fails_the_rest_waits_and_trying_it_again_brings_all_home(sandbox: Sandbox) -> None:
    _fate(sandbox, unreachable("pay-db01"), "pay-db01")
    async with story(sandbox) as told:
        await _approved(told, "payroll")
        reply = await told.thread_says("*pay-db01* failed")
        await told.thread_says("wait for *pay-db01*")
        await told.card_says("1 machine of recovery plan payroll needs a person")
        failure = next(m for m in told.thread() if m.text == reply)
        assert "95226" in shown(failure)
        assert told.started == ["pay-db01"]
        await told.presses(MAYA, ids.RETRY, "pay-db01")
        assert "somebody else has to decide" in told.private()[-1]
        await told.presses(LENA, ids.RETRY, "pay-db01")
        await told.thread_says("all 3 machines are protected and may fail back")
    assert told.started[:2] == ["pay-db01", "pay-db01"]
    assert sorted(told.started[2:]) == ["pay-app01", "pay-app02"]
    await told.audited()


async def test_going_on_without_the_one_that_failed_brings_the_others_home(sandbox: Sandbox) -> None:
    _fate(sandbox, unreachable("pay-db01"), "pay-db01")
    async with story(sandbox) as told:
        await _approved(told, "payroll")
        await told.card_says("needs a person")
        await told.presses(MAYA, ids.GO_ON, "pay-db01")
        summary = await told.thread_says("2 of 3 machines protected")
        await told.card_says("Ended: only 2 of 3 machines")
    assert summary
    assert sorted(told.started) == ["pay-app01", "pay-app02", "pay-db01"]


async def test_a_failure_of_the_second_stage_holds_back_nobody_of_the_first(sandbox: Sandbox) -> None:
    add_shop(sandbox.estate)
    _fate(sandbox, unreachable("shop-web02"), "shop-web02")
    async with story(sandbox) as told:
        await _approved(told, "shop")
        await told.thread_says("2 of 3 machines protected")
    assert Counter(told.started) == Counter(["shop-db01", "shop-web01", "shop-web02"])


# --- people ---


async def test_the_requester_cancels_while_the_approvers_are_asked(sandbox: Sandbox) -> None:
    async with story(sandbox) as told:
        await told.asks("web01")
        await told.presses(MAYA, ids.CANCEL)
        await told.thread_says(f"cancelled by <@{MAYA.id}>: nothing was started")
        await told.card_says("Cancelled, nothing was started: web01")
        await told.workspace.until(lambda: not any("Approve" in shown(m) for m in told.put_forward()), WITHIN)
    assert told.started == []


async def test_a_cancel_while_it_runs_starts_nothing_more_and_follows_what_runs(sandbox: Sandbox) -> None:
    add_shop(sandbox.estate)
    _fate(sandbox, Fate(replication_minutes=4), "shop-db01")
    sandbox.estate.speed = 40
    async with story(sandbox) as told:
        await _approved(told, "shop")
        await told.thread_says("*shop-db01*: reprotect started")
        found = re.search(r"R-[0-9A-Z]{6}", shown(told.cards()[0]))
        assert found
        await told.types(f"cancel {found[0]} the site has no power again", OMAR)
        await told.thread_says(
            "stopped it: nothing more is started. The jobs of shop-db01 go on to their end in Azure."
        )
        await told.card_says("Stopping recovery plan shop: nothing more is started, 1 machine still on the way")
        await told.thread_says("1 of 3 machines protected")
    assert told.started == ["shop-db01"]


async def test_approvers_are_reminded_then_it_expires_and_an_approval_comes_too_late(sandbox: Sandbox) -> None:
    settings = sandbox.settings()
    assert settings.approvals
    hours = settings.approvals.model_copy(update={"expires_after": timedelta(minutes=20)})
    async with story(sandbox, settings.model_copy(update={"approvals": hours})) as told:
        message = await told.asks("web01")
        await told.thread_says("the approvers are asked")
    told.pass_time(16)
    async with story(sandbox, settings.model_copy(update={"approvals": hours}), clock=told.clock) as again:
        await again.thread_says("the approvers were reminded")
        reminder = await again.workspace.until(
            lambda: next(iter(again.workspace.thread(APPROVALS, message.ts)), None), WITHIN
        )
        assert "<!subteam^S0APPROVERS>" in shown(reminder)
    told.pass_time(5)
    async with story(sandbox, settings.model_copy(update={"approvals": hours}), clock=told.clock) as late:
        await late.thread_says("expired: nobody decided in time")
        await sandbox.slack.click(LENA, message, ids.APPROVE)
        await late.homeward.idle()
        assert sandbox.slack.views.top(LENA) is None
        assert "expired" in late.private()[-1]
    assert told.started == []
    await told.audited()
