"""Cells of text set in aligned columns that fit a width."""

from collections.abc import Sequence

from rich.cells import cell_len

from .plain import wrapped

GAP = "  "
_NARROWEST = 4


def column_lines(
    rows: Sequence[Sequence[str]], width: int, *, aligned: Sequence[str] = (), heading: bool = False
) -> list[str]:
    """The rows; too wide a table narrows its widest columns and wraps their cells."""
    if not rows:
        return []
    count = max(len(row) for row in rows)
    full = [[*row, *[""] * (count - len(row))] for row in rows]
    widths = [max(1, *(cell_len(line) for row in full for line in row[column].split("\n"))) for column in range(count)]
    room = max(width - len(GAP) * (count - 1), _NARROWEST * count)
    while sum(widths) > room:
        widths[widths.index(max(widths))] -= 1
    found: list[str] = []
    for place, row in enumerate(full):
        cells = [wrapped(cell, size) for cell, size in zip(row, widths, strict=True)]
        for line in range(max(len(cell) for cell in cells)):
            parts = [
                _padded(
                    cell[line] if line < len(cell) else "", size, aligned[column] if column < len(aligned) else "left"
                )
                for column, (cell, size) in enumerate(zip(cells, widths, strict=True))
            ]
            found.append(GAP.join(parts).rstrip())
        if heading and place == 0:
            found.append(GAP.join("─" * size for size in widths))
    return found


def _padded(text: str, size: int, align: str) -> str:
    blank = size - cell_len(text)
    match align:
        case "right":
            return " " * blank + text
        case "center":
            return " " * (blank // 2) + text + " " * (blank - blank // 2)
        case _:
            return text + " " * blank
