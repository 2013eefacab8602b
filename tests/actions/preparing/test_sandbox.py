"""Preparing against the sandbox over TLS: a machine, a replication group, a plan, a mixed plan, and plans again."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import replace

import pytest

from homeward.actions.plan import Download, NotPrepared, Obstacle, Plan, PlannedItem, Prepared
from homeward.actions.preparing import Preparer, changes
from homeward.bot.compose import collector
from homeward.bot.sandbox.estate.model import Appliance, ProtectedItem, RecoveryPlan, Retention
from homeward.bot.sandbox.run import Sandbox
from homeward.checks import RULES_OF
from homeward.checks.report import Verdict
from homeward.checks.subjects import Wish, Wishes
from tests.actions.making import asked

NOTHING = Wishes()


@pytest.fixture
async def prepare(sandbox: Sandbox) -> AsyncGenerator[Preparer]:
    """With lists that are shared far longer than a test lasts: what is fresh is fresh because it was read anew."""
    settings = sandbox.settings()
    limits = settings.limits.model_copy(update={"list_ttl": 600.0})
    async with collector(settings.model_copy(update={"limits": limits})) as reads:
        yield Preparer(reads, RULES_OF)


async def plan_of(prepare: Preparer, subject: str, wishes: Wishes = NOTHING) -> Prepared:
    made = await prepare(replace(asked(subject), wishes=wishes))
    assert isinstance(made, Prepared), made
    return made


async def obstacle(prepare: Preparer, subject: str, wishes: Wishes = NOTHING) -> NotPrepared:
    made = await prepare(replace(asked(subject), wishes=wishes))
    assert isinstance(made, NotPrepared), made
    return made


async def again(prepare: Preparer, plan: Plan, *machines: str) -> Prepared:
    made = await prepare.again(plan, frozenset(machines))
    assert isinstance(made, Prepared), made
    return made


def machines(made: Prepared) -> list[tuple[str, int]]:
    return [(item.machine, item.stage) for item in made.plan.items]


def item(made: Prepared, machine: str) -> PlannedItem:
    return next(item for item in made.plan.items if item.machine == machine)


def blockers(made: Prepared) -> set[str]:
    return {found.rule for found in made.checked.blockers}


async def test_a_machine_is_planned_with_the_ids_that_its_start_call_takes(prepare: Preparer) -> None:
    made = await plan_of(prepare, "web01")
    (web01,) = made.plan.items
    assert made.checked.verdict is Verdict.READY
    assert (web01.target, web01.datastore, web01.policy) == (
        "appliance01",
        "ds-gold-01",
        "crashconsistency-policy-failback",
    )
    assert web01.log_storage_id.endswith("/storageAccounts/drcache01")
    assert web01.policy_id.endswith("/replicationPolicies/crashconsistency-policy-failback")
    assert web01.download is Download.CHANGES


@pytest.mark.parametrize("subject", ["pay-app02", "payroll-vms", "payroll"])
async def test_a_machine_stands_for_its_whole_group_in_its_plans_order(prepare: Preparer, subject: str) -> None:
    made = await plan_of(prepare, subject)
    assert made.checked.verdict is Verdict.READY
    assert made.plan.kind == ("recovery plan" if subject == "payroll" else "replication group")
    assert made.plan.subject == ("payroll" if subject == "payroll" else "payroll-vms")
    assert machines(made) == [("pay-db01", 0), ("pay-app01", 1), ("pay-app02", 1)]
    assert {one.group for one in made.plan.items} == {"payroll-vms"}


async def test_a_mixed_plan_is_blocked_and_says_why(prepare: Preparer) -> None:
    made = await plan_of(prepare, "mixed")
    assert made.checked.verdict is Verdict.BLOCKED
    assert "group-mixed-os" in blockers(made)


async def test_a_group_in_two_plans_has_no_order(prepare: Preparer, sandbox: Sandbox) -> None:
    sandbox.estate.vault.plans.append(RecoveryPlan("payroll-too", [["pay-app01"], ["pay-app02"], ["pay-db01"]]))
    assert {stage for _, stage in machines(await plan_of(prepare, "payroll-vms"))} == {0}
    assert [stage for _, stage in machines(await plan_of(prepare, "payroll-too"))] == [0, 1, 2]


async def test_a_machine_that_a_plan_names_and_the_vault_lost_blocks_it(prepare: Preparer, sandbox: Sandbox) -> None:
    vault = sandbox.estate.vault
    vault.plans[0].stale.append(ProtectedItem("lost01", 99, "classic", "Windows", "", "", azure_vm=None))
    made = await plan_of(prepare, "payroll")
    assert made.checked.verdict is Verdict.BLOCKED
    assert [name for name, _ in machines(made)] == ["pay-db01", "pay-app01", "pay-app02"]
    assert [found.rule for found in made.checked.blockers] == ["item-migrated-or-gone"]


async def test_wishes_are_granted_where_they_fit(prepare: Preparer, sandbox: Sandbox) -> None:
    sandbox.estate.vault.plans.append(RecoveryPlan("all", [["web01"], ["pay-db01", "pay-app01", "pay-app02"]]))
    wishes = Wishes(
        target=(Wish("MT-WIN01"),),
        process_server=(Wish("cs01"),),
        datastore=(Wish("ds-gold-01", "pay-app01"), Wish("DS-GOLD-02", "WEB01")),
        exclude_disk=(Wish("PhysicalDrive1", "pay-db01"),),
    )
    made = await plan_of(prepare, "all", wishes)
    assert [one.target for one in made.plan.items] == ["appliance01", "mt-win01", "mt-win01", "mt-win01"]
    assert [one.process_server for one in made.plan.items] == ["", "cs01", "cs01", "cs01"]
    assert [one.datastore for one in made.plan.items] == ["ds-gold-02", "ds-gold-02", "ds-gold-01", "ds-gold-02"]
    assert [disk.id for disk in item(made, "pay-db01").excluded] == ["Disk1"]
    assert not item(made, "pay-app01").excluded


async def test_open_values_are_asked_for_with_what_there_is(prepare: Preparer, sandbox: Sandbox) -> None:
    assert sandbox.estate.vault.configuration_server
    target = sandbox.estate.vault.configuration_server.master_targets[0]
    target.retention[:] = [Retention("S"), Retention("T")]
    made = await obstacle(prepare, "payroll")
    assert made.obstacle is Obstacle.OPEN
    assert made.why == "pay-db01, pay-app01 and pay-app02 need a retention volume."
    assert {(one.option, one.candidates) for one in made.open} == {("retention", ("S", "T"))}
    wishes = Wishes(retention=(Wish("s"), Wish("T:", "pay-db01")))
    assert [one.retention for one in (await plan_of(prepare, "payroll", wishes)).plan.items] == ["T", "S", "S"]


async def test_one_appliance_that_suits_all_serves_a_group(prepare: Preparer, sandbox: Sandbox) -> None:
    """Each alone would rather have the appliance that sees its own datastore."""
    vault = sandbox.estate.vault
    for name in ("web01", "db01"):
        vault.item(name).group = "shop"
    vault.appliances[0].accessible_datastores[:] = ["ds-gold-01"]
    vault.appliances.append(Appliance("appliance02", "appliance01", "a2.corp.example", ["ds-db", "ds-gold-01"]))
    made = await plan_of(prepare, "web01")
    assert made.plan.subject == "shop"
    assert {one.target for one in made.plan.items} == {"appliance02"}
    wished = await plan_of(prepare, "web01", Wishes(target=(Wish("appliance01", "db01"),)))
    assert {one.target for one in wished.plan.items} == {"appliance01"}


async def test_who_is_on_the_way_back_already_is_not_started_again(prepare: Preparer, sandbox: Sandbox) -> None:
    sandbox.estate.vault.item("pay-db01").stage = "replicating-back"
    made = await plan_of(prepare, "payroll-vms")
    assert machines(made) == [("pay-app01", 0), ("pay-app02", 0)]
    assert made.checked.verdict is Verdict.READY
    assert "item-cannot-reprotect" in blockers(await plan_of(prepare, "pay-db01"))


async def test_the_target_of_those_on_the_way_serves_the_rest(prepare: Preparer, sandbox: Sandbox) -> None:
    server = sandbox.estate.vault.configuration_server
    assert server
    server.master_targets.append(replace(server.master_targets[0], name="a-win02"))
    sandbox.estate.vault.item("pay-db01").stage = "replicating-back"
    assert {one.target for one in (await plan_of(prepare, "payroll-vms")).plan.items} == {"mt-win01"}
    other = await plan_of(prepare, "payroll-vms", Wishes(target=(Wish("a-win02"),)))
    assert "group-different-targets" in blockers(other)


async def test_a_dead_vault_is_unreadable(prepare: Preparer, sandbox: Sandbox) -> None:
    await sandbox.arm.__aexit__(None, None, None)
    made = await obstacle(prepare, "web01")
    assert made.obstacle is Obstacle.UNREADABLE
    assert made.why.startswith("web01 could not be read: ")
    assert "refused the connection" in made.why


async def test_again_sees_what_changed_past_every_cache(prepare: Preparer, sandbox: Sandbox) -> None:
    before = await plan_of(prepare, "web01")
    estate = sandbox.estate
    estate.vcenter.missing_privileges.append("Datastore.AllocateSpace")
    azure_vm = estate.vault.item("web01").azure_vm
    assert azure_vm
    azure_vm.power = "deallocated"
    estate.vault.item("web01").group = "shop"
    now = await again(prepare, before.plan, "web01")
    assert blockers(now) == {"vcenter-privileges", "azure-vm-not-running"}
    assert changes(before.plan.items[0], now.plan.items[0]) == ("its replication group is shop, not none",)


async def test_again_a_deleted_vm_is_seen_at_once(prepare: Preparer, sandbox: Sandbox) -> None:
    before = await plan_of(prepare, "payroll")
    vms = sandbox.estate.vcenter.vms
    vms.remove(sandbox.estate.vcenter.vm("pay-app01"))
    now = await again(prepare, before.plan, "pay-db01", "pay-app01", "pay-app02")
    told = {one.machine: changes(one, item(now, one.machine)) for one in before.plan.items}
    assert "its data would be sent in full, and was to be changes only" in told["pay-app01"]
    assert told["pay-db01"] == told["pay-app02"] == ()


async def test_the_rest_of_a_group_may_follow_when_its_first_is_on_the_way(prepare: Preparer, sandbox: Sandbox) -> None:
    before = await plan_of(prepare, "payroll")
    sandbox.estate.vault.item("pay-db01").stage = "replicating-back"
    now = await again(prepare, before.plan, "pay-app01", "pay-app02")
    assert now.checked.verdict is Verdict.READY
    assert now.plan == before.plan


async def test_plans_that_are_read_again_at_once_do_not_disturb_each_other(prepare: Preparer, sandbox: Sandbox) -> None:
    web01, payroll = await asyncio.gather(plan_of(prepare, "web01"), plan_of(prepare, "payroll"))
    del sandbox
    seen = await asyncio.gather(
        again(prepare, web01.plan, "web01"),
        plan_of(prepare, "web01"),
        again(prepare, payroll.plan, "pay-db01"),
        plan_of(prepare, "payroll"),
    )
    assert [one.plan for one in seen] == [web01.plan, web01.plan, payroll.plan, payroll.plan]


async def test_a_vault_that_is_no_longer_in_the_settings_is_told(prepare: Preparer) -> None:
    before = await plan_of(prepare, "web01")
    made = await prepare.again(replace(before.plan, vault="old-dr"), frozenset({"web01"}))
    assert isinstance(made, NotPrepared)
    assert made.obstacle is Obstacle.UNREADABLE
    assert "no vault old-dr is configured" in made.why
