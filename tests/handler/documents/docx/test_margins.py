"""Headers and footers are read once, where Word shows them, without page numbers."""

from __future__ import annotations

import pytest

from tests.handler.documents.docx.word_files import (
    document_parts,
    file,
    p,
    r,
    row,
    table,
    xml,
)
from tests.handler.documents.samples import read

PAGE = '<w:fldSimple w:instr=" PAGE "><w:r><w:t>3</w:t></w:r></w:fldSimple>'
CODED_PAGE = (
    '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>NUMPAGES</w:instrText></w:r>'
    '<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>12</w:t></w:r>'
    '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
)


def section(*margins: str, more: str = "") -> str:
    """Properties of a section. margins: "header default h1" …"""
    references = ""
    for margin in margins:
        kind, on, reference = margin.split()
        references += f'<w:{kind}Reference w:type="{on}" r:id="{reference}"/>'
    return f"<w:sectPr>{references}{more}</w:sectPr>"


def with_margins(body: str, margins: dict[str, str], settings: str = "") -> str:
    """The text of a file with this body. margins: content by reference: h1, f1 …"""
    names = {"h": "header", "f": "footer"}
    references = {each: f"{names[each[0]]} {each}.xml" for each in margins}
    parts = document_parts(body, references, settings=settings)
    for each, content in margins.items():
        parts[f"word/{each}.xml"] = xml("w:hdr", content)
    return read(file(parts)).text


def test_a_header_comes_before_its_section_and_a_footer_after_it() -> None:
    body = (
        p("One.")
        + p("End.", section("header default h1", "footer default f1"))
        + p("Two.")
        + section("header default h2")
    )
    margins = {"h1": p("Contract no. 4711"), "h2": p("Annex"), "f1": p("Draft")}
    assert with_margins(body, margins) == (
        "Contract no. 4711\n\nOne.\n\nEnd.\n\nDraft\n\nAnnex\n\nTwo."
    )


def test_a_line_of_several_headers_is_read_once() -> None:
    body = p("One.", section("header default h1")) + p("Two.") + section("header default h2")
    margins = {"h1": p("Acme Ltd") + p("Part A"), "h2": p("ACME  Ltd") + p("Part B")}
    assert with_margins(body, margins) == "Acme Ltd\nPart A\n\nOne.\n\nPart B\n\nTwo."


def test_margins_that_word_does_not_show_are_left_out() -> None:
    references = ("header first h1", "header default h2", "header even h3")
    margins = {"h1": p("First"), "h2": p("Other"), "h3": p("Even")}
    assert with_margins(p("A.") + section(*references), margins) == "Other\n\nA."
    shown = section(*references, more="<w:titlePg/>")
    settings = "<w:evenAndOddHeaders/>"
    assert with_margins(p("A.") + shown, margins, settings) == "First\n\nOther\n\nEven\n\nA."


def test_page_numbers_are_left_out() -> None:
    for footer in (
        f"<w:p>{r('Page ')}{PAGE}{r(' of ')}{CODED_PAGE}</w:p>",
        f"<w:p>{r('– ')}{PAGE}{r(' –')}</w:p>",
        p("- 7 -"),
    ):
        assert with_margins(p("A.") + section("footer default f1"), {"f1": footer}) == "A."
    beside = f"<w:p>{r('Acme Ltd')}<w:r><w:tab/></w:r>{r('Seite ')}{PAGE}</w:p>"
    assert with_margins(p("A.") + section("footer default f1"), {"f1": beside}) == "A.\n\nAcme Ltd"
    long = f"<w:p>{r('Contract no. 4711 with Acme, page ')}{PAGE}</w:p>"
    assert with_margins(p("A.") + section("footer default f1"), {"f1": long}) == (
        "A.\n\nContract no. 4711 with Acme, page"
    )


@pytest.mark.parametrize(
    ("text", "has_page", "read"),
    [
        ("Contract no. 4711 – page ", True, "Contract no. 4711 – page"),
        ("Invoice 2024-117, ", True, "Invoice 2024-117,"),
        ("2024/4711", False, "2024/4711"),
        ("7/12", False, ""),
    ],
)
def test_a_number_beside_the_page_s_is_read(text: str, has_page: bool, read: str) -> None:
    footer = f"<w:p>{r(text)}{PAGE if has_page else ''}</w:p>"
    found = with_margins(p("A.") + section("footer default f1"), {"f1": footer})
    assert found == (f"A.\n\n{read}" if read else "A.")


def test_a_table_in_a_header_is_read() -> None:
    header = table(row("Acme Ltd", f"<w:tc><w:p>{PAGE}</w:p></w:tc>", "Offer 12"))
    assert with_margins(p("A.") + section("header default h1"), {"h1": header}) == (
        "Acme Ltd |  | Offer 12\n\nA."
    )


def test_amounts_in_a_header_s_table_are_no_page_numbers() -> None:
    header = table(row("Part", "Old", "New"), row("A", "400", ""), row("B|C", "7", "12"))
    header += table(row("", "Page", f"<w:tc><w:p>{PAGE}</w:p></w:tc>"))
    header += table(row("x", ""), row("x", ""))
    assert with_margins(p("A.") + section("header default h1"), {"h1": header}) == (
        "Part | Old | New\nA | 400 |\nB\\|C | 7 | 12\n| Page |\nx |\nx |\n\nA."
    )


def test_a_header_that_is_missing_does_no_harm() -> None:
    assert with_margins(p("A.") + section("header default h9"), {"h1": p("Unused")}) == "A."
