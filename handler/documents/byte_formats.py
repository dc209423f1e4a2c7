"""Calls the readers of formats that are not one text in one character set. Detects nothing."""

from __future__ import annotations

from collections.abc import Callable

from handler.documents.charsets import decode
from handler.documents.document import Document
from handler.documents.formats import Format

# Reads any file inside another: its bytes, its name and its content type.
Read = Callable[[bytes, str, str | None], Document]

HEADERS = 1_024  # bytes of a mail that are headers, and ASCII in every 8-bit set


def extract_bytes(content: bytes, format: Format, read: Read) -> Document | None:
    """The document of a file in one of these formats; None if the format is another."""
    if format == "pdf":
        from handler.documents.pdf import extract_pdf

        return extract_pdf(content)
    if format == "docx":
        from handler.documents.docx import extract_docx

        return extract_docx(content)
    return _office(content, format) or _mail(content, format, read) or _markup(content, format)


def _office(content: bytes, format: Format) -> Document | None:
    if format == "pptx":
        from handler.documents.pptx import extract_pptx

        return extract_pptx(content)
    if format == "xlsx":
        from handler.documents.xlsx import extract_xlsx

        return extract_xlsx(content)
    if format == "xls":
        from handler.documents.xls import extract_xls

        return extract_xls(content)
    if format in ("odt", "ods", "odp"):
        from handler.documents.odf import extract_odf

        return extract_odf(content, format)
    if format == "rtf":
        from handler.documents.rtf import extract_rtf

        return extract_rtf(content)
    return None


def _mail(content: bytes, format: Format, read: Read) -> Document | None:
    if format not in ("eml", "mbox", "mhtml"):
        return None
    from handler.documents.mail import extract_mail, extract_mailbox, extract_web_archive

    if b"\x00" in content[:HEADERS]:  # saved as UTF-16, which no header can say
        content = decode(content).text.encode()
    if format == "mbox":
        return extract_mailbox(content, read)
    return extract_mail(content, read) if format == "eml" else extract_web_archive(content, read)


def _markup(content: bytes, format: Format) -> Document | None:
    if format == "epub":
        from handler.documents.epub import extract_epub

        return extract_epub(content)
    if format == "svg":
        from handler.documents.svg import extract_svg

        return extract_svg(content)
    if format == "opml":
        from handler.documents.opml import extract_opml

        return extract_opml(content)
    if format == "feed":
        from handler.documents.feed import extract_feed

        return extract_feed(content)
    return None
