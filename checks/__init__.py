"""The read-only core: facts, rules, verdicts, error catalogue."""

from .facts import Facts, Missing, Topology, known
from .model import Outcome, Rule, Severity, Status, rule
from .notes import Note, notes
from .report import Report, Verdict, report, verdict_of
from .rules import RULES
from .subjects import (
    Answer,
    Candidate,
    Choices,
    Collect,
    Collected,
    Kind,
    NoMatch,
    SourceReading,
    SourceState,
    Subject,
    Watch,
)

__all__ = [
    "RULES",
    "Answer",
    "Candidate",
    "Choices",
    "Collect",
    "Collected",
    "Facts",
    "Kind",
    "Missing",
    "NoMatch",
    "Note",
    "Outcome",
    "Report",
    "Rule",
    "Severity",
    "SourceReading",
    "SourceState",
    "Status",
    "Subject",
    "Topology",
    "Verdict",
    "Watch",
    "known",
    "notes",
    "report",
    "rule",
    "verdict_of",
]
