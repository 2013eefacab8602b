"""A report: the verdict over a machine, a replication group or a recovery plan, and its JSON."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from functools import cached_property

from .evaluate import evaluate
from .facts import Topology
from .model import Outcome, Rule, Severity, Status
from .notes import Note, notes
from .subjects import Collected, SourceReading, Subject
from .way import Operation


class Verdict(Enum):
    """READY: every blocker passed. BLOCKED: one failed. UNKNOWN: none failed, but one could not be read."""

    READY = "READY"
    BLOCKED = "BLOCKED"
    UNKNOWN = "UNKNOWN"


@dataclass(frozen=True)
class Report:
    """The judged subject. `outcomes` are machine by machine, in the order of the rules of the operation."""

    subject: Subject
    topology: str
    checked_at: datetime
    machines: tuple[str, ...]
    outcomes: tuple[Outcome, ...]
    notes: tuple[Note, ...]
    sources: tuple[SourceReading, ...]
    operation: Operation = Operation.REPROTECT

    @cached_property
    def by_machine(self) -> tuple[tuple[str, tuple[Outcome, ...]], ...]:
        """Each machine with its outcomes. By place, not by name: every machine has one outcome for each rule."""
        each = len(self.outcomes) // max(1, len(self.machines))
        return tuple(
            (machine, self.outcomes[place * each : (place + 1) * each]) for place, machine in enumerate(self.machines)
        )

    @cached_property
    def verdict(self) -> Verdict:
        """That of the worst machine: one of which nothing is known is not made ready by the others."""
        verdicts = {verdict_of(outcomes) for _, outcomes in self.by_machine}
        if Verdict.BLOCKED in verdicts:
            return Verdict.BLOCKED
        return Verdict.UNKNOWN if Verdict.UNKNOWN in verdicts or not verdicts else Verdict.READY

    def with_status(self, status: Status, *severities: Severity) -> tuple[Outcome, ...]:
        """The outcomes of a status, of the given severities (all, if none are given)."""
        wanted = severities or tuple(Severity)
        return tuple(o for o in self.outcomes if o.status is status and o.rule.severity in wanted)

    def as_dict(self) -> dict[str, object]:
        """The report as `homeward check --json` prints it."""
        return {
            "subject": self.subject.name,
            "kind": self.subject.kind.value,
            "topology": self.topology,
            "verdict": self.verdict.value,
            "checked_at": self.checked_at.isoformat(),
            "sources": {reading.name: reading.as_dict() for reading in self.sources},
            "notes": [note.as_dict() for note in self.notes],
            "outcomes": [outcome.as_dict() for outcome in self.outcomes],
        }


def verdict_of(outcomes: Iterable[Outcome]) -> Verdict:
    """The verdict over some outcomes. No outcome at all is not knowing, never ready."""
    statuses = {o.status for o in outcomes if o.rule.severity is Severity.BLOCKER}
    if Status.FAILED in statuses:
        return Verdict.BLOCKED
    if Status.UNKNOWN in statuses or Status.PASSED not in statuses:
        return Verdict.UNKNOWN
    return Verdict.READY


def report(collected: Collected, rules: Iterable[Rule], operation: Operation = Operation.REPROTECT) -> Report:
    """Judges everything that was collected by the rules of one operation, and tells what that would do."""
    rules = tuple(rules)
    topologies = {facts.topology for facts in collected.machines}
    return Report(
        subject=collected.subject,
        topology=_topology(topologies),
        checked_at=collected.checked_at,
        machines=tuple(facts.machine for facts in collected.machines),
        outcomes=tuple(outcome for facts in collected.machines for outcome in evaluate(rules, facts)),
        notes=tuple(note for facts in collected.machines for note in notes(facts, operation)),
        sources=collected.sources,
        operation=operation,
    )


def _topology(topologies: set[Topology]) -> str:
    if len(topologies) == 1:
        return next(iter(topologies)).value
    return "mixed" if topologies else Topology.UNKNOWN.value
