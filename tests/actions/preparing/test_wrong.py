"""Wishes that can't be granted: one sentence names what was given, why not, and what there is."""

from dataclasses import replace

import pytest

from homeward.actions.plan import Obstacle, OpenValue
from homeward.actions.preparing.wrong import ungranted
from homeward.actions.states import Operation
from homeward.checks.facts import ABSENT, Facts, Missing, Os, RetentionVolume, Topology
from homeward.checks.subjects import Wish, Wishes
from tests.actions.preparing.facts import CLASSIC, MODERNIZED, SECOND, THIRD, named
from tests.checks.changing import changed
from tests.checks.ready import GIB, MASTER_TARGET

LINUX = replace(MASTER_TARGET, server=replace(MASTER_TARGET.server, name="mt-lin", id="id-lin"), os=Os.LINUX)
TWO_TARGETS = replace(CLASSIC, master_targets=(MASTER_TARGET, LINUX))
VOLUMES = replace(
    MASTER_TARGET,
    retention_volumes=(RetentionVolume("R", GIB, GIB, 70.0), RetentionVolume("S", GIB, GIB, 70.0)),
)
W2 = named(CLASSIC, "web02")
M2 = named(MODERNIZED, "web02")


@pytest.mark.parametrize(
    ("wishes", "machines", "why", "candidates"),
    [
        (
            Wishes(target=(Wish("mt9"),)),
            (CLASSIC,),
            "web01 can't have the target mt9: there is mt01.",
            ("mt01",),
        ),
        (
            Wishes(target=(Wish("mt-lin", "web01"),)),
            (TWO_TARGETS, W2),
            "web01 can't have the target mt-lin: mt-lin is a Linux master target, and the machine runs Windows.",
            ("mt01",),
        ),
        (
            Wishes(target=(Wish("mt-lin"),)),
            (TWO_TARGETS, W2),
            "No machine of payroll can have the target mt-lin: mt-lin is a Linux master target, and the machine runs "
            "Windows.",
            ("mt01",),
        ),
        (
            Wishes(datastore=(Wish("ds9", "web01"),)),
            (MODERNIZED,),
            "web01 can't have the datastore ds9: there are ds-prod, ds-target.",
            ("ds-prod", "ds-target"),
        ),
        (
            Wishes(retention=(Wish("S:"),)),
            (CLASSIC,),
            "web01 can't have the retention volume S:: there is R.",
            ("R",),
        ),
        (
            Wishes(retention=(Wish("R", "web01"), Wish("S", "web01"))),
            (replace(CLASSIC, target=VOLUMES),),
            "web01 can have one retention volume, and both R and S are given.",
            ("R", "S"),
        ),
        (
            Wishes(retention=(Wish("R"), Wish("S"))),
            (replace(CLASSIC, target=VOLUMES),),
            "web01 can have one retention volume, and both R and S are given.",
            ("R", "S"),
        ),
        (
            Wishes(policy=(Wish("24h"),)),
            (CLASSIC,),
            "web01 can't have the failback policy 24h: 24h is no failback policy for it.",
            ("24h-failback",),
        ),
        (
            Wishes(process_server=(Wish("cs01"),)),
            (MODERNIZED,),
            "web01 takes no --process-server: its protection is modernized.",
            (),
        ),
        (
            Wishes(log_storage=(Wish("logs01"),)),
            (CLASSIC,),
            "web01 takes no --log-storage: its protection is classic.",
            (),
        ),
        (
            Wishes(exclude_disk=(Wish("disk0"),)),
            (MODERNIZED,),
            "web01 can't leave the disk disk0 behind: Azure takes no exclusion of disks where the modernized stack "
            "protects a machine.",
            (),
        ),
        (
            Wishes(exclude_disk=(Wish("Disk7", "web01"),)),
            (CLASSIC,),
            "web01 can't leave the disk Disk7 behind: there is PHYSICALDRIVE1.",
            ("PHYSICALDRIVE1",),
        ),
        (
            Wishes(exclude_disk=(Wish("Disk0", "web01"),)),
            (CLASSIC,),
            "web01 can't leave the disk Disk0 behind: \\\\.\\PHYSICALDRIVE0 is its system disk.",
            ("PHYSICALDRIVE1",),
        ),
        (
            Wishes(exclude_disk=(Wish("Disk1"),)),
            (CLASSIC, W2),
            "It is not told which machine's disk Disk1 shall stay behind: say machine=disk.",
            ("web01=Disk1", "web02=Disk1"),
        ),
        (
            Wishes(exclude_disk=(Wish("Disk1"), Wish("Disk2"))),
            (changed(CLASSIC, {"item.disks": (replace(THIRD, id="Disk1"), THIRD)}),),
            "All disks of web01 would stay behind.",
            (),
        ),
        (
            Wishes(datastore=(Wish("ds-prod", "web09"),)),
            (CLASSIC, W2),
            "No machine of payroll is called web09.",
            ("web01", "web02"),
        ),
        (
            Wishes(datastore=(Wish("ds-prod", "twin"),)),
            (changed(CLASSIC, {"item.computer_name": "twin"}), changed(W2, {"item.computer_name": "twin"})),
            "More than one machine of payroll is called twin.",
            ("web01", "web02"),
        ),
    ],
)
def test_a_wish_that_cannot_be_granted_is_told(
    wishes: Wishes, machines: tuple[Facts, ...], why: str, candidates: tuple[str, ...]
) -> None:
    wrong = ungranted(Operation.REPROTECT, wishes, "payroll", machines)
    assert wrong is not None
    assert (wrong.obstacle, wrong.why, wrong.candidates) == (Obstacle.WRONG_VALUE, why, candidates)


