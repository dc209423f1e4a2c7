"""The sheets of an OpenDocument spreadsheet, each under its name."""

from __future__ import annotations

from handler.documents.odf.blocks import BlockWriter
from handler.documents.odf.characters import cell_text
from handler.documents.odf.table import count, row_elements
from handler.documents.sheet import MAX_MERGES, Cell, Grid, Merge, write_sheet
from handler.documents.xml_tree import Element, attribute, children, descendants, local

COLUMNS = 16_384  # of a sheet
NUMBERS = {"float", "percentage", "currency", "date", "time"}


def write_spreadsheet(blocks: BlockWriter, body: Element, level: int) -> None:
    """Write the sheets that are shown. level: of their headings."""
    for table in children(body, "table"):
        if blocks.styles.is_hidden(table):
            blocks.skipped["hidden sheets"] += 1
            continue
        grid = _grid(blocks, table)
        if grid.rows:
            blocks.writer.heading(level, attribute(table, "name"))
            write_sheet(blocks.writer, grid)
        for shapes in children(table, "shapes"):
            blocks.write(shapes)


def _grid(blocks: BlockWriter, table: Element) -> Grid:
    grid = Grid()
    hidden = _hidden_columns(table)
    number = 0
    for row, _ in row_elements(table):
        repeated = count(row, "number-rows-repeated")
        if attribute(row, "visibility") == "collapse":
            blocks.skipped["hidden rows"] += sum(1 for _ in descendants(row, "p")) > 0
        else:
            cells = _cells(blocks, grid, row, number, hidden)
            # A row without text can be repeated a million times.
            for same in range(number, number + repeated if cells else number):
                for cell in cells:
                    grid.add(same, cell)
        number += repeated
    return grid


def _cells(
    blocks: BlockWriter, grid: Grid, row: Element, number: int, hidden: set[int]
) -> list[Cell]:
    cells: list[Cell] = []
    column = 0
    for cell in children(row, "table-cell", "covered-table-cell"):
        repeated = count(cell, "number-columns-repeated")
        text = _value(blocks, cell) if local(cell) == "table-cell" else ""
        is_number = attribute(cell, "value-type") in NUMBERS
        if text:
            places = range(column, min(column + repeated, COLUMNS))
            cells += [Cell(place, text, is_number) for place in places if place not in hidden]
            wide, high = count(cell, "number-columns-spanned"), count(cell, "number-rows-spanned")
            if (wide > 1 or high > 1) and len(grid.merges) < MAX_MERGES:
                grid.merges.append(Merge(number, column, number + high - 1, column + wide - 1))
        column += repeated
        if column >= COLUMNS:
            break
    return cells


def _value(blocks: BlockWriter, cell: Element) -> str:
    """A cell's text: as shown, but dates as ISO dates."""
    text = cell_text(cell, blocks.rules)
    if attribute(cell, "value-type") == "date":
        date = attribute(cell, "date-value").replace("T", " ")
        return date.removesuffix(" 00:00:00") or text
    return text or attribute(cell, "value")


def _hidden_columns(table: Element) -> set[int]:
    """The columns that are hidden."""
    found: set[int] = set()
    column = 0
    for each in descendants(table, "table-column"):
        repeated = count(each, "number-columns-repeated")
        if attribute(each, "visibility") == "collapse":
            found.update(range(column, min(column + repeated, COLUMNS)))
        column += repeated
        if column >= COLUMNS:
            break
    return found
