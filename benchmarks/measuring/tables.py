"""Markdown tables, and the figures in their cells."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeVar

from tabulate import tabulate

Row = TypeVar("Row")


def table(rows: Iterable[Row], columns: Mapping[str, Callable[[Row], object]]) -> str:
    """A Markdown table with a line for each of `rows`: heading → the cell of a row."""
    cells = [[str(cell(row)) for cell in columns.values()] for row in rows]
    align = ["left", *["right"] * (len(columns) - 1)]
    return tabulate(cells, [*columns], tablefmt="pipe", colalign=align, disable_numparse=True)


def spread(values: Sequence[float], digits: int = 0) -> str:
    """The median with the least and the greatest value."""
    figures = statistics.median(values), min(values), max(values)
    median, least, most = (f"{value:,.{digits}f}" for value in figures)
    return f"{median} ({least}–{most})"
