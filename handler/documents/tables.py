"""CSV: each row as lines of "header: value", so that a row can be read by itself."""

from __future__ import annotations

import csv
import io
import re

from handler.documents.document import Document
from handler.documents.writer import Writer
from handler.errors import DocumentRejected
from handler.limits import MAX_CHARACTERS

DELIMITERS = ",;\t|"
SAMPLE = 16_384  # characters; the sniffer's time grows with the square
MAX_NAME = 100  # characters that a column's name has at most
NUMBER_OR_DATE = re.compile(r"[-+(]?[\d.,:/\s-]*\d[\d.,:/\s-]*[)%€$£]?")


def extract_csv(text: str, *, delimiter: str | None = None, header: bool | None = None) -> Document:
    """The document of a table in `text`.

    delimiter: what is between cells, if that is known. header: whether the first row holds the
    names of the columns (RFC 4180's parameter of text/csv); None: tell by looking at it.
    """
    csv.field_size_limit(MAX_CHARACTERS)
    dialect = _dialect(text[:SAMPLE])
    delimiter = delimiter or dialect.delimiter
    rows = csv.reader(io.StringIO(text, newline=""), dialect, delimiter=delimiter)
    writer = Writer("csv")
    try:
        first = next((row for row in rows if any(cell.strip() for cell in row)), [])
        names: list[str] = []
        if header or (header is None and _is_header(first)):
            names = [" ".join(name.split()) for name in first]
        else:
            _write(writer, first, names)
        rest = 0
        for row in rows:
            _write(writer, row, names)
            rest += 1
    except csv.Error as error:
        raise DocumentRejected(
            "invalid_file",
            f"The CSV file cannot be read at line {rows.line_num:,}: {error}. "
            "Is a quotation mark missing?",
        ) from error
    if names and not rest:  # a header and no rows: then that is what there is to read
        _write(writer, first, [])
    return writer.document()


def _write(writer: Writer, row: list[str], names: list[str]) -> None:
    cells = [(place, cell.strip()) for place, cell in enumerate(row) if cell.strip()]
    writer.separate("\n\n")
    if names:
        lines = []
        for place, cell in cells:
            name = names[place] if place < len(names) else ""
            lines.append(f"{name or f'column {place + 1}'}: {cell}")
        writer.write("\n".join(lines))
    else:
        writer.write("; ".join(cell for _, cell in cells))


def _dialect(sample: str) -> type[csv.Dialect]:
    # A line that the sample's end cuts in two would have too few delimiters.
    lines = sample.splitlines(keepends=True)
    sample = "".join(lines[:-1]) if len(lines) > 1 and len(sample) == SAMPLE else sample
    try:
        dialect = csv.Sniffer().sniff(sample, DELIMITERS)
    except csv.Error:  # one column, mostly
        return csv.excel
    if dialect.delimiter not in DELIMITERS:
        return csv.excel
    dialect.doublequote = True  # it sees "" only where the sample has them
    dialect.skipinitialspace = True  # `a, "b, c"` means two cells
    return dialect


def _is_header(row: list[str]) -> bool:
    """Whether a first row looks like names: all there, all different, short, and no numbers."""
    cells = [cell.strip() for cell in row]
    return (
        len(set(cells)) == len(cells)
        and all(0 < len(cell) <= MAX_NAME for cell in cells)
        and not any(NUMBER_OR_DATE.fullmatch(cell) for cell in cells)
    )
