"""Preparing what follows a reprotect against the sandbox over TLS: every operation's plan, and plans again."""

from collections.abc import AsyncGenerator
from dataclasses import replace

import pytest

from homeward.actions.plan import NotPrepared, Obstacle, Plan, Prepared
from homeward.actions.preparing import Preparer, changes
from homeward.actions.states import Operation
from homeward.bot.compose import collector
from homeward.bot.sandbox.estate.model import Appliance
from homeward.bot.sandbox.estate.way_home import CLASSIC, CLASSIC_PLAN, LINUX, PLAN, WINDOWS, add_way_home
from homeward.bot.sandbox.run import Sandbox
from homeward.checks import RULES_OF
from homeward.checks.facts import Topology
from homeward.checks.report import Verdict
from homeward.checks.subjects import Wish, Wishes
from tests.actions.making import asked


@pytest.fixture
async def prepare(sandbox: Sandbox) -> AsyncGenerator[Preparer]:
    """With lists that are shared far longer than a test lasts: what is fresh is fresh because it was read anew."""
    add_way_home(sandbox.estate)
    settings = sandbox.settings()
    limits = settings.limits.model_copy(update={"list_ttl": 600.0})
    async with collector(settings.model_copy(update={"limits": limits})) as reads:
        yield Preparer(reads, RULES_OF)


async def prepared(prepare: Preparer, operation: Operation, subject: str, point: str = "") -> Prepared | NotPrepared:
    return await prepare(replace(asked(subject), operation=operation, point=point))


async def plan_of(prepare: Preparer, operation: Operation, subject: str, point: str = "") -> Plan:
    made = await prepared(prepare, operation, subject, point)
    assert isinstance(made, Prepared), made
    # Of a classic machine on its way back Site Recovery does not tell the VM in Azure, and nobody guesses.
    classic = all(item.topology is Topology.CLASSIC for item in made.plan.items)
    assert made.checked.verdict in {Verdict.READY, *((Verdict.UNKNOWN,) if classic else ())}, made.checked
    return made.plan


async def again(prepare: Preparer, plan: Plan) -> Prepared:
    made = await prepare.again(plan, frozenset(item.machine for item in plan.items))
    assert isinstance(made, Prepared), made
    return made


def stand(sandbox: Sandbox, stage: str, *names: str) -> None:
    """Lets the machines stand there, and their VMs at home and in Azure with them."""
    for name in names:
        item = sandbox.estate.vault.item(name)
        item.stage = stage
        assert item.azure_vm
        item.azure_vm.power = "deallocated"
        sandbox.estate.vcenter.vm(name).power = "poweredOn"


async def test_a_failback_is_planned_with_each_stacks_point(prepare: Preparer) -> None:
    (windows,) = (await plan_of(prepare, Operation.FAILBACK, WINDOWS)).items
    (linux,) = (await plan_of(prepare, Operation.FAILBACK, LINUX, "app-consistent")).items
    (classic,) = (await plan_of(prepare, Operation.FAILBACK, CLASSIC)).items
    assert (windows.point, windows.linux, windows.source_vm, windows.azure_vm) == (
        "CrashConsistent",
        False,
        WINDOWS,
        WINDOWS,
    )
    assert (linux.point, linux.linux) == ("ApplicationConsistent", True)
    assert classic.point == "LatestTime"
    assert windows.target == "appliance01"
    assert classic.target == "mt-win01"
    assert all(one.point_at for one in (windows, linux, classic))


async def test_a_replication_group_fails_back_in_its_plans_order_to_one_shared_point(
    prepare: Preparer,
) -> None:
    wrong = await prepared(prepare, Operation.FAILBACK, CLASSIC_PLAN, "nothing")
    assert isinstance(wrong, NotPrepared)
    assert wrong.obstacle is Obstacle.WRONG_VALUE
    assert wrong.candidates
    plan = await plan_of(prepare, Operation.FAILBACK, CLASSIC_PLAN, wrong.candidates[0])
    assert [(item.machine, item.stage) for item in plan.items] == [
        ("ledger-db01", 0),
        ("ledger-app01", 1),
        ("ledger-app02", 1),
    ]
    assert {item.point for item in plan.items} == {"Custom"}
    assert len({item.point_id for item in plan.items}) == 3
    assert len({item.point_at for item in plan.items}) == 1
    assert (await again(prepare, plan)).plan == plan


