"""The text of each page of a PDF is read, and unreadable files are explained."""

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
    assert not document.is_markdown
    assert not document.headings


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


def test_a_file_that_needs_a_password_is_refused() -> None:
    assert rejected(pdf("Secret", user_password="u", owner_password="o")) == (
        "invalid_file: The PDF is encrypted and needs a password to open; save it without one."
    )


def test_a_file_that_needs_a_password_only_for_changes_is_read() -> None:
    assert read(pdf("Open to read", owner_password="o")).text == "Open to read"


@pytest.mark.parametrize("keep", [0.1, 0.3, 0.6, 0.95])
def test_a_truncated_file_is_refused(keep: float) -> None:
    content = pdf("Hello", "world")
    assert rejected(content[: int(len(content) * keep)], "a.pdf") == (
        "invalid_file: The PDF is truncated: its end mark, %%EOF, is missing. Upload the whole "
        "file."
    )


def test_a_truncated_file_that_can_be_opened_is_read_with_a_warning() -> None:
    document = read(pdf("Hello")[:-3])
    assert document.text == "Hello"
    assert document.warnings == (
        "The PDF is truncated: its end mark, %%EOF, is missing. Its last pages may be missing, "
        "too; upload the whole file.",
    )


def test_an_update_that_was_not_written_to_its_end_is_a_truncation() -> None:
    document = read(pdf("Hello") + b"\n99 0 obj\n<< /Type /Whatever >>\nendobj\n")
    assert document.text == "Hello"
    assert document.warnings[0].startswith("The PDF is truncated")


def test_lines_after_the_end_mark_are_no_reason_to_warn() -> None:
    assert read(pdf("Hello") + b"\n<!-- served by proxy -->\n").warnings == ()


@pytest.mark.parametrize("content", [b"%PDF-1.4\n", b"%PDF-1.4\nnothing\n%%EOF"])
def test_a_damaged_file_is_refused(content: bytes) -> None:
    assert rejected(content, "a.pdf") == (
        "invalid_file: The PDF is damaged and cannot be opened; create it again from its source."
    )


def test_a_scanned_file_is_refused() -> None:
    assert rejected(pdf("", "", "")) == (
        "invalid_file: The PDF has no text on its 3 pages: it may contain only pictures of text, "
        "as from a scanner. Run it through text recognition (OCR) first."
    )


@pytest.mark.parametrize("pages", [500, pytest.param(10_000, marks=pytest.mark.slow)])
def test_many_pages_are_read(pages: int) -> None:
    document = read(pdf(*[f"Page {number}." for number in range(1, pages + 1)]))
    assert len(document.pages) == pages
    assert document.text.startswith(f"Page {pages}.", document.pages[-1])


def test_more_pages_than_the_limit_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("handler.documents.pdf.MAX_PAGES", 2)
    reason = "invalid_file: The PDF has 3 pages; the limit is 2. Split it."
    assert rejected(pdf("a", "b", "c")) == reason
    assert limits.MAX_PAGES >= 10_000


def test_text_outside_the_page_is_not_read() -> None:
    stream = b"BT /F1 12 Tf 72 700 Td (Seen) Tj 2000 0 Td (unseen) Tj ET"
    assert read(pdf_with_stream(stream.hex().encode() + b">", "/ASCIIHexDecode")).text == "Seen"
