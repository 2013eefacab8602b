"""What a rule is and what judging it gives: severities, rules, outcomes."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum

from .facts import Facts, Topology

Sentence = str
"""One short sentence about one thing that is wrong, about the instance: "db01: Tools is not running." """

Judge = Callable[[Facts], Iterable[Sentence]]


class Severity(Enum):
    BLOCKER = "blocker"
    """The operation fails, or must not be tried."""
    WARNING = "warning"
    """It can run, but somebody should look first."""
    ATTESTATION = "attestation"
    """No API can tell; a person confirms it when approving."""


class Status(Enum):
    PASSED = "passed"
    FAILED = "failed"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not_applicable"


class NotApplicable(Exception):
    """Leaves a rule that has nothing to say about this machine. Raise it only on facts that are known."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


BOTH = frozenset({Topology.CLASSIC, Topology.MODERNIZED})
CLASSIC = frozenset({Topology.CLASSIC})
MODERNIZED = frozenset({Topology.MODERNIZED})
ANY = frozenset(Topology)
"""Also machines of other providers and machines that could not be read."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One prerequisite: `judge` yields a sentence for each thing wrong and nothing when it is met.

    `id` is public and never changes; `title` states what must be true; `hint` is what to do; `docs` the https page
    that states the requirement.
    """

    id: str
    title: str
    severity: Severity
    topologies: frozenset[Topology]
    hint: str
    docs: str
    judge: Judge


def rule(
    *, id: str, title: str, severity: Severity, topologies: frozenset[Topology], hint: str, docs: str
) -> Callable[[Judge], Rule]:
    """Turns a judging function into a `Rule`. It registers nothing: a rule is in force when it stands in `RULES`."""

    def make(judge: Judge) -> Rule:
        return Rule(id=id, title=title, severity=severity, topologies=topologies, hint=hint, docs=docs, judge=judge)

    return make


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one rule says of one machine. `details` are the rule's sentences, or the one reason of UNKNOWN."""

    rule: Rule
    subject: str
    status: Status
    details: tuple[str, ...]

    @property
    def detail(self) -> str:
        return " ".join(self.details)

    def as_dict(self) -> dict[str, str]:
        """The outcome as `homeward check --json` prints it."""
        return {
            "rule": self.rule.id,
            "subject": self.subject,
            "status": self.status.value,
            "severity": self.rule.severity.value,
            "detail": self.detail,
            "hint": self.rule.hint,
            "docs": self.rule.docs,
        }
