"""What is read for the operations after a reprotect, over the whole sandbox: what brings a machine, its points, its VM
at home."""

from collections.abc import AsyncGenerator, Mapping
from datetime import datetime, timedelta

import pytest

from homeward.bot.compose import collector
from homeward.bot.sandbox.estate.model import Estate
from homeward.bot.sandbox.run import Sandbox
from homeward.checks import Collected, SourceReading
from homeward.checks.facts import (
    ABSENT,
    NOT_ASKED,
    Absent,
    Choice,
    Facts,
    Host,
    Item,
    Missing,
    RecoveryPoint,
    Relocation,
    ReplicationGroup,
    VirtualMachine,
)
from homeward.checks.names import fold
from homeward.checks.sources.collect import Collector
from homeward.checks.subjects import Wish, Wishes
from homeward.checks.way import Operation, Stand, stand

VAULT = "prod-dr"
GROUP = ("pay-db01", "pay-app01", "pay-app02")


def unwatched(_readings: tuple[SourceReading, ...]) -> None:
    """Nobody looks."""


@pytest.fixture
async def collect(sandbox: Sandbox) -> AsyncGenerator[Collector]:
    async with collector(sandbox.settings()) as collect:
        yield collect


def put(estate: Estate, stage: str, *names: str) -> None:
    for name in names:
        estate.vault.item(name).stage = stage


async def read(
    collect: Collector, name: str, operation: Operation, wishes: Wishes | None = None
) -> Mapping[str, Facts]:
    answer = await (
        collect(name, unwatched, operation) if wishes is None else collect.for_start(name, wishes, operation)
    )
    assert isinstance(answer, Collected), answer
    return {facts.machine: facts for facts in answer.machines}


def item_of(facts: Facts) -> Item:
    assert isinstance(facts.item, Item)
    return facts.item


def choice_of(facts: Facts) -> Choice:
    assert isinstance(facts.choice, Choice)
    return facts.choice


def points_of(facts: Facts) -> tuple[RecoveryPoint, ...]:
    assert isinstance(facts.points, tuple), facts.points
    return facts.points


def moves_of(facts: Facts) -> tuple[Relocation, ...]:
    assert isinstance(facts.moves, tuple), facts.moves
    return facts.moves


def vm_of(found: VirtualMachine | Absent | Missing) -> VirtualMachine:
    assert isinstance(found, VirtualMachine), found
    return found


async def test_a_failback_is_read_with_what_brings_the_machine_and_where_to(
    sandbox: Sandbox, collect: Collector
) -> None:
    put(sandbox.estate, "ready-to-fail-back", "web01", *GROUP)
    web01 = (await read(collect, "web01", Operation.FAILBACK))["web01"]
    assert stand(item_of(web01)) is Stand.READY
    assert item_of(web01).vsphere_id == "", "the modernized stack tells a name only"
    assert (choice_of(web01).target, choice_of(web01).datastore) == ("appliance01", "ds-gold-01")
    assert (vm_of(web01.source_vm).name, vm_of(web01.source_vm).power) == ("web01", "poweredOff")
    assert vm_of(web01.target_vm).name == "appliance01"
    assert isinstance(web01.target_host, Host)
    assert not isinstance(web01.datastores, Missing)
    assert [store.name for store in web01.datastores] == ["ds-gold-01"]
    assert (web01.moves, web01.guest) == ((), NOT_ASKED)
    payroll = await read(collect, "payroll", Operation.FAILBACK)
    assert tuple(payroll) == GROUP
    assert {choice_of(facts).target for facts in payroll.values()} == {"mt-win01"}
    assert {vm_of(facts.target_vm).name for facts in payroll.values()} == {"mt-win01"}
    assert not choice_of(payroll["pay-db01"]).process_server, "it has one, and needs no other"


async def test_a_modernized_machine_is_found_by_the_name_that_its_vm_at_home_has(
    sandbox: Sandbox, collect: Collector
) -> None:
    put(sandbox.estate, "ready-to-fail-back", "web01")
    sandbox.estate.vault.item("web01").source_vm = sandbox.estate.vcenter.vm("web01").name = "web01-prod"
    web01 = (await read(collect, "web01", Operation.FAILBACK))["web01"]
    assert vm_of(web01.source_vm).name == "web01-prod"
    assert vm_of(await collect.at_home(VAULT, item_of(web01).id, "web01")).name == "web01-prod"


