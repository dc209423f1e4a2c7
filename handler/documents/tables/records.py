"""Writes the rows of a table: as lines of "name: value", or whole."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from handler.documents.tables.kinds import kind
from handler.documents.tables.rows import Row
from handler.documents.writer import Writer

BLANK_LINES = re.compile(r"\n\s*\n")  # in a cell; between rows they separate

# Below tables: "Source: Statistics Office, 2024", "* provisional".
FOOTNOTE = re.compile(
    r"(?:sources?|notes?|quellen?|anmerkung(?:en)?|fuentes?) ?:|[*†] ", re.IGNORECASE
)


class Records:
    """Writes rows below the names of their columns, a block each."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self._names: list[str] = []
        self._times: Counter[str] = Counter()  # how often each name occurs
        self._numbers: list[int] = []  # of each name, among those that are the same
        self._has_repeated = False
        self._unfilled: set[int] = set()  # columns with a name, without a value so far
        self._empty = 0  # such columns of the tables above
        self._index: int | None = None  # the number in the next row's first cell, if rows count
        self._wider = 0  # rows with more cells than there are names
        self._first_wider = 0  # its line

    def begin(self, names: Sequence[str] | None, rows: Sequence[Row]) -> None:
        """Begin a table. names: None if its rows are kept whole. rows: its first ones."""
        self._empty += len(self._unfilled)
        self._unfilled = set()
        self._names = [" ".join(name.split()) for name in names or ()]
        self._index = None
        if names and not rows:  # only a header: it is all there is to read
            self._names = []
            self.write_line("; ".join(self._filled(names)))
        elif names and all(any(row.cells[len(names) :]) for row in rows):
            # Which name is missing is not known.
            self._writer.warn(
                f"Each row has more cells than the {len(names):,} names of columns above line "
                f"{rows[0].line:,}; rows are kept whole, without names."
            )
            self._names = []
            self.write_line("; ".join(self._filled(names)))
        elif self._names and not self._names[0] and rows[0].cells[0] in ("0", "1"):
            first = int(rows[0].cells[0])
            counts = [row.cells[0] == str(first + at) for at, row in enumerate(rows)]
            self._index = first if all(counts) else None
        self._unfilled = {at for at, name in enumerate(self._names) if name}
        self._times, self._numbers = Counter(), []
        for name in self._names:
            self._times[name] += 1
            self._numbers.append(self._times[name])
        self._has_repeated = len(self._times) < len(self._names)

    def write(self, row: Row) -> None:
        """Write a row of the table."""
        filled = [at for at, cell in enumerate(row.cells) if cell]
        lone = len(row.cells) == 1 < len(self._names) and " " in row.cells[0]
        is_note = lone and kind(row.cells[0]) == "text"
        if not self._names or is_note or FOOTNOTE.match(row.cells[0]):
            self.write_text(row)
            return
        if filled and filled[-1] >= len(self._names):
            self._wider += 1
            self._first_wider = self._first_wider or row.line
        self._unfilled.difference_update(filled)
        numbered = self._numbered(filled) if self._has_repeated else {}
        lines = []
        for at in filled:
            cell = BLANK_LINES.sub("\n", row.cells[at])
            name = numbered.get(at) or (self._names[at] if at < len(self._names) else "")
            if at == 0 and not name and self._counts(cell):
                continue
            lines.append(f"{name or f'column {at + 1}'}: {cell}")
        self.write_line("\n".join(lines))

    def write_text(self, row: Row) -> None:
        """Write a row whole, every cell in its place."""
        self.write_line("; ".join(self._filled(row.cells)))

    def write_line(self, text: str) -> None:
        self._writer.separate("\n\n")
        self._writer.write(BLANK_LINES.sub("\n", text))

    def finish(self) -> None:
        """Warn of what did not fit, and of names without a value."""
        if empty := self._empty + len(self._unfilled):
            columns = "1 column has" if empty == 1 else f"{empty:,} columns have"
            self._writer.warn(f"{columns} a name and no values, and the name is not in the text.")
        if self._wider:
            rows = "1 row has" if self._wider == 1 else f"{self._wider:,} rows have"
            self._writer.warn(
                f"{rows} more cells than there are names of columns, the first at line "
                f"{self._first_wider:,}; is a delimiter in a cell that is not in quotation marks?"
            )

    def _numbered(self, filled: Sequence[int]) -> dict[int, str]:
        """Names with their number, if other columns of the same name are empty in the row."""
        named = [at for at in filled if at < len(self._names) and self._names[at]]
        present = Counter(self._names[at] for at in named)
        return {
            at: f"{self._names[at]} ({self._numbers[at]})"
            for at in named
            if present[self._names[at]] < self._times[self._names[at]]
        }

    def _counts(self, cell: str) -> bool:
        """Whether a cell only counts the rows, as a data frame's index does."""
        if self._index is None or cell != str(self._index):
            self._index = None
            return False
        self._index += 1
        return True

    @staticmethod
    def _filled(cells: Sequence[str]) -> Sequence[str]:
        """The cells up to the last one that is not empty."""
        filled = max((at for at, cell in enumerate(cells) if cell), default=-1)
        return cells[: filled + 1]
