"""Approvers whom the channel does not reach are asked in person: once each, kept true, and never at the card's cost."""

from dataclasses import replace

from homeward.actions.posts import PostState
from homeward.actions.requests import EventKind, Person
from homeward.actions.states import State
from homeward.bot.sandbox.slack import APPROVALS, LENA, OMAR, WAR_ROOM
from homeward.handlers import SlackRefused
from homeward.handlers.places import direct_key
from tests.handlers.reporting.world import TEAM, Process, World

ID = "R-000001"
ASKED = f"in person: {ID} awaiting_approval"
NUDGE = f"still waiting: {ID}"


async def forward(process: Process) -> None:
    await process.ask()
    await process.go(State.AWAITING_APPROVAL, EventKind.PUT_FORWARD)
    await process.settle()


async def test_who_is_not_in_the_channel_is_asked_in_person_once(here: World) -> None:
    here.absent.people = (OMAR.id, LENA.id)
    async with here.process() as process:
        await forward(process)
        await process.settle()
    async with here.process() as process:
        await process.settle()
    assert here.direct(OMAR) == here.direct(LENA) == [ASKED]


async def test_nobody_is_asked_in_person_before_the_approvers_channel_has_it(here: World) -> None:
    here.absent.people = (OMAR.id,)
    here.slack.workspace.channels[APPROVALS.id] = replace(APPROVALS, is_archived=True)
    async with here.process() as process:
        await forward(process)
    assert here.direct(OMAR) == []


async def test_a_decision_changes_what_was_said_in_person(here: World) -> None:
    here.absent.people = (OMAR.id,)
    async with here.process() as process:
        await forward(process)
        await process.go(State.EXPIRED, EventKind.EXPIRED)
        await process.settle()
    assert here.direct(OMAR) == [f"in person: {ID} expired"]


async def test_whoever_joins_the_channel_later_keeps_what_they_were_asked_and_it_stays_true(here: World) -> None:
    here.absent.people = (OMAR.id,)
    async with here.process() as process:
        await forward(process)
        here.absent.people = ()
        await process.go(State.CANCELLED, EventKind.CANCELLED)
        await process.settle()
    assert here.direct(OMAR) == [f"in person: {ID} cancelled"]


async def test_a_reminder_reaches_those_who_have_not_turned_them_off(here: World) -> None:
    here.absent.people = (OMAR.id, LENA.id)
    async with here.process() as process:
        await forward(process)
        await process.ledger.quiet(Person(TEAM, LENA.id), on=True)
        await process.go(None, EventKind.REMINDED)
        await process.settle()
    (asked, nudged) = here.slack.workspace.messages(here.slack.workspace.direct(OMAR))
    assert (nudged.text, nudged.thread_ts) == (f"<@{OMAR.id}> {NUDGE}", asked.ts)
    assert here.direct(LENA) == [ASKED]


async def test_who_turned_them_off_is_not_asked_in_person(here: World) -> None:
    here.absent.people = (OMAR.id, LENA.id)
    async with here.process() as process:
        await process.ledger.quiet(Person(TEAM, OMAR.id), on=True)
        await forward(process)
    assert here.direct(OMAR) == []
    assert here.direct(LENA) == [ASKED]


async def test_who_can_not_be_reached_is_written_down_and_not_tried_again(here: World) -> None:
    here.absent.people = (OMAR.id, LENA.id)
    here.slack.faults.fail("conversations.open", "user_disabled", times=1)
    async with here.process() as process:
        await forward(process)
        await process.go(None, EventKind.REMINDED)
        await process.settle()
        posts = await process.posts()
    omar = posts[direct_key(OMAR.id)]
    assert (omar.state, omar.why) == (PostState.REFUSED, "user_disabled")
    assert here.direct(LENA) == [ASKED, f"<@{LENA.id}> {NUDGE}"]
    assert here.times("conversations.open") == 2


async def test_a_refused_message_in_person_is_its_own_matter(here: World) -> None:
    here.absent.people = (OMAR.id,)
    direct = here.slack.workspace.direct(OMAR)
    here.slack.workspace.channels[direct.id] = replace(direct, is_archived=True)
    async with here.process() as process:
        await forward(process)
        assert (await process.posts())[direct_key(OMAR.id)].why == "is_archived"
    assert len(here.slack.workspace.messages(APPROVALS)) == 1


async def test_many_are_asked_a_few_at_a_time_and_the_card_goes_on_meanwhile(here: World) -> None:
    here.absent.people = tuple(f"U{n:05}" for n in range(30))
    here.absent.more = 10
    async with here.process() as process:
        await process.ask()
        await process.go(State.AWAITING_APPROVAL, EventKind.PUT_FORWARD)
        assert await process.report() == 0.0
        assert here.card().text == f"{ID} awaiting_approval v2"
        assert here.times("conversations.open") == 5
        await process.settle()
        told = [key for key in await process.posts() if key.startswith("direct:")]
    assert len(told) == 20
    assert [line for line in here.log.lines if line["event"] == "homeward.too_many_to_ask_in_person"] == [
        {"event": "homeward.too_many_to_ask_in_person", "request": ID, "left_out": 10}
    ]


async def test_where_slack_does_not_tell_who_is_absent_it_is_asked_again_and_the_rest_is_shown(here: World) -> None:
    here.absent.people = (OMAR.id,)
    here.absent.refused = SlackRefused("conversations.members", "ratelimited", retry_after=40.0)
    async with here.process() as process:
        await process.ask()
        await process.go(State.AWAITING_APPROVAL, EventKind.PUT_FORWARD)
        assert await process.report() == 40.0
        assert len(here.slack.workspace.messages(APPROVALS)) == len(here.slack.workspace.messages(WAR_ROOM)) - 2 == 1
        assert here.direct(OMAR) == []
        here.clock.ahead(seconds=40)
        await process.settle()
    assert here.direct(OMAR) == [ASKED]


async def test_a_slack_that_opens_no_conversations_now_holds_up_no_other_message(here: World) -> None:
    here.absent.people = (OMAR.id,)
    here.slack.faults.limit("conversations.open", retry_after=20)
    async with here.process() as process:
        await process.ask()
        await process.go(State.AWAITING_APPROVAL, EventKind.PUT_FORWARD)
        assert await process.report() == 20.0
        await process.go(State.APPROVED, EventKind.APPROVED_BY)
        here.clock.ahead(seconds=4)
        await process.settle()
        assert here.card().text == f"{ID} approved v3"
    assert here.direct(OMAR) == []
