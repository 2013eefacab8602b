"""What comes home together, and in which order: whole replication groups, and the groups of recovery plans."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from homeward.checks.facts import Item
from homeward.checks.names import fold
from homeward.checks.rules.item import BACKWARD
from homeward.checks.subjects import Candidate, Kind, Subject
from homeward.checks.way import Operation, Stand, stand

from .azure import Plan
from .find import Listing, Match, group_key

_PAST: Mapping[Operation, frozenset[Stand]] = {
    Operation.FAILBACK: frozenset({Stand.HOME, Stand.COMMITTED, Stand.PROTECTING, Stand.PROTECTED}),
    Operation.COMMIT: frozenset({Stand.COMMITTED, Stand.PROTECTING, Stand.PROTECTED}),
    Operation.CANCEL: frozenset({Stand.REPLICATING_BACK, Stand.READY}),
    Operation.TO_AZURE: frozenset({Stand.PROTECTING, Stand.PROTECTED}),
}
"""Where a machine stands that has the operation behind it."""

_ONE_BY_ONE = frozenset({Operation.COMMIT, Operation.CANCEL})
"""What Azure does to one machine of a replication group without the others."""


def whole(match: Match, listing: Listing, operation: Operation = Operation.REPROTECT) -> Match:
    """What a start is about: of a machine in a replication group the whole group, of a group who is still to come.

    Machines that have the operation behind them are left out, unless nobody else is left or they were asked for. Where
    the group need not stay together, whoever asks for one machine gets those that stand where it does.
    """
    if match.candidate.kind is Kind.PLAN:
        return match
    asked = {fold(id) for id in match.item_ids}
    own = [item for item in listing.items if fold(item.id) in asked]
    keys = {key for item in own if (key := group_key(item))}
    members = [item for item in listing.items if group_key(item) in keys]
    one = match.candidate.kind is Kind.MACHINE
    if not members or (one and any(past(item, operation) for item in own)):
        return match
    to_come = [item for item in members if not past(item, operation)] or members
    if one and operation in _ONE_BY_ONE:
        here = {stand(item) for item in own}
        to_come = [item for item in to_come if stand(item) in here]
        if len(to_come) == 1:
            return match
    if match.candidate.kind is Kind.MACHINE and len(members) > 1:
        first = members[0]
        name = first.group_name or group_key(first)
        match = replace(match, candidate=Candidate(name, Kind.GROUP, group_key(first), match.candidate.detail))
    ids = [item.id for item in to_come]
    subject = Subject(match.candidate.name, match.candidate.kind, match.vault)
    order = dict(zip(ids, stages(ids, listing.plans, subject), strict=True))
    return replace(match, item_ids=tuple(sorted(ids, key=order.__getitem__)))


def returning(item: Item) -> bool:
    """Whether it is on its way back already, or ready to fail back."""
    return item.provider.casefold() in BACKWARD


def past(item: Item, operation: Operation) -> bool:
    """Whether the machine has the operation behind it."""
    return returning(item) if operation is Operation.REPROTECT else stand(item) in _PAST[operation]


def stages(item_ids: Sequence[str], plans: Iterable[Plan], subject: Subject) -> tuple[int, ...]:
    """For each item its group in the recovery plan's order, 0 first: of the plan that is asked for, or of the only one
    that has them all; 0 for all where there is none, or more than one."""
    wanted = {fold(id) for id in item_ids}
    places = [_places(plan) for plan in plans if subject.kind is not Kind.PLAN or fold(plan.name) == fold(subject.name)]
    holding = [place for place in places if wanted and wanted <= place.keys()]
    if len(holding) != 1:
        return (0,) * len(item_ids)
    (place,) = holding
    ranks = {group: rank for rank, group in enumerate(sorted({place[id] for id in wanted}))}
    return tuple(ranks[place[fold(id)]] for id in item_ids)


def _places(plan: Plan) -> dict[str, int]:
    return {fold(id): number for number, group in enumerate(plan.groups) for id in group}
