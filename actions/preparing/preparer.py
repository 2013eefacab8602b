"""The `Prepare` of the reconciler: reads, judges, and makes the plan or says what stands in its way."""

from collections.abc import Iterable
from dataclasses import replace

from homeward.actions.plan import Checked, NotPrepared, Obstacle, OpenValue, Plan, PlannedItem, Prepared
from homeward.actions.requests import Asked
from homeward.actions.states import Operation
from homeward.checks.facts import Facts, Item, Missing
from homeward.checks.model import Rule
from homeward.checks.report import Verdict, report
from homeward.checks.subjects import Choices, Collected, Kind, NoMatch, Subject, Wish, Wishes

from .checked import checked
from .collecting import ReadForStart
from .planned import Lacking, lacking, planned
from .values import REQUIRED, WORDS, Value, accounts_of
from .wrong import ungranted

VALUES_MISSING = "group-values-missing"
"""The rule that says of an open value what `Obstacle.OPEN` says better: with what there is to choose from."""


class Preparer:
    """Makes the plan of a reprotect. `rules` are those that it is judged by."""

    def __init__(self, read: ReadForStart, rules: Iterable[Rule]) -> None:
        self._read = read
        self._rules = tuple(rules)

    async def __call__(self, asked: Asked) -> Prepared | NotPrepared:
        answer = await self._read.for_start(asked.subject, asked.wishes)
        if isinstance(answer, NoMatch):
            near = f": the nearest names are {', '.join(answer.nearest)}" if answer.nearest else ""
            why = f"No machine, replication group or recovery plan is called {answer.name}{near}."
            return NotPrepared(Obstacle.NOT_FOUND, why, answer.nearest)
        if isinstance(answer, Choices):
            details = "; ".join(f"{one.name} ({one.kind.value}, {one.detail})" for one in answer.candidates)
            why = f"{answer.name} is the name of {len(answer.candidates)}: {details}."
            apart = tuple(f"{one.kind.value} · {one.detail}" for one in answer.candidates)
            return NotPrepared(Obstacle.SEVERAL, why, tuple(one.id for one in answer.candidates), details=apart)
        return self._prepared(asked.operation, answer, asked.wishes)

    async def again(self, plan: Plan, machines: frozenset[str]) -> Prepared | NotPrepared:
        now = [item for item in plan.items if item.machine in machines]
        later = [item for item in plan.items if item.machine not in machines]
        collected = await self._read.again(
            Subject(plan.subject, Kind(plan.kind), plan.vault),
            {item.item_id: item.machine for item in now},
            {item.item_id: item.target for item in later},
            wishes_of(now),
        )
        by_name = {facts.machine: facts for facts in collected.machines}
        for facts in collected.machines:
            if reason := _unread(facts):
                return NotPrepared(Obstacle.UNREADABLE, f"{facts.machine} could not be read: {reason}.")
        items = tuple(_again(item, by_name[item.machine]) if item.machine in by_name else item for item in plan.items)
        return Prepared(replace(plan, items=items), self._checked(collected))

    def _checked(self, collected: Collected) -> Checked:
        return checked(report(collected, self._rules))

    def _prepared(self, operation: Operation, collected: Collected, wishes: Wishes) -> Prepared | NotPrepared:
        machines, subject = collected.machines, collected.subject
        for facts in machines:
            if isinstance(facts.item, Missing):
                return NotPrepared(Obstacle.UNREADABLE, f"{facts.machine} could not be read: {facts.item.reason}.")
        if not machines:
            return NotPrepared(Obstacle.NOT_FOUND, f"The {subject.kind.value} {subject.name} has no machine in it.")
        if wrong := ungranted(wishes, subject.name, machines):
            return wrong
        judged = self._checked(collected)
        accounts = accounts_of(machines)
        stages = collected.stages or (0,) * len(machines)
        items: list[PlannedItem] = []
        lacks: list[Lacking] = []
        for facts, stage in zip(machines, stages, strict=True):
            if not isinstance(facts.item, Item) or isinstance(facts.choice, Missing):
                continue  # the vault does not have it: the rules block it
            made = planned(facts, facts.item, facts.choice, stage)
            lack = lacking(facts, facts.item, made, accounts)
            if lack.open or lack.unread or facts.item.topology not in REQUIRED:
                lacks.append(lack)
            else:
                items.append(made)
        blocked = judged.verdict is Verdict.BLOCKED
        if not blocked or all(found.rule == VALUES_MISSING for found in judged.blockers):
            if unread := next((reason for lack in lacks for reason in lack.unread), ""):
                return NotPrepared(Obstacle.UNREADABLE, f"What the start needs could not be read: {unread}.")
            if open_ := tuple(one for lack in lacks for one in lack.open):
                return NotPrepared(Obstacle.OPEN, _says(open_), open=open_)
        return Prepared(Plan(operation, subject.vault, subject.name, subject.kind.value, tuple(items)), judged)


def wishes_of(items: Iterable[PlannedItem]) -> Wishes:
    """The plan's own values as wishes for each of its machines, so that none is chosen anew."""
    items = tuple(items)

    def each(values: Iterable[tuple[PlannedItem, str]]) -> tuple[Wish, ...]:
        return tuple(Wish(value, item.machine) for item, value in values if value)

    return Wishes(
        target=each((item, item.target_id) for item in items),
        process_server=each((item, item.process_server_id) for item in items),
        datastore=each((item, item.datastore) for item in items),
        retention=each((item, item.retention) for item in items),
        log_storage=each((item, item.log_storage_id) for item in items),
        policy=each((item, item.policy_id) for item in items),
        exclude_disk=each((item, disk.id) for item in items for disk in item.excluded),
    )


def _again(item: PlannedItem, facts: Facts) -> PlannedItem:
    """The machine as it would run now. What can't be read now stays as it was planned: the checks say that."""
    if not isinstance(facts.item, Item) or isinstance(facts.choice, Missing):
        return item
    now = planned(facts, facts.item, facts.choice, item.stage)
    if isinstance(facts.group, Missing):
        now = replace(now, group=item.group)
    if isinstance(facts.item.disks, Missing):
        now = replace(now, disks=item.disks, excluded=item.excluded)
    if isinstance(facts.source_vm, Missing):
        now = replace(now, source_vm=item.source_vm, original_location=item.original_location, download=item.download)
    return now


def _unread(facts: Facts) -> str:
    """Why the machine's values can't be compared with the plan's, "" if they can."""
    if isinstance(facts.item, Missing):
        return facts.item.reason
    if not isinstance(facts.item, Item) or isinstance(facts.choice, Missing):
        return ""
    made = planned(facts, facts.item, facts.choice, 0)
    return next(iter(lacking(facts, facts.item, made, ()).unread), "")


def _says(open_: tuple[OpenValue, ...]) -> str:
    """One sentence for all: "web01 and web02 need a datastore; web03 needs a log storage account." """
    machines: dict[str, list[str]] = {}
    for one in open_:
        machines.setdefault(one.option, []).append(one.machine)
    clauses: list[str] = []
    for option, who in machines.items():
        names = who[0] if len(who) == 1 else f"{', '.join(who[:-1])} and {who[-1]}"
        clauses.append(f"{names} {'needs' if len(who) == 1 else 'need'} a {WORDS[Value(option)]}")
    return f"{'; '.join(clauses)}."
