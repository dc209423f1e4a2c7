"""What is encoded beside a chunk: the title and headings above it, and its table's header."""

from __future__ import annotations

import re

import pytest

from handler.documents.document import Document, Heading, Table
from handler.ingestion.chunk_context import context_room, outline_of, with_context

TEXT = "# Shop\n\n## Returns\n\nWithin thirty days.\n\nCity | Price\nOslo | 5\nRiga | 7"
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


def encoded(begin: str, room: int = 48) -> str:
    start = TEXT.index(begin)
    return with_context(DOCUMENT, start, len(TEXT), room, words)


@pytest.mark.parametrize(
    ("begin", "context"),
    [
        ("# Shop", "Example Ltd\n"),
        ("## Returns", "Example Ltd\nShop\n"),
        ("Within", "Example Ltd\nShop\nReturns\n"),
        ("City", "Example Ltd\nShop\nReturns\n"),
        ("Riga", "Example Ltd\nShop\nReturns\nCity | Price\n"),
    ],
)
def test_a_chunk_is_encoded_below_what_its_text_does_not_say(begin: str, context: str) -> None:
    assert encoded(begin) == context + TEXT[TEXT.index(begin) :]


def test_the_nearest_headings_are_kept_when_room_is_short() -> None:
    assert encoded("Within", room=1).startswith("Returns\n")
    assert encoded("Within", room=0) == TEXT[TEXT.index("Within") :]


def test_a_title_that_is_the_heading_above_is_named_once() -> None:
    document = Document("# A\n\ntext", "html", headings=(Heading(0, 1, "A"),), title="A")
    assert with_context(document, 0, 9, 48, words) == "# A\n\ntext"
    assert with_context(document, 5, 9, 48, words) == "A\ntext"


def test_only_a_document_with_a_context_leaves_room_for_it() -> None:
    assert context_room(DOCUMENT, 256) == 48
    assert context_room(Document("text", "text"), 256) == 0


def test_an_outline_has_the_headings_and_tables() -> None:
    outline = outline_of(DOCUMENT)
    assert outline.headings == [(0, 1), (TEXT.index("## R"), 2)]
    assert outline.tables == [(TABLE, len(TEXT))]
    assert outline.is_markdown
