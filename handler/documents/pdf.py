"""PDF: the text of each page, as pdfium reads it. Does not read text in pictures."""

from __future__ import annotations

import re
import threading

import pypdfium2
from pypdfium2 import raw

from handler.documents.document import Document
from handler.documents.writer import Writer
from handler.errors import DocumentRejected
from handler.limits import MAX_PAGES

# pdfium joins a word that is split across two lines and marks the place with one of these. It
# does not tell whether the hyphen belongs to the word ("well-known"). Before a capital or a digit
# we assume that it does ("COVID-19").
LINE_END_HYPHEN = re.compile("[\x02\ufffe](?:\r\n)?(?P<next>.?)")

_pdfium = threading.Lock()  # pdfium is not thread-safe


def extract_pdf(content: bytes) -> Document:
    """The text of a PDF. Raises DocumentRejected if the file cannot be opened or has no text."""
    with _pdfium:
        try:
            with pypdfium2.PdfDocument(content) as pdf:
                return _extract(pdf)
        except pypdfium2.PdfiumError as error:
            raise DocumentRejected("invalid_file", _reason(error)) from error


def _reason(error: pypdfium2.PdfiumError) -> str:
    if error.err_code == raw.FPDF_ERR_PASSWORD:
        return "The PDF is encrypted and needs a password to open; save it without one."
    if error.err_code == raw.FPDF_ERR_SECURITY:
        return "The PDF is encrypted in a way that cannot be read; save it without encryption."
    return "The PDF is damaged and cannot be opened; create it again from its source."


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
        message = f"The PDF is damaged on {damaged:,} of its {count:,} pages; create it again."
        raise DocumentRejected("invalid_file", message)
    if writer.is_empty:
        raise DocumentRejected(
            "invalid_file",
            f"The PDF has no text on its {count:,} pages: it may contain only pictures of text, "
            "as from a scanner. Run it through text recognition (OCR) first.",
        )
    return writer.document()


def _page_text(pdf: pypdfium2.PdfDocument, index: int) -> str:
    """The text of the page at `index`, from 0. Frees the page's memory."""
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
