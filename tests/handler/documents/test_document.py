"""A document knows where its pages, sections and tables are."""

from __future__ import annotations

import orjson
import pytest

from handler.documents.document import Document, Heading, Table

DOCUMENT = Document(
    text="x" * 100,
    format="markdown",
    is_markdown=True,
    pages=(0, 40),
    headings=(
        Heading(0, 1, "Book"),
        Heading(10, 2, "Part"),
        Heading(20, 4, "Note"),
        Heading(30, 2, "Other"),
    ),
    tables=(Table(50, 60, "City | Year"), Table(70, 80, "")),
    title="Library",
    charset="utf-8",
    attributes={"year": 2024, "draft": False},
    warnings=("A picture was not read.",),
)


@pytest.mark.parametrize(
    ("offset", "section"),
    [
        (0, "Library > Book"),
        (9, "Library > Book"),
        (10, "Library > Book > Part"),
        (25, "Library > Book > Part > Note"),
        (30, "Library > Book > Other"),
        (99, "Library > Book > Other"),
    ],
)
def test_a_section_is_named_from_the_title_down(offset: int, section: str) -> None:
    assert DOCUMENT.section(offset) == section


def test_a_title_that_is_the_first_heading_is_named_once() -> None:
    headings = (Heading(0, 1, "Book"), Heading(10, 2, "Part"))
    assert Document("x" * 20, "html", headings=headings, title="Book").section(15) == "Book > Part"


def test_a_document_without_headings_has_no_section() -> None:
    assert Document("text", "text").section(0) is None
    assert Document("text", "pdf", title="Report").section(0) == "Report"


def test_headings_below_others_of_their_level_are_not_above_them() -> None:
    headings = tuple(Heading(number, 2, str(number)) for number in range(50_000))
    assert Document("x" * 50_000, "html", headings=headings).section(49_999) == "49999"


def test_an_offset_is_in_a_table_or_in_none() -> None:
    found = [DOCUMENT.table(offset) for offset in (49, 50, 59, 60, 70, 80)]
    first, second = DOCUMENT.tables
    assert found == [None, first, first, None, second, None]


def test_a_document_is_the_same_after_a_way_through_json() -> None:
    fields = orjson.loads(orjson.dumps(DOCUMENT.to_fields()))
    assert Document.from_fields(DOCUMENT.text, fields) == DOCUMENT
