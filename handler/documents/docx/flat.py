"""Blocks and tables whose texts stand on one line, such as those in a cell. Reads none itself."""

from __future__ import annotations

from dataclasses import dataclass, field

from handler.documents.docx.drawings import Aside
from handler.documents.docx.grid import Row


@dataclass
class Flat:
    """The text of blocks on one line, and what cannot stand on it."""

    text: str = ""
    asides: list[Aside] = field(default_factory=list)
    tables: list[list[Row]] = field(default_factory=list)  # that are too long for a line


@dataclass
class FlatTable:
    """The rows of a table, and what cannot stand in them."""

    rows: list[Row]
    cells: list[Flat]  # that were read

    @property
    def asides(self) -> list[Aside]:
        return [aside for cell in self.cells for aside in cell.asides]

    @property
    def tables(self) -> list[list[Row]]:
        return [table for cell in self.cells for table in cell.tables]


def on_one_line(texts: list[tuple[str, bool]]) -> str:
    """The texts in a row; of each, whether it is an item."""
    line: list[str] = []
    follows_item = False
    for text, is_item in texts:
        words = " ".join(text.split())
        if words:
            line += ["; " if follows_item and is_item else " ", words]
            follows_item = is_item
    return "".join(line[1:])