async def test_the_points_of_each_machine_are_its_own_and_the_newest_comes_first(
    sandbox: Sandbox, collect: Collector
) -> None:
    put(sandbox.estate, "ready-to-fail-back", *GROUP)
    read_now = await read(collect, "payroll-vms", Operation.FAILBACK)
    for facts in read_now.values():
        times = [point.at for point in points_of(facts) if isinstance(point.at, datetime)]
        assert times == sorted(times, reverse=True)
        assert facts.now - times[0] < timedelta(minutes=10)
        assert all(fold(point.id).startswith(fold(item_of(facts).id)) for point in points_of(facts))
        assert any(point.shared for point in points_of(facts))


@pytest.mark.parametrize("operation", [Operation.REPROTECT, Operation.COMMIT, Operation.CANCEL, Operation.TO_AZURE])
async def test_other_operations_ask_for_no_points_and_no_moves(
    sandbox: Sandbox, collect: Collector, operation: Operation
) -> None:
    put(sandbox.estate, "home", "web01")
    web01 = (await read(collect, "web01", operation))["web01"]
    assert (web01.points, web01.moves) == (NOT_ASKED, NOT_ASKED)
    assert "QueryEvents" not in sandbox.vcenter.calls


async def test_points_that_cannot_be_read_are_unknown_and_the_rest_is_read(
    sandbox: Sandbox, collect: Collector
) -> None:
    put(sandbox.estate, "ready-to-fail-back", "web01", "web02")
    id_name = sandbox.estate.vault.item("web01").id_name
    sandbox.arm.faults.refuse(403, path=f"{id_name}/recoveryPoints")
    web01 = (await read(collect, "web01", Operation.FAILBACK))["web01"]
    assert isinstance(web01.points, Missing)
    assert "denies access to the recovery points" in web01.points.reason
    assert vm_of(web01.source_vm).name == "web01"
    assert points_of((await read(collect, "web02", Operation.FAILBACK))["web02"])


async def test_a_machine_that_is_not_on_its_way_back_has_nothing_that_brings_it(collect: Collector) -> None:
    web01 = (await read(collect, "web01", Operation.FAILBACK))["web01"]
    assert stand(item_of(web01)) is Stand.IN_AZURE
    assert web01.points == Missing("web01 is not on its way back: it has no point to bring")
    assert web01.agent == Missing("Azure does not tell which appliance brings web01")
    assert isinstance(web01.target_vm, Missing)
    assert isinstance(web01.moves, Missing)


async def test_a_frozen_plan_is_read_again_with_what_has_happened_since(sandbox: Sandbox, collect: Collector) -> None:
    put(sandbox.estate, "ready-to-fail-back", "web01")
    answer = await collect.for_start("web01", Wishes(), Operation.FAILBACK)
    assert isinstance(answer, Collected)
    (before,) = answer.machines
    sandbox.estate.advance(minutes=10)
    sandbox.estate.vcenter.vm("appliance01").moves = [(sandbox.estate.clock() - timedelta(minutes=1), "ds-db")]
    names = {item_of(before).id: "the web server"}
    again = await collect.again(answer.subject, names, {}, Wishes(), Operation.FAILBACK)
    (after,) = again.machines
    assert after.machine == "the web server"
    assert (before.moves, len(moves_of(after))) == ((), 1)
    newest = points_of(after)[0].at
    assert isinstance(newest, datetime)
    assert newest not in {point.at for point in points_of(before)}


async def test_a_move_of_the_appliance_since_the_failover_is_told_and_an_older_one_is_not(
    sandbox: Sandbox, collect: Collector
) -> None:
    put(sandbox.estate, "ready-to-fail-back", "web01")
    now = sandbox.estate.clock()
    sandbox.estate.vcenter.vm("appliance01").moves = [
        (now - timedelta(hours=1), "ds-db"),
        (now - timedelta(days=40), "ds-db"),
    ]
    web01 = (await read(collect, "web01", Operation.FAILBACK))["web01"]
    assert isinstance(web01.moves, tuple)
    assert [(move.vm, now - move.at < timedelta(hours=2)) for move in web01.moves] == [("appliance01", True)]


async def test_a_start_of_a_failback_takes_the_whole_group_but_who_is_home(
    sandbox: Sandbox, collect: Collector
) -> None:
    put(sandbox.estate, "ready-to-fail-back", *GROUP)
    put(sandbox.estate, "home", "pay-app02")
    machines = await read(collect, "pay-app01", Operation.FAILBACK, Wishes())
    assert tuple(machines) == ("pay-db01", "pay-app01")
    group = machines["pay-app01"].group
    assert isinstance(group, ReplicationGroup)
    assert all(member.requested for member in group.members)


