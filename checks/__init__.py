"""The read-only core: facts, rules, verdicts, error catalogue."""

from .facts import Facts, Missing, Topology, known
from .model import Outcome, Rule, Severity, Status, rule
from .notes import Note, notes
from .report import Report, Verdict, report, verdict_of
from .rules import RULES, RULES_OF
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
from .way import Operation

__all__ = [
    "RULES",
    "RULES_OF",
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
    "Operation",
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
