"""What the reporter does with a real ledger and the sandbox's Slack, in calm and in trouble."""

import asyncio
from dataclasses import replace
from datetime import datetime

import pytest

from homeward.actions.approval import Policy
from homeward.actions.posts import PostState
from homeward.actions.requests import EventKind, Request
from homeward.actions.states import State
from homeward.bot.sandbox.slack import APPROVALS, ELSEWHERE, MAYA, WAR_ROOM, Version
from homeward.handlers.views.blocks import Message
from tests.handlers.reporting.world import VIEWS, World, told

ID = "R-000001"
DIRECT = "D0MAYA"
FORWARD = [EventKind.REQUESTED, EventKind.PUT_FORWARD]


async def test_a_request_has_a_card_an_approval_message_and_its_thread(here: World) -> None:
    async with here.process() as process:
        await process.ask()
        await process.go(State.AWAITING_APPROVAL, EventKind.PUT_FORWARD)
        await process.settle()
        await process.go(State.APPROVED, EventKind.APPROVED_BY, EventKind.APPROVED)
        await process.settle()

        assert here.card().text == f"{ID} approved v3"
        assert here.thread() == told([*FORWARD, EventKind.APPROVED_BY, EventKind.APPROVED])
        (put,) = here.slack.workspace.messages(APPROVALS)
        assert (put.text, put.edited) == (f"approve {ID}? approved", 1)
        assert {post.state for post in (await process.posts()).values()} == {PostState.SENT}


async def test_what_slack_shows_already_is_not_sent_again(here: World) -> None:
    async with here.process() as process:
        await process.ask()
        await process.settle()
    calls = len(here.slack.calls)
    async with here.process() as process:
        assert await process.report() is None
        assert not await process.ledger.reports_due(here.clock.ahead(days=1))
    assert len(here.slack.calls) == calls


async def test_an_unknown_request_has_nothing_to_show(here: World) -> None:
    async with here.process() as process:
        assert await process.report("R-NOTHERE") is None


async def test_a_card_is_changed_at_most_every_three_seconds(here: World) -> None:
    async with here.process() as process:
        await process.ask()
        await process.report()
        here.clock.ahead(seconds=1)
        await process.go(None)
        assert await process.report() == pytest.approx(2.0)
        assert here.card().text == f"{ID} checking v1"
        here.clock.ahead(seconds=2)
        assert await process.report() is None
        assert here.card().text == f"{ID} checking v2"


async def test_the_approvers_are_reminded_below_their_message(here: World) -> None:
    async with here.process() as process:
        await process.ask()
        await process.go(State.AWAITING_APPROVAL, EventKind.PUT_FORWARD)
        await process.settle()
        await process.go(None, EventKind.REMINDED)
        await process.settle()
    put, reminder = here.slack.workspace.messages(APPROVALS)
    assert (reminder.text, reminder.thread_ts) == (f"still waiting: {ID}", put.ts)


async def test_an_approval_that_is_over_is_not_put_forward_any_more(here: World) -> None:
    async with here.process() as process:
        await process.ask()
        await process.go(State.AWAITING_APPROVAL, EventKind.PUT_FORWARD)
        await process.ledger.begin_post(ID, "approval", channel=APPROVALS.id, thread="", digest="")
        await process.go(State.CANCELLED, EventKind.CANCELLED)
        await process.settle()
        assert (await process.posts())["approval"].state is PostState.REFUSED
    assert not here.slack.workspace.messages(APPROVALS)
    assert here.thread() == told([*FORWARD, EventKind.CANCELLED])


async def test_a_channel_without_the_bot_is_passed_over_for_the_requester(here: World) -> None:
    async with here.process() as process:
        await process.ask(channel=ELSEWHERE.id)
        await process.settle()
        await process.go(State.CANCELLED, EventKind.CANCELLED)
        await process.settle()
        posts = await process.posts()
    assert (posts["card"].state, posts["card"].why) == (PostState.REFUSED, "not_in_channel")
    assert here.card(DIRECT).text == f"{ID} cancelled v2 moved: not_in_channel"
    assert here.thread(DIRECT) == told([EventKind.REQUESTED, EventKind.CANCELLED])


