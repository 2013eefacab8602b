"""Joining what the sources told: machines are told apart by their items, whatever people call them."""

from dataclasses import replace
from typing import Any

import pytest

from homeward.bot.compose import collector
from homeward.bot.sandbox.run import Sandbox
from homeward.checks import Collected
from homeward.checks.facts import (
    ABSENT,
    ConfigurationServer,
    Discovered,
    Facts,
    Item,
    MasterTarget,
    Missing,
    Provider,
    Topology,
)
from homeward.checks.names import fold
from homeward.checks.sources.azure import Fabric
from homeward.checks.sources.azure.parse_fabric import fabric as parsed
from homeward.checks.sources.join import Around, facts_of
from homeward.checks.sources.machines import Machine, labels, machine, peers, placed, wanted
from homeward.checks.sources.vcenter import OnPremises
from tests.checks.ready import AGENT, NOW, READY_CLASSIC, REGISTERED_VCENTER, SOURCE_VM

assert isinstance(READY_CLASSIC.item, Item)
assert isinstance(READY_CLASSIC.target, MasterTarget)
VAULT = "/subscriptions/1/resourceGroups/rg/providers/Microsoft.RecoveryServices/vaults/v"
UNREAD = Missing("not read")


def item(fabric: str, resource: str, name: str = "web01", **more: Any) -> Item:
    fabric_id = f"{VAULT}/replicationFabrics/{fabric}"
    id = f"{fabric_id}/replicationProtectionContainers/c/replicationProtectedItems/{resource}"
    assert isinstance(READY_CLASSIC.item, Item)
    return replace(READY_CLASSIC.item, id=id, name=name, fabric_id=fabric_id, fabric_name="", **more)


def with_target(one: Item, name: str) -> Machine:
    """A machine whose one master target has the name; the same name is another server in another fabric."""
    assert isinstance(READY_CLASSIC.target, MasterTarget)
    made = machine(one.name, one, UNREAD, UNREAD, NOW)
    return replace(made, choice=replace(made.choice, target=name))


def around(on_premises: dict[str, OnPremises]) -> Around:
    return Around({}, {}, {}, {}, on_premises, UNREAD, UNREAD, frozenset({"vc01", "10.0.0.1"}))


def fabric(topology: Topology = Topology.CLASSIC, **parts: Any) -> Fabric:
    """The fabric f, with nothing in it but the parts."""
    kind = {Topology.CLASSIC: "VMware", Topology.MODERNIZED: "InMageRcm"}[topology]
    body = {"id": f"{VAULT}/replicationFabrics/f", "properties": {"customDetails": {"instanceType": kind}}}
    return replace(parsed(body, ()), **parts)


def seen(
    one: Item,
    on_premises: OnPremises | None = None,
    *,
    fabrics: Fabric | Missing = UNREAD,
    **told: Any,
) -> Facts:
    """The facts of one machine; `told` are parts of what is around it."""
    by_id = fabrics if isinstance(fabrics, Missing) else {fold(fabrics.id): fabrics}
    here = around({fold(one.id): on_premises} if on_premises else {})
    (facts,) = facts_of([machine("web01", one, by_id, UNREAD, NOW)], [], replace(here, **told), NOW)
    return facts


GONE = OnPremises(UNREAD, ABSENT, UNREAD, UNREAD, ())


def test_a_name_of_its_own_is_a_machines_label() -> None:
    one, other = item("f", "a", "web01"), item("f", "b", "web02")
    assert list(labels([one, other], [item("f", "lost-7").id]).values()) == ["web01", "web02", "lost-7"]


def test_machines_of_one_name_get_what_tells_them_apart() -> None:
    assert list(labels([item("f", "a"), item("f", "b", "WEB01")], []).values()) == ["web01 (a)", "WEB01 (b)"]
    assert list(labels([item("f", "a"), item("g", "a")], []).values()) == ["web01 (a, f)", "web01 (a, g)"]


def test_labels_are_unique_whatever_the_names_are() -> None:
    same = [item("f", "a"), item("g", "a"), item("h", "b", "web01 (a, f)"), item("i", "c", "web01 (a)")]
    same.append(replace(item("f", "a2"), id=item("f", "a").id.replace("/c/", "/d/")))
    lost = [item("f", "web01").id, item("g", "web01").id]
    told = labels(same, lost)
    assert set(told) == {fold(one.id) for one in same} | set(map(fold, lost))
    assert len({fold(label) for label in told.values()}) == len(same) + len(lost)