@pytest.mark.parametrize(
    ("wishes", "machines"),
    [
        (Wishes(), (CLASSIC,)),
        (Wishes(target=(Wish("MT01"),), retention=(Wish("r:"),), policy=(Wish("24h-failback"),)), (CLASSIC, W2)),
        (Wishes(target=(Wish("mt01"), Wish("appliance01"))), (CLASSIC, named(MODERNIZED, "db01"))),
        (Wishes(exclude_disk=(Wish("disk1", "web01"),)), (CLASSIC, W2)),
        (Wishes(retention=(Wish("R", "web01"), Wish("S"))), (replace(CLASSIC, target=VOLUMES),)),
        (Wishes(datastore=(Wish("ds-prod", "lost"),)), (CLASSIC, replace(W2, machine="lost", item=ABSENT))),
    ],
)
def test_what_fits_is_granted(wishes: Wishes, machines: tuple[Facts, ...]) -> None:
    assert ungranted(Operation.REPROTECT, wishes, "payroll", machines) is None


@pytest.mark.parametrize("machine", ["", "web01"])
def test_a_wish_that_nobody_can_judge_is_not_called_wrong(machine: str) -> None:
    unread = Missing("vault prod-dr did not answer within 20 s")
    facts = replace(CLASSIC, target=unread, master_targets=unread)
    wrong = ungranted(Operation.REPROTECT, Wishes(datastore=(Wish("ds-prod", machine),)), "web01", (facts,))
    assert wrong is not None
    assert wrong.obstacle is Obstacle.UNREADABLE
    assert unread.reason in wrong.why


def test_a_machine_of_another_provider_takes_no_values() -> None:
    other = changed(replace(CLASSIC, topology=Topology.OTHER), {"item.topology": Topology.OTHER})
    wrong = ungranted(Operation.REPROTECT, Wishes(target=(Wish("mt01"),)), "web01", (other,))
    assert wrong is not None
    assert wrong.why == "web01 takes no --target: its protection is other."


@pytest.mark.parametrize(
    ("wishes", "machines", "why", "without"),
    [
        (
            Wishes(retention=(Wish("R:"),)),
            (MODERNIZED, M2),
            "payroll takes no --retention: its protection is modernized.",
            OpenValue("", "retention", ()),
        ),
        (
            Wishes(retention=(Wish("R:", "Web02"),)),
            (CLASSIC, M2),
            "web02 takes no --retention: its protection is modernized.",
            OpenValue("Web02", "retention", ()),
        ),
        (
            Wishes(log_storage=(Wish("logs01"),)),
            (CLASSIC,),
            "web01 takes no --log-storage: its protection is classic.",
            OpenValue("", "log-storage", ()),
        ),
        (
            Wishes(exclude_disk=(Wish("1"),)),
            (MODERNIZED,),
            "web01 can't leave the disk 1 behind: Azure takes no exclusion of disks where the modernized stack "
            "protects a machine.",
            OpenValue("", "exclude-disk", ()),
        ),
        (
            Wishes(exclude_disk=(Wish("1"),)),
            (MODERNIZED, M2),
            "payroll can't leave the disk 1 behind: Azure takes no exclusion of disks where the modernized stack "
            "protects a machine.",
            OpenValue("", "exclude-disk", ()),
        ),
    ],
)
def test_what_a_stack_does_not_take_has_to_be_left_out(
    wishes: Wishes, machines: tuple[Facts, ...], why: str, without: OpenValue
) -> None:
    wrong = ungranted(Operation.REPROTECT, wishes, "payroll", machines)
    assert wrong is not None
    assert (wrong.why, wrong.without, wrong.open, wrong.candidates) == (why, (without,), (), ())


def test_among_several_stacks_the_one_that_takes_a_value_tells_what_there_is() -> None:
    wrong = ungranted(Operation.REPROTECT, Wishes(retention=(Wish("S"),)), "payroll", (MODERNIZED, W2))
    assert wrong is not None
    assert wrong.why == "No machine of payroll can have the retention volume S: there is R."


def test_a_disk_that_only_a_modernized_machine_has_is_not_asked_for_by_its_machine() -> None:
    wrong = ungranted(
        Operation.REPROTECT,
        Wishes(exclude_disk=(Wish("disk0"),)),
        "payroll",
        (changed(W2, {"item.disks": (SECOND,)}), MODERNIZED),
    )
    assert wrong is not None
    assert wrong.why.startswith("web01 can't leave the disk disk0 behind: Azure takes no exclusion of disks")
