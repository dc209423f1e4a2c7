"""A file's format, by its first bytes, its content type, its name and its text. Reads no file."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Literal

from handler.documents.signatures import PDF_HEADER_WITHIN, signature, unsupported
from handler.documents.text_kinds import text_kind, xml_root
from handler.documents.wholeness import refuse_empty
from handler.errors import DocumentRejected

Format = Literal[
    "text", "markdown", "html", "pdf", "docx", "csv", "json", "jsonl",
    "pptx", "xlsx", "xls", "odt", "ods", "odp", "epub", "rtf",
    "eml", "mbox", "mhtml", "ipynb", "svg", "opml", "feed",
    "xml", "css",  # only declared: of an unknown kind, and never read
]  # fmt: skip

OFFICE = "application/vnd.openxmlformats-officedocument"
ODF = "application/vnd.oasis.opendocument"
DOCX = f"{OFFICE}.wordprocessingml.document"
MEDIA_TYPES: dict[str, Format] = {
    "application/csv": "csv",
    "application/json": "json",
    "application/json-lines": "jsonl",
    "application/jsonl": "jsonl",
    "application/jsonlines": "jsonl",
    "application/ld+json": "json",
    "application/geo+json": "json",
    "application/markdown": "markdown",
    "application/ndjson": "jsonl",
    "application/pdf": "pdf",
    "application/x-jsonlines": "jsonl",
    "application/x-ndjson": "jsonl",
    "application/x-pdf": "pdf",
    "application/xhtml+xml": "html",
    "text/csv": "csv",
    "text/html": "html",
    "text/json": "json",
    "text/markdown": "markdown",
    "text/plain": "text",
    "text/tab-separated-values": "csv",
    "text/x-markdown": "markdown",
    DOCX: "docx",
    "application/vnd.ms-word.document.macroenabled.12": "docx",
    "application/vnd.ms-word.template.macroenabled.12": "docx",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.template": "docx",
    f"{OFFICE}.presentationml.presentation": "pptx",
    f"{OFFICE}.presentationml.slideshow": "pptx",
    f"{OFFICE}.spreadsheetml.sheet": "xlsx",
    f"{ODF}.text": "odt",
    f"{ODF}.spreadsheet": "ods",
    f"{ODF}.presentation": "odp",
    "application/atom+xml": "feed",
    "application/epub+zip": "epub",
    "application/mbox": "mbox",
    "application/rss+xml": "feed",
    "application/rtf": "rtf",
    "application/x-ipynb+json": "ipynb",
    "application/xml": "xml",
    "image/svg+xml": "svg",
    "message/rfc822": "eml",
    "multipart/related": "mhtml",
    "text/css": "css",
    "text/rtf": "rtf",
    "text/x-opml": "opml",
    "text/xml": "xml",
}
EXTENSIONS: dict[str, Format] = {
    ".atom": "feed",
    ".csv": "csv",
    ".docm": "docx",
    ".docx": "docx",
    ".dotm": "docx",
    ".dotx": "docx",
    ".eml": "eml",
    ".epub": "epub",
    ".geojson": "json",
    ".htm": "html",
    ".html": "html",
    ".ipynb": "ipynb",
    ".json": "json",
    ".jsonl": "jsonl",
    ".markdown": "markdown",
    ".mbox": "mbox",
    ".md": "markdown",
    ".mht": "mhtml",
    ".mhtml": "mhtml",
    ".ndjson": "jsonl",
    ".odp": "odp",
    ".ods": "ods",
    ".odt": "odt",
    ".opml": "opml",
    ".pdf": "pdf",
    ".pptx": "pptx",
    ".rss": "feed",
    ".rtf": "rtf",
    ".svg": "svg",
    ".tab": "csv",
    ".text": "text",
    ".tsv": "csv",
    ".txt": "text",
    ".xhtml": "html",
    ".xls": "xls",
    ".xlsm": "xlsx",
    ".xlsx": "xlsx",
    ".xml": "xml",
}
# Formats that the first bytes prove.
NAMES: dict[Format, str] = {
    "pdf": "a PDF",
    "docx": "a Word file",
    "pptx": "a PowerPoint presentation",
    "xlsx": "an Excel workbook",
    "xls": "an old Excel workbook",
    "odt": "an OpenDocument text",
    "ods": "an OpenDocument spreadsheet",
    "odp": "an OpenDocument presentation",
    "epub": "an EPUB book",
    "rtf": "a Rich Text file",
    "svg": "an SVG picture",
    "opml": "an OPML outline",
    "feed": "an RSS or Atom feed",
}
XML_ROOTS = ("svg", "opml", "feed")


UNKNOWN_XML = (
    "XML of a kind that is not known; save it in one of these, or add it as text/plain to search "
    "it as it is written"
)


@dataclass(frozen=True)
class ContentType:
    """A parsed content type: type/subtype in lower case, and its parameters."""

    media_type: str
    parameters: dict[str, str]


def parse_content_type(content_type: str | None) -> ContentType:
    """Parse a Content-Type header; malformed parts are left out."""
    media_type, *rest = (content_type or "").split(";")
    pairs = [parameter.partition("=") for parameter in rest]
    parameters = {key.strip().lower(): value.strip().strip("\"'") for key, _, value in pairs}
    return ContentType(media_type.strip().lower(), parameters)


def detect(content: bytes, *, name: str, media_type: str) -> Format | None:
    """The format of a file; None for text of an unknown kind.

    The bytes, where they prove a format, outweigh the file's name and content type. Raises
    DocumentRejected if the format is not supported, or if the bytes contradict the declared one.
    """
    refuse_empty(content)
    proven = signature(content)
    if proven not in ("html", None):
        return proven
    declared = _declared(name, media_type)
    kind = text_kind(content)
    if declared in (*XML_ROOTS, "xml") and xml_root(content):
        return xml_root(content)
    if declared in (None, "text") and kind in ("eml", "mbox", "mhtml"):
        return kind
    if declared is None and kind in XML_ROOTS:
        return kind
    if declared == "css":
        raise unsupported("a style sheet (CSS)")
    if proven is None and (declared == "xml" or (declared is None and kind == "xml")):
        raise unsupported(UNKNOWN_XML)
    if declared == "pdf" and b"%PDF-" in content[:PDF_HEADER_WITHIN]:
        return "pdf"
    if proven == "html" and declared in (*NAMES, "text", "xml", None):
        return "html"
    if declared in NAMES:
        raise DocumentRejected(
            "invalid_file",
            f"The file's content type or name says that it is {NAMES[declared]}, but it does not "
            "begin like one: it is damaged, or in another format.",
        )
    return declared


def _declared(name: str, media_type: str) -> Format | None:
    by_type = MEDIA_TYPES.get(media_type)
    extension = PurePosixPath(name).suffix.lower()
    by_name: Format | None = EXTENSIONS.get(extension, "css" if extension == ".css" else None)
    # A README.md may come as text/plain, and a .jsonl as application/json: the name says more.
    if by_type == "text" and by_name not in (None, "xml", *NAMES):
        return by_name
    if by_type == "json" and by_name in ("jsonl", "ipynb"):
        return by_name
    if by_type == "xml" and by_name in (*XML_ROOTS, "html"):
        return by_name
    if found := by_type or by_name:
        return found
    if media_type.endswith("+xml"):
        return "xml"
    return "text" if media_type.startswith("text/") else None


def detect_text(text: str) -> Format:
    """The format of a text without a declared one: JSON, JSON Lines or plain text."""
    begin = text.lstrip()
    if not begin.startswith(("{", "[")):
        return "text"
    if _is_json(begin):
        return "json"
    # Either the first lines are two of many JSON values, or the text is prose in brackets.
    lines = begin.split("\n", 2)[:2]
    return "jsonl" if len(lines) == 2 and all(map(_is_json, lines)) else "text"


def _is_json(text: str) -> bool:
    try:
        json.loads(text, parse_int=str)  # int() refuses thousands of digits
    except ValueError:
        return False
    except RecursionError:
        return True  # valid up to the depth that Python can parse
    return True
