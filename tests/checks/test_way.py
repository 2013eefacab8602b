"""Where a machine stands on the way home, and what may begin there."""

import json
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from azure.mgmt.recoveryservicessiterecovery import models

from homeward.checks.facts import Item, Topology
from homeward.checks.sources.azure.parse_item import item as parsed
from homeward.checks.way import BEGINS, GOAL, NEXT, PASSES, Operation, Stand, allows, stand
from tests.checks.ready import READY_MODERNIZED
from tests.facts import READY_OF

RECORDED = Path(__file__).parents[3] / "shared" / "data" / "asr"

FORWARD = {Topology.CLASSIC: "InMageAzureV2", Topology.MODERNIZED: "InMageRcm"}
BACK = {Topology.CLASSIC: "InMage", Topology.MODERNIZED: "InMageRcmFailback"}
BOTH = (Topology.CLASSIC, Topology.MODERNIZED)


def item(
    provider: str, topology: Topology, state: str, *operations: str, active_site: str = "", job_id: str = ""
) -> Item:
    ready = READY_MODERNIZED.item
    assert isinstance(ready, Item)
    return replace(
        ready,
        provider=provider,
        topology=topology,
        protection_state=state,
        allowed_operations=operations,
        active_site=active_site,
        job_id=job_id,
    )


TOWARD_AZURE = [
    ("Protected", Stand.PROTECTED),
    ("InitialReplicationInProgress", Stand.PROTECTING),
    ("ResynchronizationInProgress", Stand.PROTECTING),
    ("EnablingProtection", Stand.PROTECTING),
    ("UnplannedFailoverCommitPendingStatesBegin", Stand.IN_AZURE),
    ("UnplannedFailoverCommitted", Stand.IN_AZURE),
    ("Elsewhere", Stand.UNKNOWN),
    ("", Stand.UNKNOWN),
]


@pytest.mark.parametrize("topology", BOTH)
@pytest.mark.parametrize(("state", "where"), TOWARD_AZURE)
def test_an_item_toward_azure_stands_where_its_state_says(topology: Topology, state: str, where: Stand) -> None:
    assert stand(item(FORWARD[topology], topology, state)) is where
    assert stand(item(FORWARD[topology].upper(), topology, state.upper())) is where


ON_THE_WAY_BACK = [
    ("Protected", (), Stand.READY),
    ("InitialReplicationInProgress", (), Stand.REPLICATING_BACK),
    ("ResynchronizationInProgress", (), Stand.REPLICATING_BACK),
    ("PlannedFailoverCommitPendingStatesBegin", ("Commit",), Stand.HOME),
    ("PlannedFailoverCommitPendingStatesBegin", (), Stand.HOME),
    ("PlannedFailoverCompleted", ("Commit",), Stand.HOME),
    ("PlannedFailoverCommitted", (), Stand.COMMITTED),
    ("PlannedFailoverInProgress", (), Stand.UNKNOWN),
    ("CommitFailoverInProgress", (), Stand.UNKNOWN),
    ("PlannedFailoverFailed", (), Stand.UNKNOWN),
    ("Elsewhere", (), Stand.UNKNOWN),
]


@pytest.mark.parametrize("topology", BOTH)
@pytest.mark.parametrize(("state", "operations", "where"), ON_THE_WAY_BACK)
def test_an_item_on_its_way_back_stands_where_its_state_says(
    topology: Topology, state: str, operations: tuple[str, ...], where: Stand
) -> None:
    word = state if topology is Topology.MODERNIZED else state.replace("Planned", "Unplanned")
    assert stand(item(BACK[topology], topology, word, *operations, active_site="OnPrem")) is where


@pytest.mark.parametrize(
    ("topology", "operation"), [(Topology.MODERNIZED, "PlannedFailover"), (Topology.CLASSIC, "UnplannedFailover")]
)
def test_a_failback_that_failed_and_is_offered_again_leaves_the_machine_ready(
    topology: Topology, operation: str
) -> None:
    failed = item(BACK[topology], topology, f"{operation}Failed", operation, active_site="Azure")
    assert stand(failed) is Stand.READY
    assert allows(failed, Operation.FAILBACK)


