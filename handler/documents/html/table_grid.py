"""The cells of a table in their columns: each is repeated in the places that it spans.

Knows no HTML: cells are texts. Follows the HTML standard's model of a table (section 4.9.12).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from handler.errors import DocumentRejected
from handler.limits import MAX_TABLE_CELLS

MAX_COLSPAN = 1_000  # both as browsers bound them
MAX_ROWSPAN = 65_534
MAX_REPEATED = 200  # characters; a longer text is written in the first of its places only

GroupKind = Literal["thead", "tbody", "tfoot"]


@dataclass
class Cell:
    """A cell of a table, and how many places it takes."""

    text: str
    columns: int = 1
    rows: int = 1  # 0: to the end of its row group
    is_header: bool = False

    @property
    def repeated(self) -> str:
        """The text in the cell's other places."""
        return self.text if len(self.text) <= MAX_REPEATED else ""


@dataclass
class Row:
    """A row of a table."""

    cells: list[Cell] = field(default_factory=list)
    in_head: bool = False


@dataclass(frozen=True)
class PlacedRow:
    """A row as it is written."""

    texts: list[str]  # one for each column
    is_header: bool  # it names the columns
    is_title: bool  # one header cell spans it all: it names the table


@dataclass
class _Spanning:
    """A cell that reaches into the next rows."""

    cell: Cell
    rows_left: float


class TableGrid:
    """Collects the rows of one table."""

    def __init__(self) -> None:
        self._groups: list[tuple[GroupKind, list[Row]]] = [("tbody", [])]

    def begin_group(self, kind: GroupKind = "tbody") -> None:
        """Begin a row group, which no cell reaches out of."""
        self._groups.append((kind, []))

    def begin_row(self) -> None:
        """Begin a row. Cells are added to the last one."""
        kind, rows = self._groups[-1]
        rows.append(Row(in_head=kind == "thead"))

    def add(self, cell: Cell) -> None:
        """Add a cell to the row that is open."""
        if not self._groups[-1][1]:
            self.begin_row()
        self._groups[-1][1][-1].cells.append(cell)

    def rows(self) -> Iterator[PlacedRow]:
        """The rows, top to bottom.

        Raises DocumentRejected if the table takes more than MAX_TABLE_CELLS places.
        """
        placed = list(self._placed())
        # A span may be wider than the table, as in <td colspan=100>: it ends with the last column
        # in which a cell begins.
        width = max((start for _, row in placed for start, _ in row), default=0) + 1
        count = 0
        for row, places in placed:
            texts: list[str] = []
            for start, cell in places:
                columns = min(cell.columns, width - start)
                count += start - len(texts) + columns
                if count > MAX_TABLE_CELLS:
                    raise _too_many()
                texts += [""] * (start - len(texts))
                texts += [cell.text, *[cell.repeated] * (columns - 1)]
            names = row.in_head or _is_named(places)
            spans_all = len(places) == 1 and len(texts) == width > 1
            yield PlacedRow(texts, is_header=names and not spans_all, is_title=names and spans_all)

    def _placed(self) -> Iterator[tuple[Row, list[tuple[int, Cell]]]]:
        """Each row, with the column of each cell in it; also of those that began above it."""
        count = 0
        for group in self._in_order():
            spanning: dict[int, _Spanning] = {}  # by the first column
            for row in group:
                places = _places(row, spanning)
                count += len(places)
                if count > MAX_TABLE_CELLS:
                    raise _too_many()
                yield row, places

    def _in_order(self) -> list[list[Row]]:
        """The groups as they are shown: the first head above all, the first foot below."""
        kinds = [kind for kind, _ in self._groups]
        order = list(range(len(kinds)))
        if "thead" in kinds:
            order.insert(0, order.pop(kinds.index("thead")))
        if "tfoot" in kinds:
            foot = kinds.index("tfoot")
            order.remove(foot)
            order.append(foot)
        return [self._groups[at][1] for at in order]


def _places(row: Row, spanning: dict[int, _Spanning]) -> list[tuple[int, Cell]]:
    """Put a row's cells between those that reach into it, and note those that reach further."""
    above = sorted(spanning.items(), reverse=True)  # the next one is the last
    places: list[tuple[int, Cell]] = []
    column, cells = 0, iter(row.cells)
    cell = next(cells, None)
    while cell or above:
        if above and (not cell or above[-1][0] <= column):
            start, span = above.pop()
            places.append((start, span.cell))
            column = max(column, start + span.cell.columns)
            span.rows_left -= 1
            if span.rows_left <= 0:
                del spanning[start]
        elif cell:
            places.append((column, cell))
            rows = float("inf") if cell.rows == 0 else cell.rows
            if rows > 1:
                rest = Cell(cell.repeated, cell.columns, cell.rows, cell.is_header)
                spanning[column] = _Spanning(rest, rows - 1)
            column += cell.columns
            cell = next(cells, None)
    return places


def _is_named(places: list[tuple[int, Cell]]) -> bool:
    named = [cell for _, cell in places if cell.text]
    return bool(named) and all(cell.is_header for cell in named)


def _too_many() -> DocumentRejected:
    return DocumentRejected(
        "invalid_file",
        f"A table of the file has more than {MAX_TABLE_CELLS:,} places, counting what its cells "
        "span (rowspan, colspan), the limit; split the table.",
    )