async def test_a_bot_that_is_sent_out_goes_on_with_the_requester(here: World) -> None:
    async with here.process() as process:
        await process.ask()
        await process.settle()
        channels = here.slack.workspace.channels
        channels[WAR_ROOM.id] = replace(WAR_ROOM, members=WAR_ROOM.members - {here.slack.workspace.bot.id})
        await process.go(State.CANCELLED, EventKind.CANCELLED)
        await process.settle()
    assert here.thread() == told([EventKind.REQUESTED])
    assert here.card(DIRECT).text == f"{ID} cancelled v2 moved: not_in_channel"
    assert here.thread(DIRECT) == told([EventKind.CANCELLED], 2)


async def test_a_reply_that_finds_the_channel_closed_is_told_in_the_next_place(here: World) -> None:
    async with here.process() as process:
        await process.ask()
        await process.settle()
        here.slack.faults.fail("chat.postMessage", "is_archived")
        await process.go(None, EventKind.RECHECKED)
        await process.settle()
        assert (await process.posts())["event:2:direct"].state is PostState.SENT
    assert here.thread(DIRECT) == told([EventKind.RECHECKED], 2)


async def test_a_requester_who_cannot_be_written_to_ends_the_trying(here: World) -> None:
    here.slack.workspace.change(MAYA, deleted=True)
    async with here.process() as process:
        await process.ask(channel=ELSEWHERE.id)
        here.slack.faults.fail("chat.postMessage", "user_disabled", times=None)
        assert await process.settle() < 5
        assert {post.state for post in (await process.posts()).values()} == {PostState.REFUSED}
        assert await process.report() is None


async def test_a_deleted_card_is_posted_anew_once(here: World) -> None:
    async with here.process() as process:
        await process.ask()
        await process.settle()
        here.slack.workspace.delete(here.card())
        await process.go(None, EventKind.RECHECKED)
        await process.settle()
        assert here.card().text == f"{ID} checking v2"
        assert here.thread() == told([EventKind.RECHECKED], 2)

        here.slack.workspace.delete(here.card())
        await process.go(State.CANCELLED, EventKind.CANCELLED)
        await process.settle()
        assert await process.report() is None
    assert [m for m in here.slack.workspace.messages(WAR_ROOM) if not m.thread_ts] == []


async def test_a_deleted_approval_message_is_put_forward_anew_while_it_waits(here: World) -> None:
    async with here.process() as process:
        await process.ask()
        await process.go(State.AWAITING_APPROVAL, EventKind.PUT_FORWARD)
        await process.settle()
        (put,) = here.slack.workspace.messages(APPROVALS)
        here.slack.workspace.delete(put)
        await process.go(None, EventKind.REMINDED)
        await process.settle()
        await process.settle()
        (anew,) = here.slack.workspace.messages(APPROVALS)
        assert anew.text == f"approve {ID}? awaiting_approval"
        await process.go(State.REJECTED, EventKind.REJECTED)
        await process.settle()
        assert (await process.posts())["approval"].state is PostState.SENT
    assert here.slack.workspace.messages(APPROVALS)[0].text == f"approve {ID}? rejected"


async def test_an_approval_message_that_cannot_be_changed_is_put_forward_anew(here: World) -> None:
    def approval(request: Request, *, policy: Policy, now: datetime) -> Message:
        return Message(f"version {request.version}", ())

    async with here.process(views=replace(VIEWS, approval=approval)) as process:
        await process.ask()
        await process.go(State.AWAITING_APPROVAL, EventKind.PUT_FORWARD)
        await process.settle()
        here.slack.workspace.delete(here.slack.workspace.messages(APPROVALS)[0])
        await process.go(None, EventKind.APPROVED_BY)
        await process.settle()
        assert [m.text for m in here.slack.workspace.messages(APPROVALS)] == ["version 3"]


async def test_an_approval_message_deleted_after_the_decision_is_left_alone(here: World) -> None:
    async with here.process() as process:
        await process.ask()
        await process.go(State.AWAITING_APPROVAL, EventKind.PUT_FORWARD)
        await process.settle()
        here.slack.workspace.delete(here.slack.workspace.messages(APPROVALS)[0])
        await process.go(State.REJECTED, EventKind.REJECTED)
        await process.settle()
        assert (await process.posts())["approval"].why == "message_not_found"
        await process.report()
    assert [call.error for call in here.slack.calls if call.error] == ["message_not_found"]
    assert not here.slack.workspace.messages(APPROVALS)


