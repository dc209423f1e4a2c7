"""Puts a document that was read by another reader into a larger one. Reads no file."""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate

from handler.documents.document import Document
from handler.documents.writer import Writer

DEEPEST = 6  # Markdown's headings


def include(writer: Writer, document: Document, *, below: int = 0) -> None:
    """Write a document as blocks of its own: its text, headings, tables and warnings.

    below: the level of the heading that it stands under; it is added to its own levels. Pages and
    attributes are left out.
    """
    headings = document.headings
    marks = [_more_marks(document, heading.offset, heading.level, below) for heading in headings]
    parts, begin = [], 0
    for heading, more in zip(headings, marks, strict=True):
        parts += [document.text[begin : heading.offset], more]
        begin = heading.offset
    writer.separate("\n\n")
    start = writer.write("".join([*parts, document.text[begin:]]))
    for heading, added in zip(headings, _added_before(marks), strict=True):
        writer.mark_heading(start + heading.offset + added, heading.level + below, heading.text)
    offsets = [heading.offset for heading in headings]
    totals = [0, *accumulate(len(more) for more in marks)]
    for table in document.tables:
        begin = start + table.start + totals[bisect_right(offsets, table.start)]
        writer.mark_table(begin, begin + table.end - table.start, table.header)
    for warning in document.warnings:
        writer.warn(warning)
    writer.separate("\n\n")


def _more_marks(document: Document, offset: int, level: int, below: int) -> str:
    """The # marks that move a heading to its level in the larger document."""
    is_marked = document.is_markdown and document.text.startswith(f"{'#' * level} ", offset)
    return "#" * (min(level + below, DEEPEST) - level) if is_marked else ""


def _added_before(marks: list[str]) -> list[int]:
    """For each heading, the number of marks that were added before it."""
    return [0, *accumulate(len(more) for more in marks)][:-1]