@pytest.mark.parametrize("site", ["OnPrem", ""])
def test_a_classic_failback_that_failed_leaves_nobody_sure_unless_azure_tells_that_it_runs_there(site: str) -> None:
    failed = item("InMage", Topology.CLASSIC, "UnplannedFailoverFailed", "UnplannedFailover", active_site=site)
    assert stand(failed) is Stand.UNKNOWN
    assert not allows(failed, Operation.FAILBACK)


@pytest.mark.parametrize(("site", "where"), [("Azure", Stand.IN_AZURE), ("azure", Stand.IN_AZURE), ("", Stand.UNKNOWN)])
def test_a_classic_item_tells_by_its_site_that_it_has_failed_over_and_not_back(site: str, where: Stand) -> None:
    for state in ("UnplannedFailoverCommitted", "UnplannedFailoverCommitPendingStatesBegin"):
        assert stand(item("InMage", Topology.CLASSIC, state, "Commit", active_site=site)) is where


def test_each_operation_is_allowed_where_it_begins_and_nowhere_else() -> None:
    for (operation, ready), other in product(READY_OF.items(), Operation):
        for facts in ready:
            assert isinstance(facts.item, Item)
            begins_here = BEGINS[other] is BEGINS[operation]
            classic_cancel = other is Operation.CANCEL and facts.topology is Topology.CLASSIC
            assert allows(facts.item, other) is (begins_here and not classic_cancel)


@pytest.mark.parametrize("operation", Operation)
def test_nothing_is_allowed_that_azure_does_not_offer(operation: Operation) -> None:
    for facts in READY_OF[operation]:
        assert isinstance(facts.item, Item)
        assert not allows(replace(facts.item, allowed_operations=("DisableProtection",)), operation)


def test_a_failback_of_one_stack_does_not_begin_with_the_other_stacks_verb() -> None:
    assert not allows(
        item(BACK[Topology.MODERNIZED], Topology.MODERNIZED, "Protected", "UnplannedFailover"), Operation.FAILBACK
    )
    assert not allows(
        item(BACK[Topology.CLASSIC], Topology.CLASSIC, "Protected", "PlannedFailover"), Operation.FAILBACK
    )


def test_a_cancellation_is_allowed_by_its_own_name_and_by_the_commits() -> None:
    pending = "PlannedFailoverCommitPendingStatesBegin"
    for offered in ("Commit", "CancelFailover"):
        assert allows(item(BACK[Topology.MODERNIZED], Topology.MODERNIZED, pending, offered), Operation.CANCEL)


def test_every_operation_leads_from_its_beginning_to_its_goal() -> None:
    assert BEGINS.keys() == PASSES.keys() == GOAL.keys() == set(Operation)
    assert all(BEGINS[operation] is here for here, operation in NEXT.items())
    way = [Stand.IN_AZURE]
    while way[-1] in NEXT:
        way.append(GOAL[NEXT[way[-1]]])
    assert way == [Stand.IN_AZURE, Stand.READY, Stand.HOME, Stand.COMMITTED, Stand.PROTECTED]


def recorded(name: str) -> Item:
    body: dict[str, Any] = json.loads((RECORDED / f"{name}.json").read_text())
    return parsed(models.ReplicationProtectedItem(body))


@pytest.mark.skipif(not RECORDED.is_dir(), reason="the recorded bodies are not here")
def test_recorded_items_stand_where_they_stood() -> None:
    in_azure, back = recorded("rcm_item_failed_over_uncommitted"), recorded("rcm_item_reverse_replicating")
    assert (stand(in_azure), stand(back)) == (Stand.IN_AZURE, Stand.REPLICATING_BACK)
    assert [each for each in Operation if allows(in_azure, each)] == [Operation.REPROTECT]
    assert not [each for each in Operation if allows(back, each)]
