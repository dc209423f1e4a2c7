"""Old Excel (.xls): each sheet under its name, its cells as tables. Calculates nothing.

Leaves out hidden sheets, rows and columns and comments, and counts them. Charts and text boxes
are not read.
"""

from __future__ import annotations

import io
import struct
from typing import Any

import xlrd  # type: ignore[import-untyped]
from xlrd.compdoc import CompDocError  # type: ignore[import-untyped]

from handler.documents.document import Document
from handler.documents.sheet import Cell, Grid, Merge, write_sheet
from handler.documents.unread import Unread
from handler.documents.writer import Writer
from handler.documents.xlsx.number_formats import kind_of, number_text
from handler.errors import DocumentRejected

ENCRYPTED = "The Excel file is encrypted; save it without a password."
DAMAGED = "The old Excel file (.xls) is damaged, or of a version before 5.0; save it as .xlsx."
FILTER = "_FilterDatabase"  # the name of a sheet's rows while some may be filtered out
# What xlrd raises for damaged files, beside its own error.
ERRORS = (
    *(xlrd.XLRDError, CompDocError, struct.error, AssertionError, LookupError, ValueError),
    *(TypeError, AttributeError, ArithmeticError, EOFError, NotImplementedError),
)


def extract_xls(content: bytes) -> Document:
    """The document of an old workbook. Raises DocumentRejected if it is damaged or encrypted."""
    try:
        book = xlrd.open_workbook(
            file_contents=content, logfile=io.StringIO(), formatting_info=True, on_demand=True
        )
        return _read(book)
    except ERRORS as error:
        message = ENCRYPTED if "encrypted" in str(error) else DAMAGED
        raise DocumentRejected("invalid_file", message) from error


def _read(book: xlrd.Book) -> Document:
    writer = Writer("xls", is_markdown=True)
    skipped = Unread()
    for number in range(book.nsheets):
        sheet = book.sheet_by_index(number)
        if sheet.visibility:
            skipped["hidden sheets"] += 1
        elif (grid := _grid(book, sheet, skipped)).rows:
            writer.heading(1, sheet.name)
            write_sheet(writer, grid)
        book.unload_sheet(number)
    skipped.report(writer, "Excel file")
    return writer.document()


def _grid(book: xlrd.Book, sheet: xlrd.sheet.Sheet, skipped: Unread) -> Grid:
    grid = Grid()
    hidden = _hidden_columns(sheet)
    is_filtered = any(
        name.name == FILTER and name.scope == sheet.number for name in book.name_obj_list
    )
    for row in range(sheet.nrows):
        if not is_filtered and _is_hidden(sheet.rowinfo_map.get(row)):
            skipped["hidden rows"] += 1
            continue
        for column in range(sheet.row_len(row)):
            if column in hidden:
                continue
            grid.add(row, _cell(book, sheet, row, column))
    for first_row, end_row, first_column, end_column in sheet.merged_cells:
        grid.merges.append(Merge(first_row, first_column, end_row - 1, end_column - 1))
    for what, count in (("hidden columns", hidden), ("comments", sheet.cell_note_map)):
        if count:
            skipped[what] += len(count)
    return grid


def _hidden_columns(sheet: xlrd.sheet.Sheet) -> set[int]:
    """The used columns that are hidden."""
    return {
        column
        for column, info in sheet.colinfo_map.items()
        if column < sheet.ncols and _is_hidden(info)
    }


def _is_hidden(info: Any) -> bool:
    """Whether a row or column is hidden, and not only folded into an outline."""
    return info is not None and bool(info.hidden) and not info.outline_level


def _cell(book: xlrd.Book, sheet: xlrd.sheet.Sheet, row: int, column: int) -> Cell:
    kind, value = sheet.cell_type(row, column), sheet.cell_value(row, column)
    if kind == xlrd.XL_CELL_TEXT:
        return Cell(column, value)
    if kind in (xlrd.XL_CELL_NUMBER, xlrd.XL_CELL_DATE):
        style = book.xf_list[sheet.cell_xf_index(row, column)]
        shown = book.format_map.get(style.format_key)
        text = number_text(
            value, kind_of(shown.format_str if shown else ""), is_1904=bool(book.datemode)
        )
        return Cell(column, text, is_number=True)
    if kind == xlrd.XL_CELL_BOOLEAN:
        return Cell(column, "TRUE" if value else "FALSE")
    if kind == xlrd.XL_CELL_ERROR:
        return Cell(column, xlrd.error_text_from_code.get(value, "#ERROR"))
    return Cell(column, "")
