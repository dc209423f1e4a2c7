"""The used cells of one sheet as text, read one by one: a sheet may be too large for a tree."""

from __future__ import annotations

import re

from handler.documents.sheet import MAX_MERGES, Cell, Grid, Merge
from handler.documents.unread import Unread
from handler.documents.xlsx.number_formats import number_text
from handler.documents.xlsx.workbook import KIND, Workbook, text_of
from handler.documents.xml_tree import (
    Element,
    attribute,
    child,
    children,
    elements,
    local,
)

REFERENCE = re.compile(r"\$?([A-Z]{1,3})\$?([1-9]\d{0,6})")
FILTERED = re.compile(rb"<(?:\w+:)?filterColumn\b")
COLUMNS = 16_384  # of a sheet
MAX_DESCRIPTIONS = 2_000  # of hidden columns; each can claim all of them
YES = ("1", "true")


def read_worksheet(workbook: Workbook, part: str, skipped: Unread) -> Grid:
    """The used cells of a sheet. skipped: counts what is left out.

    Raises DocumentRejected if the sheet is damaged, or its text is too long.
    """
    package = workbook.package
    content = package.archive.read(part)
    tables = [package.archive.read(table) for table in package.targets(part, "table")]
    is_filtered = any(FILTERED.search(each) for each in (content, *tables))
    reader = _Reader(workbook, skipped, is_filtered=is_filtered)
    for element in elements(content, KIND, {"row", "col", "mergeCell"}):
        reader.read(element)
    return reader.grid


class _Reader:
    """Reads rows in order."""

    def __init__(self, workbook: Workbook, skipped: Unread, *, is_filtered: bool) -> None:
        self.grid = Grid()
        self._workbook, self._skipped, self._is_filtered = workbook, skipped, is_filtered
        self._row = -1  # the last one's number
        self._hidden: set[int] = set()  # columns
        self._hidden_seen: set[int] = set()
        self._descriptions = 0  # of columns

    def read(self, element: Element) -> None:
        """Read a row, the description of columns, or a range of merged cells."""
        name = local(element)
        if name == "row":
            self._read_row(element)
        elif name == "col" and _is_hidden(element) and self._descriptions < MAX_DESCRIPTIONS:
            self._descriptions += 1
            first, last = _number(attribute(element, "min")), _number(attribute(element, "max"))
            self._hidden.update(range(max(first - 1, 0), min(last, COLUMNS)))
        elif name == "mergeCell":
            first_cell, _, last_cell = attribute(element, "ref").partition(":")
            first_place, last_place = _place(first_cell), _place(last_cell)
            if first_place and last_place and len(self.grid.merges) < MAX_MERGES:
                self.grid.merges.append(Merge(*first_place, *last_place))

    def _read_row(self, row: Element) -> None:
        number = _number(attribute(row, "r"))
        # Rows that go back would be read twice, and rows without a number follow each other.
        self._row = max(number - 1, self._row + 1)
        if _is_hidden(row) and not self._is_filtered:
            self._skipped["hidden rows"] += 1
            return
        column = -1
        for cell in children(row, "c"):
            place = _place(cell.get("r", ""))
            column = max(place[1], column + 1) if place else column + 1
            if column in self._hidden:
                if column not in self._hidden_seen:
                    self._hidden_seen.add(column)
                    self._skipped["hidden columns"] += 1
                continue
            text, is_number = self._value(cell)
            self.grid.add(self._row, Cell(column, text, is_number))

    def _value(self, cell: Element) -> tuple[str, bool]:
        """A cell's text, and whether it is a number or a date."""
        kind, value = cell.get("t", ""), child(cell, "v")
        if kind == "inlineStr":
            inline = child(cell, "is")
            return ("" if inline is None else text_of(inline)), False
        text = ("" if value is None else value.text or "").strip(" ")
        if not text:
            self._skipped["formulas without a saved value"] += child(cell, "f") is not None
            return "", False
        if kind == "s":
            index = _number(text, -1)
            strings = self._workbook.strings
            return (strings[index] if 0 <= index < len(strings) else ""), False
        if kind == "b":
            return ("TRUE" if text == "1" else "FALSE"), False
        if kind in ("str", "e"):
            return text, False
        if kind == "d":
            return text.removesuffix("T00:00:00").replace("T", " "), True
        try:
            number = float(text)
        except ValueError:
            return text, False
        style = self._workbook.number_kind(cell.get("s", ""))
        if number != number or abs(number) == float("inf"):
            return text, True
        return number_text(number, style, is_1904=self._workbook.is_1904), True


def _is_hidden(element: Element) -> bool:
    """Whether a row or column is hidden, and not only folded into an outline."""
    return attribute(element, "hidden") in YES and attribute(element, "outlineLevel", "0") == "0"


def _number(text: str, otherwise: int = 0) -> int:
    return int(text) if text.isdecimal() and len(text) < 10 else otherwise


def _place(reference: str) -> tuple[int, int] | None:
    """The row and column of "C7", from 0."""
    found = REFERENCE.fullmatch(reference)
    if not found:
        return None
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - 64
    return int(found[2]) - 1, column - 1
