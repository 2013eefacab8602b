"""Putting the answers of several vCenters together."""

from dataclasses import replace

import pytest

from homeward.checks.facts import (
    ABSENT,
    Datastore,
    Host,
    HostState,
    Missing,
    Mount,
    StorageCluster,
    VCenter,
    VirtualMachine,
)
from homeward.checks.sources.access import SourceError
from homeward.checks.sources.vcenter import OnPremises, VmQuery, Wanted, merge

WANTED = Wanted("web01", VmQuery("i", "web01"), VmQuery("t", "mt01"), "", modernized=False)
BY_NAME = Wanted("web01", VmQuery(name="web01"), VmQuery(name="mt01"), "", modernized=False)
NO_ANSWER = SourceError("vc02 did not answer within 20 s")


STANDING = HostState("connected", in_maintenance=False, free_bytes=1)


def vcenter(name: str) -> VCenter:
    return VCenter(name, "VMware vCenter Server 8", (), "", ())


def vm(name: str) -> VirtualMachine:
    return VirtualMachine(
        name, "u", "i", "esx01", STANDING, "poweredOff", False, False, (), (), ABSENT, True, 1, ("gold",)
    )


HOST = Host("esx01", "VMware ESXi", "connected", False, (), ())
GOLD = Datastore("gold", "VMFS", True, "normal", 1, 2, Mount.READ_WRITE, StorageCluster("pod", True, True))
PLAIN = replace(GOLD, name="plain", cluster=ABSENT)
NOT_HERE = Missing("mt01 is not in this vCenter")
NOTHING = OnPremises(vcenter("vc01"), ABSENT, ABSENT, NOT_HERE, ())
SOURCE = replace(NOTHING, source_vm=vm("web01"), datastores=(GOLD, PLAIN))
TARGET = replace(NOTHING, vcenter=vcenter("vc02"), target_vm=vm("mt01"), target_host=HOST)
BOTH = replace(TARGET, source_vm=vm("web01"), datastores=(GOLD,))


def merged(wanted: Wanted = WANTED, **readings: OnPremises | SourceError) -> OnPremises:
    return merge(
        {name: one if isinstance(one, SourceError) else {"web01": one} for name, one in readings.items()}, [wanted]
    )["web01"]


def test_one_vcenter_is_taken_as_it_is() -> None:
    assert merged(vc02=BOTH) == BOTH


def test_the_vcenter_that_holds_the_target_wins() -> None:
    read = merged(vc01=NOTHING, vc02=TARGET)
    assert (read.vcenter, read.target_vm, read.target_host) == (vcenter("vc02"), vm("mt01"), HOST)
    assert read.source_vm is ABSENT


def test_of_two_vcenters_with_the_target_the_one_beside_the_machines_vm_wins() -> None:
    assert merged(vc01=replace(TARGET, vcenter=vcenter("vc01")), vc02=BOTH).vcenter == vcenter("vc02")


def test_vms_of_one_name_in_two_vcenters_are_no_answer() -> None:
    read = merged(BY_NAME, vc01=replace(BOTH, vcenter=vcenter("vc01")), vc02=BOTH)
    machine, target = Missing("web01 is in vc01 and vc02"), Missing("mt01 is in vc01 and vc02")
    assert (read.source_vm, read.datastores) == (machine, machine)
    assert (read.target_vm, read.target_host) == (target, target)
    assert read.vcenter == Missing("it is not known which vCenter manages the target")


def test_the_machines_own_vcenter_stays_known_where_its_target_could_be_two() -> None:
    query = replace(BY_NAME, source=WANTED.source)
    read = merged(query, vc01=replace(TARGET, vcenter=vcenter("vc01")), vc02=BOTH)
    target = Missing("mt01 is in vc01 and vc02")
    assert (read.source_vm, read.target_vm, read.vcenter) == (vm("web01"), target, vcenter("vc02"))
    assert isinstance(read.datastores, tuple)
    assert read.datastores[0].on_target_host == target


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        (NO_ANSWER, Missing(NO_ANSWER.reason)),
        (replace(NOTHING, source_vm=Missing("unsure"), target_vm=Missing("unsure")), Missing("unsure")),
    ],
    ids=["it failed", "it is not sure"],
)
def test_a_vm_found_by_name_is_no_answer_while_another_vcenter_may_have_a_namesake(
    other: OnPremises | SourceError, reason: Missing
) -> None:
    read = merged(BY_NAME, vc01=other, vc02=BOTH)
    assert (read.source_vm, read.target_vm, read.target_host) == (reason, reason, reason)


def test_a_vm_that_has_no_uuid_in_azure_and_is_not_found_by_name_is_not_known_to_be_gone() -> None:
    assert merged(BY_NAME, vc01=TARGET).source_vm == Missing(
        "Azure does not tell its UUID, and vc01 has no VM named web01"
    )
    assert merged(BY_NAME, vc01=NOTHING, vc02=TARGET).source_vm == Missing(
        "Azure does not tell its UUID, and none of vc01, vc02 has a VM named web01"
    )


