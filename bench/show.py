"""The figures as a table for people, as JSON, and as the block of docs/performance.md."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.console import Console
from rich.rule import Rule
from rich.table import Table

from .figures import Figure, measured_on, times

DOCUMENT = Path(__file__).parent.parent / "docs" / "performance.md"
BEGIN = "<!-- bench: from here written by `python -m bench --markdown` -->"
END = "<!-- bench: to here -->"

Results = Mapping[str, Sequence[Figure]]
"""By the measurement's name."""


def table(console: Console, results: Results) -> None:
    console.print(f"Measured on {measured_on()}.")
    for name, figures in results.items():
        console.print(Rule(f"[bold]{name}[/bold] · {command(name)}", align="left", style="cyan"))
        shown = Table.grid(padding=(0, 2))
        shown.add_column(justify="right", min_width=5)
        shown.add_column()
        for one in figures:
            goal = f" · goal {_goal(one)}" if one.goal else ""
            shown.add_row(f"[bold]{times(one.ratio)}[/]", f"[bold]{one.what}[/]{goal}")
            shown.add_row("", f"{one.ours} against {one.other}")
            shown.add_row("", f"[dim]{one.more}[/]")
        console.print(shown)


def as_json(results: Results) -> str:
    told = {name: [figure.as_dict() for figure in figures] for name, figures in results.items()}
    return json.dumps({"measured_on": measured_on(), "figures": told}, ensure_ascii=False, indent=1)


def markdown(results: Results) -> str:
    lines = [
        f"Measured on {measured_on()}.",
        "",
        "| What | Ratio | Goal | Homeward | Against | More | Made by |",
        "|---|---:|---|---|---|---|---|",
    ]
    for name, figures in results.items():
        for one in figures:
            cells = (one.what, times(one.ratio), _goal(one), one.ours, one.other, one.more, f"`{command(name)}`")
            lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def write(results: Results, document: Path = DOCUMENT) -> None:
    """Puts the table between the two marks of the document."""
    text = document.read_text(encoding="utf-8")
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{document} has not both marks: {BEGIN} and {END}")
    document.write_text(f"{before}{BEGIN}\n\n{markdown(results)}\n\n{END}{after}", encoding="utf-8")


def command(name: str) -> str:
    return f"python -m bench {name}"


def _goal(figure: Figure) -> str:
    if figure.goal is None:
        return "–"
    return f"{figure.goal}: {'met' if figure.goal.met_by(figure.ratio) else 'MISSED'}"
