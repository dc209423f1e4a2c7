"""Counts the rows at the start of a table that belong to no column: its title, padded or not."""

from __future__ import annotations

from collections.abc import Sequence

from handler.documents.tables.header import is_header

MAX_LINES_ABOVE = 30


def lines_above(rows: Sequence[Sequence[str]], width: int) -> int:
    """How many of the first rows are above the table. width: cells of most rows."""
    for above, row in enumerate(rows[:MAX_LINES_ABOVE]):
        below = rows[above + 1 :]
        if not below or not _is_above(row, below, width):
            return above if below else 0
    return 0


def _is_above(row: Sequence[str], below: Sequence[Sequence[str]], width: int) -> bool:
    lone = bool(row[0]) and not any(row[1:])
    if lone and width > 2:  # Excel pads a title with empty cells
        return any(sum(map(bool, cells)) > 1 for cells in below)
    if lone or len(row) < width:
        return len(below[0]) == width and all(below[0]) and is_header(below[0], below[1:])
    return False
