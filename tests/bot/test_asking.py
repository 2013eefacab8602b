"""What is asked for and can't be put to anybody: the card says why, and what to type or mend; nobody is rung."""

import re

import pytest

from homeward.bot.sandbox.estate.model import Retention
from homeward.bot.sandbox.estate.shop import add_shop
from homeward.bot.sandbox.run import Sandbox
from homeward.bot.sandbox.slack import LENA, MAYA, OMAR, Message
from tests.bot.story import Story, shown, story


async def _not_put_forward(told: Story, text: str, headline: str) -> Message:
    """Asks, and waits for the card that says why nobody else is asked."""
    await told.types(f"start {text}")
    card = await told.card_says(headline)
    assert told.put_forward() == []
    assert told.started == []
    return card


async def test_what_blocks_is_told_with_its_hint_and_the_command_to_ask_again(sandbox: Sandbox) -> None:
    async with story(sandbox) as told:
        card = await _not_put_forward(told, "web02 Rotterdam is back", "Not started: web02 cannot come home yet")
        assert "deallocated" in shown(card)
        assert "Start the VM in Azure" in shown(card)
        assert '/reprotect start web02 --reason "Rotterdam is back"' in shown(card)
        await told.thread_says(f"<@{MAYA.id}>: nothing was started.")


@pytest.mark.parametrize(
    ("name", "headline", "words"),
    [
        ("mixed", "cannot come home yet", ["Windows", "Linux"]),
        ("old2008", "Not started: old2008 cannot come home yet", ["2008"]),
        ("hr01", "Not started: hr01 cannot come home yet", []),
        ("web1", "Not started: no machine, group or plan is named web1", ["/reprotect start web01"]),
        ("build01", "Not started: build01 fits several; which one?", ["/reprotect start"]),
        ("pay-db01 --policy=x --policy y=z", "Not started: a value given for", ["pay-app01"]),
    ],
)
async def test_what_can_not_be_asked_says_why_and_what_to_type(
    sandbox: Sandbox, name: str, headline: str, words: list[str]
) -> None:
    async with story(sandbox) as told:
        card = await _not_put_forward(told, name, headline)
        for word in words:
            assert word in shown(card)


async def test_of_several_the_one_that_is_copied_is_taken(sandbox: Sandbox) -> None:
    async with story(sandbox) as told:
        card = await _not_put_forward(told, "build01 weekend", "fits several")
        lines = re.findall(r"^/reprotect (.+)$", shown(card), re.MULTILINE)
        assert len(lines) == 2
        await told.types(next(line for line in lines if "0042" in line))
        assert "build01" in shown(await told.approval())
    assert told.started == []


async def test_open_values_are_listed_and_the_line_to_copy_works_as_it_is(sandbox: Sandbox) -> None:
    server = sandbox.estate.vault.configuration_server
    assert server
    server.master_targets[0].retention[:] = [Retention("S"), Retention("T")]
    async with story(sandbox) as told:
        card = await _not_put_forward(told, "payroll because", "Not started: 3 values of payroll have to be chosen")
        (line,) = re.findall(r"^/reprotect (.+)$", shown(card), re.MULTILINE)
        assert "--retention" in line
        await told.types(line)
        assert "retention volume S" in shown(await told.approval())


async def test_a_value_that_does_not_fit_is_told_with_a_line_that_works(sandbox: Sandbox) -> None:
    async with story(sandbox) as told:
        card = await _not_put_forward(
            told, "web01 --datastore ds-nowhere", "Not started: a value given for web01 does not fit"
        )
        assert "web01 can't have the datastore ds-nowhere: there are ds-gold-01, ds-gold-02, ds-db." in shown(card)
        (line,) = re.findall(r"^/reprotect (.+)$", shown(card), re.MULTILINE)
        assert line == "start web01 --datastore ds-gold-01"
        await told.types(line)
        assert "ds-gold-01" in shown(await told.approval())


async def test_a_machine_of_a_replication_group_takes_the_group_whole_in_its_plans_order(sandbox: Sandbox) -> None:
    async with story(sandbox) as told:
        message = await told.asks("pay-app02")
        said = shown(message)
        for name in ("pay-db01", "pay-app01", "pay-app02"):
            assert name in said
        assert said.index("pay-db01") < said.index("pay-app01")


async def test_a_machine_of_an_open_request_is_refused_naming_that_request(sandbox: Sandbox) -> None:
    add_shop(sandbox.estate)
    async with story(sandbox) as told:
        await told.asks("shop-web01")
        first = _request_id(told.cards()[0])
        await told.types("start shop", OMAR)
        card = await told.card_says("Not started: shop is in another open request")
        assert f"shop-web01 is part of the open request {first}." in shown(card)
        assert f"/reprotect status {first}" in shown(card)
        assert len(told.put_forward()) == 1


async def test_what_is_typed_and_what_machines_are_called_rings_nobody(sandbox: Sandbox) -> None:
    machine = sandbox.estate.vault.item("web01")
    machine.renamed = machine.id_name
    machine.name = "web<!channel>"
    async with story(sandbox) as told:
        message = await told.asks('web<!channel> --reason "<!here> & <@U0OMAR> `"')
        assert "web&lt;!channel&gt;" in message.text
        assert "“&lt;!here&gt; &amp; &lt;@U0OMAR&gt; `”" in shown(message)
        await told.approves()
        await told.thread_says("it is protected and may fail back")
        await told.types('start "<!channel> everybody"')
        await told.card_says("no machine, group or plan is named &lt;!channel&gt; everybody")
        await told.types("cancel <!everyone>", LENA)
        said = [*told.cards(), *told.put_forward()]
    # The sandbox's Slack takes no message that rings anybody but the approvers.
    assert [call.error for call in sandbox.slack.calls if call.error] == []
    assert not any("<!channel>" in text or "<!here>" in text for text in [*told.replies(), *(m.text for m in said)])


def _request_id(card: Message) -> str:
    found = re.search(r"R-[0-9A-Z]{6}", shown(card))
    assert found
    return found[0]
