"""Headings, code, lists and tables: what begins a block, and what ends it.

Each function takes an element that begins, and gives what to do when it ends.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

from selectolax.lexbor import LexborNode

from handler.documents.html.display import acts_as
from handler.documents.html.list_numbers import ListNumbers
from handler.documents.html.output import Output
from handler.documents.html.table_grid import MAX_COLSPAN, MAX_ROWSPAN, Cell, TableGrid
from handler.documents.html.tags import HEADINGS

Leave = Callable[[], None]
BACKTICKS = re.compile("`{3,}")
MAX_LIST_INDENT = 8  # levels
SPANS = ("colspan", "rowspan")
DIGITS = re.compile(r"\s*\+?(\d{1,9})")


def heading(output: Output, node: LexborNode) -> Leave:
    """A heading; in a cell or in code it is text."""
    tag = node.tag or ""
    level = HEADINGS.get(tag) or _number(node.attributes.get("aria-level"), 2, 6)
    if not output.in_page:
        output.separate("p")
        return partial(output.separate, "p")
    output.begin_line()

    def end() -> None:
        text = output.end_line()
        output.flow.separate("\n\n")
        if text:
            output.flow.end_item()
            output.writer.heading(level or 1, text)

    return end


def code(output: Output, node: LexborNode) -> Leave:
    """Preformatted text, in a fence longer than any in it; in a cell it is text."""
    if not output.in_page:
        output.separate("p")
        return partial(output.separate, "p")
    output.begin_code()

    def end() -> None:
        text = output.end_code().removesuffix("\n")
        output.flow.separate("\n\n")
        if text.strip():
            fence = max([*BACKTICKS.findall(text), "``"], key=len) + "`"
            output.flow.write(f"{fence}\n{text}\n{fence}")
            output.flow.separate("\n\n")

    return end


def list_(output: Output, node: LexborNode) -> Leave:
    """A list, which may number its items."""
    output.separate("ul")
    output.lists.append(ListNumbers.of(node))

    def end() -> None:
        output.lists.pop()
        output.separate("ul")

    return end


def item(output: Output, node: LexborNode) -> Leave:
    """An item of a list, or one that has lost its list."""
    numbers = output.lists[-1] if output.lists else ListNumbers("")
    output.separate("li")
    indent = "  " * min(len(output.lists) - 1, MAX_LIST_INDENT)
    mark = numbers.mark(node)
    output.flow.begin_item(mark, indent=indent, is_first=numbers.items == 1)

    def end() -> None:
        output.flow.end_item()
        output.separate("li")

    return end


def table(output: Output, node: LexborNode) -> Leave:
    """A table; one that lays out the page is read like any other block."""
    output.separate("table")
    if not output.in_page or not output.tables.is_data(node):
        return partial(output.separate, "table")
    grid = output.grid = TableGrid()

    def end() -> None:
        output.grid = None
        _write(output, grid)

    return end


def row_group(output: Output, node: LexborNode) -> Leave:
    """A part of a table: spans end with it."""
    grid = output.grid
    if not grid or not output.in_page:
        return _nothing
    tag = acts_as(node.tag or "", node.attributes)
    grid.begin_group("thead" if tag == "thead" else "tfoot" if tag == "tfoot" else "tbody")
    return grid.begin_group  # of rows that are in none


def row(output: Output, node: LexborNode) -> Leave:
    """A row of a table."""
    if output.grid and output.in_page:
        output.grid.begin_row()
        return _nothing
    output.separate("tr")
    return partial(output.separate, "tr")


def cell(output: Output, node: LexborNode) -> Leave:
    """A cell of a table."""
    grid = output.grid
    if not grid or not output.in_page:
        output.separate("td")
        return partial(output.separate, "td")
    attributes = node.attributes
    spans = [attributes.get(each) or attributes.get(f"aria-{each}") for each in SPANS]
    columns = _number(spans[0], 1, MAX_COLSPAN) or 1
    rows = _number(spans[1], 1, MAX_ROWSPAN)
    is_header = acts_as(node.tag or "", attributes) == "th"
    output.begin_line()

    def end() -> None:
        grid.add(Cell(output.end_line(), columns, rows, is_header=is_header))

    return end


def _write(output: Output, grid: TableGrid) -> None:
    is_begun = False
    for placed in grid.rows():
        if placed.is_title and not is_begun:
            output.flow.separate("\n\n")
            output.flow.write(placed.texts[0])
            continue
        if not is_begun:
            output.writer.begin_table()
            is_begun = True
        output.writer.row(placed.texts, is_header=placed.is_header)
    if is_begun:
        output.writer.end_table()
    output.flow.separate("\n\n")


def _number(text: str | None, default: int, limit: int) -> int:
    found = DIGITS.match(text or "")
    return min(int(found[1]), limit) if found else default


def _nothing() -> None:
    """The end of an element that separates nothing."""