def test_a_machine_that_is_gone_is_never_called_as_another() -> None:
    here, lost = item("f", "a", "web01-guid"), item("f", "web01-guid").id
    told = labels([here], [lost])
    assert told[fold(here.id)] != told[fold(lost)]
    assert "gone" in told[fold(lost)]


def test_disks_to_come_count_for_the_target_of_their_own_fabric() -> None:
    one, other, beside = item("f", "a"), item("g", "b"), item("G", "c")
    machines = [with_target(one, "mt01"), with_target(other, "mt01"), with_target(beside, "MT01")]
    first, second, third = facts_of(machines, [], around({}), NOW)
    assert not isinstance(one.disks, Missing)
    assert first.disks_to_come == len(one.disks)
    assert second.disks_to_come == third.disks_to_come == 2 * len(one.disks)


def test_two_machines_of_one_label_have_each_their_own_vm() -> None:
    machines = [with_target(item("f", "a"), "mt01"), with_target(item("g", "a"), "mt01")]
    keys = [wanted(each, NOW).machine for each in machines]
    assert len(set(keys)) == 2
    vms = [replace(SOURCE_VM, uuid=key) for key in keys]
    told = {key: OnPremises(UNREAD, vm, UNREAD, UNREAD, UNREAD) for key, vm in zip(keys, vms, strict=True)}
    seen = [facts.source_vm for facts in facts_of(machines, [], around(told), NOW)]
    assert seen == vms


def test_an_account_that_is_not_told_is_not_one_that_was_deleted() -> None:
    assert seen(item("f", "a", log_storage_id="")).log_storage == Missing(
        "Azure does not tell which log storage account it uses"
    )
    named = item("f", "a", log_storage_id="/Logs")
    assert seen(named, log_storage={"logs": ABSENT}).log_storage is ABSENT
    assert isinstance(seen(named).log_storage, Missing)


def test_a_job_that_the_vault_does_not_find_does_not_make_a_machine_idle() -> None:
    assert seen(item("f", "a")).job is ABSENT
    busy = item("f", "a", job_id="/Jobs/1")
    assert seen(busy, jobs={"jobs/1": ABSENT}).job == Missing("the vault does not find the job that the item names")


def test_the_provider_is_the_one_that_the_item_names() -> None:
    bad, good = Provider("Disconnected", NOW, "a", "/P/a"), Provider("Connected", NOW, "b", "/p/b")
    here = fabric(providers=(bad, good))
    assert seen(item("f", "a", provider_id="/p/B"), fabrics=here).provider == good
    assert seen(item("f", "a"), fabrics=here).provider == bad
    assert isinstance(seen(item("f", "a", provider_id="/p/c"), fabrics=here).provider, Missing)
    assert isinstance(seen(item("f", "a"), fabrics=fabric()).provider, Missing)
    assert seen(item("f", "a"), fabrics=fabric(providers=UNREAD)).provider == UNREAD
    assert seen(item("f", "a")).provider == UNREAD


@pytest.mark.parametrize("stack", [Topology.CLASSIC, Topology.MODERNIZED])
async def test_the_sandboxs_vault_tells_the_provider_of_both_stacks(sandbox: Sandbox, stack: Topology) -> None:
    name = {Topology.CLASSIC: "payroll", Topology.MODERNIZED: "web01"}[stack]
    sandbox.estate.vault.appliances[0].provider_status = "Disconnected"
    async with collector(sandbox.settings()) as collect:
        answer = await collect(name, lambda _: None)
    assert isinstance(answer, Collected)
    provider = answer.machines[0].provider
    assert isinstance(provider, Provider)
    assert provider.status == {Topology.CLASSIC: "Connected", Topology.MODERNIZED: "Disconnected"}[stack]
    assert provider.name


