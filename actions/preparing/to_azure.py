"""The policy by which a machine replicates to Azure again: the wish for it, or the one sensible choice."""

from dataclasses import replace

from homeward.actions.states import Operation
from homeward.checks import offers
from homeward.checks.facts import Choice, Facts, Item
from homeward.checks.names import fold, names_of
from homeward.checks.offers import ForOne
from homeward.checks.subjects import Wishes

from .values import Value, there_is


def settled(machines: tuple[Facts, ...], wishes: Wishes) -> tuple[Facts, ...]:
    """The machines with that policy as their choice, so that the rules judge it; "" where somebody has to choose."""
    labels = frozenset(fold(facts.machine) for facts in machines)
    return tuple(_settled(facts, wishes, labels) for facts in machines)


def _settled(facts: Facts, wishes: Wishes, labels: frozenset[str]) -> Facts:
    item, choice = facts.item, facts.choice
    if not isinstance(item, Item) or not isinstance(choice, Choice):
        return facts
    there = offers.fitting(there_is(Operation.TO_AZURE, facts, item, Value.POLICY))
    sensible = offers.meant(choice.policy, there) or (there if len(there) == 1 else ())
    wished = ForOne(wishes, facts.machine, names_of(item), labels).pick(wishes.policy, there)
    policy = wished or (sensible[0].value if sensible else "")
    return replace(facts, choice=replace(choice, policy=policy))
