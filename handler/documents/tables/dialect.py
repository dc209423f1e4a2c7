r"""Finds the dialect of a table: the one that divides the whole text into the most even rows.

Candidates are the delimiters , ; tab and |, the quotation marks " and ', and both ways to write a
quotation mark in a cell: doubled, or after a backslash. Finds no header.
"""

from __future__ import annotations

import csv
import re
from array import array
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, pairwise
from operator import eq

from handler.documents.tables.kinds import NUMBER
from handler.documents.tables.quotes import has_unclosed
from handler.documents.tables.rows import Dialect, read_rows

DELIMITERS = ",;\t|"
# A dialect that divides fewer rows evenly is none: the file is prose, or has one column.
MIN_EVENNESS = 0.4
MIN_EVENNESS_BELOW_ONE_CELL = 0.7  # where the first row has one cell
MIN_ROWS_OF_PROSE = 5
CLOSE = 0.05  # dialects that are nearly as even as the best are compared by their cells
MAX_LINES_ABOVE = 30  # of one cell, above a table
SAMPLE = 500  # rows whose cells are compared
OPEN_AT_THE_END = "unexpected end of data"  # the library's message
# A delimiter within a cell: another one might divide better. A comma before a space is prose.
DELIMITER_IN_CELL = re.compile(r"[;\t|]|,(?=\S)")


@dataclass(frozen=True)
class _Fit:
    """How well a dialect divides a text."""

    dialect: Dialect
    evenness: float  # 1: all rows have equally many cells, and more than one
    first_width: int  # cells of the first row
    rows: int
    stray: int  # rows that the dialect's quotation marks do not explain
    is_open: bool  # a quotation mark is never closed

    @property
    def score(self) -> float:
        return self.evenness - self.stray / max(1, self.rows) - self.is_open


def find_dialect(text: str, *, delimiter: str | None = None) -> Dialect | None:
    """The dialect; None if the text has one column. delimiter: the declared one."""
    fits = [_fit(text, dialect) for dialect in _candidates(text, delimiter)]
    if not fits:
        return None
    best = max(fits, key=lambda fit: fit.score)
    close = [fit for fit in fits if fit.score >= best.score - CLOSE]
    if len(close) > 1:
        best = max(close, key=lambda fit: (_cleanness(text, fit.dialect), fit.score))
    if best.stray or best.is_open:
        best = _without_quotes(text, best)
    prose = best.rows >= MIN_ROWS_OF_PROSE and best.evenness < MIN_EVENNESS
    one_column = best.first_width == 1 and best.evenness < MIN_EVENNESS_BELOW_ONE_CELL
    return None if (prose or one_column) and not delimiter else best.dialect


def _candidates(text: str, declared: str | None) -> Iterator[Dialect]:
    delimiters = [declared] if declared else [each for each in DELIMITERS if each in text]
    for delimiter in delimiters:
        yield Dialect(delimiter)
        if "\\" in text and re.search(rf'\\["{re.escape(delimiter)}]', text):
            yield Dialect(delimiter, backslash=True)
        if '"' not in text and "'" in text:
            cell = rf"(?:^|{re.escape(delimiter)}) *'[^'\n]*' *(?={re.escape(delimiter)}|$)"
            if re.search(cell, text, re.MULTILINE):
                yield Dialect(delimiter, quote="'")


def _fit(text: str, dialect: Dialect) -> _Fit:
    rows = dialect.reader(text, strict=True)
    widths = array("I")  # without blank lines
    stray, is_open = 0, False
    while True:
        try:
            widths.extend(filter(None, map(len, rows)))
            break
        except csv.Error as error:
            is_open = str(error) == OPEN_AT_THE_END
            stray += not is_open
    if widths and not is_open:
        widths.pop()  # the row [END]
    if not widths:
        return _Fit(dialect, 0, 0, 0, stray, is_open)
    first_width = widths[0]
    above = next((at for at, width in enumerate(widths) if width > 1), 0)
    if above <= MAX_LINES_ABOVE:
        widths = widths[above:]  # a title divides nothing
    several = Counter(width for width in widths if width > 1)
    most_common = several.most_common(1)[0][1] if several else 0
    evenness = (_even_neighbours(widths) + most_common / len(widths)) / 2
    return _Fit(dialect, evenness, first_width, len(widths), stray, is_open)


def _even_neighbours(widths: array[int]) -> float:
    """The share of rows that are as wide as the next one, and have several cells."""
    if len(widths) == 1:
        return float(widths[0] > 1)
    pairs: int = sum(map(eq, widths, widths[1:]))
    if 1 in widths:
        pairs -= Counter(pairwise(widths))[1, 1]
    return pairs / (len(widths) - 1)


def _cleanness(text: str, dialect: Dialect) -> float:
    """The share of cells in which no other delimiter is."""
    rows = islice(read_rows(text, dialect), SAMPLE)
    cells = [cell for row in rows for cell in row.cells]
    clean = sum(
        not DELIMITER_IN_CELL.search(cell) or bool(NUMBER.fullmatch(cell)) for cell in cells
    )
    return clean / max(1, len(cells))


def _without_quotes(text: str, fit: _Fit) -> _Fit:
    """The same dialect without quotation marks, if that explains the text better.

    Programs that write tabs often quote nothing: `"Heroes" by Bowie` is a cell as it is.
    """
    dialect, delimiter = fit.dialect, re.escape(fit.dialect.delimiter)
    if dialect.delimiter != "\t" and (fit.is_open or has_unclosed(text, dialect)):
        return fit  # more probable: a quotation mark was forgotten
    quote = re.escape(dialect.quote)
    cell = rf"(?:^|{delimiter}){quote}[^{quote}\n]*{quote}(?={delimiter}|$)"
    quoted = sum(1 for _ in re.finditer(cell, text, re.MULTILINE))
    plain = _fit(text, Dialect(dialect.delimiter, quote=""))
    if plain.evenness >= fit.evenness and quoted <= fit.stray + fit.is_open:
        return plain
    return fit
