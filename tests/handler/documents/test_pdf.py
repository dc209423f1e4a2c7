"""PDF, made by fpdf2."""

from __future__ import annotations

import pytest
from fpdf import FPDF

from handler import limits
from tests.handler.documents.samples import pdf, pdf_with_stream, read, rejected


def test_pages_are_marked_and_joined_with_a_blank_line() -> None:
    document = read(pdf("First page.", "", "", "Fourth page.", ""))
    assert (document.text, document.format) == ("First page.\n\nFourth page.", "pdf")
    assert document.pages == (0, 13, 13, 13, 25)
    assert [document.page(offset) for offset in (0, 10, 13, 24)] == [1, 1, 4, 4]
    assert not document.is_markdown and not document.headings


def test_a_first_page_without_text_is_counted() -> None:
    document = read(pdf("", "Second page."))
    assert (document.text, document.pages) == ("Second page.", (0, 0))
    assert document.page(0) == 2


def test_words_are_joined_across_lines() -> None:
    text = read(pdf("An exam-\nple of COVID-\n19, by well-\nKnown Jean-\nPaul.", width=100)).text
    assert text == "An example of COVID-19, by well-Known Jean-Paul."


def test_any_script_is_read() -> None:
    document = FPDF()
    document.add_page()
    document.set_font("helvetica", size=12)
    document.multi_cell(0, None, "Grüße, café, 3 £")
    assert read(bytes(document.output())).text == "Grüße, café, 3 £"


def test_a_password_is_needed_to_open_it() -> None:
    assert rejected(pdf("Secret", user_password="u", owner_password="o")) == (
        "invalid_file: The PDF is encrypted, and opens with a password only; save it without one."
    )


def test_a_password_for_changing_it_does_not_matter() -> None:
    assert read(pdf("Open to read", owner_password="o")).text == "Open to read"


@pytest.mark.parametrize("keep", [0.1, 0.3])
def test_a_damaged_file(keep: float) -> None:
    content = pdf("Hello")
    assert rejected(content[: int(len(content) * keep)], "a.pdf") == (
        "invalid_file: The PDF is damaged and cannot be opened; make it anew from its source."
    )


def test_a_scanned_file_has_no_text() -> None:
    assert rejected(pdf("", "", "")) == (
        "invalid_file: The PDF has no text on its 3 pages: it may hold pictures of text only, as "
        "a scanner makes them. Run it through text recognition (OCR) first."
    )


def test_ten_thousand_pages_are_read() -> None:
    document = read(pdf(*[f"Page {number}." for number in range(1, 10_001)]))
    assert len(document.pages) == 10_000
    assert document.text.startswith("Page 10000.", document.pages[-1])


def test_more_pages_than_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("handler.documents.pdf.MAX_PAGES", 2)
    reason = "invalid_file: The PDF has 3 pages; the limit is 2. Split it."
    assert rejected(pdf("a", "b", "c")) == reason
    assert limits.MAX_PAGES >= 10_000


def test_text_that_lies_outside_the_page_is_not_read() -> None:
    stream = b"BT /F1 12 Tf 72 700 Td (Seen) Tj 2000 0 Td (unseen) Tj ET"
    assert read(pdf_with_stream(stream.hex().encode() + b">", "/ASCIIHexDecode")).text == "Seen"