async def test_toward_azure_a_modernized_machine_has_its_appliance_and_its_old_policy(
    sandbox: Sandbox, collect: Collector
) -> None:
    put(sandbox.estate, "home-committed", "web01")
    web01 = (await read(collect, "web01", Operation.TO_AZURE, Wishes()))["web01"]
    chosen = choice_of(web01)
    assert (chosen.asked, chosen.process_server) == (True, "appliance01")
    assert chosen.policy.endswith("/24-hour-replication-policy")
    assert not isinstance(web01.process_servers, Missing)
    assert [one.server.id for one in web01.process_servers] == [item_of(web01).target_id]


async def test_toward_azure_a_wish_for_a_policy_back_is_not_granted(sandbox: Sandbox, collect: Collector) -> None:
    put(sandbox.estate, "home-committed", "web01")
    wishes = Wishes(policy=(Wish("crashconsistency-policy-failback"),))
    chosen = choice_of((await read(collect, "web01", Operation.TO_AZURE, wishes))["web01"])
    assert chosen.policy.endswith("/24-hour-replication-policy")


async def test_toward_azure_a_classic_machine_has_a_process_server_and_the_only_policy(
    sandbox: Sandbox, collect: Collector
) -> None:
    put(sandbox.estate, "home-committed", "legacy01")
    chosen = choice_of((await read(collect, "legacy01", Operation.TO_AZURE, Wishes()))["legacy01"])
    assert chosen.process_server in {"cs01", "ps-azure01"}
    assert chosen.policy.endswith("/24-hour-retention")
    wished = Wishes(process_server=(Wish("cs01"),))
    chosen = choice_of((await read(collect, "legacy01", Operation.TO_AZURE, wished))["legacy01"])
    assert chosen.process_server == "cs01"


async def item_id(collect: Collector, name: str) -> str:
    return item_of((await read(collect, name, Operation.FAILBACK))[name]).id


async def test_the_vm_at_home_is_seen_as_it_is_at_that_moment(sandbox: Sandbox, collect: Collector) -> None:
    put(sandbox.estate, "home", "web01")
    id, vm = await item_id(collect, "web01"), sandbox.estate.vcenter.vm("web01")
    seen = vm_of(await collect.at_home(VAULT, id, "web01"))
    assert (seen.power, seen.tools_running, seen.address) == ("poweredOff", False, "")
    vm.power, vm.tools, vm.guest_ip = "poweredOn", "guestToolsRunning", "10.20.1.12"
    calls = len(sandbox.vcenter.calls)
    seen = vm_of(await collect.at_home(VAULT, id.upper(), "web01"))
    assert (seen.power, seen.tools_running, seen.address, seen.host) == ("poweredOn", True, "10.20.1.12", "esx01")
    assert sandbox.vcenter.calls[calls:] == ["RetrievePropertiesEx"], "one round trip"


async def test_a_machine_whose_vm_was_gone_is_seen_in_the_new_one_of_its_name(
    sandbox: Sandbox, collect: Collector
) -> None:
    put(sandbox.estate, "home", "pay-app01")
    vm = sandbox.estate.vcenter.vm("pay-app01")
    id = await item_id(collect, "pay-app01")
    vm.number = 9021
    assert vm_of(await collect.at_home(VAULT, id, "pay-app01")).name == "pay-app01"


async def test_a_machine_whose_item_is_gone_is_seen_by_its_name(collect: Collector) -> None:
    assert vm_of(await collect.at_home(VAULT, "/no/such/item", "web01")).name == "web01"


async def test_what_cannot_be_seen_at_home_says_why(sandbox: Sandbox, collect: Collector) -> None:
    assert await collect.at_home("elsewhere", "/i", "web01") == Missing("no vault elsewhere is configured")
    nowhere = await collect.at_home(VAULT, "/no/such/item", "nobody")
    assert nowhere == Missing("Azure does not tell its UUID, and vc01 has no VM named nobody")
    put(sandbox.estate, "ready-to-fail-back", "legacy01")
    id = await item_id(collect, "legacy01")
    vms = sandbox.estate.vcenter.vms
    vms.remove(sandbox.estate.vcenter.vm("legacy01"))
    assert await collect.at_home(VAULT, id, "legacy01") is ABSENT
    sandbox.vcenter.faults.status = 503
    dead = await collect.at_home(VAULT, id, "legacy01")
    assert isinstance(dead, Missing)
    assert "vc01" in dead.reason