async def test_an_approvers_channel_that_is_closed_is_written_down_and_the_thread_goes_on(here: World) -> None:
    del here.slack.workspace.channels[APPROVALS.id]
    async with here.process() as process:
        await process.ask()
        await process.go(State.AWAITING_APPROVAL, EventKind.PUT_FORWARD)
        await process.settle()
        post = (await process.posts())["approval"]
        assert (post.state, post.why) == (PostState.REFUSED, "channel_not_found")
    assert here.thread() == told(FORWARD)


async def test_an_hour_without_slack_is_caught_up_with_in_order_and_at_slacks_pace(here: World) -> None:
    async with here.process() as process:
        await process.ask()
        await process.settle()
        here.slack.faults.break_down()
        passes = 0
        for _ in range(100):
            await process.go(None, EventKind.RECHECKED)
            until = here.clock().timestamp() + 36
            while here.clock().timestamp() < until:
                wait = await process.report()
                assert wait is not None
                passes += 1
                here.clock.ahead(seconds=min(wait, until - here.clock().timestamp()))
        assert passes < 250
        calls = len(here.slack.calls)
        here.slack.faults.clear()
        began = here.clock()
        await process.settle()

    assert here.thread() == told([EventKind.REQUESTED, *[EventKind.RECHECKED] * 100])
    assert 95 <= (here.clock() - began).total_seconds() <= 170
    assert all(not call.error for call in here.slack.calls[calls:])


async def test_while_slack_is_down_it_is_asked_ever_less(here: World) -> None:
    async with here.process() as process:
        await process.ask()
        here.slack.faults.break_down()
        waits: list[float | None] = []
        for _ in range(7):
            waits.append(wait := await process.report())
            here.clock.ahead(seconds=wait or 0)
        assert waits == pytest.approx([5.0, 10.0, 20.0, 40.0, 60.0, 60.0, 60.0])


async def test_all_requests_of_a_workspace_wait_together(here: World) -> None:
    async with here.process() as process:
        for number in range(1, 6):
            await process.ask(f"R-{number}")
        here.slack.faults.break_down()
        waits = [await process.report(f"R-{number}") for number in range(1, 6)]
        assert waits == pytest.approx([5.0] * 5)
        here.slack.faults.clear()
        assert await process.report("R-1") == pytest.approx(5.0)
    assert not here.slack.calls


async def test_a_wait_that_slack_names_holds_its_channel_and_no_other(here: World) -> None:
    async with here.process() as process:
        await process.ask()
        await process.settle()
        await process.go(State.AWAITING_APPROVAL, EventKind.PUT_FORWARD)
        here.slack.faults.limit("chat.postMessage", retry_after=30)
        here.clock.ahead(seconds=5)
        # The card is changed, the approvers' channel is limited, and the thread goes on.
        assert await process.report() == pytest.approx(30.0)
        assert here.thread() == told(FORWARD)
        assert await process.report() == pytest.approx(30.0)
        here.clock.ahead(seconds=30)
        assert await process.report() is None
    assert len(here.slack.workspace.messages(APPROVALS)) == 1
    # It was certain that it was not sent, so nothing had to be looked for.
    assert here.times("conversations.history") == 0


async def test_many_requests_in_one_channel_take_turns(here: World) -> None:
    async with here.process() as process:
        ids = [f"R-{number}" for number in range(1, 21)]
        for id in ids:
            await process.ask(id)
        due = {id: here.clock() for id in ids}
        while due:
            id = min(due, key=lambda one: due[one])
            here.clock.now = max(here.clock.now, due.pop(id))
            if (again := await process.reporter.report(id)) is not None:
                due[id] = again
        assert all(not call.error for call in here.slack.calls)
    assert len(here.slack.workspace.messages(WAR_ROOM)) == 40


async def test_a_workspace_without_plans_is_asked_once(here: World) -> None:
    plan: dict[str, object] = {"type": "plan", "title": "Machines", "tasks": []}

    def card(request: Request, *, now: datetime, moved: str, went_on: str) -> Message:
        shown = VIEWS.card(request, now=now, moved=moved, went_on=went_on)
        return Message(shown.text, (*shown.blocks, {**plan, "title": shown.text}), shown.blocks)

    here.slack.faults.unsupported_blocks.add("plan")
    async with here.process(views=replace(VIEWS, card=card)) as process:
        await process.ask()
        await process.settle()
        for _ in range(3):
            await process.go(None)
            await process.settle()
    assert here.card().edited == 3
    assert [call.error for call in here.slack.calls if call.error] == ["invalid_blocks"]


