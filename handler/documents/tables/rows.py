"""Text to rows of cells, in a known dialect. Finds no dialect and no header."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Protocol

from handler.limits import MAX_CHARACTERS


class Rows(Protocol):
    """The library's reader."""

    @property
    def line_num(self) -> int: ...
    def __iter__(self) -> Iterator[list[str]]: ...
    def __next__(self) -> list[str]: ...


# A line after the last one. Clean text has no such character, so if the last row is not this one,
# a quotation mark is still open.
END = "\x01"
TOO_LARGE = "field larger than field limit"  # how the message of the library begins


@dataclass(frozen=True)
class Dialect:
    """What separates cells, and what protects a separator in a cell."""

    delimiter: str
    quote: str = '"'  # "": no character quotes
    backslash: bool = False  # \\" is a quotation mark in a cell; otherwise it is doubled

    def reader(self, text: str, *, strict: bool = False) -> Rows:
        """The rows of `text`, and one that is [END]. strict: raise csv.Error for stray quotes."""
        csv.field_size_limit(MAX_CHARACTERS)
        if self.backslash:
            # Only before these is a backslash an escape; elsewhere it is a path, or means \n.
            text = re.sub(rf'\\(?!["\\{re.escape(self.delimiter)}])', r"\\\\", text)
        return csv.reader(
            chain(io.StringIO(text, newline="\n"), [END]),
            delimiter=self.delimiter,
            quotechar=self.quote or None,
            quoting=csv.QUOTE_MINIMAL if self.quote else csv.QUOTE_NONE,
            escapechar="\\" if self.backslash else None,
            skipinitialspace=self.delimiter != " ",  # `a, "b, c"` is two cells
            strict=strict,
        )


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table."""

    line: int  # its last line, from 1
    cells: list[str]  # stripped

    @property
    def is_blank(self) -> bool:
        return not any(self.cells)


def read_rows(text: str, dialect: Dialect, *, lines_before: int = 0) -> Iterator[Row]:
    """All rows, blank ones too. Raises csv.Error for a cell over the limit."""
    reader = dialect.reader(text)
    for cells in reader:
        if cells != [END]:
            yield Row(reader.line_num + lines_before, [_clean(cell) for cell in cells])


def _clean(cell: str) -> str:
    cell = cell.strip()
    return "" if cell == r"\N" else cell  # how MySQL, PostgreSQL and Spark write NULL
