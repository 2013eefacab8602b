"""The `Prepare` of the reconciler: reads, judges, and makes the plan or says what stands in its way."""

from collections.abc import Mapping
from dataclasses import replace

from homeward.actions.plan import Checked, Found, NotPrepared, Obstacle, OpenValue, Plan, PlannedItem, Prepared
from homeward.actions.requests import Asked
from homeward.actions.states import Operation
from homeward.checks.facts import Item, Missing
from homeward.checks.model import BOTH, Rule
from homeward.checks.report import Verdict, report
from homeward.checks.subjects import Choices, Collected, Kind, NoMatch, Subject

from .again import again, unread, wishes_of
from .checked import checked
from .collecting import ReadForStart
from .lacking import Lacking, lacking
from .onward import onward
from .planned import planned
from .points import NO_POINT, Point, points_for
from .standing import who_begins
from .unfound import unfound
from .values import Value, accounts_of, word
from .wrong import ungranted, untaken

VALUES_MISSING = frozenset({"group-values-missing", "forward-values-missing"})
"""The rules that say of an open value what `Obstacle.OPEN` says better: with what there is to choose from."""


class Preparer:
    """Makes the plan of an operation. `rules` are those that it is judged by."""

    def __init__(self, read: ReadForStart, rules: Mapping[Operation, tuple[Rule, ...]]) -> None:
        self._read = read
        self._rules = rules

    async def __call__(self, asked: Asked) -> Prepared | NotPrepared:
        operation = asked.operation
        if wrong := untaken(operation, asked.wishes, asked.point):
            return wrong
        answer = await self._read.for_start(asked.subject, asked.wishes, operation)
        if isinstance(answer, NoMatch | Choices):
            return unfound(answer)
        return self._prepared(asked, answer)

    async def again(self, plan: Plan, machines: frozenset[str]) -> Prepared | NotPrepared:
        now = [item for item in plan.items if item.machine in machines]
        later = [item for item in plan.items if item.machine not in machines]
        collected = await self._read.again(
            Subject(plan.subject, Kind(plan.kind), plan.vault),
            {item.item_id: item.machine for item in now},
            {item.item_id: item.target for item in later},
            wishes_of(now),
            plan.operation,
        )
        by_name = {facts.machine: facts for facts in collected.machines}
        for item in now:
            if item.machine in by_name and (reason := unread(plan.operation, item, by_name[item.machine])):
                return NotPrepared(Obstacle.UNREADABLE, f"{item.machine} could not be read: {reason}.")
        items = tuple(
            again(plan.operation, item, by_name[item.machine]) if item.machine in by_name else item
            for item in plan.items
        )
        return Prepared(replace(plan, items=items), self._checked(plan.operation, collected))

    def _checked(self, operation: Operation, collected: Collected, beside: tuple[Found, ...] = ()) -> Checked:
        """`beside` are warnings that are no rule's."""
        judged = checked(report(collected, self._rules[operation], operation))
        return replace(judged, warnings=(*judged.warnings, *beside)) if beside else judged

    def _prepared(self, asked: Asked, collected: Collected) -> Prepared | NotPrepared:
        operation, subject = asked.operation, collected.subject
        for facts in collected.machines:
            if isinstance(facts.item, Missing):
                return NotPrepared(Obstacle.UNREADABLE, f"{facts.machine} could not be read: {facts.item.reason}.")
        if not collected.machines:
            return NotPrepared(Obstacle.NOT_FOUND, f"The {subject.kind.value} {subject.name} has no machine in it.")
        if wrong := ungranted(operation, asked.wishes, subject.name, collected.machines):
            return wrong
        collected, left_out = who_begins(operation, collected)
        judged = self._checked(operation, collected, left_out)
        blocked = judged.verdict is Verdict.BLOCKED
        points = _points(asked, collected)
        if isinstance(points, NotPrepared):
            # What blocks it says more: whoever is at home already has no points either.
            return Prepared(_plan(asked, subject, ()), judged) if blocked else points
        items, lacks = _items(operation, collected, points)
        if not blocked or all(found.rule in VALUES_MISSING for found in judged.blockers):
            if reason := next((reason for lack in lacks for reason in lack.unread), ""):
                return NotPrepared(Obstacle.UNREADABLE, f"What the start needs could not be read: {reason}.")
            if open_ := tuple(one for lack in lacks for one in lack.open):
                return NotPrepared(Obstacle.OPEN, _says(operation, open_), open=open_)
        return Prepared(_plan(asked, subject, items), judged)


def _points(asked: Asked, collected: Collected) -> Mapping[str, Point] | NotPrepared:
    if asked.operation is not Operation.FAILBACK:
        return {}
    present = [(facts, facts.item) for facts in collected.machines if isinstance(facts.item, Item)]
    return points_for(asked.point, collected.subject.name, present)


def _items(
    operation: Operation, collected: Collected, points: Mapping[str, Point]
) -> tuple[tuple[PlannedItem, ...], tuple[Lacking, ...]]:
    """The machines that have all that their start needs, and what the others lack."""
    accounts = accounts_of(collected.machines)
    stages = collected.stages or (0,) * len(collected.machines)
    items: list[PlannedItem] = []
    lacks: list[Lacking] = []
    for facts, stage in zip(collected.machines, stages, strict=True):
        item, choice = facts.item, facts.choice
        if not isinstance(item, Item) or isinstance(choice, Missing):
            continue  # the vault does not have it: the rules block it
        if operation is Operation.REPROTECT:
            made = planned(facts, item, choice, stage)
        else:
            made = onward(operation, facts, item, choice, stage, points.get(facts.machine, NO_POINT))
        lack = lacking(operation, facts, item, made, accounts)
        if lack.open or lack.unread or item.topology not in BOTH:
            lacks.append(lack)
        else:
            items.append(made)
    return tuple(items), tuple(lacks)


def _plan(asked: Asked, subject: Subject, items: tuple[PlannedItem, ...]) -> Plan:
    return Plan(asked.operation, subject.vault, subject.name, subject.kind.value, items, asked.at, asked.zone)


def _says(operation: Operation, open_: tuple[OpenValue, ...]) -> str:
    """One sentence for all: "web01 and web02 need a datastore; web03 needs a log storage account." """
    machines: dict[str, list[str]] = {}
    for one in open_:
        machines.setdefault(one.option, []).append(one.machine)
    clauses: list[str] = []
    for option, who in machines.items():
        names = who[0] if len(who) == 1 else f"{', '.join(who[:-1])} and {who[-1]}"
        clauses.append(f"{names} {'needs' if len(who) == 1 else 'need'} a {word(operation, Value(option))}")
    return f"{'; '.join(clauses)}."