def test_the_host_of_a_target_whose_vm_is_stale_is_known() -> None:
    stale = Missing("vc02 reports the VM mt01 as disconnected")
    read = merged(vc01=NOTHING, vc02=replace(TARGET, target_vm=stale))
    assert (read.target_vm, read.target_host, read.vcenter) == (stale, HOST, vcenter("vc02"))


def test_a_chosen_datastore_is_not_judged_from_a_host_that_may_be_a_namesakes() -> None:
    chosen = replace(BY_NAME, source=VmQuery(), datastore="plain")
    read = merged(chosen, vc01=replace(TARGET, datastores=(PLAIN,)), vc02=NO_ANSWER)
    assert read.datastores == Missing(NO_ANSWER.reason)


def test_a_datastore_in_another_vcenter_than_the_target_is_unknown_there() -> None:
    read = merged(vc01=SOURCE, vc02=TARGET)
    assert read.source_vm == vm("web01")
    assert isinstance(read.datastores, tuple)
    unseen = Missing("mt01 is in another vCenter (vc02)")
    assert [store.on_target_host for store in read.datastores] == [unseen, unseen]
    assert [store.cluster for store in read.datastores] == [unseen, ABSENT]


def test_a_machine_is_absent_only_if_every_vcenter_was_read() -> None:
    assert merged(vc01=NOTHING, vc02=NOTHING).source_vm is ABSENT
    read = merged(vc01=NOTHING, vc02=NO_ANSWER)
    failed = Missing(NO_ANSWER.reason)
    assert read == OnPremises(failed, failed, failed, failed, failed)


def test_a_vcenter_that_failed_does_not_hide_what_another_found() -> None:
    assert merged(vc01=NO_ANSWER, vc02=BOTH) == BOTH


def test_a_vm_that_could_not_be_told_is_missing_not_absent() -> None:
    unsure = Missing("vc01 has 2 VMs that could be web01")
    read = merged(vc01=replace(NOTHING, source_vm=unsure, datastores=unsure), vc02=TARGET)
    assert (read.source_vm, read.datastores) == (unsure, unsure)


def test_unreadable_datastores_stay_missing() -> None:
    unread = Missing("vc01 does not tell the datastores of web01")
    assert merged(vc01=replace(SOURCE, datastores=unread), vc02=TARGET).datastores == unread


def test_without_a_vcenter_nothing_is_known() -> None:
    none = Missing("no vCenter is configured")
    assert merged() == OnPremises(none, none, none, none, none)


def test_a_physical_server_has_no_vm_in_any_vcenter() -> None:
    physical = replace(WANTED, source=VmQuery())
    assert merged(physical).source_vm is ABSENT
    assert merged(physical, vc01=TARGET, vc02=NO_ANSWER).source_vm is ABSENT


def test_without_a_target_the_vcenter_of_the_vm_counts() -> None:
    none = Missing("no master target or appliance is chosen")
    alone = replace(SOURCE, target_vm=none, target_host=none, datastores=(PLAIN,))
    other = replace(NOTHING, vcenter=vcenter("vc02"), target_vm=none, target_host=none)
    read = merged(replace(WANTED, target=None), vc02=other, vc01=alone)
    assert (read.vcenter, read.target_vm, read.target_host) == (vcenter("vc01"), none, none)
    assert read.datastores == (replace(PLAIN, on_target_host=none),)


def test_a_target_in_no_vcenter_leaves_the_managing_one_open() -> None:
    read = merged(vc01=NOTHING, vc02=replace(NOTHING, vcenter=vcenter("vc02")))
    assert read.vcenter == Missing("it is not known which vCenter manages the target")
    assert (read.target_vm, read.target_host) == (ABSENT, Missing("mt01 is in no vCenter"))
    assert merged(vc01=NOTHING).vcenter == vcenter("vc01")


@pytest.mark.parametrize(
    ("readings", "expected"),
    [
        ({"vc01": NOTHING, "vc02": replace(TARGET, datastores=(PLAIN,))}, (PLAIN,)),
        ({"vc01": replace(NOTHING, datastores=(PLAIN,))}, (PLAIN,)),
        ({"vc01": NOTHING, "vc02": NOTHING}, Missing("it is not known which vCenter holds the datastore plain")),
    ],
    ids=["the target's vCenter", "the only vCenter", "no vCenter in particular"],
)
def test_a_chosen_datastore_is_looked_for_where_the_target_is(
    readings: dict[str, OnPremises], expected: tuple[Datastore, ...] | Missing
) -> None:
    assert merged(replace(WANTED, datastore="plain"), **readings).datastores == expected
