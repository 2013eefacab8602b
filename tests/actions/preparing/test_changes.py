"""Changes: what would run differently is said in words; what is only called differently is not."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from homeward.actions.plan import Download, PlannedDisk, PlannedItem
from homeward.actions.preparing import changes
from homeward.checks.facts import Topology
from tests.actions.making import planned

DISKS = (PlannedDisk("d0", "os", 64), PlannedDisk("d1", "data", 900))
BEFORE = replace(
    planned(),
    topology=Topology.CLASSIC,
    group="payroll-vms",
    target="mt01",
    target_id="ID-1",
    process_server="ps01",
    process_server_id="ID-2",
    datastore="ds1",
    retention="R",
    log_storage_id="/accounts/logs01",
    policy="24h-failback",
    policy_id="/policies/24h-failback",
    disks=DISKS,
    excluded=(),
    source_vm="web02",
    original_location=True,
    download=Download.CHANGES,
)


@pytest.mark.parametrize(
    ("now", "said"),
    [
        ({"item_id": "/another"}, "it is another protected item"),
        ({"topology": Topology.MODERNIZED}, "its protection is modernized, not classic"),
        ({"group": ""}, "its replication group is none, not payroll-vms"),
        ({"target": "mt02", "target_id": "ID-9"}, "its target would be mt02, not mt01"),
        ({"target_id": "ID-9"}, "its target mt01 is another one of the same name"),
        ({"target": "", "target_id": ""}, "its target mt01 is not to be had any more"),
        ({"process_server": "ps02", "process_server_id": "9"}, "its process server would be ps02, not ps01"),
        ({"datastore": "ds2"}, "its datastore would be ds2, not ds1"),
        ({"datastore": ""}, "its datastore ds1 is not to be had any more"),
        ({"retention": "S"}, "its retention volume would be S, not R"),
        ({"log_storage_id": "/accounts/logs02"}, "its log storage account would be logs02, not logs01"),
        ({"policy": "x", "policy_id": "/x"}, "its failback policy would be x, not 24h-failback"),
        ({"disks": DISKS[:1]}, "its disks changed: data would not come"),
        ({"disks": (*DISKS, PlannedDisk("d2", "", 1))}, "its disks changed: d2 would come too"),
        ({"disks": (DISKS[0], replace(DISKS[1], capacity_bytes=901))}, "its disks changed: data changed in size"),
        ({"source_vm": "web02-new"}, "its VM on-premises is web02-new, not web02"),
        ({"download": Download.FULL}, "its data would be sent in full, and was to be changes only"),
    ],
)
def test_what_would_run_differently_is_said(now: Mapping[str, object], said: str) -> None:
    assert changes(BEFORE, changed(now)) == (said,)


def test_a_value_that_was_none_and_is_one_is_a_change() -> None:
    assert changes(replace(BEFORE, policy="", policy_id=""), BEFORE) == (
        "its failback policy would be 24h-failback, and was none",
    )


def test_a_vm_that_is_gone_is_told_with_what_it_means() -> None:
    now = replace(BEFORE, source_vm="", original_location=False, download=Download.FULL)
    assert changes(BEFORE, now) == (
        "it would return to an alternate location, not to its existing VM",
        "its data would be sent in full, and was to be changes only",
    )
    assert changes(now, BEFORE) == ("it would return to its existing VM, not to an alternate location",)


def test_a_full_download_that_nobody_knew_of_is_a_change() -> None:
    unknown = replace(BEFORE, original_location=False, download=Download.UNKNOWN)
    full = replace(BEFORE, original_location=False, download=Download.FULL)
    assert changes(unknown, full) == ("its data would be sent in full, and was to be not known",)


@pytest.mark.parametrize(
    "now",
    [
        {},
        {"stage": 7},
        {"item_id": BEFORE.item_id.upper(), "target_id": "id-1", "datastore": "DS1"},
        {"disks": (replace(DISKS[0], name="another name"), DISKS[1])},
        {"disks": (DISKS[0], replace(DISKS[1], capacity_bytes=0))},
        {"disks": ()},
        {"disks": DISKS[::-1]},
        {"download": Download.UNKNOWN, "original_location": False, "source_vm": ""},
    ],
)
def test_what_is_only_called_differently_or_not_told_is_no_change(now: Mapping[str, object]) -> None:
    assert changes(BEFORE, changed(now)) == ()


def test_changes_that_turn_out_after_not_knowing_are_none() -> None:
    before = replace(BEFORE, source_vm="", original_location=False, download=Download.UNKNOWN)
    assert changes(before, BEFORE) == ()


def changed(now: Mapping[str, object]) -> PlannedItem:
    return replace(BEFORE, **now)  # type: ignore[arg-type] # the table's types are those of the fields
