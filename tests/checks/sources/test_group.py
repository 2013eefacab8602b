"""What comes home together: whole groups, in the order of the one plan that has them all."""

from dataclasses import replace

import pytest

from homeward.checks import Kind
from homeward.checks.facts import Item
from homeward.checks.sources.azure import Plan
from homeward.checks.sources.find import Listing, Match, matches
from homeward.checks.sources.group import stages, whole
from homeward.checks.subjects import Subject
from tests.checks.ready import READY_CLASSIC

assert isinstance(READY_CLASSIC.item, Item)
ITEM = READY_CLASSIC.item


def item(name: str, group: str = "pay", provider: str = "InMageAzureV2") -> Item:
    return replace(ITEM, id=f"/v/{name}", name=name, group_id=group, group_name=group, provider=provider)


A, B, C = item("a"), item("b"), item("c")
PLAN = Plan("/plans/p", "p", (("/V/C",), ("/other",), ("/v/a", "/v/b")))


def found(name: str, *items: Item, plans: tuple[Plan, ...] = (PLAN,)) -> Match:
    listing = Listing("prod", items, plans, {})
    (match,) = matches(name, (listing,))
    return whole(match, listing)


@pytest.mark.parametrize("name", ["a", "pay"])
def test_a_member_and_the_group_stand_for_all_its_members_in_order(name: str) -> None:
    match = found(name, A, B, C)
    assert (match.candidate.name, match.candidate.kind) == ("pay", Kind.GROUP)
    assert match.item_ids == ("/v/c", "/v/a", "/v/b")


def test_a_machine_of_no_group_and_one_alone_in_its_group_stand_for_themselves() -> None:
    assert found("a", item("a", "")).candidate.kind is Kind.MACHINE
    assert found("a", A).candidate.kind is Kind.MACHINE


def test_a_plan_stays_as_it_is() -> None:
    assert found("p", A, B, C).item_ids == ("/V/C", "/other", "/v/a", "/v/b")


def test_who_is_on_the_way_back_is_left_out_unless_asked_for() -> None:
    back = item("b", provider="InMage")
    assert found("a", A, back, C).item_ids == ("/v/c", "/v/a")
    assert found("b", A, back, C).item_ids == ("/v/b",)
    assert found("pay", back).item_ids == ("/v/b",)


def test_a_group_without_a_name_is_called_by_its_id() -> None:
    nameless = (replace(A, group_name=""), replace(B, group_name=""))
    assert found("a", *nameless, plans=()).candidate.name == "pay"


@pytest.mark.parametrize(
    "plans", [(), (PLAN, replace(PLAN, id="/plans/q", name="q")), (Plan("/x", "x", (("/v/a",),)),)]
)
def test_without_one_plan_that_has_them_all_there_is_no_order(plans: tuple[Plan, ...]) -> None:
    assert stages(("/v/a", "/v/c"), plans, Subject("pay", Kind.GROUP, "prod")) == (0, 0)
    assert stages((), plans, Subject("pay", Kind.GROUP, "prod")) == ()


def test_stages_count_from_nought_without_gaps() -> None:
    assert stages(("/v/c", "/v/b"), (PLAN,), Subject("pay", Kind.GROUP, "prod")) == (0, 1)


def test_a_plan_has_its_own_order_whatever_others_have() -> None:
    plans = (PLAN, Plan("/plans/q", "q", (("/v/a",), ("/v/c",))))
    assert stages(("/v/a", "/v/c"), plans, Subject("q", Kind.PLAN, "prod")) == (0, 1)
