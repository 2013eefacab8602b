"""Preparing what follows a reprotect: each operation's plan, who is left out of it, and what it does not take."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from homeward.actions.plan import Download, NotPrepared, Obstacle, OpenValue, PlannedItem, Prepared
from homeward.actions.preparing import Preparer, changes
from homeward.actions.states import Operation
from homeward.checks import RULES_OF
from homeward.checks.facts import ABSENT, Facts, Missing, Policy
from homeward.checks.report import Verdict
from homeward.checks.subjects import Kind, Wish, Wishes
from tests.actions.making import asked
from tests.actions.preparing.facts import (
    BACK_CLASSIC,
    BACK_MODERNIZED,
    COMMITTED_CLASSIC,
    COMMITTED_MODERNIZED,
    FORWARD,
    HOME_CLASSIC,
    HOME_MODERNIZED,
    MODERNIZED,
    SENDER,
    Reader,
    collected,
    named,
)
from tests.checks.changing import changed
from tests.checks.ready import AGENT, MASTER_TARGET, PROCESS_SERVER

UNREAD = Missing("vault prod-dr did not answer within 20 s")
NOTHING = Wishes()
BEGUN = {
    Operation.FAILBACK: (BACK_CLASSIC, BACK_MODERNIZED),
    Operation.COMMIT: (HOME_CLASSIC, HOME_MODERNIZED),
    Operation.CANCEL: (HOME_MODERNIZED,),
    Operation.TO_AZURE: (COMMITTED_CLASSIC, COMMITTED_MODERNIZED),
}
EACH = [(operation, facts) for operation, machines in BEGUN.items() for facts in machines]


async def prepared(
    operation: Operation, *machines: Facts, wishes: Wishes = NOTHING, point: str = ""
) -> Prepared | NotPrepared:
    kind = Kind.MACHINE if len(machines) == 1 else Kind.PLAN
    wanted = replace(asked(), operation=operation, wishes=wishes, point=point)
    return await Preparer(Reader(collected(*machines, kind=kind, name="payroll")), RULES_OF)(wanted)


async def plan_of(operation: Operation, *machines: Facts, wishes: Wishes = NOTHING) -> Prepared:
    made = await prepared(operation, *machines, wishes=wishes)
    assert isinstance(made, Prepared), made
    return made


async def only(operation: Operation, facts: Facts, wishes: Wishes = NOTHING) -> PlannedItem:
    made = await plan_of(operation, facts, wishes=wishes)
    assert made.checked.verdict is Verdict.READY, made.checked
    (item,) = made.plan.items
    return item


async def again(operation: Operation, before: Facts, now: Facts) -> tuple[tuple[str, ...], Prepared | NotPrepared]:
    """What changed between two readings of a machine, and the second preparation."""
    reader = Reader(collected(before))
    prepare = Preparer(reader, RULES_OF)
    first = await prepare(replace(asked(), operation=operation))
    assert isinstance(first, Prepared), first
    assert first.plan.items
    reader.answer = collected(now)
    second = await prepare.again(first.plan, frozenset({before.machine}))
    assert reader.operations == [operation, operation]
    return changes(first.plan.items[0], second.plan.items[0]) if isinstance(second, Prepared) else (), second


@pytest.mark.parametrize(("operation", "facts"), EACH)
async def test_a_machine_that_stands_where_an_operation_begins_is_planned(operation: Operation, facts: Facts) -> None:
    item = await only(operation, facts)
    assert (item.machine, item.topology, item.source_vm) == ("web01", facts.topology, "web01")
    assert (item.datastore, item.retention, item.log_storage_id, item.disks) == ("", "", "", ())
    assert item.download is Download.UNKNOWN


@pytest.mark.parametrize(("operation", "facts"), EACH)
async def test_the_same_plan_again_is_the_same(operation: Operation, facts: Facts) -> None:
    reader = Reader(collected(facts))
    prepare = Preparer(reader, RULES_OF)
    before = await prepare(replace(asked(), operation=operation))
    assert isinstance(before, Prepared)
    now = await prepare.again(before.plan, frozenset({"web01"}))
    assert isinstance(now, Prepared)
    assert now.plan == before.plan
    assert now.checked.verdict is Verdict.READY


async def test_a_failback_says_what_it_shuts_down_and_what_brings_it() -> None:
    item = await only(Operation.FAILBACK, BACK_MODERNIZED)
    assert (item.azure_vm, item.linux, item.original_location) == ("web01", True, True)
    assert (item.target, item.target_id) == ("appliance01", AGENT.id)
    item = await only(Operation.FAILBACK, BACK_CLASSIC)
    assert (item.azure_vm, item.linux) == ("web01", False)
    assert (item.target, item.target_id) == ("mt01", MASTER_TARGET.server.id)


async def test_a_failback_to_a_vm_that_is_not_there_yet_is_told() -> None:
    item = await only(Operation.FAILBACK, replace(BACK_CLASSIC, source_vm=ABSENT))
    assert (item.source_vm, item.original_location) == ("", False)


async def test_a_window_is_in_the_plan() -> None:
    at = datetime(2026, 3, 14, 21, 0, tzinfo=UTC)
    wanted = replace(asked(), operation=Operation.FAILBACK, at=at, zone="Europe/Berlin")
    made = await Preparer(Reader(collected(BACK_CLASSIC)), RULES_OF)(wanted)
    assert isinstance(made, Prepared)
    assert (made.plan.not_before, made.plan.zone) == (at, "Europe/Berlin")


async def test_to_azure_an_appliance_sends_by_the_chosen_policy() -> None:
    item = await only(Operation.TO_AZURE, COMMITTED_MODERNIZED)
    assert (item.process_server, item.process_server_id) == ("appliance01", AGENT.id)
    assert (item.target, item.target_id, item.azure_vm) == ("appliance01", AGENT.id, "")
    assert (item.policy, item.policy_id) == ("24h-to-azure", FORWARD.id)


async def test_to_azure_a_classic_machine_needs_its_process_server_and_no_policy() -> None:
    item = await only(Operation.TO_AZURE, COMMITTED_CLASSIC)
    assert (item.process_server, item.process_server_id) == ("ps-azure", PROCESS_SERVER.server.id)
    assert (item.target, item.policy) == ("", "24h")
    assert (await only(Operation.TO_AZURE, changed(COMMITTED_CLASSIC, {"choice.policy": ""}))).policy_id == ""
    none = changed(COMMITTED_CLASSIC, {"choice.process_server": ""})
    made = await prepared(Operation.TO_AZURE, none)
    assert isinstance(made, NotPrepared)
    assert made.open == (OpenValue("web01", "process-server", ("ps-azure",)),)


TWO_POLICIES = changed(
    replace(COMMITTED_MODERNIZED, policies=(FORWARD, Policy("/policies/b", "b", "InMageRcm"))), {"choice.policy": ""}
)


async def test_to_azure_several_policies_are_a_choice() -> None:
    made = await prepared(Operation.TO_AZURE, TWO_POLICIES)
    assert isinstance(made, NotPrepared)
    assert (made.obstacle, made.why) == (Obstacle.OPEN, "web01 needs a replication policy.")
    assert made.open == (OpenValue("web01", "policy", ("24h-to-azure", "b")),)
    chosen = changed(TWO_POLICIES, {"choice.policy": "/policies/b"})
    assert (await only(Operation.TO_AZURE, chosen)).policy_id == "/policies/b"


async def test_to_azure_a_policy_of_the_way_back_is_not_taken() -> None:
    wishes = Wishes(policy=(Wish("crashconsistency-policy-failback"),))
    made = await prepared(Operation.TO_AZURE, COMMITTED_MODERNIZED, wishes=wishes)
    assert isinstance(made, NotPrepared)
    assert made.why == (
        "web01 can't have the replication policy crashconsistency-policy-failback: crashconsistency-policy-failback is "
        "no policy toward Azure for it."
    )
    assert made.candidates == ("24h-to-azure",)


async def test_to_azure_what_it_needs_is_unreadable_when_it_cannot_be_read() -> None:
    made = await prepared(Operation.TO_AZURE, replace(COMMITTED_MODERNIZED, policies=UNREAD))
    assert isinstance(made, NotPrepared)
    assert (made.obstacle, UNREAD.reason in made.why) == (Obstacle.UNREADABLE, True)


@pytest.mark.parametrize(
    ("operation", "wishes", "point", "why"),
    [
        (
            Operation.FAILBACK,
            Wishes(datastore=(Wish("ds-prod"),), target=(Wish("mt01", "web01"),)),
            "latest",
            "A failback takes no --target and no --datastore.",
        ),
        (Operation.COMMIT, Wishes(policy=(Wish("24h"),)), "", "A commit takes no --policy."),
        (Operation.COMMIT, NOTHING, "latest", "A commit takes no --point."),
        (Operation.CANCEL, Wishes(exclude_disk=(Wish("0"),)), "", "Cancelling a failback takes no --exclude-disk."),
        (
            Operation.TO_AZURE,
            Wishes(datastore=(Wish("ds"),)),
            "x",
            "A reprotect to Azure takes no --datastore and no --point.",
        ),
        (Operation.REPROTECT, NOTHING, "latest", "A reprotect takes no --point."),
    ],
)
async def test_what_an_operation_does_not_take_has_to_be_left_out(
    operation: Operation, wishes: Wishes, point: str, why: str
) -> None:
    made = await prepared(operation, BACK_CLASSIC, wishes=wishes, point=point)
    assert isinstance(made, NotPrepared)
    assert (made.obstacle, made.why, made.open) == (Obstacle.WRONG_VALUE, why, ())
    assert {f"--{value.option}" for value in made.without} == {w.strip(".") for w in why.split() if w.startswith("--")}


@pytest.mark.parametrize(
    ("operation", "begins", "past"),
    [
        (Operation.FAILBACK, BACK_MODERNIZED, HOME_MODERNIZED),
        (Operation.FAILBACK, BACK_CLASSIC, COMMITTED_CLASSIC),
        (Operation.COMMIT, HOME_MODERNIZED, COMMITTED_MODERNIZED),
        (Operation.CANCEL, HOME_MODERNIZED, BACK_MODERNIZED),
    ],
)
async def test_who_has_the_operation_behind_it_is_left_out_and_that_is_told(
    operation: Operation, begins: Facts, past: Facts
) -> None:
    machines = (named(past, "web02"), begins, named(begins, "web03"))
    answer = replace(collected(*machines, kind=Kind.PLAN), stages=(0, 1, 2))
    made = await Preparer(Reader(answer), RULES_OF)(replace(asked(), operation=operation))
    assert isinstance(made, Prepared)
    assert made.checked.verdict is Verdict.READY
    assert [(item.machine, item.stage) for item in made.plan.items] == [("web01", 0), ("web03", 1)]
    (warning,) = (found for found in made.checked.warnings if found.machines == ("web02",))
    assert warning.rule == "item-past-operation"
    assert warning.details[0].startswith("web02 is ")
    assert warning.details[0].endswith(": it is left out.")


async def test_when_nobody_stands_where_it_begins_the_rules_say_why_of_each() -> None:
    made = await plan_of(Operation.COMMIT, COMMITTED_MODERNIZED, named(COMMITTED_MODERNIZED, "web02"))
    assert made.checked.verdict is Verdict.BLOCKED
    blocked = {machine for found in made.checked.blockers for machine in found.machines}
    assert blocked == {"web01", "web02"}


async def test_who_is_not_there_yet_blocks_the_others() -> None:
    made = await plan_of(Operation.FAILBACK, BACK_MODERNIZED, named(MODERNIZED, "web02"))
    assert made.checked.verdict is Verdict.BLOCKED
    (blocker,) = (found for found in made.checked.blockers if found.rule == "failback-not-ready")
    assert blocker.machines == ("web02",)


async def test_a_cancel_is_blocked_by_who_is_committed() -> None:
    made = await plan_of(Operation.CANCEL, HOME_MODERNIZED, named(COMMITTED_MODERNIZED, "web02"))
    assert made.checked.verdict is Verdict.BLOCKED


async def test_a_machine_that_is_gone_blocks_every_operation() -> None:
    gone = replace(named(HOME_MODERNIZED, "lost"), item=ABSENT, choice=UNREAD)
    made = await plan_of(Operation.COMMIT, HOME_MODERNIZED, gone)
    assert made.checked.verdict is Verdict.BLOCKED


@pytest.mark.parametrize(
    ("operation", "before", "now", "said"),
    [
        (
            Operation.TO_AZURE,
            COMMITTED_MODERNIZED,
            {"policies": (), "choice.policy": ""},
            "its replication policy 24h-to-azure is not to be had any more",
        ),
        (
            Operation.TO_AZURE,
            COMMITTED_MODERNIZED,
            {"process_servers": (replace(SENDER, server=replace(SENDER.server, id="other")),)},
            "its target appliance01 is another one of the same name",
        ),
        (
            Operation.FAILBACK,
            BACK_CLASSIC,
            {"source_vm.name": "web01-new"},
            "its VM on-premises is web01-new, not web01",
        ),
        (
            Operation.FAILBACK,
            BACK_CLASSIC,
            {"source_vm": ABSENT},
            "its VM on-premises web01 is not to be found any more",
        ),
        (
            Operation.COMMIT,
            HOME_CLASSIC,
            {"item.azure_vm_id": "/virtualMachines/web01-b"},
            "its VM in Azure is web01-b, not web01",
        ),
        (Operation.FAILBACK, BACK_CLASSIC, {"item.id": "/other"}, "it is another protected item"),
    ],
)
async def test_what_would_run_differently_is_said(
    operation: Operation, before: Facts, now: dict[str, object], said: str
) -> None:
    told, _ = await again(operation, before, changed(before, now))
    assert said in told


@pytest.mark.parametrize(("operation", "facts"), EACH)
@pytest.mark.parametrize("place", ["source_vm", "group", "agents", "master_targets", "azure_vm"])
async def test_what_cannot_be_read_now_is_no_change(operation: Operation, facts: Facts, place: str) -> None:
    told, now = await again(operation, facts, changed(facts, {place: UNREAD}))
    assert told == ()
    assert isinstance(now, Prepared)


@pytest.mark.parametrize("place", ["item", "process_servers", "policies"])
async def test_what_the_values_are_made_from_is_unreadable_when_it_cannot_be_read(place: str) -> None:
    _, now = await again(Operation.TO_AZURE, COMMITTED_MODERNIZED, changed(COMMITTED_MODERNIZED, {place: UNREAD}))
    assert isinstance(now, NotPrepared)
    assert (now.obstacle, UNREAD.reason in now.why) == (Obstacle.UNREADABLE, True)


async def test_again_where_it_stands_elsewhere_now_is_the_rules_to_say() -> None:
    told, now = await again(Operation.COMMIT, HOME_MODERNIZED, COMMITTED_MODERNIZED)
    assert told == ()
    assert isinstance(now, Prepared)
    assert [found.rule for found in now.checked.blockers] == ["commit-not-offered"]
