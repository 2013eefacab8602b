"""Notes tell without judging."""

from collections.abc import Mapping
from types import MappingProxyType

import pytest

from homeward.checks.facts import ABSENT, Facts, Missing, Os, Topology
from homeward.checks.notes import NOTES, notes
from homeward.checks.way import Operation
from tests.checks.changing import changed
from tests.checks.ready import READY_CLASSIC, READY_MODERNIZED
from tests.facts import (
    READY_COMMIT_CLASSIC,
    READY_COMMIT_MODERNIZED,
    READY_FAILBACK_CLASSIC,
    READY_FAILBACK_MODERNIZED,
    READY_OF,
    READY_TO_AZURE_MODERNIZED,
)


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


def said(facts: Facts, operation: Operation, changes: Mapping[str, object] = MappingProxyType({})) -> dict[str, str]:
    return {note.id: note.text for note in notes(changed(facts, changes), operation)}


def test_a_planned_failback_takes_the_application_down_while_the_last_changes_are_sent() -> None:
    told = said(READY_FAILBACK_MODERNIZED, Operation.FAILBACK)
    assert "sends the last changes, shuts the VM web01 in Azure down" in told["failback-downtime"]
    assert told["failback-downtime"].startswith("The application goes down")


def test_a_classic_failback_says_that_what_came_after_its_point_stays_behind() -> None:
    told = said(READY_FAILBACK_CLASSIC, Operation.FAILBACK)
    assert "What was written in Azure after that point does not come home." in told["failback-downtime"]


def test_only_linux_is_told_of_its_network_after_the_failback() -> None:
    told = said(READY_FAILBACK_MODERNIZED, Operation.FAILBACK)
    assert "a static address becomes DHCP, Network Manager may be gone" in told["failback-linux"]
    for os in (Os.WINDOWS, Missing("unread")):
        assert said(READY_FAILBACK_MODERNIZED, Operation.FAILBACK, {"item.os": os}).keys() == {"failback-downtime"}


def test_a_commit_says_what_is_lost() -> None:
    classic = said(READY_COMMIT_CLASSIC, Operation.COMMIT)["commit-lost"]
    modernized = said(READY_COMMIT_MODERNIZED, Operation.COMMIT)["commit-lost"]
    for text in (classic, modernized):
        assert "neither cancelled nor repeated from another recovery point" in text
    assert "Site Recovery deletes the VM in Azure." in classic
    assert "count the VM web01 in Azure as lost too" in modernized


@pytest.mark.parametrize("vm", [ABSENT, Missing("unread")], ids=["gone", "unread"])
def test_a_vm_whose_name_is_not_known_is_told_without_it(vm: object) -> None:
    text = said(READY_COMMIT_MODERNIZED, Operation.COMMIT, {"azure_vm": vm})["commit-lost"]
    assert "count the VM in Azure as lost too" in text


def test_a_cancellation_says_what_is_lost() -> None:
    text = said(READY_COMMIT_MODERNIZED, Operation.CANCEL)["cancel-lost"]
    assert "the VM web01 in Azure takes over again: what was written on-premises since the failback is lost." in text


def test_protection_toward_azure_says_that_nothing_protects_before_it_has_come_through() -> None:
    text = said(READY_TO_AZURE_MODERNIZED, Operation.TO_AZURE)["forward-replication"]
    assert "Until that has come through there is no failover" in text


def test_no_operation_is_told_of_where_it_is_not_offered() -> None:
    for operation, ready in READY_OF.items():
        for facts in ready:
            assert said(facts, operation)
            assert not said(facts, operation, {"item.allowed_operations": ("DisableProtection",)})
            assert not said(facts, operation, {"item": Missing("unread")})


def test_every_note_is_told_by_some_operation() -> None:
    changes = {"source_vm.power": "poweredOn", "source_vm.has_snapshot": True}
    seen = {note.id for note in notes(changed(READY_CLASSIC, changes))}
    for operation, ready in READY_OF.items():
        seen |= {note.id for facts in ready for note in notes(facts, operation)}
    assert seen == NOTES.keys()
