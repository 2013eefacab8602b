"""Joining what the sources told: machines are told apart by their items, whatever people call them."""

from dataclasses import replace

from homeward.checks.facts import Item, MasterTarget, Missing
from homeward.checks.sources.find import fold
from homeward.checks.sources.join import Around, Machine, facts_of, labels, machine, wanted
from homeward.checks.sources.vcenter import OnPremises
from tests.checks.ready import NOW, READY_CLASSIC, SOURCE_VM

assert isinstance(READY_CLASSIC.item, Item)
assert isinstance(READY_CLASSIC.target, MasterTarget)
VAULT = "/subscriptions/1/resourceGroups/rg/providers/Microsoft.RecoveryServices/vaults/v"
UNREAD = Missing("not read")


def item(fabric: str, resource: str, name: str = "web01", **more: str) -> Item:
    fabric_id = f"{VAULT}/replicationFabrics/{fabric}"
    id = f"{fabric_id}/replicationProtectionContainers/c/replicationProtectedItems/{resource}"
    assert isinstance(READY_CLASSIC.item, Item)
    return replace(READY_CLASSIC.item, id=id, name=name, fabric_id=fabric_id, fabric_name="", **more)  # type: ignore[arg-type] # texts only


def with_target(one: Item, name: str) -> Machine:
    """A machine whose one master target has the name; the same name is another server in another fabric."""
    assert isinstance(READY_CLASSIC.target, MasterTarget)
    made = machine(one.name, one, UNREAD, UNREAD, NOW)
    return replace(made, choice=replace(made.choice, target=name))


def around(on_premises: dict[str, OnPremises]) -> Around:
    return Around({}, {}, {}, {}, on_premises, UNREAD, UNREAD)


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
    keys = [wanted(each).machine for each in machines]
    assert len(set(keys)) == 2
    vms = [replace(SOURCE_VM, uuid=key) for key in keys]
    told = {key: OnPremises(UNREAD, vm, UNREAD, UNREAD, UNREAD) for key, vm in zip(keys, vms, strict=True)}
    seen = [facts.source_vm for facts in facts_of(machines, [], around(told), NOW)]
    assert seen == vms
