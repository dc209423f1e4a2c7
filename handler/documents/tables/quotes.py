"""Finds quotation marks that are never closed, and the line where they open."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass

from handler.documents.tables.rows import END, TOO_LARGE, Dialect
from handler.errors import DocumentRejected
from handler.limits import MAX_CHARACTERS


@dataclass(frozen=True)
class StrayQuotes:
    """Rows in which text follows a closing quotation mark, as in `"a" b,c`."""

    rows: int
    first_line: int

    @property
    def warning(self) -> str:
        rows = "1 row has" if self.rows == 1 else f"{self.rows:,} rows have"
        return (
            f"{rows} text behind a closing quotation mark, the first at line {self.first_line:,}; "
            "cells may be divided in the wrong place there."
        )


def check_quotes(text: str, dialect: Dialect, *, lines_before: int = 0) -> StrayQuotes | None:
    """The stray quotation marks, if there are any.

    Raises DocumentRejected if one is never closed, or closes only where another cell's opens.
    """
    reader = dialect.reader(text, strict=True)
    stray: list[int] = []
    begin = 1  # the line at which the current row begins
    while True:
        try:
            row = next(reader)
            if row == [END]:
                return StrayQuotes(len(stray), stray[0] + lines_before) if stray else None
        except StopIteration:
            raise _unclosed(text, dialect, begin, lines_before) from None
        except csv.Error as error:
            several_lines = reader.line_num > begin
            if str(error).startswith(TOO_LARGE) and not several_lines:
                raise DocumentRejected(
                    "invalid_file",
                    f"The cell at line {begin + lines_before:,} of the CSV file has more than "
                    f"{MAX_CHARACTERS:,} characters, the limit; split it.",
                ) from error
            if several_lines:
                raise _unclosed(text, dialect, begin, lines_before) from error
            stray.append(begin)
        begin = reader.line_num + 1


def has_unclosed(text: str, dialect: Dialect) -> bool:
    """Whether check_quotes refuses the text."""
    try:
        check_quotes(text, dialect)
    except DocumentRejected:
        return True
    return False


def _unclosed(text: str, dialect: Dialect, begin: int, lines_before: int) -> DocumentRejected:
    line = begin + _lines_to_opening(text, dialect, begin) + lines_before
    return DocumentRejected(
        "invalid_file",
        f"The CSV file has a quotation mark at line {line:,} that opens a cell and is not closed; "
        "close it, or write it twice in a cell that is in quotation marks.",
    )


def _lines_to_opening(text: str, dialect: Dialect, begin: int) -> int:
    """The lines from the begin of a row to its first cell whose quotation mark is not closed."""
    position = 0
    for _ in range(begin - 1):
        position = text.index("\n", position) + 1
    start = position
    quote, delimiter = re.escape(dialect.quote), re.escape(dialect.delimiter)
    escaped = r"|\\." if dialect.backslash else ""
    backslash = r"\\" if dialect.backslash else ""
    quoted = re.compile(
        rf" *{quote}(?:[^{quote}{backslash}]|{quote}{quote}{escaped})*+{quote} *"
        rf"(?={delimiter}|\n|\Z)",
        re.DOTALL,
    )
    plain = re.compile(rf"(?! *{quote})[^{delimiter}\n]*+")
    while found := quoted.match(text, position) or plain.match(text, position):
        position = found.end() + 1
        if position > len(text):
            break
    return text.count("\n", start, position)
