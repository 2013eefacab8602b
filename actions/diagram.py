"""Draws the states and their transitions from the tables that hold them: `python -m homeward.actions.diagram`."""

from collections.abc import Mapping
from enum import Enum
from pathlib import Path
from typing import TypeVar

from .states import ITEM_TRANSITIONS, TRANSITIONS, ItemState, State

Kind = TypeVar("Kind", bound=Enum)
MARK = "<!-- {}: drawn from the tables in actions/states.py by `make docs` -->"
PAGE = Path("docs") / "states.md"


def diagram(transitions: Mapping[Kind, frozenset[Kind]], first: Kind) -> str:
    """A mermaid state diagram, in the tables' order."""
    order = list(transitions)
    lines = ["```mermaid", "stateDiagram-v2", f"    [*] --> {first.value}"]
    for before, afters in transitions.items():
        lines += [f"    {before.value} --> {after.value}" for after in sorted(afters, key=order.index)]
        if not afters:
            lines.append(f"    {before.value} --> [*]")
    return "\n".join([*lines, "```"])


def drawn(page: str) -> str:
    """The page with both diagrams as the tables are now. Each stands between its mark and the end of its fence."""
    page = _put(page, MARK.format("request"), diagram(TRANSITIONS, State.CHECKING))
    return _put(page, MARK.format("machine"), diagram(ITEM_TRANSITIONS, ItemState.PENDING))


def _put(page: str, mark: str, diagram: str) -> str:
    before, found, rest = page.partition(mark)
    if not found:
        raise ValueError(f"{PAGE} has no line {mark}")
    _, fence, after = rest.partition("\n```\n")
    return f"{before}{mark}\n{diagram}\n{after}" if fence else f"{before}{mark}\n{diagram}\n"


if __name__ == "__main__":
    PAGE.write_text(drawn(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
