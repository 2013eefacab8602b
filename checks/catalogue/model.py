"""The values of the error catalogue: an entry, its causes, its sources."""

from dataclasses import dataclass
from enum import Enum


class Kind(Enum):
    """What an entry is about."""

    CODE = "code"
    TOPIC = "topic"
    SYMPTOM = "symptom"
    RULE = "rule"
    """Made from a rule of the checks, never written as data."""


class Stack(Enum):
    """Which way of replicating an entry belongs to."""

    CLASSIC = "classic"
    MODERNIZED = "modernized"
    BOTH = "both"
    HYPER_V = "hyper-v"


@dataclass(frozen=True, slots=True)
class Cause:
    """Why it happens, and the sign by which it is told from the other causes (empty where there is only one)."""

    text: str
    tell: str


@dataclass(frozen=True, slots=True)
class Source:
    """Where the knowledge comes from."""

    title: str
    url: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One code, topic or symptom; `code` is Azure's own code, or a name of ours for the other kinds."""

    code: str
    kind: Kind
    title: str
    what: str
    causes: tuple[Cause, ...]
    steps: tuple[str, ...]
    rules: tuple[str, ...]
    related: tuple[str, ...]
    stack: Stack
    phase: str
    component: str
    aliases: tuple[str, ...]
    keywords: tuple[str, ...]
    sources: tuple[Source, ...]
    note: str
