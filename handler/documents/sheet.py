"""A spreadsheet's sheet as headings, lines and tables of text. Knows no file format.

A sheet's used cells fall into blocks, parted by empty rows. Each block is a table that keeps every
cell in its column; the columns that it leaves empty are left out, unless it goes on a table above.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field

from handler.documents.writer import Writer
from handler.errors import DocumentRejected
from handler.limits import MAX_CHARACTERS, MAX_REPEATED_CHARACTERS

MAX_MERGES = 100_000  # of a sheet; more are left alone
MAX_COLUMN_NAME = 200  # characters; a longer cell is data
YEAR = re.compile(r"(?:19|20)\d\d|\d{4}-\d\d-\d\d(?: 00:00:00)?")


@dataclass(frozen=True)
class Cell:
    """A used cell."""

    column: int  # from 0
    text: str
    is_number: bool = False  # or a date: nothing that names a column


@dataclass
class Row:
    """The used cells of a row, from left to right."""

    number: int  # from 0
    cells: list[Cell] = field(default_factory=list)


@dataclass(frozen=True)
class Merge:
    """Cells that are shown as one; the first holds the text. From 0; the last are included."""

    first_row: int
    first_column: int
    last_row: int
    last_column: int


class Grid:
    """The used cells of one sheet, bounded in length: a sheet can claim 17 billion cells."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.merges: list[Merge] = []
        self._length = 0

    def add(self, row: int, cell: Cell) -> None:
        """Add a used cell; rows come in order. Raises DocumentRejected if they are too many."""
        if not cell.text.strip():
            return
        if not self.rows or self.rows[-1].number != row:
            self.rows.append(Row(row))
        self.rows[-1].cells.append(cell)
        self._length += len(cell.text) + 3
        if self._length > MAX_CHARACTERS:
            raise DocumentRejected(
                "invalid_file",
                f"A sheet's text is longer than {MAX_CHARACTERS:,} characters, the limit of one "
                "document; split the workbook into several files.",
            )


def write_sheet(writer: Writer, grid: Grid) -> None:
    """Write the blocks of a sheet."""
    merges: dict[int, list[Merge]] = {}
    for merge in grid.merges:
        merges.setdefault(merge.first_row, []).append(merge)
    budget = MAX_REPEATED_CHARACTERS
    columns: list[int] = []  # of the table above
    for block in _blocks(grid.rows):
        rows = {row.number: {cell.column: cell for cell in row.cells} for row in block}
        here = [merge for row in block for merge in merges.get(row.number, ())]
        if here and budget > 0:
            budget = _fill(rows, here, budget)
        columns = _write_block(writer, list(rows.values()), columns)


def _blocks(rows: list[Row]) -> Iterator[list[Row]]:
    """Rows that follow each other without an empty one between.

    An empty row below a row of names does not part it from its table.
    """
    block: list[Row] = []
    for row in rows:
        gap = row.number - block[-1].number if block else 1
        are_names = len(block) == 1 and len(block[0].cells) > 1
        if gap > (2 if are_names else 1):
            yield block
            block = []
        block.append(row)
    if block:
        yield block


def _fill(rows: dict[int, dict[int, Cell]], merges: list[Merge], budget: int) -> int:
    """Repeat a merged cell's text in the places that it spans. Returns what is left of the budget.

    A title over the whole width is alone in its row, and stays alone.
    """
    used = sorted({column for row in rows.values() for column in row})
    last_row = max(rows)
    for merge in merges:
        cell = rows[merge.first_row].get(merge.first_column)
        if cell is None:
            continue
        begin = bisect_left(used, merge.first_column)
        columns = used[begin : bisect_right(used, merge.last_column)]
        is_wide = merge.last_column > merge.first_column
        for number in range(merge.first_row, min(merge.last_row, last_row) + 1):
            row = rows[number]
            budget -= len(columns) + 1
            for column in columns if len(row) > 1 or not is_wide else ():
                if budget > 0 and column not in row:
                    row[column] = Cell(column, cell.text, cell.is_number)
                    budget -= len(cell.text)
            if budget <= 0:
                return budget
    return budget


def _write_block(writer: Writer, rows: list[dict[int, Cell]], above: list[int]) -> list[int]:
    """Write lines that stand above a table by themselves, and the table below them.

    above: the columns of the table above, which this block may go on. Returns its own.
    """
    columns = sorted({column for row in rows for column in row})
    goes_on = _goes_on(rows, columns, above)
    columns = above if goes_on else columns
    begin = 0
    while (
        len(columns) > 1 and begin < len(rows) and _is_line(rows[begin], columns, goes_on=goes_on)
    ):
        begin += 1
    if len(columns) == 1 or begin == len(rows):
        begin = len(rows)
    writer.separate("\n\n")
    for row in rows[:begin]:
        writer.separate("\n")
        writer.write(" ".join(" ".join(cell.text.split()) for cell in row.values()))
    if begin == len(rows):
        writer.separate("\n\n")
        return above
    writer.begin_table()
    has_header = _has_header(rows[begin:], columns)
    for number, row in enumerate(rows[begin:]):
        texts = [row[column].text if column in row else "" for column in columns]
        writer.row(texts, is_header=has_header and number == 0)
    writer.end_table()
    return columns


def _is_line(row: dict[int, Cell], columns: list[int], *, goes_on: bool) -> bool:
    """Whether a row is a title or a note: a cell by itself, and no total below a name."""
    return len(row) == 1 and not (goes_on and _is_total(row, columns))


def _is_total(row: dict[int, Cell], columns: list[int]) -> bool:
    return columns[0] not in row and next(iter(row.values())).is_number


def _goes_on(rows: list[dict[int, Cell]], columns: list[int], above: list[int]) -> bool:
    """Whether a block is a part of the table above: of its columns, and without names of its own.

    Then its cells stay below the names, though it leaves some of the columns empty.
    """
    if not set(columns) < set(above) or _has_header(rows, columns):
        return False
    return any(len(row) > 1 or _is_total(row, above) for row in rows)


def _has_header(rows: list[dict[int, Cell]], columns: list[int]) -> bool:
    return len(rows) > 1 and _is_header(rows[0], rows[1:], columns)


def _is_header(row: dict[int, Cell], below: list[dict[int, Cell]], columns: list[int]) -> bool:
    """Whether a row names the columns: it is text, or years above numbers, and fills nearly all."""
    named = [column for column in columns if column in row]
    if len(named) < 2 or len(named) < len(columns) - 1:
        return False
    if any(len(row[column].text) > MAX_COLUMN_NAME for column in named):
        return False
    numbers = [column for column in named if row[column].is_number]
    if not numbers:
        return True
    is_text_left = not row[named[0]].is_number or columns[0] not in row
    return is_text_left and all(YEAR.fullmatch(row[column].text) for column in numbers)
