"""Divides a file's rows into its tables, and the lines above, between and below them.

A report has a title above its table and a source below it, and a file can hold several tables.
Knows the rows' widths only, and looks at no cell.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

MAX_RUNS = 64  # runs of rows of one width; a file with more is one uneven table
MAX_LINES_ABOVE = 30
MAX_ASIDE = 10  # rows of a list of names and values above a table
MIN_TABLE = 2  # rows of one width that begin another table
MIN_CONTINUATION = 2  # rows below a blank line that may have a header of their own


@dataclass
class Section:
    """Consecutive rows, blank ones included."""

    rows: int
    width: int  # cells of most rows
    filled: int = 0  # rows that are not blank
    is_text: bool = False  # lines beside a table
    is_aside: bool = False  # a short list of names and values above the table
    continues: bool = False  # as wide as the table above it


Run = tuple[int, int]  # width, rows


def divide(widths: Iterable[int]) -> list[Section]:
    """The sections of a file. widths: cells of each row; 0 for a blank one."""
    runs: list[Run] = []
    for width, group in groupby(widths):
        runs.append((width, sum(1 for _ in group)))
    widest = max((width for width, _ in runs), default=0)
    if widest <= 1 or len(runs) > MAX_RUNS:
        return _uneven(runs, widest)
    sections: list[Section] = []
    for run_group in _groups(runs):
        for part in _parts(run_group):
            _append(sections, part)
    main = max(sections, key=lambda section: section.filled * section.width * (section.width > 1))
    for section in sections[: sections.index(main)]:
        section.is_aside = section.width < main.width and section.filled <= MAX_ASIDE
    return sections


def _uneven(runs: Sequence[Run], widest: int) -> list[Section]:
    """One table, below its first lines, which have one cell each."""
    rows = sum(count for _, count in runs)
    above = 0
    for width, count in runs if widest > 1 else ():
        if width > 1 or above + count > MAX_LINES_ABOVE:
            break
        above += count
    table = Section(rows - above, widest)
    return [Section(above, 1, is_text=True), table] if above else [table]


def _groups(runs: Sequence[Run]) -> list[list[Run]]:
    """Runs between blank lines. A blank line belongs to the group above it."""
    groups: list[list[Run]] = []
    for run in runs:
        if not groups or (groups[-1][-1][0] == 0 and run[0]):
            groups.append([])
        groups[-1].append(run)
    return groups


def _parts(group: Sequence[Run]) -> list[list[Run]]:
    """A group in parts: the lines of one cell above, and tables that follow directly."""
    filled = [run for run in group if run[0]]
    blank = [run for run in group if not run[0]]
    above = []
    while len(filled) > 1 and filled[0][0] == 1 and filled[0][1] <= MAX_LINES_ABOVE:
        above.append(filled.pop(0))
    even = len(filled) > 1 and all(width > 1 and rows >= MIN_TABLE for width, rows in filled)
    parts = [[run] for run in filled] if even else [filled]
    parts = [above, *parts] if above else parts
    if parts[0] is filled and not filled:  # the file begins with blank lines
        return [blank]
    parts[-1] = [*parts[-1], *blank]
    return parts


def _append(sections: list[Section], part: Sequence[Run]) -> None:
    """Add a part, or make the table above longer by it."""
    rows = sum(count for _, count in part)
    by_width: dict[int, int] = {}
    for width, count in part:
        if width:
            by_width[width] = by_width.get(width, 0) + count
    width = max(by_width, key=lambda width: by_width[width], default=0)
    filled = sum(by_width.values())
    if width <= 1:
        sections.append(Section(rows, width, is_text=True))
        return
    above = next((each for each in reversed(sections) if not each.is_text), None)
    if above is None or above.width != width:
        sections.append(Section(rows, width, filled))
    elif sections[-1] is above and min(filled, above.filled) < MIN_CONTINUATION:
        above.rows += rows
        above.filled += filled
    else:
        sections.append(Section(rows, width, filled, continues=True))