async def test_a_reply_that_slack_finds_faulty_is_told_by_its_text(here: World) -> None:
    nonsense: dict[str, object] = {"type": "nonsense"}
    faulty = replace(VIEWS, reply=lambda event, request: Message(f"{event.seq} told", (nonsense,)))  # pyright: ignore[reportUnknownLambdaType, reportUnknownMemberType] # as the protocol has it
    async with here.process(views=faulty) as process:
        await process.ask()
        await process.go(None, EventKind.RECHECKED)
        await process.settle()
    assert here.thread() == ["1 told", "2 told"]
    assert {line["slack"] for line in here.log.lines} == {"invalid_blocks"}


async def test_a_message_written_down_too_long_ago_is_not_sent(here: World) -> None:
    """The process is stopped between the two, and wakes up when somebody else may be at it."""

    def stopped(effect: str) -> None:
        if effect == "begin_post":
            here.clock.ahead(seconds=11)

    async with here.process(effect=stopped) as process:
        await process.ask()
        assert await process.report() == pytest.approx(0.0)
        assert not here.slack.workspace.messages(WAR_ROOM)
    async with here.process() as process:
        await process.settle()
    assert here.card().text == f"{ID} checking v1"


async def test_another_process_is_given_time_to_end_its_send(here: World) -> None:
    async with here.process(sole=False) as process:
        await process.ask()
        await process.ledger.begin_post(ID, "card", channel=WAR_ROOM.id, thread="", digest="")
        assert await process.report() == pytest.approx(30.0)
        assert not here.slack.calls
        here.clock.ahead(seconds=30)
        await process.settle()
    assert here.card().text == f"{ID} checking v1"


async def test_two_processes_at_the_same_work_say_everything_once(here: World) -> None:
    async with here.process(sole=False) as process:
        other = process.beside()
        await process.ask()
        await process.go(State.AWAITING_APPROVAL, EventKind.PUT_FORWARD)
        for _ in range(40):
            waits = [wait for wait in await asyncio.gather(process.report(), other.report()) if wait is not None]
            if not waits:
                break
            here.clock.ahead(seconds=min(waits))
        else:
            pytest.fail("still due")
    assert here.thread() == told(FORWARD)
    assert len(here.slack.workspace.marked("request", ID)) == 4


async def test_a_mark_of_somebody_else_keeps_nothing_from_being_said(here: World) -> None:
    async with here.process() as process:
        await process.ask()
        await process.settle()
        await process.go(None, EventKind.RECHECKED)
        card = here.card().ts
        await process.ledger.begin_post(ID, "event:2", channel=WAR_ROOM.id, thread=card, digest="")
        metadata = {"event_type": "homeward_post", "event_payload": {"request": ID, "key": "event:2"}}
        at = here.clock().timestamp()
        here.slack.workspace.post(WAR_ROOM, MAYA, Version("mine", (), metadata), at=at, thread_ts=card)
        await process.settle()
    assert here.thread() == ["1 requested", "mine", "2 rechecked"]


async def test_without_the_scope_to_search_a_message_is_rather_told_twice_than_not(here: World) -> None:
    here.slack.scopes.difference_update({"channels:history", "groups:history", "im:history"})
    async with here.process() as process:
        await process.ask()
        here.slack.faults.lose_answer("chat.postMessage")
        await process.settle()
    cards = [m for m in here.slack.workspace.messages(WAR_ROOM) if not m.thread_ts]
    assert len(cards) == 2
    assert {line["slack"] for line in here.log.lines} == {"missing_scope"}


async def test_a_day_after_its_end_a_request_is_not_shown_any_more(here: World) -> None:
    async with here.process() as process:
        await process.ask()
        await process.go(State.CANCELLED, EventKind.CANCELLED)
        here.slack.faults.break_down()
        assert await process.report() is not None
        here.clock.ahead(days=1)
        assert await process.report() is None
    assert here.log.lines == [{"event": "homeward.unreported", "request": ID}]


async def test_a_long_pass_leaves_the_rest_to_the_next(here: World) -> None:
    def slow(effect: str) -> None:
        if effect.startswith("post "):
            here.clock.ahead(seconds=16)

    async with here.process(effect=slow) as process:
        await process.ask()
        await process.go(None, EventKind.RECHECKED)
        assert await process.report() == pytest.approx(0.0)
        assert len(here.slack.workspace.messages(WAR_ROOM)) == 1
        await process.settle()
    assert here.thread() == told([EventKind.REQUESTED, EventKind.RECHECKED])
