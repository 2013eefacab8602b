"""What a plan does, in words."""

from typing import Any

import pytest

from homeward.actions.plan import Download, PlannedDisk
from homeward.checks.subjects import Kind
from homeward.handlers.views import planned

GB = 1024**3


def test_a_plan_says_what_runs_what_it_does_at_home_and_how_much_is_sent(requests: Any) -> None:
    assert planned.summary(requests.plan(*requests.payroll)) == (
        "Replicate 3 machines back on-premises, through mt-win01. "
        "pay-db01 gets a new VM on-premises on datastore ds-gold-02. "
        "The VMs on-premises of pay-app01, pay-app02 are shut down and must stay off. "
        "About 1.2 TB is downloaded in full for pay-db01; the others send changes only."
    )


def test_one_machine_is_called_by_its_name(requests: Any) -> None:
    plan = requests.plan(requests.modern("web01"), subject="web01", kind=Kind.MACHINE)
    assert planned.summary(plan) == (
        "Replicate web01 back on-premises, through appliance01. "
        "Its VM on-premises is shut down and must stay off. Only changes are sent."
    )


def test_a_lone_machine_without_a_vm_at_home_gets_a_new_one(requests: Any) -> None:
    plan = requests.plan(requests.machine("web01", source_vm="", download=Download.FULL, datastore=""))
    assert planned.at_home(plan) == "It gets a new VM on-premises."
    assert planned.sent(plan) == "About 64 GB is downloaded in full."


def test_a_download_that_could_not_be_read_is_not_called_small(requests: Any) -> None:
    unknown = requests.machine("web01", download=Download.UNKNOWN)
    assert planned.sent(requests.plan(unknown)) == "How much of it must be downloaded could not be read."
    both = requests.plan(unknown, requests.machine("web02"))
    assert planned.sent(both) == (
        "How much of web01 must be downloaded could not be read; the others send changes only."
    )


def test_sizes_that_azure_does_not_tell_are_not_made_up(requests: Any) -> None:
    half = (PlannedDisk("a", "a", 200 * GB), PlannedDisk("b", "b", 0))
    item = requests.machine("web01", download=Download.FULL, disks=half)
    assert planned.sent(requests.plan(item)) == "More than 200 GB is downloaded in full."
    bare = requests.machine("web01", download=Download.FULL, disks=(PlannedDisk("b", "b", 0),))
    assert planned.sent(requests.plan(bare)) == "An amount that Azure does not tell is downloaded in full."


@pytest.mark.parametrize(
    ("count", "said"),
    [(1, "0.0 GB"), (5 * GB, "5.0 GB"), (128 * GB, "128 GB"), (1228 * GB, "1.2 TB"), (1000 * GB, "1.0 TB")],
)
def test_sizes_read_as_azure_writes_them(count: int, said: str) -> None:
    assert planned.size(count) == said


def test_every_value_of_a_classic_start_is_told(requests: Any) -> None:
    (line,) = planned.machine_lines(requests.plan(requests.machine("web01")), 10, disks=True)
    assert line == (
        "• *web01*: master target mt-win01 · process server cs01 · datastore ds-gold-02 · retention volume R: · "
        "policy 24h-failback · replication group payroll-vms · returns to its own VM (original location) · "
        "sends changes only · 1 disk, 64 GB (disk 0 64 GB)"
    )


def test_every_value_of_a_modernized_start_is_told(requests: Any) -> None:
    out = (PlannedDisk("d1", "disk 1", 20 * GB),)
    item = requests.modern("web01", source_vm="web01-old", original_location=False, excluded=out)
    (line,) = planned.machine_lines(requests.plan(item), 10, disks=True)
    assert line == (
        "• *web01*: replication appliance appliance01 · datastore ds-gold-02 · log storage asrlogs01 · "
        "policy crashconsistency-policy-failback · "
        "returns to a new VM (alternate location), beside its own VM web01-old · "
        "sends changes only · 1 disk, 64 GB (disk 0 64 GB), left out: disk 1 20 GB"
    )


def test_what_all_machines_share_is_told_once_and_the_order_is_told(requests: Any) -> None:
    lines = planned.machine_lines(requests.plan(*requests.payroll), 10, disks=True)
    assert lines[0].startswith("*Every machine:* master target mt-win01")
    assert lines[1].startswith("• *pay-db01* (group 1 of the plan): returns to a new VM (its VM on-premises is gone)")
    assert sum("mt-win01" in line for line in lines) == 1


def test_machines_that_are_alike_share_a_line(requests: Any) -> None:
    lines = planned.machine_lines(requests.plan(*requests.many(100)), 100, disks=False)
    assert len(lines) == 1 + 5
    assert all(f"m{n:03}" in "".join(lines) for n in range(100))
    assert lines[1].endswith("m019* (group 1 of the plan): each 1 disk, 64 GB")
