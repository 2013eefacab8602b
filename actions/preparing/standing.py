"""Where the machines of a plan or group stand: who has the operation behind it is left out, and that is told."""

from dataclasses import replace

from homeward.actions.plan import Found
from homeward.actions.states import Operation
from homeward.checks.facts import Facts, Item
from homeward.checks.rules import pages
from homeward.checks.sources.group import past
from homeward.checks.subjects import Collected
from homeward.checks.way import BEGINS, stand

PAST = "item-past-operation"
"""The id of the warning, which is no rule's: a rule does not know what the others of a plan are about to do."""


def who_begins(operation: Operation, collected: Collected) -> tuple[Collected, tuple[Found, ...]]:
    """Those that the plan is made for, and the warnings about those that are left out.

    Who has the operation behind it is left out as long as somebody stands where it begins; if nobody does, all stay
    and the rules tell each why. Who is not there yet stays as well, and blocks the others: a plan that is begun without
    them would tear apart what belongs together. Of a reprotect nobody is left out here.
    """
    if operation is Operation.REPROTECT or not any(_stands(facts, operation) for facts in collected.machines):
        return collected, ()
    out = [facts for facts in collected.machines if isinstance(facts.item, Item) and past(facts.item, operation)]
    if not out:
        return collected, ()
    gone = {facts.machine for facts in out}
    places = collected.stages or (0,) * len(collected.machines)
    left = [pair for pair in zip(collected.machines, places, strict=True) if pair[0].machine not in gone]
    ranks = {place: rank for rank, place in enumerate(sorted({place for _, place in left}))}
    machines, stages = tuple(facts for facts, _ in left), tuple(ranks[place] for _, place in left)
    told = tuple(
        f"{facts.machine} is {stand(facts.item).value}: it is left out."
        for facts in out
        if isinstance(facts.item, Item)
    )
    warning = Found(
        rule=PAST,
        title="Every machine stands where the operation begins",
        machines=tuple(facts.machine for facts in out),
        details=told,
        hint="Look whether those that are left out are where you want them.",
        docs=pages.FAILBACK_TYPES,
    )
    return replace(collected, machines=machines, stages=stages), (warning,)


def _stands(facts: Facts, operation: Operation) -> bool:
    return isinstance(facts.item, Item) and stand(facts.item) is BEGINS[operation]
