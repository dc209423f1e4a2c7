"""CSV and TSV: each row becomes lines of "name: value" that make sense on their own.

Where nothing shows that a row names the columns, no names are invented: rows are kept whole, with
an empty cell in its place. Does not read spreadsheets: those have to be saved as CSV.
"""

from __future__ import annotations

import re
from array import array

from handler.documents.base64_blobs import Base64Blobs
from handler.documents.document import Document
from handler.documents.line_limit import check_lines
from handler.documents.tables.comments import split_comments
from handler.documents.tables.dialect import find_dialect
from handler.documents.tables.layout import divide
from handler.documents.tables.quotes import check_quotes
from handler.documents.tables.rows import Dialect, read_rows
from handler.documents.tables.sections import SectionWriter
from handler.documents.writer import Writer

__all__ = ["extract_csv"]

# Excel's own line: the delimiter, for programs in other countries.
SEPARATOR_LINE = re.compile(
    r"\s*(?P<quote>\"?)sep=(?P<delimiter>[^\w\"'\n])(?P=quote)[^\S\n]*(?:\n|$)"
)


def extract_csv(text: str, *, delimiter: str | None = None, header: bool | None = None) -> Document:
    """The document of a table.

    delimiter: the character between cells; None to find it. header: whether the first row names
    the columns (the parameter of text/csv in RFC 4180); None to find it out.
    """
    check_lines(text, "CSV file")
    writer = Writer("csv")
    blobs = Base64Blobs()
    text = blobs.leave_out(text.removeprefix("\ufeff"))
    if blobs.warning:
        writer.warn(blobs.warning)
    lines_before = 0
    if separator := SEPARATOR_LINE.match(text):
        delimiter = separator["delimiter"]
        lines_before = text.count("\n", 0, separator.end())
        text = text[separator.end() :]
    elif delimiter and delimiter not in text:
        delimiter = None
    comments, text = split_comments(text)
    lines_before += len(comments)
    # One column, or no table: lines as they are. A cell in quotation marks may have several.
    dialect = find_dialect(text, delimiter=delimiter) or Dialect("\x02")
    if stray := check_quotes(text, dialect, lines_before=lines_before):
        writer.warn(stray.warning)
    widths = array("I", (len(row) * any(row) for row in dialect.reader(text)))
    widths.pop()  # the row that marks the end
    rows = read_rows(text, dialect, lines_before=lines_before)
    SectionWriter(writer, dialect, rows, comments, header=header).write(divide(widths))
    return writer.document()
