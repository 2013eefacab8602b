"""What brings a machine home after its reprotect: told by Azure, never chosen."""

from dataclasses import replace

from homeward.checks.facts import ABSENT, Item, MasterTarget, Missing, Policy, ReprotectAgent
from homeward.checks.names import fold
from homeward.checks.sources.azure import Fabric
from homeward.checks.sources.told import told
from homeward.checks.way import Operation
from tests.checks.ready import AGENT, READY_CLASSIC, READY_MODERNIZED

assert isinstance(READY_MODERNIZED.item, Item)
assert isinstance(READY_CLASSIC.item, Item)
assert isinstance(READY_CLASSIC.target, MasterTarget)
ITEM, CLASSIC, TARGET = READY_MODERNIZED.item, READY_CLASSIC.item, READY_CLASSIC.target
POLICIES = (Policy("/p/1", "daily", "InMageRcm"), Policy("/p/2", "hourly", "InMageRcm"))


def fabric(item: Item, *servers: ReprotectAgent | MasterTarget) -> dict[str, Fabric]:
    made = Fabric(
        id=item.fabric_id,
        name="site",
        topology=item.topology,
        configuration_server=ABSENT,
        process_servers=(),
        master_targets=tuple(one for one in servers if isinstance(one, MasterTarget)),
        agents=tuple(one for one in servers if isinstance(one, ReprotectAgent)),
        health="Normal",
        health_errors=(),
        providers=(),
    )
    return {fold(item.fabric_id): made}


def test_the_appliance_is_the_one_that_azure_names_whatever_others_there_are() -> None:
    back = replace(ITEM, target_id=AGENT.id.upper(), home_datastore="ds-1")
    other = replace(AGENT, id="another", name="aaa")
    made = told("web01", back, fabric(back, other, AGENT), (), Operation.FAILBACK)
    assert made.agent == AGENT
    assert (made.choice.target, made.choice.datastore, made.choice.policy) == (AGENT.name, "ds-1", "")
    gone = told("web01", back, fabric(back, other), (), Operation.FAILBACK)
    assert (gone.agent, gone.choice.target) == (ABSENT, "")


def test_the_master_target_is_the_one_that_azure_names() -> None:
    back = replace(CLASSIC, target_id=TARGET.server.id)
    made = told("db01", back, fabric(back, TARGET), (), Operation.COMMIT)
    assert (made.target, made.choice.target) == (TARGET, TARGET.server.name)
    unnamed = told("db01", replace(back, target_id=""), fabric(back, TARGET), (), Operation.COMMIT)
    assert unnamed.target == Missing(f"Azure does not tell which master target brings {back.name}")


def test_a_fabric_that_could_not_be_read_leaves_the_target_unknown() -> None:
    unread = Missing("Azure is silent")
    made = told("web01", replace(ITEM, target_id=AGENT.id), unread, unread, Operation.TO_AZURE)
    assert (made.agent, made.process_servers) == (unread, unread)
    assert (made.choice.policy, made.choice.process_server) == ("", "")


def test_the_policy_toward_azure_is_the_one_it_had_and_open_where_several_fit() -> None:
    back = replace(ITEM, target_id=AGENT.id, last_policy_id="/P/2")
    there = fabric(back, AGENT)
    assert told("web01", back, there, POLICIES, Operation.TO_AZURE).choice.policy == "/p/2"
    lost = replace(back, last_policy_id="/p/9")
    assert told("web01", lost, there, POLICIES, Operation.TO_AZURE).choice.policy == ""
    assert told("web01", lost, there, POLICIES[:1], Operation.TO_AZURE).choice.policy == "/p/1"
