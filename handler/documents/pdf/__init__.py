"""PDF: the text of each page, with the values of forms and typed text, in reading order.

pdfium finds the characters; we put them into lines and columns. Does not read text in pictures,
notes, attached files and what scripts would write: these are warnings.
"""

from __future__ import annotations

import pypdfium2
from pypdfium2 import raw

from handler.documents.document import Document
from handler.documents.pdf import library
from handler.documents.pdf.hyphens import join_words
from handler.documents.pdf.outline import Outline, title_of
from handler.documents.pdf.page import page_text
from handler.documents.pdf.unread import Unread
from handler.documents.writer import Writer, clean
from handler.errors import DocumentRejected
from handler.limits import MAX_CHARACTERS, MAX_PAGES

END = b"%%EOF"


def extract_pdf(content: bytes) -> Document:
    """The text of a PDF. Raises DocumentRejected if the file cannot be opened or has no text."""
    is_cut = _is_cut(content)
    with library.LOCK:
        try:
            with pypdfium2.PdfDocument(content) as pdf:
                return _extract(pdf, is_cut=is_cut)
        except pypdfium2.PdfiumError as error:
            raise DocumentRejected("invalid_file", _reason(error, is_cut=is_cut)) from error


def _is_cut(content: bytes) -> bool:
    """Whether the file goes on after its last end mark, or has none: its end is missing.

    A web server may add a few lines to a whole file, and an update adds objects with another mark.
    """
    return b"endobj" in content[max(0, content.rfind(END)) :]


def _reason(error: pypdfium2.PdfiumError, *, is_cut: bool) -> str:
    if error.err_code == raw.FPDF_ERR_PASSWORD:
        return "The PDF is encrypted and needs a password to open; save it without one."
    if error.err_code == raw.FPDF_ERR_SECURITY:
        return "The PDF is encrypted in a way that cannot be read; save it without encryption."
    if is_cut:
        return "The PDF is truncated: its end mark, %%EOF, is missing. Upload the whole file."
    return "The PDF is damaged and cannot be opened; create it again from its source."


def _extract(pdf: pypdfium2.PdfDocument, *, is_cut: bool) -> Document:
    count = len(pdf)
    if count > MAX_PAGES:
        message = f"The PDF has {count:,} pages; the limit is {MAX_PAGES:,}. Split it."
        raise DocumentRejected("invalid_file", message)
    pdf.init_forms()
    unread = Unread()
    texts = _page_texts(pdf, unread, is_cut=is_cut)
    writer, outline = Writer("pdf"), Outline(pdf)
    for index, text in enumerate(map(clean, join_words(texts))):
        writer.separate("\n\n")
        writer.mark_page()
        begin = writer.write(text.strip())
        for offset, level, title in outline.headings(index, text.strip()):
            writer.mark_heading(begin + offset, level, title)
    if writer.is_empty:
        raise DocumentRejected("invalid_file", _without_text(count))
    if is_cut:
        writer.warn(
            "The PDF is truncated: its end mark, %%EOF, is missing. Its last pages may be missing, "
            "too; upload the whole file."
        )
    writer.title = title_of(pdf)
    unread.warn(pdf, writer)
    return writer.document()


def _page_texts(pdf: pypdfium2.PdfDocument, unread: Unread, *, is_cut: bool) -> list[str]:
    """The text of each page. Raises DocumentRejected if one cannot be opened."""
    texts: list[str] = []
    damaged = length = 0
    for index in range(len(pdf)):
        try:
            texts.append(page_text(pdf, index, unread))
        except pypdfium2.PdfiumError:
            damaged += 1
            continue
        length += len(texts[-1])
        if length > MAX_CHARACTERS:  # the writer will refuse them
            break
    if damaged:
        kind = "truncated: it lacks" if is_cut else "damaged on"
        cure = "upload the whole file" if is_cut else "create it again"
        message = f"The PDF is {kind} {damaged:,} of its {len(pdf):,} pages; {cure}."
        raise DocumentRejected("invalid_file", message)
    return texts


def _without_text(count: int) -> str:
    return (
        f"The PDF has no text on its {count:,} pages: it may contain only pictures of text, "
        "as from a scanner. Run it through text recognition (OCR) first."
    )
