"""Writes a file's sections: its tables row by row, and the lines beside them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, islice

from handler.documents.tables.comments import without_mark
from handler.documents.tables.header import is_header
from handler.documents.tables.layout import Section
from handler.documents.tables.lines_above import lines_above
from handler.documents.tables.records import Records
from handler.documents.tables.rows import Dialect, Row, read_rows
from handler.documents.tables.two_rows import joined_names
from handler.documents.writer import Writer

# Rows that are looked at for a header, and cells in them: a file can have a million columns.
SAMPLE_ROWS, SAMPLE_CELLS = 1_000, 200_000


class SectionWriter:
    """Writes the sections of one file, which read one stream of rows."""

    def __init__(
        self,
        writer: Writer,
        dialect: Dialect,
        rows: Iterator[Row],
        comments: Sequence[str],
        *,
        header: bool | None,
    ) -> None:
        self._dialect, self._rows, self._header = dialect, rows, header
        self._comments = [comment for comment in comments if comment.strip()]
        self._records = Records(writer)
        self._tables = 0

    def write(self, sections: Sequence[Section]) -> None:
        for section in sections:
            rows = (row for row in islice(self._rows, section.rows) if not row.is_blank)
            if section.is_text:
                self._write_comments()
                for row in rows:
                    self._records.write_text(row)
            else:
                self._write_table(section, rows)
        self._write_comments()
        self._records.finish()

    def _write_table(self, section: Section, rows: Iterator[Row]) -> None:
        sample = _sample(rows)
        above = 0 if self._header else lines_above([row.cells for row in sample], section.width)
        table = sample[above:]
        cells = [row.cells for row in table]
        joined = None if self._header is False else joined_names(cells)
        names = joined.names if joined else self._names(section, cells)
        self._write_comments()
        for row in sample[:above]:
            self._records.write_text(row)
        names_rows = joined.rows if joined else int(names is not None and names is cells[0])
        if names is not None or not section.continues:
            self._records.begin(names, table[names_rows:])
        for row in chain(table[names_rows:], rows):
            self._records.write(row)
        self._tables += 1

    def _names(self, section: Section, cells: Sequence[list[str]]) -> list[str] | None:
        """The names of a table's columns; None if it has none, or goes on with those above."""
        first = self._tables == 0 and not section.is_aside
        if first and self._header is not None:
            return cells[0] if self._header and cells else None
        if not cells or (section.is_aside and section.width == 2):
            return None
        # Below a table of the same width, a row with an empty cell is a row of that table.
        may_be = all(cells[0]) or not section.continues
        if may_be and is_header(cells[0], cells[1 : 1 + SAMPLE_ROWS]):
            return cells[0]
        return self._commented_names(cells) if first else None

    def _commented_names(self, cells: Sequence[list[str]]) -> list[str] | None:
        """The last comment, if it has a cell for each column: `#city,year`."""
        if not self._comments:
            return None
        comment = without_mark(self._comments[-1])
        row = next(read_rows(comment, self._dialect), None)
        names = row.cells if row else []
        if len(names) < 2 or any(len(row) != len(names) for row in cells) or not all(names):
            return None
        self._comments.pop()
        return names

    def _write_comments(self) -> None:
        for comment in self._comments:
            self._records.write_line(comment)
        self._comments = []


def _sample(rows: Iterator[Row]) -> list[Row]:
    """The first rows, as far as they are not too many cells."""
    sample: list[Row] = []
    cells = 0
    for row in islice(rows, SAMPLE_ROWS):
        sample.append(row)
        cells += len(row.cells)
        if cells > SAMPLE_CELLS:
            break
    return sample
