"""Offers: what a machine can be given, what somebody means by a name, and that a wish stays where it fits."""

from dataclasses import replace

import pytest

from homeward.checks import offers
from homeward.checks.facts import Disk, Facts, Item, MasterTarget, Missing, Os, Policy, RetentionVolume, VaultDatastore
from homeward.checks.offers import NO_EXCLUSION, NOBODY, ForOne, Offer, fitting, meant
from homeward.checks.subjects import Wish, Wishes
from tests.checks.ready import AGENT, GIB, MASTER_TARGET, PROCESS_SERVER, READY_CLASSIC, READY_MODERNIZED

ACCOUNT = "/subscriptions/1/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/Logs01"


def item_of(facts: Facts) -> Item:
    assert isinstance(facts.item, Item)
    return facts.item


CLASSIC, MODERNIZED = item_of(READY_CLASSIC), item_of(READY_MODERNIZED)
LINUX = replace(MASTER_TARGET, server=replace(MASTER_TARGET.server, name="mt-lin", id="id-lin"), os=Os.LINUX)


def one(label: str, wishes: Wishes, *others: str, alone: bool = False) -> ForOne:
    labels = frozenset(name.casefold() for name in (label, *others))
    return ForOne(wishes, label, frozenset({label, f"{label}-0001"}), labels, alone=alone)


def values(there: tuple[Offer, ...]) -> list[str]:
    return [offer.value for offer in there]


@pytest.mark.parametrize("said", ["R", "r:", "R:\\", " r "])
def test_a_volume_is_meant_however_its_drive_is_written(said: str) -> None:
    assert values(meant(said, offers.retention_volumes(MASTER_TARGET))) == ["R"]


def test_nothing_means_nothing() -> None:
    assert meant(" ", offers.retention_volumes(MASTER_TARGET)) == ()


def test_a_master_target_of_the_other_system_is_there_and_does_not_fit() -> None:
    there = offers.master_targets(CLASSIC, (MASTER_TARGET, LINUX))
    assert values(there) == ["mt01", "mt-lin"]
    assert values(fitting(there)) == ["mt01"]
    assert "Linux master target" in there[1].unfit


def test_systems_that_are_not_told_are_left_to_the_rules() -> None:
    untold = Missing("not told")
    assert fitting(offers.master_targets(replace(CLASSIC, os=untold), (LINUX,)))
    assert fitting(offers.master_targets(CLASSIC, (replace(LINUX, os=untold),)))


def test_servers_are_meant_by_name_and_by_their_own_ids() -> None:
    assert values(meant("ID-MT01", offers.master_targets(CLASSIC, (MASTER_TARGET,)))) == ["mt01"]
    assert values(meant("id-ps-azure", offers.process_servers((PROCESS_SERVER,)))) == ["ps-azure"]
    assert values(meant("appliance01.example.com", offers.reprotect_agents((AGENT,)))) == ["appliance01"]
    assert values(meant(AGENT.id.upper(), offers.reprotect_agents((AGENT,)))) == ["appliance01"]


def test_datastores_are_those_that_the_target_sees_and_can_use() -> None:
    nfs = VaultDatastore("nfs01", "NFS", GIB, GIB)
    seen = replace(MASTER_TARGET, datastores=(*MASTER_TARGET.datastores, nfs))
    assert values(fitting(offers.datastores(seen))) == ["ds-prod"]
    assert "NFS datastore" in offers.datastores(seen)[1].unfit
    assert values(offers.datastores(AGENT)) == ["ds-prod", "ds-target"]
    assert offers.datastores(Missing("not read")) == ()


def test_a_volume_without_capacity_does_not_fit_and_one_that_does_not_tell_may() -> None:
    volumes = (RetentionVolume("R", 0, 0, 70.0), RetentionVolume("S", Missing("not told"), 0, 70.0))
    assert values(fitting(offers.retention_volumes(replace(MASTER_TARGET, retention_volumes=volumes)))) == ["S"]
    assert offers.retention_volumes(AGENT) == ()


def test_a_policy_of_the_other_direction_is_no_failback_policy() -> None:
    assert isinstance(READY_CLASSIC.policies, tuple)
    assert [each.shown for each in fitting(offers.policies(CLASSIC, READY_CLASSIC.policies))] == ["24h-failback"]
    assert fitting(offers.policies(MODERNIZED, (Policy("id", "24h-failback", "InMage"),))) == ()


