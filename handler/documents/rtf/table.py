"""The rows of a table in a Rich Text file. Repeats a cell's text in each place it spans."""

from __future__ import annotations

from dataclasses import dataclass, field

from handler.documents.writer import Writer


@dataclass
class RowShape:
    """Which cells of a row go on the one to the left, or the one above."""

    left: set[int] = field(default_factory=set)
    above: set[int] = field(default_factory=set)
    is_header: bool = False
    _column: int = 0

    def define(self, word: bytes) -> None:
        """Read a word of a row's definition; its cells come in order."""
        if word == b"cellx":
            self._column += 1
        elif word == b"clmrg":
            self.left.add(self._column)
        elif word == b"clvmrg":
            self.above.add(self._column)
        elif word == b"trhdr":
            self.is_header = True


def write_rows(writer: Writer, rows: list[tuple[list[str], RowShape]]) -> None:
    """Write a table, one line a row."""
    writer.begin_table()
    before: list[str] = []
    for number, (cells, shape) in enumerate(rows):
        texts: list[str] = []
        for column, cell in enumerate(cells):
            if column in shape.left and texts:
                texts.append(texts[-1])
            elif column in shape.above and column < len(before):
                texts.append(before[column])
            else:
                texts.append(cell)
        writer.row(texts, is_header=number == 0 and shape.is_header)
        before = texts
    writer.end_table()
