"""PDF: the text of each page, as pdfium reads it. Does not read what is in pictures."""

from __future__ import annotations

import re
import threading

import pypdfium2
from pypdfium2 import raw

from handler.documents.document import Document
from handler.documents.writer import Writer
from handler.errors import DocumentRejected
from handler.limits import MAX_PAGES

# pdfium's signs for a hyphen at the end of a line, where it has joined the two parts of a word.
# Whether the hyphen belongs to the word ("well-known") is not to be seen; before a capital or a
# digit it does ("COVID-19").
LINE_END_HYPHEN = re.compile("[\x02\ufffe](?:\r\n)?(?P<next>.?)")

_pdfium = threading.Lock()  # it must not be called by two threads at a time


def extract_pdf(content: bytes) -> Document:
    """The document of a PDF. Raises DocumentRejected if it cannot be opened, or has no text."""
    with _pdfium:
        try:
            with pypdfium2.PdfDocument(content) as pdf:
                return _extract(pdf)
        except pypdfium2.PdfiumError as error:
            raise DocumentRejected("invalid_file", _reason(error)) from error


def _reason(error: pypdfium2.PdfiumError) -> str:
    if error.err_code == raw.FPDF_ERR_PASSWORD:
        return "The PDF is encrypted, and opens with a password only; save it without one."
    if error.err_code == raw.FPDF_ERR_SECURITY:
        return "The PDF is encrypted in a way that cannot be read; save it without encryption."
    return "The PDF is damaged and cannot be opened; make it anew from its source."


def _extract(pdf: pypdfium2.PdfDocument) -> Document:
    count = len(pdf)
    if count > MAX_PAGES:
        message = f"The PDF has {count:,} pages; the limit is {MAX_PAGES:,}. Split it."
        raise DocumentRejected("invalid_file", message)
    writer = Writer("pdf")
    damaged = 0
    for index in range(count):
        writer.separate("\n\n")
        writer.mark_page()
        try:
            writer.write(_page_text(pdf, index))
        except pypdfium2.PdfiumError:
            damaged += 1
    if damaged:
        message = f"Of the PDF's {count:,} pages {damaged:,} are damaged; make it anew."
        raise DocumentRejected("invalid_file", message)
    if writer.is_empty:
        raise DocumentRejected(
            "invalid_file",
            f"The PDF has no text on its {count:,} pages: it may hold pictures of text only, as a "
            "scanner makes them. Run it through text recognition (OCR) first.",
        )
    return writer.document()


def _page_text(pdf: pypdfium2.PdfDocument, index: int) -> str:
    """The text of the page at `index`, from 0. What pdfium holds for it is freed."""
    page = pdf[index]
    try:
        textpage = page.get_textpage()
        try:
            text: str = textpage.get_text_bounded()
        finally:
            textpage.close()
    finally:
        page.close()
    return LINE_END_HYPHEN.sub(_joined, text).strip()


def _joined(hyphen: re.Match[str]) -> str:
    after = hyphen["next"]
    return after if after.islower() else f"-{after}"
