"""EPUB: chapters in the book's order under its title."""

from __future__ import annotations

from handler.documents.document import Heading
from tests.handler.documents.samples import read, rejected
from tests.handler.documents.zips import archive, epub


def test_chapters_stand_below_the_title_in_order() -> None:
    metadata = "<dc:title>Ships</dc:title><dc:creator>Ana Berg</dc:creator>"
    document = read(epub({"two": "<h1>Sea</h1><p>A</p>", "one": "<h1>Land</h1>"}, metadata))
    assert document.text == "# Ships\n\nAna Berg\n\n## Sea\n\nA\n\n## Land"
    assert (document.format, document.title) == ("epub", "Ships")


def test_a_table_in_a_chapter_stays_a_table() -> None:
    chapter = "<h1>T</h1><table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2</td></tr></table>"
    document = read(epub({"one": chapter}))
    assert document.text == "# Book\n\n## T\n\na | b\n1 | 2"
    assert document.headings == (Heading(0, 1, "Book"), Heading(8, 2, "T"))


def test_a_chapter_without_a_heading_takes_its_name_from_the_contents() -> None:
    contents = (
        "<ncx><navMap><navPoint><navLabel><text>Preface</text></navLabel>"
        '<content src="one.xhtml#a"/></navPoint></navMap></ncx>'
    )
    book = epub({"one": "<p>Dear reader</p>"}, **{"OEBPS__toc.ncx": contents})
    assert read(book).text == "# Book\n\n## Preface\n\nDear reader"


def test_a_protected_book_is_refused() -> None:
    protection = '<encryption><EncryptionMethod Algorithm="urn:aes"/></encryption>'
    book = epub({"one": "<p>x</p>"}, **{"META-INF__encryption.xml": protection})
    assert rejected(book) == (
        "invalid_file: The EPUB book is protected against copying (DRM), and cannot be read."
    )


def test_a_book_without_its_list_of_parts_is_damaged() -> None:
    assert rejected(archive({"mimetype": "application/epub+zip", "a": "b"})) == (
        "invalid_file: The EPUB book is damaged: its XML is not well-formed. Save it again."
    )


def test_a_chapter_that_cannot_be_read_does_not_cost_the_others() -> None:
    book = epub({"one": "<p>Dear reader</p>", "two": "<img src='a.png'/>", "three": "<p>End</p>"})
    document = read(book)
    assert "Dear reader" in document.text
    assert "End" in document.text
    assert document.warnings == ("Not read: chapters without text, such as pictures (1).",)


def test_a_book_of_pictures_only_is_refused() -> None:
    assert "No chapter can be read. Not read: chapters without text" in rejected(
        epub({"one": "<img src='a.png'/>"})
    )
