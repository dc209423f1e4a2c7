"""What is encoded beside a chunk: the heading above it or the title, and its table's header."""

from __future__ import annotations

import re

import pytest

from handler.documents.document import Document, Heading, Table
from handler.ingestion.chunk_context import Room, context_room, outline_of, with_context

TEXT = "# Shop\n\n## Returns\n\nWithin thirty days.\n\nCity | Price\nOslo | 5\nRiga | 7"
ROOM = Room(24, 32)
TABLE = TEXT.index("City")
DOCUMENT = Document(
    TEXT,
    "html",
    is_markdown=True,
    headings=(Heading(0, 1, "Shop"), Heading(TEXT.index("## R"), 2, "Returns")),
    tables=(Table(TABLE, len(TEXT), "City | Price"),),
    title="Example Ltd",
)


def words(text: str, count: int) -> str:
    """Shortens by words, as a chunker does by tokens."""
    found = [word.end() for word in re.finditer(r"\S+", text)]
    return text if len(found) <= count else text[: found[count - 1] if count else 0]


def encoded(begin: str, room: Room = ROOM) -> str:
    start = TEXT.index(begin)
    return with_context(DOCUMENT, start, len(TEXT), room, words)


@pytest.mark.parametrize(
    ("begin", "context"),
    [
        ("# Shop", "Example Ltd\n"),
        ("## Returns", "Shop\n"),
        ("Within", "Returns\n"),
        ("City", "Returns\n"),
        ("Riga", "Returns\nCity | Price\n"),
    ],
)
def test_a_chunk_is_encoded_below_what_its_text_does_not_say(begin: str, context: str) -> None:
    assert encoded(begin) == context + TEXT[TEXT.index(begin) :]


def test_a_long_context_is_shortened() -> None:
    assert encoded("Riga", Room(1, 1)).startswith("Returns\nCity\nRiga")
    assert encoded("Riga", Room(0, 0)) == TEXT[TEXT.index("Riga") :]


def test_a_title_that_is_the_first_heading_is_named_once() -> None:
    document = Document("# A\n\ntext", "html", headings=(Heading(0, 1, "A"),), title="A")
    assert with_context(document, 0, 9, Room(24, 0), words) == "# A\n\ntext"
    assert with_context(document, 5, 9, Room(24, 0), words) == "A\ntext"


def test_a_document_without_headings_has_its_title_as_context() -> None:
    document = Document("text", "pdf", title="Report")
    assert with_context(document, 0, 4, Room(24, 0), words) == "Report\ntext"


def test_only_a_document_with_a_context_leaves_room_for_it() -> None:
    assert context_room(DOCUMENT, 256) == Room(24, 32)
    assert context_room(Document("text", "text", title="A"), 256) == Room(24, 0)
    assert context_room(Document("text", "text"), 256).total == 0


def test_an_outline_has_the_headings_and_tables() -> None:
    outline = outline_of(DOCUMENT)
    assert outline.headings == [(0, 1), (TEXT.index("## R"), 2)]
    assert outline.tables == [(TABLE, len(TEXT))]
    assert outline.is_markdown
