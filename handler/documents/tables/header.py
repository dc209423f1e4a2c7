"""Tells whether a table's first row names its columns, by what differs from the rows below it.

Without evidence it is no header: a row of values as names would mix every record with it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import pairwise

from handler.documents.tables.column_names import is_column_name
from handler.documents.tables.kinds import column_kind, kind

ENOUGH = 2  # points
# Points for a column: its values have another kind than its first cell; they look otherwise (in
# capitals, with digits); its first cell is a word that columns are named with.
OTHER_KIND, OTHER_LOOK, USUAL_NAME = 2, 1, 1
SERIES = 2  # points for names that are years, or numbers in order
NAMELESS_INDEX = 2  # points for an empty cell above a column of numbers
MIN_LOOKS = 2  # values without which a column has no look
REPEATED = 3  # points against: a first cell that is a value of its column, too
YEARS = range(1_700, 2_101)
NEAR_YEARS = range(1_900, 2_101)  # the only names that are numbers without a word beside them

# A word and a number: col1 col2, V1 V2, Field 1 Field 2.
COUNTED = re.compile(r"([^\W\d]+[ _]?)1(?: \1(?:2|3|4|5|6|7|8|9|\d\d+))+")

LOOKS: tuple[Callable[[str], bool], ...] = (
    lambda cell: cell[:1].isupper(),
    lambda cell: cell[:1].islower(),
    lambda cell: cell.isupper(),
    lambda cell: any(map(str.isdigit, cell)),
    lambda cell: "_" not in cell,
)


def is_header(first: Sequence[str], rows: Sequence[Sequence[str]]) -> bool:
    """Whether `first` names the columns of `rows`."""
    if not rows or not any(first):
        return False
    columns = [[row[at] for row in rows if at < len(row)] for at in range(len(first))]
    kinds = [column_kind(column) for column in columns]
    points, series = 0, []
    for at, (cell, column) in enumerate(zip(first, columns, strict=True)):
        own = kind(cell)
        if not own:
            points += NAMELESS_INDEX * (at == 0 and _is_index(column))
        elif own == "number":
            series.append(cell)
        elif own == kinds[at] != "text":
            return False  # a date above dates
        else:
            points += _points(cell, column, other_kind=kinds[at] not in ("", "text", own))
    if COUNTED.fullmatch(" ".join(filter(None, first))):
        points += SERIES  # col1, col2, col3
    if series:
        points = _with_series(points, first, series, rows)
    return points >= ENOUGH


def _with_series(
    points: int, first: Sequence[str], series: Sequence[str], rows: Sequence[Sequence[str]]
) -> int:
    """The points, if numbers among the first cells may be names; otherwise 0."""
    below = {
        row[at] for row in rows for at, cell in enumerate(first) if at < len(row) and cell in series
    }
    # Above numbers, numbers without a word or an index beside them are values.
    alone = (
        all(kind(cell) in ("", "number") for cell in first)
        and bool(kind(first[0]))
        and column_kind([*below]) in ("", "number")
    )
    if _are_years(series) and not all(_are_years([value]) for value in below if value):
        near = all(int(cell) in NEAR_YEARS for cell in series)
        rises = near and all(low < high for low, high in pairwise(series))
        ordered = rises if alone else _are_in_order(series)
        is_series = points > 0 or (len(series) > 1 and ordered)
        return points + SERIES if is_series else 0
    counts = not alone and series[0] in ("0", "1") and _rise_by_one(series)
    if counts and not _rise_by_one(rows[0][-len(series) :]):
        return points + SERIES
    return points if _are_in_order(series) and points >= ENOUGH else 0


def _points(cell: str, column: Sequence[str], *, other_kind: bool) -> int:
    values = [value for value in column if value]
    if cell in values:
        return -REPEATED
    points = OTHER_KIND if other_kind else 0
    if len(values) >= MIN_LOOKS and not other_kind:
        looks = any(all(map(look, values)) and not look(cell) for look in LOOKS)
        points += OTHER_LOOK * looks
    if is_column_name(cell) and sum(map(is_column_name, values)) <= len(values) / 10:
        points += USUAL_NAME
    return points


def _is_index(column: Sequence[str]) -> bool:
    """Whether a column without a name is full: the index of a data frame."""
    return all(column) and len(set(column)) == len(column)


def _are_years(cells: Sequence[str]) -> bool:
    return all(len(cell) == 4 and cell.isdecimal() and int(cell) in YEARS for cell in cells)


def _rise_by_one(cells: Sequence[str]) -> bool:
    """Whether three cells or more are numbers in order, as the names that pandas gives are."""
    if len(cells) < 3 or not all(cell.isdecimal() and len(cell) < 9 for cell in cells):
        return False
    numbers = [int(cell) for cell in cells]
    return numbers == list(range(numbers[0], numbers[0] + len(numbers)))


def _are_in_order(cells: Sequence[str]) -> bool:
    """Whether numbers rise or fall from cell to cell, as the names of steps do."""
    try:
        numbers = [float(cell) for cell in cells]
    except ValueError:
        return False
    ordered = sorted(set(numbers))
    return len(numbers) > 1 and numbers in (ordered, ordered[::-1])