def test_a_vm_that_azure_knows_and_no_vcenter_shows_is_not_gone() -> None:
    modernized = item("f", "a", topology=Topology.MODERNIZED)
    there = Discovered("/vc", ("gold",), is_deleted=False, last_discovery=NOW)
    facts = seen(replace(modernized, discovered=there), GONE)
    assert (
        facts.source_vm == facts.datastores == Missing("Azure says its VM exists, but no configured vCenter shows it")
    )
    untold = seen(replace(modernized, discovered=UNREAD), GONE)
    assert untold.source_vm == untold.datastores == UNREAD
    assert seen(replace(modernized, discovered=replace(there, is_deleted=True)), GONE).source_vm is ABSENT
    assert seen(modernized, GONE).source_vm is ABSENT


def test_a_classic_vm_may_be_in_a_registered_vcenter_that_is_not_configured() -> None:
    classic = item("f", "a")
    one = replace(REGISTERED_VCENTER, id=f"{VAULT}/replicationFabrics/F/replicationvCenters/x")
    known = (replace(one, name="VC01", address="10.9.9.9"), replace(one, name="x", address="10.0.0.1"))
    assert seen(classic, GONE, vcenters=known).source_vm is ABSENT
    other = replace(one, name="vc02", address="10.0.0.2", ids=("id-2",))
    doubt = seen(classic, GONE, vcenters=(*known, other))
    assert (
        doubt.source_vm
        == doubt.datastores
        == Missing("its VM may be in vc02 (10.0.0.2), which is not one of the configured vCenters by name or host")
    )
    at_home = (replace(known[0], ids=("id-1",)), other)
    assert seen(replace(classic, vcenter_id="ID-1"), GONE, vcenters=at_home).source_vm is ABSENT
    assert seen(classic, GONE).source_vm == UNREAD
    physical = replace(classic, physical=True)
    assert seen(physical, GONE, vcenters=(other,)).source_vm is ABSENT
    assert seen(classic, replace(GONE, source_vm=SOURCE_VM), vcenters=(other,)).source_vm == SOURCE_VM


def test_only_the_machines_own_vcenter_counts_where_azure_tells_it() -> None:
    one = replace(REGISTERED_VCENTER, id=f"{VAULT}/replicationFabrics/F/replicationvCenters/x", ids=("infra", "inner"))
    other = replace(one, ids=("other",))
    elsewhere = replace(one, id=f"{VAULT}/replicationFabrics/g/replicationvCenters/x")
    every = (one, other, elsewhere)
    assert seen(item("f", "a", vcenter_id="INNER"), vcenters=every).vcenters == (one,)
    assert seen(item("f", "a", vcenter_id="who"), vcenters=every).vcenters == (one, other)
    assert seen(item("f", "a"), vcenters=every).vcenters == (one, other)


def test_a_classic_vm_has_to_reach_the_chosen_process_server() -> None:
    assert not isinstance(READY_CLASSIC.process_servers, Missing)
    (first,) = READY_CLASSIC.process_servers
    second = replace(first, server=replace(first.server, name="ps02", ip_address="10.0.0.2"))
    assert isinstance(READY_CLASSIC.configuration_server, ConfigurationServer)
    here = fabric(process_servers=(first, second), configuration_server=READY_CLASSIC.configuration_server)
    made = machine("web01", item("f", "a"), {fold(here.id): here}, UNREAD, NOW)
    control = READY_CLASSIC.configuration_server.server.ip_address
    assert peers(placed(made, (replace(first, in_azure=False), second), NOW)) == (control, "10.0.0.2")
    assert peers(made) == (control, "")
    assert peers(replace(made, fabric=UNREAD)) == ("", "")


def test_a_modernized_vm_has_to_reach_the_chosen_appliance() -> None:
    assert not isinstance(READY_CLASSIC.process_servers, Missing)
    (first,) = READY_CLASSIC.process_servers
    own = replace(first, server=replace(first.server, id=AGENT.id.upper(), ip_address="10.0.0.7"))
    here = fabric(Topology.MODERNIZED, process_servers=(first, own), agents=(AGENT,))
    one = item("f", "a", topology=Topology.MODERNIZED)
    made = machine("web01", one, {fold(here.id): here}, UNREAD, NOW)
    assert peers(made) == ("10.0.0.7", "10.0.0.7")
    assert peers(replace(made, agent=ABSENT)) == ("", "")
