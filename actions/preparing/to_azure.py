"""What replicates a machine to Azure again: the wishes for it, or the one sensible choice."""

from dataclasses import replace

from homeward.actions.states import Operation
from homeward.checks import offers
from homeward.checks.facts import Choice, Facts, Item, ReprotectAgent, Topology
from homeward.checks.names import fold, names_of
from homeward.checks.offers import ForOne
from homeward.checks.subjects import Wishes

from .values import Value, read, there_is


def read_for(wishes: Wishes) -> Wishes:
    """The wishes as the collector understands them: an appliance's process server is the appliance."""
    return replace(wishes, target=(*wishes.target, *wishes.process_server))


def settled(machines: tuple[Facts, ...], wishes: Wishes) -> tuple[Facts, ...]:
    """The machines with the process server and the policy that they would have to Azure, so that the rules judge
    those; "" where somebody has to choose."""
    labels = frozenset(fold(facts.machine) for facts in machines)
    return tuple(_settled(facts, wishes, labels) for facts in machines)


def _settled(facts: Facts, wishes: Wishes, labels: frozenset[str]) -> Facts:
    item, choice = facts.item, facts.choice
    if not isinstance(item, Item) or not isinstance(choice, Choice):
        return facts
    wished = ForOne(wishes, facts.machine, names_of(item), labels)
    there = there_is(Operation.TO_AZURE, facts, item, Value.POLICY)
    fitting = offers.fitting(there)
    policy = wished.pick(wishes.policy, there) or (fitting[0].value if len(fitting) == 1 else "")
    return replace(facts, choice=replace(choice, process_server=_process_server(facts, item, wished), policy=policy))


def _process_server(facts: Facts, item: Item, wished: ForOne) -> str:
    if item.topology is Topology.MODERNIZED:
        return facts.agent.name if isinstance(facts.agent, ReprotectAgent) else ""
    there = there_is(Operation.TO_AZURE, facts, item, Value.PROCESS_SERVER)
    if said := wished.pick(wished.wishes.process_server, there):
        return said
    # One in Azure served the way back: what is to send from on-premises stands there.
    here = [one.server.name for one in read(facts.process_servers) if one.in_azure is not True]
    return here[0] if len(here) == 1 else ""
