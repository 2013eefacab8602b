"""What comes home together: whole groups, in the order of the one plan that has them all."""

from dataclasses import replace

import pytest

from homeward.checks import Kind
from homeward.checks.facts import Item
from homeward.checks.sources.azure import Plan
from homeward.checks.sources.find import Listing, Match, matches
from homeward.checks.sources.group import stages, whole
from homeward.checks.subjects import Subject
from homeward.checks.way import Operation, Stand, stand
from tests.checks.ready import READY_CLASSIC

assert isinstance(READY_CLASSIC.item, Item)
ITEM = READY_CLASSIC.item


def item(name: str, group: str = "pay", provider: str = "InMageAzureV2") -> Item:
    return replace(ITEM, id=f"/v/{name}", name=name, group_id=group, group_name=group, provider=provider)


A, B, C = item("a"), item("b"), item("c")
PLAN = Plan("/plans/p", "p", (("/V/C",), ("/other",), ("/v/a", "/v/b")))


def found(
    name: str, *items: Item, plans: tuple[Plan, ...] = (PLAN,), operation: Operation = Operation.REPROTECT
) -> Match:
    listing = Listing("prod", items, plans, {})
    (match,) = matches(name, (listing,))
    return whole(match, listing, operation)


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


STATES = {
    Stand.IN_AZURE: ("InMageAzureV2", "UnplannedFailoverCommitted"),
    Stand.REPLICATING_BACK: ("InMage", "InitialReplicationInProgress"),
    Stand.READY: ("InMage", "Protected"),
    Stand.HOME: ("InMage", "UnplannedFailoverCommitPendingStatesBegin"),
    Stand.COMMITTED: ("InMage", "UnplannedFailoverCommitted"),
    Stand.PROTECTING: ("InMageAzureV2", "InitialReplicationInProgress"),
    Stand.PROTECTED: ("InMageAzureV2", "Protected"),
}


def at(name: str, where: Stand) -> Item:
    provider, state = STATES[where]
    home = where in {Stand.HOME, Stand.COMMITTED}
    made = replace(item(name, provider=provider), protection_state=state, active_site="OnPrem" if home else "Azure")
    made = replace(made, allowed_operations=("Commit",) if where is Stand.HOME else ())
    assert stand(made) is where
    return made


@pytest.mark.parametrize("name", ["a", "pay"])
@pytest.mark.parametrize("other", [Stand.IN_AZURE, Stand.REPLICATING_BACK, Stand.READY])
def test_a_failback_takes_every_member_that_is_not_home_yet(name: str, other: Stand) -> None:
    match = found(name, at("a", Stand.READY), at("b", other), at("c", Stand.HOME), operation=Operation.FAILBACK)
    assert match.item_ids == ("/v/a", "/v/b")


@pytest.mark.parametrize(
    ("operation", "here", "past"),
    [
        (Operation.FAILBACK, Stand.READY, Stand.HOME),
        (Operation.COMMIT, Stand.HOME, Stand.COMMITTED),
        (Operation.CANCEL, Stand.HOME, Stand.READY),
        (Operation.TO_AZURE, Stand.COMMITTED, Stand.PROTECTING),
        (Operation.TO_AZURE, Stand.COMMITTED, Stand.PROTECTED),
    ],
)
def test_who_has_the_operation_behind_it_is_left_out_unless_nobody_is_left(
    operation: Operation, here: Stand, past: Stand
) -> None:
    items = at("a", here), at("b", past), at("c", here)
    assert found("a", *items, operation=operation).item_ids == ("/v/c", "/v/a")
    assert found("b", *items, operation=operation).item_ids == ("/v/b",), "it was asked for: somebody says why not"
    assert len(found("pay", at("a", past), at("b", past), operation=operation).item_ids) == 2


@pytest.mark.parametrize("operation", [Operation.COMMIT, Operation.CANCEL])
def test_a_machine_that_is_home_is_committed_or_cancelled_without_those_that_are_not(operation: Operation) -> None:
    alone = found("a", at("a", Stand.HOME), at("b", Stand.REPLICATING_BACK), operation=operation)
    assert (alone.candidate.kind, alone.item_ids) == (Kind.MACHINE, ("/v/a",))
    both = found("a", at("a", Stand.HOME), at("b", Stand.IN_AZURE), at("c", Stand.HOME), operation=operation)
    assert (both.candidate.kind, both.item_ids) == (Kind.GROUP, ("/v/c", "/v/a"))


def test_a_group_that_is_asked_for_by_name_is_committed_with_those_that_are_not_home_yet() -> None:
    match = found("pay", at("a", Stand.HOME), at("b", Stand.READY), operation=Operation.COMMIT)
    assert match.item_ids == ("/v/a", "/v/b")


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
