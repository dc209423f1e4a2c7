"""A table on a slide. Repeats a cell's text in every place that it spans."""

from __future__ import annotations

from handler.documents.office.drawing import paragraph_text
from handler.documents.writer import Writer
from handler.documents.xml_tree import Element, attribute, child, children, descendants


def write_table(writer: Writer, table: Element) -> None:
    """Write a table, one line a row.

    PowerPoint writes a cell for every place, and marks those that another one covers. So spans
    cannot be made to repeat text more often than there are cells in the file.
    """
    properties = child(table, "tblPr")
    has_header = properties is not None and attribute(properties, "firstRow") in ("1", "true")
    writer.begin_table()
    above: list[str] = []
    for number, row in enumerate(children(table, "tr")):
        texts: list[str] = []
        for column, cell in enumerate(children(row, "tc")):
            if attribute(cell, "hMerge") in ("1", "true") and texts:
                texts.append(texts[-1])
            elif attribute(cell, "vMerge") in ("1", "true") and column < len(above):
                texts.append(above[column])
            else:
                texts.append(_cell_text(cell))
        writer.row(texts, is_header=has_header and number == 0)
        above = texts
    writer.end_table()


def _cell_text(cell: Element) -> str:
    return " ".join(filter(None, (paragraph_text(each) for each in descendants(cell, "p"))))