def test_accounts_are_those_known_and_those_named_by_a_whole_id() -> None:
    known = offers.log_storages((ACCOUNT, "", ACCOUNT.upper()), ("drcache", f" {ACCOUNT}2 "))
    assert values(known) == [ACCOUNT.upper(), f"{ACCOUNT}2"]
    assert values(meant("logs012", known)) == [f"{ACCOUNT}2"]


def test_the_system_disk_never_stays_behind() -> None:
    disks = (Disk("\\\\.\\PHYSICALDRIVE0", GIB, "Disk0", system=True), Disk("/dev/sdb", GIB))
    there = offers.disks(replace(CLASSIC, disks=disks))
    assert "is its system disk" in there[0].unfit
    assert values(meant("sdb", fitting(there))) == ["/dev/sdb"]
    assert values(meant("physicaldrive0", there)) == ["Disk0"]


def test_no_disk_of_a_modernized_machine_may_stay_behind() -> None:
    assert {offer.unfit for offer in offers.disks(MODERNIZED)} == {NO_EXCLUSION}
    assert offers.disks(replace(MODERNIZED, disks=Missing("not told"))) == ()


def test_a_wish_by_name_is_for_that_machine_alone() -> None:
    wishes = Wishes(target=(Wish("mt-lin", "web01"),))
    there = offers.master_targets(replace(CLASSIC, os=Os.LINUX), (LINUX,))
    assert one("web01", wishes, "web02").pick(wishes.target, there) == "mt-lin"
    assert one("WEB01", wishes, "web02").pick(wishes.target, there) == "mt-lin"
    assert one("web02", wishes, "web01").pick(wishes.target, there) == ""


def test_a_label_means_its_machine_even_where_another_bears_the_name_too() -> None:
    wishes = Wishes(target=(Wish("mt01", "build01"),))
    other = ForOne(wishes, "build01-old", frozenset({"build01", "build01-old"}), frozenset({"build01", "build01-old"}))
    assert other.own(wishes.target) == ()
    assert one("build01", wishes, "build01-old").own(wishes.target) == ("mt01",)


def test_another_of_its_names_means_it_where_that_is_nobodys_label() -> None:
    wishes = Wishes(target=(Wish("mt01", "WEB01-0001"),))
    assert one("web01", wishes).own(wishes.target) == ("mt01",)


def test_a_wish_for_all_goes_to_those_that_it_fits_alone() -> None:
    wishes = Wishes(target=(Wish("mt-lin"),))
    assert one("web01", wishes).pick(wishes.target, offers.master_targets(CLASSIC, (LINUX,))) == ""


def test_what_is_wished_by_name_stays_as_it_was_said_when_there_is_no_such_thing() -> None:
    """Nobody then gets another one instead."""
    wishes = Wishes(datastore=(Wish("ds9", "web01"),))
    assert one("web01", wishes).pick(wishes.datastore, offers.datastores(AGENT)) == "ds9"


def test_what_the_group_has_comes_after_what_is_wished() -> None:
    there = offers.reprotect_agents((AGENT, replace(AGENT, name="appliance02", id="2", fqdn="")))
    wishes = Wishes(target=(Wish("appliance01"),))
    assert one("web01", Wishes()).pick((), there, otherwise=("2",)) == "appliance02"
    assert one("web01", wishes).pick(wishes.target, there, otherwise=("2",)) == "appliance01"
    assert one("web01", wishes).pick(wishes.target, there, together=("2",)) == "appliance02"


def test_a_disk_named_for_all_stays_behind_only_where_there_is_one_machine() -> None:
    wishes = Wishes(exclude_disk=(Wish("disk0"), Wish("disk0")))
    assert one("web01", wishes, alone=True).left_out(CLASSIC) == ("disk0",)
    assert one("web01", wishes, "web02").left_out(CLASSIC) == ()


def test_nobody_wishes_for_nothing() -> None:
    assert not NOBODY.asked
    assert NOBODY.pick((), offers.datastores(AGENT)) == ""
    assert isinstance(READY_CLASSIC.target, MasterTarget)
