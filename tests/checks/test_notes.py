"""Notes tell without judging."""

from collections.abc import Mapping

import pytest

from homeward.checks.facts import ABSENT, Missing, Topology
from homeward.checks.notes import notes
from tests.checks.changing import changed
from tests.checks.ready import READY_CLASSIC, READY_MODERNIZED


def told(changes: Mapping[str, object]) -> dict[str, str]:
    return {note.id: note.text for note in notes(changed(READY_CLASSIC, changes))}


def test_an_existing_vm_is_returned_to() -> None:
    assert "esx01 (original location)" in told({})["vm-location"]


def test_a_lost_vm_is_made_anew_with_a_full_download() -> None:
    text = told({"source_vm": ABSENT})["vm-location"]
    assert text.startswith("Its VM is gone from vCenter")
    assert "full download" in text


def test_a_physical_server_becomes_a_vm() -> None:
    assert told({"source_vm": ABSENT, "item.physical": True})["vm-location"].startswith("It was a physical server")


def test_an_unread_host_is_left_out() -> None:
    assert told({"source_vm.host": ""})["vm-location"].startswith("It returns to its existing VM (original location)")


def test_an_appliance_of_another_vcenter_makes_a_new_vm() -> None:
    facts = changed(READY_MODERNIZED, {"agent.vcenter_id": "/x/vcenters/vc02", "source_vm.power": "poweredOn"})
    (note,) = notes(facts)
    assert note.id == "vm-location"
    assert note.text.startswith("Site Recovery cannot return to its existing VM with the chosen appliance: a VM is")


def test_nothing_is_told_of_a_location_that_is_not_known() -> None:
    assert not list(notes(changed(READY_MODERNIZED, {"agent.vcenter_id": ""})))
    assert not list(notes(changed(READY_MODERNIZED, {"agent": ABSENT})))


@pytest.mark.parametrize("operations", [("PlannedFailover", "DisableProtection"), ("DisableProtection",), ()])
def test_no_reprotect_is_told_of_where_none_is_offered(operations: tuple[str, ...]) -> None:
    assert told({"item.allowed_operations": operations, "source_vm.power": "poweredOn"}) == {}
    assert told({"item.allowed_operations": operations, "source_vm": ABSENT}) == {}


def test_a_running_vm_with_snapshots_is_told_of() -> None:
    changes = {"source_vm.power": "poweredOn", "source_vm.has_snapshot": True}
    assert told(changes).keys() == {"vm-location", "vm-powered-on", "vm-has-snapshots"}


@pytest.mark.parametrize(
    "changes",
    [{"source_vm": Missing("unread")}, {"item": Missing("unread")}, {"item": ABSENT}, {"topology": Topology.OTHER}],
    ids=["unread VM", "unread item", "no item", "another provider"],
)
def test_nothing_is_told_where_the_rules_say_it_already(changes: Mapping[str, object]) -> None:
    assert told(changes) == {}
