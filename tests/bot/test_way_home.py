"""The whole way home through the whole bot, by commands and buttons only: failback, commit, protection to Azure."""

from datetime import UTC, datetime, timedelta

import pytest

from homeward.bot.sandbox.estate.reprotects import unreachable
from homeward.bot.sandbox.estate.shop import add_shop
from homeward.bot.sandbox.run import Sandbox
from homeward.bot.sandbox.slack import LENA, Message
from homeward.checks.way import Operation
from homeward.handlers import ids
from tests.bot.story import Clock, Story, shown, story

REPROTECT, FAILBACK, COMMIT = Operation.REPROTECT, Operation.FAILBACK, Operation.COMMIT
CANCEL, TO_AZURE = Operation.CANCEL, Operation.TO_AZURE


def operations(told: Story) -> list[tuple[str, Operation]]:
    return [(start.machine, start.operation) for start in told.sandbox.arm.starts]


async def brought_back(told: Story, name: str, machine: str) -> None:
    """Replicates it home, until it is ready to fail back."""
    await told.asks(name)
    await told.approves()
    await told.card_says("Done")
    assert machine in {start for start, _ in operations(told)}


@pytest.mark.parametrize("machine", ["web01", "pay-app01"])
async def test_a_machine_goes_the_whole_way_home_in_one_thread(sandbox: Sandbox, machine: str) -> None:
    async with story(sandbox) as told:
        await told.asks(f"{machine} Rotterdam is back")
        await told.approves()
        await told.thread_says("may fail back")

        asked = await told.asks_for_next()
        assert "goes down" in shown(asked)
        assert operations(told) == [(machine, REPROTECT)]
        await told.approves(LENA)
        await told.thread_says("on-premises on ")

        asked = await told.asks_for_next()
        assert "no other recovery point" in shown(asked).casefold()
        await told.approves(LENA)

        await told.asks_for_next()
        await told.approves(LENA)
        last = await told.workspace.until(lambda: told.cards()[3] if len(told.cards()) > 3 else None)
        await told.workspace.until(lambda: "Done" in (told.workspace.message(last.channel, last.ts) or last).text, 30.0)

        cards = told.cards()
        assert [card.thread_ts for card in cards] == [None, *[cards[0].ts] * 3]
        assert {reply.thread_ts for reply in told.thread()} == {cards[0].ts}
        assert operations(told) == [(machine, each) for each in (REPROTECT, FAILBACK, COMMIT, TO_AZURE)]
        await told.audited()


async def test_a_failback_that_does_not_work_is_cancelled_and_made_again(sandbox: Sandbox) -> None:
    async with story(sandbox) as told:
        await brought_back(told, "web01", "web01")
        await told.asks_for_next()
        await told.approves()
        await told.thread_says("on-premises on ")
        await told.asks_to("cancel web01 the application does not start")
        await told.approves()
        await told.workspace.until(lambda: sandbox.estate.vault.item("web01").stage == "ready-to-fail-back", 30.0)
        await told.workspace.until(lambda: "Done" in told.cards()[-1].text, 30.0)
        await told.asks_to("start web01 --point app-consistent once more")
        await told.approves()
        await told.workspace.until(lambda: "Done" in told.cards()[-1].text, 30.0)
        assert [each for _, each in operations(told)] == [REPROTECT, FAILBACK, CANCEL, FAILBACK]
        body = sandbox.arm.starts[-1].body
        assert "ApplicationConsistent" in str(body)


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("start web01", "reprotect"),
        ("commit web01", "fail"),
        ("cancel web01", "fail"),
    ],
)
async def test_the_wrong_step_is_refused_with_the_right_one(sandbox: Sandbox, command: str, words: str) -> None:
    async with story(sandbox) as told:
        await told.types(command, command="/failback")
        card = await told.card_says("Not started")
        assert words in shown(card).casefold()
        assert told.put_forward() == []
    assert told.started == []


async def test_a_plan_whose_second_group_fails_waits_for_a_person(sandbox: Sandbox) -> None:
    add_shop(sandbox.estate)
    async with story(sandbox) as told:
        await told.asks("shop")
        await told.approves()
        await told.card_says("Done")
        sandbox.estate.vault.item("shop-web01").fates.append(unreachable("shop-web01"))
        await told.asks_to("start shop the business is ready")
        await told.approves()
        await told.thread_says("*shop-web01* failed")
        assert "shop-db01" in {m for m, each in operations(told) if each is FAILBACK}
        card = await told.workspace.until(lambda: _with_button(told, ids.RETRY), 30.0)
        assert card.thread_ts == told.cards()[0].ts
        await told.presses(LENA, ids.RETRY, "shop-web01")
        await told.workspace.until(lambda: "Done" in told.cards()[-1].text, 30.0)
        failbacks = [m for m, each in operations(told) if each is FAILBACK]
        assert sorted(failbacks) == ["shop-db01", "shop-web01", "shop-web01", "shop-web02"]


async def test_a_scheduled_failback_survives_a_restart_and_starts_once_at_its_time(sandbox: Sandbox) -> None:
    clock = Clock()
    async with story(sandbox, clock=clock) as told:
        await brought_back(told, "web01", "web01")
        at = datetime.now(UTC) + timedelta(hours=3)
        await told.asks_to(f"start web01 --at {at:%Y-%m-%dT%H:%M}+00:00 tonight")
        await told.approves()
        await told.thread_says("starts")
        assert [each for _, each in operations(told)] == [REPROTECT]
    async with story(sandbox, clock=clock) as told:
        told.pass_time(60)
        assert [each for _, each in operations(told)] == [REPROTECT]
        told.pass_time(125)
        await told.thread_says("on-premises on ")
    assert [each for _, each in operations(told)] == [REPROTECT, FAILBACK]


async def test_a_scheduled_failback_is_void_when_something_changed_meanwhile(sandbox: Sandbox) -> None:
    clock = Clock()
    async with story(sandbox, clock=clock) as told:
        await brought_back(told, "web01", "web01")
        at = datetime.now(UTC) + timedelta(hours=1)
        await told.asks_to(f"start web01 --at {at:%Y-%m-%dT%H:%M}+00:00 tonight")
        await told.approves()
        await told.thread_says("starts")
        sandbox.estate.vcenter.host(sandbox.estate.vcenter.vm("appliance01").host).in_maintenance = True
        told.pass_time(65)
        await told.thread_says("void, and nothing was started")
    assert [each for _, each in operations(told)] == [REPROTECT]


def _with_button(told: Story, action: str) -> Message | None:
    card = told.cards()[-1]
    return card if action in str(card.blocks) else None
