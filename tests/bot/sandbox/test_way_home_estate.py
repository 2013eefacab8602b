"""The estate's machines that stand ready to fail back: nothing keeps them from going the whole way."""

import pytest

from homeward.bot.compose import collector
from homeward.bot.sandbox.estate import company
from homeward.bot.sandbox.estate.progress import settle
from homeward.bot.sandbox.estate.way_home import CLASSIC, CLASSIC_PLAN, LINUX, PLAN, WINDOWS, add_way_home
from homeward.bot.sandbox.run import Sandbox
from homeward.checks import Severity, report
from homeward.checks.model import Status
from homeward.checks.rules import RULES_OF
from homeward.checks.subjects import Answer, Collected
from homeward.checks.way import Operation

WAY = (Operation.FAILBACK, Operation.COMMIT, Operation.TO_AZURE)


async def collected(sandbox: Sandbox, name: str, operation: Operation) -> Answer:
    async with collector(sandbox.settings()) as collect:
        return await collect(name, lambda _: None, operation)


@pytest.mark.parametrize("name", [WINDOWS, LINUX, CLASSIC, PLAN, CLASSIC_PLAN])
async def test_no_blocker_stands_in_the_way_of_any_step(name: str) -> None:
    estate = add_way_home(company())
    async with Sandbox(estate) as sandbox:
        for operation in WAY:
            found = await collected(sandbox, name, operation)
            assert isinstance(found, Collected)
            told = report(found, RULES_OF[operation])
            assert told.with_status(Status.FAILED, Severity.BLOCKER) == (), operation
            for facts in found.machines:
                sandbox.arm.start_elsewhere(facts.machine, operation)
            estate.advance(4)
            settle(estate)


@pytest.mark.parametrize("plan", [PLAN, CLASSIC_PLAN])
async def test_the_plans_have_a_second_group(plan: str) -> None:
    async with Sandbox(add_way_home(company())) as sandbox:
        found = await collected(sandbox, plan, Operation.FAILBACK)
    assert isinstance(found, Collected)
    assert [facts.machine for facts in found.machines] == [f"{plan}-db01", f"{plan}-app01", f"{plan}-app02"]
    assert found.stages == (0, 1, 1)
