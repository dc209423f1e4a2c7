"""What is encoded beside a chunk: the heading above it, or the title, and its table's header.

They are not part of the chunk's text. Without them a passage under "Refunds" that never says
"refund" could not be found. The whole path of headings finds less than the nearest one does
(docs/decisions/020-chunk-borders-by-cost.md).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from handler.documents.document import Document
from model_layer import Outline

# Shares of the model's tokens that a chunk leaves free for its context, which is shortened to fit:
# 24 of 256 for a heading, and 32 for a table's header.
HEADING_SHARE = 3 / 32
TABLE_HEADER_SHARE = 1 / 8

Shorten = Callable[[str, int], str]  # a text, cut after so many tokens


def outline_of(document: Document) -> Outline:
    """The document's headings and tables, as a chunker takes them."""
    return Outline(
        headings=[(heading.offset, heading.level) for heading in document.headings],
        tables=[(table.start, table.end) for table in document.tables],
        is_markdown=document.is_markdown,
    )


@dataclass(frozen=True)
class Room:
    """The tokens that each chunk of a document leaves free for its context."""

    heading: int
    table_header: int

    @property
    def total(self) -> int:
        return self.heading + self.table_header


def context_room(document: Document, max_tokens: int) -> Room:
    """The room that the document's chunks need, of `max_tokens` each; none if it has no context."""
    has_headings = bool(document.title or document.headings)
    has_table_headers = any(table.header for table in document.tables)
    return Room(
        heading=int(max_tokens * HEADING_SHARE) if has_headings else 0,
        table_header=int(max_tokens * TABLE_HEADER_SHARE) if has_table_headers else 0,
    )


def with_context(document: Document, start: int, end: int, room: Room, shorten: Shorten) -> str:
    """The text that is encoded for the chunk `document.text[start:end]`."""
    parts = [
        shorten(_above(document, start), room.heading),
        shorten(_table_header(document, start), room.table_header),
        document.text[start:end],
    ]
    return "\n".join(part for part in parts if part)


def _above(document: Document, start: int) -> str:
    """The nearest heading above the chunk that its text does not begin with, or the title."""
    path = document.heading_path(start)
    above = [heading.text for heading in path if heading.offset < start]
    if above:
        return above[-1]
    is_in_text = bool(path) and path[-1].text == document.title
    return "" if is_in_text else document.title or ""


def _table_header(document: Document, offset: int) -> str:
    """The header of the table that `offset` is in, unless it begins there."""
    table = document.table(offset)
    return table.header if table and table.start < offset else ""
