"""The rows of a table with every value in its column, cells that span several included.

A value is repeated in each place that its cell spans: a search then finds it in each row. Long
texts are not, but keep their places, and so does a row's only text. In a form, whose cells begin
anywhere, each cell is written once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from handler.documents.docx.blocks import CELL, ROW, inside
from handler.documents.docx.names import VAL, Element, is_on, name, number, value
from handler.documents.docx.tally import Tally

ROW_PROPERTIES, CELL_PROPERTIES = name("w:trPr"), name("w:tcPr")
BEFORE, AFTER, SPAN = name("w:gridBefore"), name("w:gridAfter"), name("w:gridSpan")
VERTICAL, HORIZONTAL = name("w:vMerge"), name("w:hMerge")
HEADER, HIDDEN, DELETED = name("w:tblHeader"), name("w:hidden"), name("w:del")
CELL_DELETED = name("w:cellDel")
LOOK = name("w:tblLook")
FIRST_ROW = 0x20  # in the number of a w:tblLook
MAX_COLUMNS = 63  # Word's own limit: https://support.microsoft.com, "Operating parameter limits"
MAX_PLAIN_COLUMNS = 6  # a table of so many has its spans repeated, whatever its rows are
FILLED = 0.75  # of the columns: the share for which some row of a table has cells
MAX_REPEATED = 200  # characters of a text that is repeated
MAX_NAME = 100  # characters of a column's name


@dataclass(frozen=True)
class Row:
    """One row, with a text for each column."""

    cells: list[str]
    is_header: bool


def rows(table: Element, text_of: Callable[[Element], str], tally: Tally) -> Iterator[Row]:
    """The rows of a table. text_of: reads a cell; each cell is read once, in order."""
    elements = list(inside(table, {ROW}))
    grid = _Grid(elements, text_of)
    for at, element in enumerate(elements):
        properties = element.find(ROW_PROPERTIES)
        if properties is not None and properties.find(DELETED) is not None:
            tally.deletions += 1
            continue
        if is_on(properties, HIDDEN):
            tally.hidden += 1
            continue
        cells = grid.cells(element)
        is_header = at == 0 and (
            bool(is_on(properties, HEADER)) or (len(elements) > 1 and _names(table, cells))
        )
        yield Row(_once(cells, element), is_header)


class _Grid:
    """Puts the cells of a table's rows into columns."""

    def __init__(self, elements: list[Element], text_of: Callable[[Element], str]) -> None:
        self._text_of = text_of
        self._above: dict[int, str] = {}  # by column: the text of a cell that goes on below
        properties = [element.find(ROW_PROPERTIES) for element in elements]
        # Columns that all rows skip are no columns.
        self._before = min((_places(each, BEFORE) for each in properties), default=0)
        self._after = min((_places(each, AFTER) for each in properties), default=0)
        self._is_form = _is_form([_spans(element) for element in elements])

    def cells(self, row: Element) -> list[str]:
        """A text for each column of a row."""
        row_properties = row.find(ROW_PROPERTIES)
        column = _places(row_properties, BEFORE) - self._before
        cells = [""] * min(column, 1 if self._is_form else column)
        last = ""  # the text of the cell to the left
        for cell in inside(row, {CELL}):
            properties = cell.find(CELL_PROPERTIES)
            last = self._cell(cell, properties, column, last)
            span = _span(properties)
            column += span
            # Only what is repeated is bounded: other programs write more columns than Word.
            places = 1 if self._is_form else min(span, max(MAX_COLUMNS - len(cells), 1))
            cells += [last, *[_repeated(last)] * (places - 1)]
        after = 0 if self._is_form else _places(row_properties, AFTER) - self._after
        return cells + [""] * after

    def _cell(self, cell: Element, properties: Element | None, column: int, last: str) -> str:
        vertical = _merge(properties, VERTICAL)
        if vertical == "continue" and column in self._above:
            return self._above[column]
        if _merge(properties, HORIZONTAL) == "continue":
            return _repeated(last)
        is_deleted = properties is not None and properties.find(CELL_DELETED) is not None
        text = "" if is_deleted else self._text_of(cell)
        self._above.pop(column, None)
        if vertical == "restart":
            self._above[column] = _repeated(text)
        return text


def _span(properties: Element | None) -> int:
    return max(_places(properties, SPAN), 1)


def _spans(row: Element) -> list[int]:
    return [_span(cell.find(CELL_PROPERTIES)) for cell in inside(row, {CELL})]


def _is_form(rows: list[list[int]]) -> bool:
    """Whether a table has so many borders that no row has a cell for most of its columns.

    Cells of forms begin anywhere. Rows of one pattern still have their values in one order.
    """
    width = max((sum(row) for row in rows), default=0)
    most = max((len(row) for row in rows), default=0)
    return width > MAX_PLAIN_COLUMNS and most < width * FILLED


def _once(cells: list[str], row: Element) -> list[str]:
    """A row that one cell fills says its text once: it is about the whole row."""
    is_one = len(set(filter(None, cells))) == 1 and len(list(inside(row, {CELL}))) == 1
    text = next(filter(None, cells), "")
    first = cells.index(text) if is_one else 0
    return [cell if at <= first else "" for at, cell in enumerate(cells)] if is_one else cells


def _places(properties: Element | None, tag: str) -> int:
    return min(max(number(value(properties, tag)) or 0, 0), MAX_COLUMNS)


def _merge(properties: Element | None, tag: str) -> str:
    """ "restart" where a merged cell begins, "continue" where it goes on, "" for other cells."""
    found = None if properties is None else properties.find(tag)
    return "" if found is None else found.get(VAL, "continue")


def _repeated(text: str) -> str:
    return text if len(text) <= MAX_REPEATED else ""


def _names(table: Element, cells: list[str]) -> bool:
    """Whether the first row looks like the columns' names.

    Word sets the look's "first row" for nearly every table, so the texts have a say.
    """
    look = next(inside_properties(table), None)
    if look is None or len(cells) < 2:
        return False
    is_set = look.get(name("w:firstRow"))
    bits = look.get(VAL, "0")
    try:
        is_first = bool(int(bits, 16) & FIRST_ROW) if is_set is None else is_set in ("1", "true")
    except ValueError:
        return False
    return is_first and all(0 < len(text) <= MAX_NAME for text in cells)


def inside_properties(table: Element) -> Iterator[Element]:
    """The table's look, if it has one."""
    properties = table.find(name("w:tblPr"))
    if properties is not None:
        yield from properties.findall(LOOK)
