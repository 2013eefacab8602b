"""Preparing: what stands in the way of a plan is told, and a plan has every value that its start call needs."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homeward.actions.plan import Download, NotPrepared, Obstacle, OpenValue, Prepared
from homeward.actions.preparing import Preparer, changes
from homeward.actions.requests import Asked
from homeward.checks import RULES_OF
from homeward.checks.facts import (
    ABSENT,
    Facts,
    Missing,
    Policy,
    Topology,
)
from homeward.checks.report import Verdict
from homeward.checks.subjects import Answer, Candidate, Choices, Kind, NoMatch, Wish, Wishes
from tests.actions.making import asked
from tests.actions.preparing.facts import CLASSIC, MODERNIZED, SECOND, Reader, account, collected, named
from tests.checks.changing import changed, places_for_missing
from tests.checks.ready import AGENT, MASTER_TARGET, PROCESS_SERVER

UNREAD = Missing("vault prod-dr did not answer within 20 s")


def wishing(wishes: Wishes) -> Asked:
    return replace(asked(), wishes=wishes)


NOTHING = Wishes()


async def prepared(*machines: Facts, kind: Kind = Kind.MACHINE, wishes: Wishes = NOTHING) -> Prepared | NotPrepared:
    return await Preparer(Reader(collected(*machines, kind=kind)), RULES_OF)(wishing(wishes))


async def plan_of(*machines: Facts) -> Prepared:
    made = await prepared(*machines)
    assert isinstance(made, Prepared), made
    return made


async def refused(answer: Answer) -> NotPrepared:
    made = await Preparer(Reader(answer), RULES_OF)(asked())
    assert isinstance(made, NotPrepared), made
    return made


async def test_a_classic_machine_gets_every_value_of_its_start_call() -> None:
    made = await plan_of(CLASSIC)
    (item,) = made.plan.items
    assert made.checked.verdict is Verdict.READY
    assert (made.plan.vault, made.plan.subject, made.plan.kind) == ("prod-dr", "web01", "machine")
    assert (item.target_id, item.process_server_id) == (MASTER_TARGET.server.id, PROCESS_SERVER.server.id)
    assert item.policy_id.endswith("/replicationPolicies/24h-failback")
    assert (item.datastore, item.retention, item.log_storage_id) == ("ds-prod", "R", "")
    assert (item.source_vm, item.original_location, item.download) == ("web01", True, Download.CHANGES)
    assert [disk.id for disk in item.disks] == ["Disk0", "Disk1"]


async def test_a_modernized_machine_gets_every_value_of_its_start_call() -> None:
    (item,) = (await plan_of(MODERNIZED)).plan.items
    assert (item.target_id, item.log_storage_id) == (AGENT.id, account(MODERNIZED))
    assert (item.datastore, item.policy, item.policy_id) == ("ds-prod", "", "")
    assert (item.process_server_id, item.retention, item.group) == ("", "", "")
    assert item.download is Download.CHANGES


async def test_a_vm_that_is_gone_is_made_anew_and_sent_in_full() -> None:
    (item,) = (await plan_of(replace(CLASSIC, source_vm=ABSENT))).plan.items
    assert (item.source_vm, item.original_location, item.download) == ("", False, Download.FULL)


async def test_an_appliance_of_another_vcenter_makes_the_vm_anew() -> None:
    (item,) = (await plan_of(changed(MODERNIZED, {"agent.vcenter_id": "/x/vcenters/vc02"}))).plan.items
    assert (item.original_location, item.download) == (False, Download.FULL)


async def test_what_another_datastore_than_the_vms_means_is_not_known() -> None:
    (item,) = (await plan_of(changed(MODERNIZED, {"choice.datastore": "ds-target"}))).plan.items
    assert item.download is Download.UNKNOWN
    (item,) = (await plan_of(changed(MODERNIZED, {"source_vm.datastores": UNREAD}))).plan.items
    assert item.download is Download.UNKNOWN


async def test_a_vm_that_could_not_be_looked_for_is_not_known_to_be_there() -> None:
    made = await plan_of(replace(CLASSIC, source_vm=UNREAD))
    (item,) = made.plan.items
    assert made.checked.verdict is Verdict.UNKNOWN
    assert (item.original_location, item.download) == (False, Download.UNKNOWN)


async def test_a_vm_that_may_not_be_where_the_appliance_looks_is_not_known() -> None:
    (item,) = (await plan_of(changed(MODERNIZED, {"agent.vcenter_id": ""}))).plan.items
    assert item.download is Download.UNKNOWN


async def test_a_disk_that_stays_behind_is_told_apart() -> None:
    (item,) = (await plan_of(changed(CLASSIC, {"choice.excluded": (SECOND.id,)}))).plan.items
    assert ([disk.id for disk in item.disks], [disk.id for disk in item.excluded]) == (["Disk0"], ["Disk1"])


async def test_an_unknown_name_is_told_with_the_nearest() -> None:
    made = await refused(NoMatch("wbe01", ("web01", "web02")))
    assert (made.obstacle, made.candidates) == (Obstacle.NOT_FOUND, ("web01", "web02"))
    assert (
        made.why
        == "No machine, replication group or recovery plan is called wbe01: the nearest names are web01, web02."
    )
    assert (await refused(NoMatch("wbe01", ()))).why.endswith("is called wbe01.")


async def test_a_name_of_several_gives_the_ids_to_say_instead() -> None:
    two = (Candidate("b", Kind.MACHINE, "/id/1", "classic"), Candidate("b", Kind.PLAN, "/id/2", "2 machines"))
    made = await refused(Choices("b", two))
    assert (made.obstacle, made.candidates) == (Obstacle.SEVERAL, ("/id/1", "/id/2"))
    assert made.details == ("machine · classic", "recovery plan · 2 machines")
    assert "b (machine, classic); b (recovery plan, 2 machines)" in made.why


async def test_a_plan_without_machines_is_not_put_to_anybody() -> None:
    nothing = await prepared(kind=Kind.PLAN)
    assert isinstance(nothing, NotPrepared), nothing
    assert nothing.obstacle is Obstacle.NOT_FOUND
    assert "no machine" in nothing.why


async def test_a_dead_vault_is_unreadable_with_the_reason() -> None:
    made = await prepared(replace(CLASSIC, item=UNREAD, choice=UNREAD, topology=Topology.UNKNOWN))
    assert isinstance(made, NotPrepared)
    assert (made.obstacle, made.why) == (Obstacle.UNREADABLE, f"web01 could not be read: {UNREAD.reason}.")


async def test_a_machine_that_the_vault_has_no_longer_is_blocked_by_the_rules() -> None:
    gone = replace(named(CLASSIC, "lost"), item=ABSENT, choice=UNREAD, topology=Topology.UNKNOWN)
    made = await prepared(CLASSIC, gone, kind=Kind.PLAN)
    assert isinstance(made, Prepared)
    assert made.checked.verdict is Verdict.BLOCKED
    assert [item.machine for item in made.plan.items] == ["web01"]
    assert [(found.rule, found.machines) for found in made.checked.blockers] == [("item-migrated-or-gone", ("lost",))]


async def test_a_machine_of_another_provider_is_blocked_by_the_rules() -> None:
    other = changed(
        replace(CLASSIC, topology=Topology.OTHER), {"item.provider": "A2A", "item.topology": Topology.OTHER}
    )
    made = await prepared(other)
    assert isinstance(made, Prepared)
    assert (made.checked.verdict, made.plan.items) == (Verdict.BLOCKED, ())


async def test_open_values_are_asked_for_machine_by_machine_with_what_there_is() -> None:
    open_ = changed(MODERNIZED, {"choice.datastore": "", "item.discovered": ABSENT})
    machines = (open_, named(open_, "web02"), changed(named(MODERNIZED, "db01"), {"choice.log_storage": ""}))
    made = await prepared(*(replace(one, log_storage=UNREAD) for one in machines), kind=Kind.PLAN)
    assert isinstance(made, NotPrepared)
    assert made.obstacle is Obstacle.OPEN
    assert made.why == "web01 and web02 need a datastore; db01 needs a log storage account."
    assert made.open == (
        OpenValue("web01", "datastore", ("ds-prod", "ds-target")),
        OpenValue("web02", "datastore", ("ds-prod", "ds-target")),
        OpenValue("db01", "log-storage", ()),
    )


async def test_what_blocks_is_told_before_anybody_is_asked_for_a_value() -> None:
    made = await prepared(changed(MODERNIZED, {"choice.datastore": "", "azure_vm.power": "stopped"}))
    assert isinstance(made, Prepared)
    assert made.plan.items == ()
    assert {"group-values-missing", "azure-vm-not-running"} <= {found.rule for found in made.checked.blockers}


async def test_two_policies_without_a_usual_one_are_a_choice() -> None:
    policies = tuple(Policy(f"/p/{name}", name, "InMage") for name in ("a-failback", "b-failback"))
    made = await prepared(changed(replace(CLASSIC, policies=policies), {"choice.policy": ""}))
    assert isinstance(made, NotPrepared)
    assert made.open == (OpenValue("web01", "policy", ("a-failback", "b-failback")),)


async def test_two_servers_that_nobody_can_tell_apart_are_never_guessed() -> None:
    twin = replace(PROCESS_SERVER, server=replace(PROCESS_SERVER.server, id="another"))
    made = await prepared(replace(CLASSIC, process_servers=(PROCESS_SERVER, twin)))
    assert isinstance(made, NotPrepared)
    assert [one.option for one in made.open] == ["process-server"]


@pytest.mark.parametrize("place", ["policies", "process_servers", "target"])
async def test_a_value_that_could_not_be_read_is_never_guessed(place: str) -> None:
    choice = {"policies": "policy", "process_servers": "process_server", "target": "target"}[place]
    made = await prepared(changed(CLASSIC, {place: UNREAD, f"choice.{choice}": ""}))
    assert isinstance(made, NotPrepared)
    assert made.obstacle is Obstacle.UNREADABLE
    assert UNREAD.reason in made.why


async def test_a_wish_that_cannot_be_granted_ends_it() -> None:
    made = await prepared(CLASSIC, wishes=Wishes(target=(Wish("mt9"),)))
    assert isinstance(made, NotPrepared)
    assert (made.obstacle, made.candidates) == (Obstacle.WRONG_VALUE, ("mt01",))


async def test_what_could_not_be_read_is_kept_rule_by_rule_and_attestations_once() -> None:
    made = await prepared(replace(CLASSIC, vcenter=UNREAD), replace(named(CLASSIC, "web02"), vcenter=UNREAD))
    assert isinstance(made, Prepared)
    unread = {found.rule: found for found in made.checked.unread_blockers}
    assert {"vcenter-privileges", "esxi-free-license"} <= unread.keys()
    assert unread["vcenter-privileges"].machines == ("web01", "web02")
    assert unread["vcenter-privileges"].details == (UNREAD.reason,)
    assert [found.machines for found in made.checked.attestations] == [("web01", "web02")] * 3


async def test_a_warning_that_follows_from_a_blocker_says_so_in_place_of_its_hint() -> None:
    made = await prepared(changed(MODERNIZED, {"azure_vm.power": "stopped", "azure_vm.agent_status": "Not Ready"}))
    assert isinstance(made, Prepared)
    (warning,) = (found for found in made.checked.warnings if found.rule == "azure-vm-agent-not-ready")
    assert warning.hint.startswith("Usually follows")


async def test_the_same_plan_again_is_the_same() -> None:
    reader = Reader(collected(CLASSIC, named(MODERNIZED, "db01"), kind=Kind.PLAN))
    prepare = Preparer(reader, RULES_OF)
    before = await prepare(asked())
    assert isinstance(before, Prepared)
    now = await prepare.again(before.plan, frozenset({"web01", "db01"}))
    assert isinstance(now, Prepared)
    assert now.plan == before.plan
    assert now.plan.digest == before.plan.digest
    assert now.checked.verdict is Verdict.READY


async def test_again_wishes_for_the_plans_own_values_and_leaves_the_others_be() -> None:
    first = collected(changed(CLASSIC, {"choice.excluded": ("Disk1",)}), named(MODERNIZED, "db01"), kind=Kind.PLAN)
    reader = Reader(first)
    prepare = Preparer(reader, RULES_OF)
    before = await prepare(asked())
    assert isinstance(before, Prepared)
    web01, db01 = before.plan.items
    reader.answer = replace(first, machines=first.machines[:1])
    now = await prepare.again(before.plan, frozenset({"web01"}))
    assert isinstance(now, Prepared)
    assert now.plan.items[1] == db01
    assert (reader.names, reader.beside) == ([{web01.item_id: "web01"}], [{db01.item_id: "appliance01"}])
    assert reader.wishes[-1] == Wishes(
        target=(Wish(MASTER_TARGET.server.id, "web01"),),
        process_server=(Wish(PROCESS_SERVER.server.id, "web01"),),
        datastore=(Wish("ds-prod", "web01"),),
        retention=(Wish("R", "web01"),),
        policy=(Wish(web01.policy_id, "web01"),),
        exclude_disk=(Wish("Disk1", "web01"),),
    )


async def again(before: Facts, now: Facts) -> tuple[tuple[str, ...], Prepared | NotPrepared]:
    """What changed between two readings of a machine, and the second preparation."""
    reader = Reader(collected(before))
    prepare = Preparer(reader, RULES_OF)
    first = await prepare(asked())
    assert isinstance(first, Prepared)
    reader.answer = collected(now)
    second = await prepare.again(first.plan, frozenset({"web01"}))
    return changes(first.plan.items[0], second.plan.items[0]) if isinstance(second, Prepared) else (), second


async def test_a_target_that_lost_its_datastore_is_told() -> None:
    said, _ = await again(CLASSIC, changed(CLASSIC, {"target.datastores": ()}))
    assert said == ("its datastore ds-prod is not to be had any more",)


async def test_an_appliance_that_lost_its_datastore_is_blocked_by_the_rule() -> None:
    said, now = await again(MODERNIZED, changed(MODERNIZED, {"agent.accessible_datastores": ("ds-target",)}))
    assert said == ()
    assert isinstance(now, Prepared)
    assert [found.rule for found in now.checked.blockers] == ["appliance-cannot-see-datastore"]


async def test_a_target_that_is_gone_is_told() -> None:
    said, now = await again(CLASSIC, replace(CLASSIC, target=ABSENT, master_targets=()))
    assert said[0] == "its target mt01 is not to be had any more"
    assert isinstance(now, Prepared)
    assert now.checked.verdict is Verdict.BLOCKED


async def test_a_vm_that_was_deleted_meanwhile_is_told() -> None:
    said, _ = await again(CLASSIC, replace(CLASSIC, source_vm=ABSENT))
    assert "it would return to an alternate location, not to its existing VM" in said


@pytest.mark.parametrize("place", ["source_vm", "item.disks", "group"])
async def test_what_cannot_be_read_now_is_no_change(place: str) -> None:
    said, now = await again(CLASSIC, changed(CLASSIC, {place: UNREAD}))
    assert said == ()
    assert isinstance(now, Prepared)


@pytest.mark.parametrize(
    "unread", [{"item": UNREAD, "choice": UNREAD}, {"target": UNREAD, "choice.target": ""}], ids=["item", "target"]
)
async def test_what_the_values_are_made_from_is_unreadable_when_it_cannot_be_read(unread: dict[str, object]) -> None:
    _, now = await again(CLASSIC, changed(CLASSIC, unread))
    assert isinstance(now, NotPrepared)
    assert (now.obstacle, UNREAD.reason in now.why) == (Obstacle.UNREADABLE, True)


async def test_an_item_that_is_gone_stays_as_planned_and_is_blocked() -> None:
    gone = replace(CLASSIC, item=ABSENT, choice=UNREAD, topology=Topology.UNKNOWN)
    said, now = await again(CLASSIC, gone)
    assert said == ()
    assert isinstance(now, Prepared)
    assert [found.rule for found in now.checked.blockers] == ["item-migrated-or-gone"]


PLACES = sorted({*places_for_missing(CLASSIC), *places_for_missing(MODERNIZED)})
VALUES = ["target", "process_server", "datastore", "retention", "log_storage", "policy"]


@given(data=st.data())
async def test_a_plan_never_has_an_empty_required_value(data: st.DataObject) -> None:
    facts = data.draw(st.sampled_from([CLASSIC, MODERNIZED]))
    own = places_for_missing(facts)
    lost = data.draw(st.lists(st.sampled_from([p for p in PLACES if p in own]), max_size=3, unique=True))
    lost = [place for place in lost if not any(place.startswith(f"{other}.") for other in lost)]
    empty = data.draw(st.lists(st.sampled_from(VALUES), max_size=3, unique=True))
    facts = changed(facts, {f"choice.{value}": "" for value in empty})
    made = await prepared(changed(facts, dict.fromkeys((p for p in lost if p != "choice"), UNREAD)))
    if isinstance(made, NotPrepared):
        assert made.why.endswith(".")
        return
    for item in made.plan.items:
        assert item.target_id
        assert item.datastore
        if item.topology is Topology.CLASSIC:
            assert item.process_server_id
            assert item.retention
            assert item.policy_id
        else:
            assert item.log_storage_id
