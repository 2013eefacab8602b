"""The whole way home through the whole bot, by commands and buttons only: failback, commit, protection to Azure."""

from datetime import UTC, datetime, timedelta

import pytest

from homeward.bot.sandbox.estate.reprotects import unreachable
from homeward.bot.sandbox.estate.shop import add_shop
from homeward.bot.sandbox.run import Sandbox
from homeward.bot.sandbox.slack import LENA
from homeward.checks.way import Operation
from tests.bot.story import WITHIN, Clock, Story, shown, story

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


@pytest.mark.parametrize("name", ["web01", "pay-app01"], ids=["modernized", "classic"])
async def test_a_machine_goes_the_whole_way_home_in_one_thread(sandbox: Sandbox, name: str) -> None:
    """A machine of a replication group goes with its group."""
    group = sandbox.estate.vault.item(name).group
    machines = [
        item.name for item in sandbox.estate.vault.items if (item.group == group if group else item.name == name)
    ]
    async with story(sandbox) as told:
        await told.asks(f"{name} Rotterdam is back")
        await told.approves()
        await told.card_says("Done")

        asked = await told.asks_for_next()
        assert "goes down" in shown(asked) or "go down" in shown(asked)
        assert {each for _, each in operations(told)} == {REPROTECT}
        await told.approves(LENA)
        await told.thread_says("on-premises on ")

        asked = await told.asks_for_next()
        assert "no other recovery point" in shown(asked).casefold()
        await told.approves(LENA)

        await told.asks_for_next()
        await told.approves(LENA)
        await told.done()

        # What is over tells what was asked for after it; the last of them has nothing after it.
        await told.workspace.until(lambda: all("After it" in shown(card) for card in told.cards()[:3]), WITHIN)
        cards = told.cards()
        assert "After it" not in shown(cards[3])
        assert [card.thread_ts for card in cards] == [None, *[cards[0].ts] * 3]
        assert {reply.thread_ts for reply in told.thread()} == {cards[0].ts}
        way = (REPROTECT, FAILBACK, COMMIT, TO_AZURE)
        assert sorted(operations(told), key=str) == sorted(((m, each) for m in machines for each in way), key=str)
        await told.audited()


async def test_a_failback_that_does_not_work_is_cancelled_and_made_again(sandbox: Sandbox) -> None:
    async with story(sandbox) as told:
        await brought_back(told, "web01", "web01")
        await told.asks_for_next()
        await told.approves()
        await told.thread_says("on-premises on ")
        await told.asks_to("cancel web01 the application does not start")
        await told.approves()
        await told.workspace.until(lambda: sandbox.estate.vault.item("web01").stage == "ready-to-fail-back", WITHIN)
        await told.done()
        await told.asks_to("start web01 --point app-consistent once more")
        await told.approves()
        await told.done()
        assert [each for _, each in operations(told)] == [REPROTECT, FAILBACK, CANCEL, FAILBACK]
        body = sandbox.arm.starts[-1].body
        assert "ApplicationConsistent" in str(body)


@pytest.mark.parametrize(
    ("command", "said", "words"),
    [
        ("/failback", "start web01", "reprotect"),
        ("/failback", "commit web01", "fail"),
        ("/failback", "cancel web01", "fail"),
        ("/reprotect", "start web01 --to azure", "reprotect"),
    ],
)
async def test_the_wrong_step_is_refused_with_the_right_one(
    sandbox: Sandbox, command: str, said: str, words: str
) -> None:
    async with story(sandbox) as told:
        await told.types(said, command=command)
        card = await told.card_says("Not started")
        assert words in shown(card).casefold()
        assert told.put_forward() == []
        reply = await told.thread_says("nothing was started")
        # Only what refuses it: what the checks say of a step whose turn it is not misleads.
        assert reply.count("✗") == 2, reply
    assert told.started == []


async def test_a_failback_that_fails_in_the_second_group_leaves_the_first_home(sandbox: Sandbox) -> None:
    add_shop(sandbox.estate)
    async with story(sandbox) as told:
        await told.asks("shop")
        await told.approves()
        await told.card_says("Done")
        sandbox.estate.vault.item("shop-web01").fates.append(unreachable("shop-web01"))
        await told.asks_to("start shop the business is ready")
        await told.approves()
        await told.workspace.until(lambda: "2 of 3" in told.cards()[-1].text, WITHIN)
        await told.thread_says("*shop-web01* failed")
        assert sandbox.estate.vault.item("shop-web01").stage == "ready-to-fail-back"

        await told.asks_to("start shop-web01 its agent runs again")
        await told.approves()
        await told.done()
        await told.asks_to("commit shop all of it works")
        await told.approves()
        await told.done()
    assert {item.stage for item in sandbox.estate.vault.items if item.name.startswith("shop-")} == {"home-committed"}
    failbacks = [m for m, each in operations(told) if each is FAILBACK]
    assert failbacks == ["shop-db01", "shop-web01", "shop-web02", "shop-web01"]


async def test_a_scheduled_failback_survives_restarts_and_starts_once_at_its_time(sandbox: Sandbox) -> None:
    clock = Clock()
    async with story(sandbox, clock=clock) as told:
        await brought_back(told, "web01", "web01")
        await told.asks_to(f"start web01 --at {_in(hours=3)} the shop closes")
        await told.approves()
        await told.thread_says("starts")
    clock.ahead += timedelta(minutes=60)
    async with story(sandbox, clock=clock) as told:
        await told.workspace.until(lambda: "starts 20" in told.cards()[-1].text, WITHIN)
    assert [each for _, each in operations(told)] == [REPROTECT]
    clock.ahead += timedelta(minutes=125)
    async with story(sandbox, clock=clock) as told:
        await told.done()
    assert [each for _, each in operations(told)] == [REPROTECT, FAILBACK]


async def test_a_scheduled_failback_is_void_when_something_changed_meanwhile(sandbox: Sandbox) -> None:
    clock = Clock()
    async with story(sandbox, clock=clock) as told:
        await brought_back(told, "web01", "web01")
        await told.asks_to(f"start web01 --at {_in(hours=1)} the shop closes")
        await told.approves()
        await told.thread_says("starts")
    vcenter = sandbox.estate.vcenter
    vcenter.host(vcenter.vm("appliance01").host).in_maintenance = True
    clock.ahead += timedelta(minutes=65)
    async with story(sandbox, clock=clock) as told:
        await told.thread_says("void, and nothing was started")
    assert [each for _, each in operations(told)] == [REPROTECT]


def _in(*, hours: int) -> str:
    return f"{datetime.now(UTC) + timedelta(hours=hours):%Y-%m-%dT%H:%M}+00:00"
