"""Documents that are embedded in a Word file are read in their places, within bounds."""

from __future__ import annotations

import pytest

from handler.documents.document import Document, Heading
from tests.handler.documents.docx.word_files import document, document_parts, file, p
from tests.handler.documents.samples import read

CHUNK = '<w:altChunk r:id="rId1"/>'
UNREAD = "1 embedded document in the file was not read: missing, damaged or of another format."


def parts_with(content: str | bytes, name: str, body: str = "") -> dict[str, str | bytes]:
    references = {"rId1": f"aFChunk /chunks/{name}"}
    found = document_parts(body or p("Before.") + CHUNK + p("After."), references)
    return {**found, f"chunks/{name}": content}


def with_chunk(content: str | bytes, name: str, body: str = "") -> Document:
    return read(file(parts_with(content, name, body)))


def test_embedded_html_is_read_with_its_headings_and_tables() -> None:
    table = "<table><tr><th>a<th>b<tr><td>1<td>2</table>"
    html = f"<html><body><h2>Offer</h2>{table}</body></html>"
    found = with_chunk(html, "a.html")
    assert found.text == "Before.\n\n## Offer\n\na | b\n1 | 2\n\nAfter."
    assert found.headings[0].offset == 9
    assert found.headings[0].text == "Offer"
    assert [found.text[each.start : each.end] for each in found.tables] in (
        [],
        ["a | b\n1 | 2"],
    )


def test_embedded_text_is_read() -> None:
    assert with_chunk("Plain text.", "a.txt").text == "Before.\n\nPlain text.\n\nAfter."


def test_an_embedded_word_file_is_read() -> None:
    inner = document(
        p("Inner", '<w:pStyle w:val="h"/>'),
        styles='<w:style w:type="paragraph" w:styleId="h"><w:name w:val="heading 1"/></w:style>',
    )
    found = with_chunk(inner, "a.docx")
    assert found.text == "Before.\n\n# Inner\n\nAfter."
    assert found.headings == (Heading(9, 1, "Inner"),)


@pytest.mark.parametrize(
    ("content", "name"), [("x", "a.rtf"), ("x", "a.mht"), (b"broken", "a.docx"), ("", "a.html")]
)
def test_what_cannot_be_read_is_told(content: str | bytes, name: str) -> None:
    found = with_chunk(content, name)
    assert (found.text, found.warnings) == ("Before.\n\nAfter.", (UNREAD,))


def test_a_chunk_that_is_missing_is_told() -> None:
    found = read(document(p("A.") + CHUNK))
    assert (found.text, found.warnings) == ("A.", (UNREAD,))


def test_a_chunk_that_is_named_often_is_read_once() -> None:
    assert with_chunk("Again.", "a.txt", CHUNK * 1_000).text == "Again."


def test_word_files_in_word_files_end() -> None:
    content: str | bytes = document(p("Innermost."))
    for depth in range(6):
        content = file(parts_with(content, "a.docx", p(f"Depth {depth}.") + CHUNK))
    assert isinstance(content, bytes)
    found = read(content)
    assert found.text == "Depth 5.\n\nDepth 4.\n\nDepth 3.\n\nDepth 2."
    assert found.warnings == (UNREAD,)
