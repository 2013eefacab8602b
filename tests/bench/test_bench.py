"""The benchmarks run; what they measure is for `make bench` to tell, and no time is judged here."""

from pathlib import Path

import pytest

from bench import show
from bench.__main__ import MEASUREMENTS
from bench.figures import Figure, Goal

FIGURE = Figure("a thing", 2.5, "5 ms", "2 ms, another", goal=Goal(most=3), more="twice")


@pytest.mark.parametrize("name", MEASUREMENTS)
async def test_a_measurement_gives_its_figures(name: str) -> None:
    figures = await MEASUREMENTS[name](True)
    assert figures
    assert all(figure.ratio > 0 and figure.ours and figure.other for figure in figures)


def test_the_document_holds_every_measurement_with_its_command() -> None:
    text = show.DOCUMENT.read_text(encoding="utf-8")
    table = text.partition(show.BEGIN)[2].partition(show.END)[0]
    for name in MEASUREMENTS:
        assert f"`{show.command(name)}`" in table


def test_writing_replaces_the_table_and_nothing_else(tmp_path: Path) -> None:
    document = tmp_path / "performance.md"
    document.write_text(f"before\n{show.BEGIN}\nold\n{show.END}\nafter\n", encoding="utf-8")
    show.write({"ack": [FIGURE]}, document)
    text = document.read_text(encoding="utf-8")
    assert text.startswith("before\n")
    assert text.endswith("after\n")
    assert "old" not in text
    assert "| a thing | 2.50 | at most 3: met | 5 ms | 2 ms, another | twice | `python -m bench ack` |" in text


def test_a_document_without_the_marks_is_left_alone(tmp_path: Path) -> None:
    document = tmp_path / "performance.md"
    document.write_text("nothing here\n", encoding="utf-8")
    with pytest.raises(ValueError, match="both marks"):
        show.write({"ack": [FIGURE]}, document)
    assert document.read_text(encoding="utf-8") == "nothing here\n"


@pytest.mark.parametrize(
    ("goal", "ratio", "met"),
    [
        (Goal(most=1.25), 1.25, True),
        (Goal(most=1.25), 1.26, False),
        (Goal(least=100), 100, True),
        (Goal(least=100), 99, False),
    ],
)
def test_a_goal_is_met_at_its_edge(goal: Goal, ratio: float, *, met: bool) -> None:
    assert goal.met_by(ratio) is met
