"""Word files are read in order, and hostile ones do no harm."""

from __future__ import annotations

import io
import tracemalloc
import zipfile
import zlib

import docx
import pytest
from docx.document import Document as WordDocument
from docx.enum.style import WD_STYLE_TYPE

from handler.documents.document import Heading
from tests.handler.documents.samples import (
    read,
    rejected,
    replace_entry,
    with_body,
    word,
    word_bomb,
)

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
DAMAGED = "invalid_file: The Word file is damaged and cannot be opened; save it again as .docx."
HELLO = word(lambda document: document.add_paragraph("Hello"))


def test_paragraphs_headings_and_tables_are_read_in_order() -> None:
    def write(document: WordDocument) -> None:
        document.sections[0].header.paragraphs[0].text = "Header"
        document.sections[0].footer.paragraphs[0].text = "Footer"
        document.add_heading("Report", 0)
        document.add_heading("Part one", 1)
        document.add_paragraph("Some ").add_run("bold\ttext").bold = True
        document.add_paragraph("")
        document.add_paragraph("first", style="List Bullet")
        document.add_paragraph("second", style="List Bullet")
        table = document.add_table(2, 2)
        for cell, text in zip(table._cells, ("What", "Price", "Tea\nor milk", "3 €"), strict=True):
            cell.text = text
        document.add_heading("Part two", 2)
        document.add_paragraph("After.")

    document = read(word(write))
    assert document.text == (
        "Header\n\n# Report\n\n# Part one\n\nSome bold\ttext\n\n- first\n- second\n\n"
        "What | Price\nTea or milk | 3 €\n\n## Part two\n\nAfter.\n\nFooter"
    )
    assert document.headings == (
        Heading(8, 1, "Report"),
        Heading(18, 1, "Part one"),
        Heading(96, 2, "Part two"),
    )
    assert document.text.startswith("## Part two", 96)
    assert (document.format, document.is_markdown, document.pages) == ("docx", True, ())


def test_a_table_in_a_table_is_read_once() -> None:
    def write(document: WordDocument) -> None:
        table = document.add_table(1, 2)
        table.cell(0, 0).text = "outer"
        inner = table.cell(0, 1).add_table(1, 2)
        inner.cell(0, 0).text, inner.cell(0, 1).text = "a", "b"

    assert read(word(write)).text == "outer | a, b"


def test_a_heading_style_is_known_by_its_name_in_any_language() -> None:
    def write(document: WordDocument) -> None:
        style = document.styles.add_style("berschrift1", WD_STYLE_TYPE.PARAGRAPH)
        style.name = "heading 3"  # Word writes the English name in German documents, too
        document.add_paragraph("Abschnitt", style=style)
        document.add_paragraph("Text")

    assert read(word(write)).text == "### Abschnitt\n\nText"


def test_insertions_are_read_and_deletions_are_not() -> None:
    run = "<w:r><w:t>{}</w:t></w:r>"
    body = (
        f"<w:p>{run.format('kept')}<w:ins>{run.format(' new')}</w:ins>"
        "<w:del><w:r><w:delText> old</w:delText></w:r></w:del>"
        f"<w:hyperlink>{run.format(' link')}</w:hyperlink></w:p>"
        f"<w:sdt><w:sdtContent><w:p>{run.format('field')}</w:p></w:sdtContent></w:sdt>"
        "<w:p><w:r><w:t>a</w:t><w:br/><w:t>b</w:t><w:noBreakHyphen/><w:t>c</w:t></w:r></w:p>"
    )
    assert read(with_body(body)).text == "kept new link\n\nfield\n\na\nb-c"


def test_a_document_without_text_is_refused() -> None:
    assert rejected(word(lambda _: None)) == "invalid_file: The file has no text."


def test_an_encrypted_file_is_refused() -> None:
    assert rejected(OLE + "EncryptedPackage".encode("utf-16-le"), "a.docx") == (
        "invalid_file: The file is encrypted and needs a password to open in Office; save it "
        "without one."
    )
    encrypted = bytearray(HELLO)
    flags = HELLO.index(b"PK\x01\x02") + 8  # of the first entry of the central directory
    encrypted[flags] |= 1
    reason = "invalid_file: The Word file is encrypted; save it again as .docx without a password."
    assert rejected(bytes(encrypted), "a.docx") == reason


