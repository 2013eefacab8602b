"""Approvers are really told: in person where the channel does not reach them, unless they turned that off."""

from dataclasses import replace
from datetime import timedelta

from homeward.bot.notices_settings import NoticesSettings
from homeward.bot.sandbox.run import Sandbox
from homeward.bot.sandbox.slack import APPROVALS, LENA, MAYA, OMAR, WAR_ROOM, Message
from homeward.bot.sandbox.slack.people import User
from homeward.bot.settings import Settings
from homeward.handlers import ids
from tests.bot.story import WITHIN, Clock, Story, shown, story


def outside(sandbox: Sandbox, *people: User) -> None:
    """They are not in the approvers' channel."""
    members = APPROVALS.members - {one.id for one in people}
    sandbox.slack.workspace.channels[APPROVALS.id] = replace(APPROVALS, members=members)


def said_to(told: Story, user: User) -> list[Message]:
    """What the bot told somebody in person, without what only answers a press."""
    place = told.workspace.direct(user)
    return [m for m in told.workspace.messages(place) if m.bot and not m.ephemeral_to]


async def in_person(told: Story, user: User, count: int = 1) -> Message:
    """Waits for so many messages; the last one."""
    return await told.workspace.until(lambda: next(iter(said_to(told, user)[count - 1 :]), None), WITHIN)


async def answered(told: Story, user: User, words: str) -> Message:
    """Waits for a private answer in the direct conversation."""
    place = told.workspace.direct(user)

    def found() -> Message | None:
        return next((m for m in told.workspace.messages(place) if m.ephemeral_to and words in m.text), None)

    return await told.workspace.until(found, WITHIN)


def labels(message: Message) -> list[str]:
    return [e["text"]["text"] for b in message.blocks if b["type"] == "actions" for e in b["elements"]]


async def test_an_approver_outside_the_channel_is_asked_in_person_and_approves_there(sandbox: Sandbox) -> None:
    outside(sandbox, OMAR)
    async with story(sandbox) as told:
        put = await told.asks("web01 Rotterdam is back")
        asked = await in_person(told, OMAR)
        assert "You get this in person because you may approve it" in shown(asked)
        assert labels(asked) == ["Approve…", "Reject…", "No direct messages"]
        assert shown(put) in shown(asked)
        assert said_to(told, LENA) == said_to(told, MAYA) == []

        await told.slack.click(OMAR, asked, ids.APPROVE)
        form = await told.workspace.until(lambda: told.slack.views.top(OMAR), WITHIN)
        boxes = [block["element"] for block in form.view["blocks"] if block["type"] == "input"]
        await told.slack.submit(OMAR, {b["action_id"]: [one["value"] for one in b["options"]] for b in boxes})
        changed = await told.workspace.until(
            lambda: next((m for m in said_to(told, OMAR) if "approved by" in shown(m)), None), WITHIN
        )
        assert labels(changed) == ["No direct messages"]
        await told.done()
        assert len(said_to(told, OMAR)) == 1
    assert told.started == ["web01"]


async def test_who_turned_direct_messages_off_gets_none_until_they_turn_them_on(sandbox: Sandbox) -> None:
    outside(sandbox, OMAR)
    async with story(sandbox) as told:
        await told.asks("web01")
        await told.slack.click(OMAR, await in_person(told, OMAR), ids.QUIET)
        off = await answered(told, OMAR, "Direct messages are off")
        assert "Home tab" in off.text
        await told.presses(MAYA, ids.CANCEL)
        await told.workspace.until(lambda: "Cancelled" in said_to(told, OMAR)[0].text, WITHIN)

        before = len(told.put_forward())
        await told.types("start web01")
        await told.workspace.until(lambda: len(told.put_forward()) > before, WITHIN)
        await told.presses(MAYA, ids.CANCEL)
        await told.workspace.until(lambda: "Cancelled" in told.put_forward()[-1].text, WITHIN)
        assert len(said_to(told, OMAR)) == 1

        await told.slack.click(OMAR, off, ids.QUIET)
        await answered(told, OMAR, "Direct messages are on")
        await told.types("start web01")
        assert "Approval needed" in (await in_person(told, OMAR, 2)).text


async def test_the_requester_guests_and_those_who_left_are_not_asked_in_person(sandbox: Sandbox) -> None:
    outside(sandbox, OMAR, LENA, MAYA)
    sandbox.slack.workspace.change(LENA, deleted=True)
    async with story(sandbox) as told:
        await told.types("start web01", OMAR)
        await told.approval()
        await told.presses(OMAR, ids.CANCEL)
        await told.workspace.until(lambda: "Cancelled" in told.put_forward()[-1].text, WITHIN)
        assert said_to(told, OMAR) == said_to(told, LENA) == said_to(told, MAYA) == []


async def test_without_the_scope_for_members_nobody_is_asked_in_person_and_the_rest_goes_on(sandbox: Sandbox) -> None:
    outside(sandbox, OMAR)
    sandbox.slack.scopes.discard("channels:read")
    async with story(sandbox) as told:
        await told.asks("web01")
        await told.approves(LENA)
        await told.done()
        assert said_to(told, OMAR) == []
    assert told.started == ["web01"]


async def test_a_reminder_comes_in_person_too(sandbox: Sandbox) -> None:
    outside(sandbox, OMAR)
    clock = Clock()
    async with story(sandbox, clock=clock) as told:
        await told.asks("web01")
        await in_person(told, OMAR)
    clock.ahead += timedelta(minutes=95)
    async with story(sandbox, clock=clock) as told:
        nudged = await in_person(told, OMAR, 2)
        assert nudged.text.startswith(f"<@{OMAR.id}> Still waiting for approval:")
        assert nudged.thread_ts == said_to(told, OMAR)[0].ts


def daily(sandbox: Sandbox, clock: Clock) -> Settings:
    """A line at this minute of the story's day."""
    at = clock().time().replace(second=0, microsecond=0)
    notices = NoticesSettings(daily=at, zone="UTC", channel=WAR_ROOM.id)
    return sandbox.settings().model_copy(update={"notices": notices})


async def test_the_daily_line_names_the_machines_in_azure_once_a_day_whatever_restarts(sandbox: Sandbox) -> None:
    clock = Clock()
    settings = daily(sandbox, clock)

    def lines() -> list[Message]:
        return [m for m in sandbox.slack.workspace.messages(WAR_ROOM) if "in Azure" in m.text]

    async with story(sandbox, settings, clock=clock) as told:
        first = await told.workspace.until(lambda: next(iter(lines()), None), WITHIN)
    assert "could come home: " in first.text
    assert labels(first) == ["Check a machine…"]
    async with story(sandbox, settings, clock=clock) as told:
        await told.types("list")
    assert len(lines()) == 1
    clock.ahead += timedelta(days=1)
    async with story(sandbox, settings, clock=clock) as told:
        await told.workspace.until(lambda: len(lines()) == 2, WITHIN)
