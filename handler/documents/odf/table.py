"""The rows of a table in an OpenDocument text. Repeats a cell's text in each place it spans."""

from __future__ import annotations

from collections.abc import Iterator

from handler.documents.odf.characters import Rules, cell_text
from handler.documents.xml_tree import Element, attribute, children, local
from handler.limits import MAX_REPEATED_CHARACTERS

MAX_COLUMNS = 1_000  # of a table in a text: more than any has
GROUPS = {"table-rows", "table-row-group", "table-header-rows"}


def table_rows(table: Element, rules: Rules) -> Iterator[tuple[list[str], bool]]:
    """The cells of each row, and whether the row is marked as a header."""
    spans: dict[int, tuple[int, str]] = {}  # column → rows that its cell still covers, and its text
    budget = MAX_REPEATED_CHARACTERS
    for row, is_header in row_elements(table):
        cells: list[str] = []
        left = 0  # columns that the cell on the left still covers
        for cell in children(row, "table-cell", "covered-table-cell"):
            if len(cells) >= MAX_COLUMNS:
                break
            repeated = min(count(cell, "number-columns-repeated"), MAX_COLUMNS - len(cells))
            if local(cell) == "covered-table-cell":
                for _ in range(repeated):
                    column = len(cells)
                    rows, above = spans.get(column, (0, ""))
                    text = above if rows else cells[-1] if left and cells else ""
                    spans[column] = (max(rows - 1, 0), above)
                    left = max(left - 1, 0)
                    budget -= len(text) + 1
                    cells.append(text if budget > 0 else "")
                continue
            text = cell_text(cell, rules)
            left = count(cell, "number-columns-spanned") - 1
            below = count(cell, "number-rows-spanned") - 1
            width = min(left + 1, MAX_COLUMNS - len(cells)) if below or left else 1
            budget -= width + len(text) * (repeated - 1)
            if budget > 0:
                spans.update({len(cells) + column: (below, text) for column in range(width)})
            cells += [text] * (repeated if budget > 0 else 1)
        yield cells, is_header


def row_elements(parent: Element, *, is_header: bool = False) -> Iterator[tuple[Element, bool]]:
    """The rows of a table, those in groups included, and whether they are its header."""
    for element in parent:
        name = local(element)
        if name == "table-row":
            yield element, is_header
        elif name in GROUPS:
            yield from row_elements(element, is_header=is_header or name == "table-header-rows")


def count(element: Element, name: str) -> int:
    """The number of columns or rows that an attribute states; 1 if it states none."""
    text = attribute(element, name, "1")
    return max(1, int(text)) if text.isdecimal() and len(text) < 10 else 1
