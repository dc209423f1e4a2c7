"""What Word and pandoc open, though it is odd, is read."""

from __future__ import annotations

import pytest

from handler.documents.docx import extract_docx
from tests.handler.documents.docx.word_files import (
    document,
    document_parts,
    file,
    item,
    p,
    relationships,
    style,
    styled,
    xml,
)
from tests.handler.documents.samples import read, rejected

STYLES = style("h", "heading 1")
BODY = p("Part", styled("h")) + p("Text.")
TEXT = "# Part\n\nText."


def test_strict_open_xml_is_read() -> None:
    parts = document_parts(BODY, styles=STYLES)
    strict = {
        name: str(content)
        .replace(
            "http://schemas.openxmlformats.org/wordprocessingml/2006/", STRICT + "wordprocessingml/"
        )
        .replace(
            "http://schemas.openxmlformats.org/officeDocument/2006/", STRICT + "officeDocument/"
        )
        for name, content in parts.items()
    }
    assert STRICT in strict["word/document.xml"]
    assert read(file(strict)).text == TEXT


STRICT = "http://purl.oclc.org/ooxml/"


@pytest.mark.parametrize("main", ["word/document2.xml", "word/main.xml", "content/d.xml"])
def test_the_main_part_may_have_another_name(main: str) -> None:
    assert extract_docx(document(BODY, main=main, styles=STYLES)).text == TEXT


def test_a_file_without_relationships_is_read() -> None:
    parts = document_parts(BODY, styles=STYLES)
    del parts["_rels/.rels"], parts["word/_rels/document.xml.rels"]
    assert read(file(parts)).text == TEXT


def test_a_main_part_that_only_the_content_types_name_is_read() -> None:
    parts = document_parts(BODY, styles=STYLES)
    main = {"word/main.xml": parts.pop("word/document.xml"), "word/document.txt": ""}
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    types = (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        f'<Override PartName="/word/main.xml" ContentType="{kind}"/></Types>'
    )
    content = file({**parts, **main, "[Content_Types].xml": types, "_rels/.rels": "<broken"})
    assert read(content).text == TEXT


def test_relationships_that_lead_nowhere_do_no_harm() -> None:
    lost = {
        "rId1": "image media/missing.png",
        "rId2": "hyperlink https://example.org/",
        "rId3": "numbering ../../outside.xml",
        "rId4": "comments NULL",
        "rId5": "footnotes missing.xml",
    }
    assert read(document(BODY + p("Item", item(1)), lost, styles=STYLES)).text == (
        f"{TEXT}\n\n- Item"
    )


def test_names_are_absolute_escaped_or_in_another_case() -> None:
    parts = document_parts(BODY)
    parts["word/My Styles.xml"] = xml("w:styles", STYLES)
    for target in ("/word/My%20Styles.xml", "../word/my%20styles.XML", ".\\My%20Styles.xml"):
        parts["word/_rels/document.xml.rels"] = relationships({"rId1": f"styles {target}"})
        assert read(file(parts)).text == TEXT


def test_parts_in_utf_16_are_read() -> None:
    parts = document_parts(BODY, styles=STYLES)
    text = '<?xml version="1.0" encoding="UTF-16"?>' + str(parts["word/document.xml"])
    parts["word/document.xml"] = text.encode("utf-16")
    assert read(file(parts)).text == TEXT


def test_the_title_is_the_one_that_the_file_states() -> None:
    parts = document_parts(BODY, styles=STYLES)
    parts["docProps/core.xml"] = (
        '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/'
        'core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title> Price  list'
        "</dc:title></cp:coreProperties>"
    )
    found = read(file(parts))
    assert (found.title, found.text) == ("Price list", TEXT)


def test_a_file_without_a_main_part_is_refused() -> None:
    reason = "invalid_file: The Word file is damaged and cannot be opened; save it again as .docx."
    assert rejected(file({"word/document.txt": "x", "_rels/.rels": ""}), "a.docx") == reason
    wrong = {"word/document.xml": xml("w:styles", STYLES)}
    assert rejected(file(wrong), "a.docx") == reason


def test_too_many_tags_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("handler.documents.docx.package.MAX_XML_TAGS", 50)
    assert rejected(document(p("x") * 20)).endswith("the limit is 50. Split the file.")
