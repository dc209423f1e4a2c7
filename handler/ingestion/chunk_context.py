"""What is encoded beside a chunk: the title and headings above it, and its table's header.

They are not part of the chunk's text. Without them a passage under "Refunds" that never says
"refund" could not be found.
"""

from __future__ import annotations

from collections.abc import Callable

from handler.documents.document import Document
from model_layer import Outline

# The share of the model's tokens that a chunk leaves free for its context, which is shortened to
# fit: 48 of 256. A chunk of a document without headings, title and tables leaves none.
CONTEXT_SHARE = 3 / 16
TABLE_HEADER_SHARE = 2 / 3  # of the context

Shorten = Callable[[str, int], str]  # a text, cut after so many tokens


def outline_of(document: Document) -> Outline:
    """The document's headings and tables, as a chunker takes them."""
    return Outline(
        headings=[(heading.offset, heading.level) for heading in document.headings],
        tables=[(table.start, table.end) for table in document.tables],
        is_markdown=document.is_markdown,
    )


def context_room(document: Document, max_tokens: int) -> int:
    """The tokens that each chunk of the document leaves free, of `max_tokens`."""
    has_header = any(table.header for table in document.tables)
    is_needed = document.title or document.headings or has_header
    return int(max_tokens * CONTEXT_SHARE) if is_needed else 0


def with_context(document: Document, start: int, end: int, room: int, shorten: Shorten) -> str:
    """The text that is encoded for the chunk `document.text[start:end]`.

    room: tokens that the context may have.
    """
    text = document.text[start:end]
    header = _table_header(document, start)
    header_room = int(room * TABLE_HEADER_SHARE) if header else 0
    header = shorten(header, header_room)
    names = [heading.text for heading in document.heading_path(start) if heading.offset < start]
    if document.title and document.title not in (*names[:1], _first_heading(document, start)):
        names.insert(0, document.title)
    # The nearest headings say most: they are kept when there is not room for all.
    path = shorten("\n".join(reversed(names)), room - header_room)
    path = "\n".join(reversed(path.split("\n")))
    return "\n".join(part for part in (path, header, text) if part)


def _table_header(document: Document, offset: int) -> str:
    """The header of the table that `offset` is in, unless it begins there."""
    table = document.table(offset)
    return table.header if table and table.start < offset else ""


def _first_heading(document: Document, start: int) -> str | None:
    """The heading that begins at `start`, which is in the chunk's text."""
    path = document.heading_path(start)
    return path[-1].text if path and path[-1].offset == start else None