@pytest.mark.parametrize(
    "kind",
    [
        "vnd.openxmlformats-officedocument.wordprocessingml.template",
        "vnd.ms-word.document.macroEnabled",
        "vnd.ms-word.template.macroEnabledTemplate",
    ],
)
def test_a_template_and_a_file_with_macros_are_read(kind: str) -> None:
    with zipfile.ZipFile(io.BytesIO(HELLO)) as archive:
        types = archive.read("[Content_Types].xml")
    old = b"vnd.openxmlformats-officedocument.wordprocessingml.document"
    content = replace_entry(HELLO, "[Content_Types].xml", types.replace(old, kind.encode()))
    assert read(content, "a.dotm").text == "Hello"


@pytest.mark.parametrize("content", [b"", b"<w:p>", b"<a/>", b"\xff\xfe\x00"])
def test_a_file_with_a_damaged_body_is_refused(content: bytes) -> None:
    assert rejected(replace_entry(HELLO, "word/document.xml", content), "a.docx") == DAMAGED


@pytest.mark.parametrize("entry", ["word/styles.xml", "word/numbering.xml", "word/settings.xml"])
@pytest.mark.parametrize("content", [b"", b"<w:p>", b"\xff\xfe\x00"])
def test_a_damaged_part_beside_the_body_is_told(entry: str, content: bytes) -> None:
    document = read(replace_entry(HELLO, entry, content), "a.docx")
    assert document.text == "Hello"
    assert document.warnings == ("1 part inside the file was damaged, and not read.",)


def test_a_damaged_archive_is_refused() -> None:
    renamed = HELLO.replace(b"word/document.xml", b"word/documenX.xml", 1)
    reason = "invalid_file: The Word file's zip archive is damaged; save it again as .docx."
    assert rejected(renamed, "a.docx") == reason


def test_a_file_that_was_cut_off_is_called_so() -> None:
    reason = "invalid_file: The Word file is cut off: its end is missing. Upload it again."
    assert rejected(HELLO[: len(HELLO) // 2], "a.docx") == reason


def test_a_zip_bomb_is_refused_before_it_is_unpacked() -> None:
    assert rejected(word_bomb(256)) == (
        "invalid_file: The Word file is 268,435,456 bytes when decompressed; the limit is "
        "200,000,000. Split it, or remove its pictures."
    )


def test_a_zip_bomb_that_lies_about_its_size_is_not_unpacked() -> None:
    """Its directory declares only its first 1,000 bytes, with their checksum."""
    content = b" " * 60_000_000
    bomb = replace_entry(HELLO, "word/document.xml", content)
    for truth, lie in [
        (len(content), 1_000),
        (zlib.crc32(content), zlib.crc32(content[:1_000])),
    ]:
        assert truth.to_bytes(4, "little") in bomb
        bomb = bomb.replace(truth.to_bytes(4, "little"), lie.to_bytes(4, "little"))
    del content
    tracemalloc.start()
    try:
        assert rejected(bomb) == DAMAGED
        assert tracemalloc.get_traced_memory()[1] < 20_000_000
    finally:
        tracemalloc.stop()


def test_a_compression_that_word_does_not_use_is_refused() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("word/document.xml", " " * 1_000_000)
    assert rejected(buffer.getvalue()) == (
        "invalid_file: The Word file is compressed in a way that its format does not know; save it "
        "again as .docx."
    )


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_of_two_parts_with_the_same_name_the_last_is_read() -> None:
    buffer = io.BytesIO(HELLO)
    with zipfile.ZipFile(buffer, "a") as archive:
        body = archive.read("word/document.xml").replace(b"Hello", b"Later")
        archive.writestr("word/document.xml", body)
    assert read(buffer.getvalue()).text == "Later"


def test_an_archive_of_too_many_parts_is_refused() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for number in range(10_001):
            archive.writestr(f"word/document{number}.xml", b"")
    assert rejected(buffer.getvalue()) == (
        "invalid_file: The Word file has 10,001 parts; the limit is 10,000."
    )


def test_xml_entities_are_not_expanded() -> None:
    """Neither nested ones ("billion laughs") nor files of this machine."""
    entities = '<!ENTITY a "ha"><!ENTITY b "&a;&a;"><!ENTITY f SYSTEM "file:///etc/hostname">'
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    xml = (
        f'<!DOCTYPE x [{entities}]><w:document xmlns:w="{space}"><w:body><w:p><w:r>'
        "<w:t>Hello</w:t><w:t>&b;&f;</w:t></w:r></w:p></w:body></w:document>"
    )
    assert read(replace_entry(HELLO, "word/document.xml", xml.encode())).text == "Hello"


def test_deeply_nested_xml_is_refused() -> None:
    assert rejected(with_body("<w:sdt>" * 5_000 + "</w:sdt>" * 5_000)) == DAMAGED
    assert isinstance(docx.Document(io.BytesIO(HELLO)), WordDocument)