async def test_a_failback_again_is_the_same_until_its_machine_stands_elsewhere(
    prepare: Preparer, sandbox: Sandbox
) -> None:
    plan = await plan_of(prepare, Operation.FAILBACK, PLAN)
    now = await again(prepare, plan)
    assert now.checked.verdict is Verdict.READY
    assert [changes(was, is_) for was, is_ in zip(plan.items, now.plan.items, strict=True)] == [(), (), ()]
    sandbox.estate.vault.item("erp-app01").stage = "home"
    now = await again(prepare, plan)
    assert {machine for found in now.checked.blockers for machine in found.machines} == {"erp-app01"}


@pytest.mark.parametrize("name", [WINDOWS, CLASSIC])
async def test_a_commit_is_planned(prepare: Preparer, sandbox: Sandbox, name: str) -> None:
    stand(sandbox, "home", name)
    plan = await plan_of(prepare, Operation.COMMIT, name)
    (item,) = plan.items
    assert (item.source_vm, item.azure_vm) == (name, name if name == WINDOWS else "")
    assert (await again(prepare, plan)).plan == plan


async def test_a_cancel_is_planned_where_the_stack_has_it(prepare: Preparer, sandbox: Sandbox) -> None:
    stand(sandbox, "home", WINDOWS, CLASSIC)
    plan = await plan_of(prepare, Operation.CANCEL, WINDOWS)
    assert (await again(prepare, plan)).plan == plan
    made = await prepared(prepare, Operation.CANCEL, CLASSIC)
    assert isinstance(made, Prepared)
    assert [found.rule for found in made.checked.blockers] == ["cancel-classic"]


async def test_to_azure_goes_through_the_appliance_or_the_process_server_at_home(
    prepare: Preparer, sandbox: Sandbox
) -> None:
    stand(sandbox, "home-committed", WINDOWS, CLASSIC)
    plan = await plan_of(prepare, Operation.TO_AZURE, WINDOWS)
    (item,) = plan.items
    assert (item.target, item.process_server, item.policy) == (
        "appliance01",
        "appliance01",
        "24-hour-replication-policy",
    )
    assert item.process_server_id == item.target_id != ""
    assert item.policy_id.endswith("/replicationPolicies/24-hour-replication-policy")
    assert (await again(prepare, plan)).plan == plan
    plan = await plan_of(prepare, Operation.TO_AZURE, CLASSIC)
    (item,) = plan.items
    assert (item.process_server, item.policy) == ("cs01", "24-hour-retention")
    assert (await again(prepare, plan)).plan == plan


async def test_a_plan_goes_on_with_those_that_are_not_past_it(prepare: Preparer, sandbox: Sandbox) -> None:
    stand(sandbox, "home", "erp-db01")
    made = await prepared(prepare, Operation.FAILBACK, PLAN)
    assert isinstance(made, Prepared)
    assert made.checked.verdict is Verdict.READY, made.checked
    assert [(item.machine, item.stage) for item in made.plan.items] == [("erp-app01", 0), ("erp-app02", 0)]
    assert [found.details for found in made.checked.warnings if found.machines == ("erp-db01",)] == [
        ("erp-db01 is home, not committed: it is left out.",)
    ]
    made = await prepared(prepare, Operation.COMMIT, PLAN)
    assert isinstance(made, Prepared)
    assert made.checked.verdict is Verdict.BLOCKED
    assert {machine for found in made.checked.blockers for machine in found.machines} == {"erp-app01", "erp-app02"}


async def test_to_azure_wishes_are_granted_where_they_fit(prepare: Preparer, sandbox: Sandbox) -> None:
    stand(sandbox, "home-committed", WINDOWS)
    vault = sandbox.estate.vault
    vault.appliances.append(Appliance("appliance02", "appliance01", "a2.corp.example", ["ds-gold-01"]))

    async def wishing(wishes: Wishes) -> Prepared | NotPrepared:
        return await prepare(replace(asked(WINDOWS), operation=Operation.TO_AZURE, wishes=wishes))

    made = await wishing(Wishes(process_server=(Wish("Appliance02"),)))
    assert isinstance(made, Prepared)
    assert [(item.target, item.process_server) for item in made.plan.items] == [("appliance02", "appliance02")]
    assert (await again(prepare, made.plan)).plan == made.plan
    wrong = await wishing(Wishes(process_server=(Wish("a9"),)))
    assert isinstance(wrong, NotPrepared)
    assert wrong.why == f"{WINDOWS} can't have the process server a9: there are appliance01, appliance02."
    assert wrong.open[0].candidates == ("appliance01", "appliance02")
