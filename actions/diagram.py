"""Draws the states and the way home from the tables that hold them: `python -m homeward.actions.diagram`."""

from collections.abc import Mapping
from enum import Enum
from pathlib import Path
from typing import TypeVar

from homeward.checks.way import BEGINS, GOAL, NEXT, PASSES, Operation, Stand

from .states import ITEM_TRANSITIONS, TRANSITIONS, ItemState, State

Kind = TypeVar("Kind", bound=Enum)
MARK = "<!-- {}: drawn from the tables in {} by `make docs` -->"
PAGE = Path("docs") / "states.md"
WAY_PAGE = Path("docs") / "way-home.md"


def diagram(transitions: Mapping[Kind, frozenset[Kind]], first: Kind) -> str:
    """A mermaid state diagram, in the tables' order."""
    order = list(transitions)
    lines = ["```mermaid", "stateDiagram-v2", f"    [*] --> {first.value}"]
    for before, afters in transitions.items():
        lines += [f"    {before.value} --> {after.value}" for after in sorted(afters, key=order.index)]
        if not afters:
            lines.append(f"    {before.value} --> [*]")
    return "\n".join([*lines, "```"])


def way() -> str:
    """The way home as a mermaid state diagram: where a machine may stand, and what leads on from there."""
    stands = [stand for stand in Stand if stand is not Stand.UNKNOWN]
    lines = ["```mermaid", "stateDiagram-v2"]
    lines += [f'    state "{stand.value}" as {stand.name}' for stand in stands]
    lines += [f"    [*] --> {Stand.IN_AZURE.name} : failover"]
    for operation in Operation:
        before, passes, goal = BEGINS[operation], PASSES[operation], GOAL[operation]
        lines.append(f"    {before.name} --> {(passes or goal).name} : {operation.value}")
    by_itself = dict.fromkeys((passes, GOAL[operation]) for operation, passes in PASSES.items() if passes is not None)
    lines += [f"    {passes.name} --> {goal.name}" for passes, goal in by_itself]
    lines += [f"    {stand.name} --> [*]" for stand in stands if stand not in NEXT and stand not in PASSES.values()]
    return "\n".join([*lines, "```"])


def drawn(page: str) -> str:
    """The page with both diagrams as the tables are now. Each stands between its mark and the end of its fence."""
    page = _put(page, MARK.format("request", "actions/states.py"), diagram(TRANSITIONS, State.CHECKING))
    return _put(page, MARK.format("machine", "actions/states.py"), diagram(ITEM_TRANSITIONS, ItemState.PENDING))


def way_drawn(page: str) -> str:
    """The page of the way home, with its diagram as the tables are now."""
    return _put(page, MARK.format("way", "checks/way.py"), way())


def _put(page: str, mark: str, diagram: str) -> str:
    before, found, rest = page.partition(mark)
    if not found:
        raise ValueError(f"the page has no line {mark}")
    drawn = rest.startswith("\n```mermaid\n")
    after = rest.partition("\n```\n")[2] if drawn else rest.removeprefix("\n")
    return f"{before}{mark}\n{diagram}\n{after}"


if __name__ == "__main__":
    for path, draw in ((PAGE, drawn), (WAY_PAGE, way_drawn)):
        path.write_text(draw(path.read_text(encoding="utf-8")), encoding="utf-8")
