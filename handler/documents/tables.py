"""CSV: each row becomes lines of "header: value" that make sense on their own.

Does not read spreadsheets: those have to be saved as CSV.
"""

from __future__ import annotations

import csv
import io
import re

from handler.documents.document import Document
from handler.documents.writer import Writer
from handler.errors import DocumentRejected
from handler.limits import MAX_CHARACTERS

DELIMITERS = ",;\t|"
SNIFFED = 16_384  # characters; the sniffer's time grows with their square
MAX_COLUMN_NAME = 100  # characters; a longer cell is data
NUMBER_OR_DATE = re.compile(r"[-+(]?[\d.,:/\s-]*\d[\d.,:/\s-]*[)%€$£]?")


def extract_csv(text: str, *, delimiter: str | None = None, header: bool | None = None) -> Document:
    """The document of a table.

    delimiter: the character between cells; None to detect it. header: whether the first row names
    the columns (the parameter of text/csv in RFC 4180); None to detect it.
    """
    csv.field_size_limit(MAX_CHARACTERS)
    dialect = _dialect(text[:SNIFFED])
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
        data_rows = 0
        for row in rows:
            _write(writer, row, names)
            data_rows += 1
    except csv.Error as error:
        raise DocumentRejected(
            "invalid_file",
            f"The CSV file cannot be read at line {rows.line_num:,}: {error}. "
            "Is a quotation mark missing?",
        ) from error
    if names and not data_rows:  # only a header: it is all there is to read
        _write(writer, first, [])
    return writer.document()


def _write(writer: Writer, row: list[str], names: list[str]) -> None:
    cells = [(column, cell.strip()) for column, cell in enumerate(row) if cell.strip()]
    writer.separate("\n\n")
    if names:
        lines = []
        for column, cell in cells:
            name = names[column] if column < len(names) else ""
            lines.append(f"{name or f'column {column + 1}'}: {cell}")
        writer.write("\n".join(lines))
    else:
        writer.write("; ".join(cell for _, cell in cells))


def _dialect(sample: str) -> type[csv.Dialect]:
    # Leave out a last line that is cut: it may have too few delimiters.
    lines = sample.splitlines(keepends=True)
    sample = "".join(lines[:-1]) if len(lines) > 1 and len(sample) == SNIFFED else sample
    try:
        dialect = csv.Sniffer().sniff(sample, DELIMITERS)
    except csv.Error:  # usually a table of one column
        return csv.excel
    if dialect.delimiter not in DELIMITERS:
        return csv.excel
    dialect.doublequote = True  # the sniffer knows only of those in the sample
    dialect.skipinitialspace = True  # `a, "b, c"` is two cells
    return dialect


def _is_header(row: list[str]) -> bool:
    """Whether a first row looks like names: no cell empty, repeated, long or a number."""
    cells = [cell.strip() for cell in row]
    return (
        len(set(cells)) == len(cells)
        and all(0 < len(cell) <= MAX_COLUMN_NAME for cell in cells)
        and not any(NUMBER_OR_DATE.fullmatch(cell) for cell in cells)
    )
