"""Finding the subject of a check by whatever people call it."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homeward.checks import Kind
from homeward.checks.facts import Item
from homeward.checks.sources.azure import Plan
from homeward.checks.sources.find import Listing, matches, nearest
from tests.checks.ready import READY_CLASSIC

VAULT = "/subscriptions/1/resourceGroups/rg/providers/Microsoft.RecoveryServices/vaults/v"
FABRIC = f"{VAULT}/replicationFabrics/f"
VM = "/subscriptions/1/resourceGroups/rg/providers/Microsoft.Compute/virtualMachines"
assert isinstance(READY_CLASSIC.item, Item)
ITEM = READY_CLASSIC.item


def item(name: str, group: str = "", **more: str) -> Item:
    id = f"{FABRIC}/replicationProtectionContainers/c/replicationProtectedItems/{name}-guid"
    values = {"group_id": group, "group_name": group, "azure_vm_id": f"{VM}/{name}-azure", "computer_name": ""} | more
    return replace(ITEM, id=id, name=name, fabric_id=FABRIC, **values)  # type: ignore[arg-type] # texts only


PAY = (item("pay-db01", "payroll-vms"), item("pay-app01", "payroll-vms"))
WEB = item("web01", computer_name="WEBSERVER")
LISTING = Listing(
    "prod",
    (WEB, *PAY),
    (Plan(f"{VAULT}/replicationRecoveryPlans/payroll", "payroll", ((PAY[0].id,), (PAY[1].id.upper(),))),),
    {},
)


@pytest.mark.parametrize(
    "name",
    ["web01", " WEB01 ", "web01-guid", "web01-azure", "webserver", WEB.id, WEB.id.upper(), f"{VM}/WEB01-azure/"],
)
def test_a_machine_is_found_by_each_of_its_names_without_case(name: str) -> None:
    (match,) = matches(name, [LISTING])
    assert match.candidate.kind is Kind.MACHINE
    assert match.item_ids == (WEB.id,)


@pytest.mark.parametrize("name", ["payroll", f"{VAULT}/replicationrecoveryplans/PAYROLL"])
def test_a_plan_is_found_with_its_machines_in_its_order(name: str) -> None:
    (match,) = matches(name, [LISTING])
    assert match.candidate.kind is Kind.PLAN
    assert [id.casefold() for id in match.item_ids] == [PAY[0].id.casefold(), PAY[1].id.casefold()]


def test_a_replication_group_is_found_once_with_all_its_members() -> None:
    (match,) = matches("Payroll-VMs", [LISTING])
    assert match.candidate.kind is Kind.GROUP
    assert match.item_ids == tuple(member.id for member in PAY)


def test_a_replication_group_can_be_chosen_by_its_id() -> None:
    (match,) = matches("payroll-vms", [LISTING])
    assert matches(match.candidate.id, [LISTING]) == (match,)


def test_the_same_name_in_two_vaults_gives_both() -> None:
    found = matches("web01", [LISTING, Listing("test", (WEB,), (), {})])
    assert [match.vault for match in found] == ["prod", "test"]


def test_the_nearest_names_come_best_first_and_once() -> None:
    assert nearest("web1", [LISTING, LISTING])[0] == "web01"
    assert nearest("payrol", [LISTING])[0] in {"payroll", "payroll-vms"}
    assert len(set(nearest("x", [LISTING, LISTING]))) == len(nearest("x", [LISTING, LISTING]))
    assert nearest("x", []) == ()


@pytest.mark.parametrize("name", ["/", "", "  ", "//"])
def test_no_name_is_near_to_nothing(name: str) -> None:
    assert nearest(name, [LISTING]) == ()


@pytest.mark.parametrize("name", ["zzzzqqq", "nope"])
def test_a_name_like_no_other_gives_a_few_names_that_there_are(name: str) -> None:
    assert len(nearest(name, [LISTING])) == 3


@pytest.mark.parametrize("typo", ["wbe01", "web1", "web-01", "wbe", "pyaroll", "pay-bd01"])
def test_a_typo_gives_names(typo: str) -> None:
    assert nearest(typo, [LISTING])


@pytest.mark.parametrize("name", ["", " ", "/", " // "])
def test_an_empty_name_is_nobodys(name: str) -> None:
    unnamed = replace(WEB, group_id="/groups/1", group_name="", name="", computer_name="/")
    assert matches(name, [Listing("prod", (unnamed,), (Plan("/p", "", ()),), {})]) == ()


@given(st.text(max_size=300))
def test_no_name_upsets_the_search(name: str) -> None:
    matches(name, [LISTING])
    assert len(nearest(name, [LISTING])) <= 5
