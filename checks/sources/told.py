"""The machines of an operation after the reprotect: what brings them is told by Azure, and no longer chosen."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from homeward.checks import offers
from homeward.checks.facts import (
    ABSENT,
    Absent,
    Choice,
    Item,
    MasterTarget,
    Missing,
    Policy,
    ProcessServer,
    ReprotectAgent,
    Topology,
)
from homeward.checks.names import fold
from homeward.checks.offers import NOBODY, ForOne
from homeward.checks.way import Operation

from .azure import Fabric
from .machines import OTHER_STACK, UNPLACED, Machine, fabric_of

T = TypeVar("T")


def told(
    label: str,
    item: Item,
    fabrics: Mapping[str, Fabric] | Missing,
    policies: tuple[Policy, ...] | Missing,
    operation: Operation,
    *,
    wished: ForOne = NOBODY,
) -> Machine:
    """A machine with the target that brings it, and its datastore; toward Azure with a policy and, where its stack has
    that in the appliance, with a process server. `fabrics` by folded id.
    """
    fabric = fabric_of(item, fabrics)
    target: MasterTarget | Absent | Missing = Missing(OTHER_STACK)
    agent: ReprotectAgent | Absent | Missing = Missing(OTHER_STACK)
    if item.topology is Topology.CLASSIC:
        target = _bringing(item, fabric, "master target", lambda one: one.master_targets, lambda one: one.server.id)
    elif item.topology is Topology.MODERNIZED:
        agent = _bringing(item, fabric, "appliance", lambda one: one.agents, lambda one: one.id)
    name = target.server.name if isinstance(target, MasterTarget) else ""
    name = agent.name if isinstance(agent, ReprotectAgent) else name
    chosen = Choice(
        asked=wished.asked,
        target=name,
        process_server="",
        datastore=item.home_datastore,
        retention="",
        log_storage="",
        policy="",
    )
    if operation is Operation.TO_AZURE:
        chosen = _toward_azure(chosen, item, fabric, policies, wished)
    servers: tuple[ProcessServer, ...] | Missing = fabric if isinstance(fabric, Missing) else UNPLACED
    if not isinstance(fabric, Missing) and item.topology is Topology.MODERNIZED:
        servers = fabric.process_servers
    return Machine(label, item, fabric, servers, target, agent, chosen, wished, operation)


def _bringing(
    item: Item,
    fabric: Fabric | Missing,
    what: str,
    those: Callable[[Fabric], Sequence[T]],
    id_of: Callable[[T], str],
) -> T | Absent | Missing:
    if isinstance(fabric, Missing):
        return fabric
    if not item.target_id:
        return Missing(f"Azure does not tell which {what} brings {item.name}")
    return next((one for one in those(fabric) if fold(id_of(one)) == fold(item.target_id)), ABSENT)


def _toward_azure(
    choice: Choice, item: Item, fabric: Fabric | Missing, policies: tuple[Policy, ...] | Missing, wished: ForOne
) -> Choice:
    there = offers.policies(item, () if isinstance(policies, Missing) else policies, to_azure=True)
    fitting = [offer.value for offer in offers.fitting(there)]
    before = [id for id in fitting if fold(id) == fold(item.last_policy_id)]
    policy = wished.pick(wished.wishes.policy, there) or next(
        iter(before or (fitting if len(fitting) == 1 else ())), ""
    )
    server = ""
    if item.topology is Topology.MODERNIZED and not isinstance(fabric, Missing):
        # An appliance is many servers in one: its process server goes by its reprotect agent's name and id.
        server = wished.pick(wished.wishes.process_server, offers.reprotect_agents(fabric.agents)) or choice.target
    return replace(choice, policy=policy, process_server=server)
