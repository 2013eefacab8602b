"""The estate's shop, which is there to be brought home."""

from homeward.bot.compose import collector
from homeward.bot.sandbox.estate import company
from homeward.bot.sandbox.estate.shop import PLAN, add_fleet, add_shop
from homeward.bot.sandbox.run import Sandbox
from homeward.checks import Verdict, report
from homeward.checks.rules import RULES
from homeward.checks.subjects import Collected


async def test_every_machine_of_the_shop_is_ready_in_the_plans_order() -> None:
    async with Sandbox(add_shop(company())) as sandbox, collector(sandbox.settings()) as collect:
        found = await collect(PLAN, lambda _: None)
    assert isinstance(found, Collected)
    assert [facts.machine for facts in found.machines] == ["shop-db01", "shop-web01", "shop-web02"]
    assert found.stages == (0, 1, 1)
    assert report(found, RULES).verdict is Verdict.READY


async def test_a_fleet_is_as_large_as_wanted_and_ready() -> None:
    estate = company()
    names = add_fleet(estate, 300)
    async with Sandbox(estate) as sandbox, collector(sandbox.settings()) as collect:
        found = await collect(names[-1], lambda _: None)
    assert names[-1] == "fleet-0300"
    assert isinstance(found, Collected)
    assert report(found, RULES).verdict is Verdict.READY
