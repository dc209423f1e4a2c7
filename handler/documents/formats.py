"""A file's format, by its first bytes, its content type, its name and its text. Reads no file."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Literal

from handler.documents.signatures import PDF_HEADER_WITHIN, signature
from handler.errors import DocumentRejected

Format = Literal["text", "markdown", "html", "pdf", "docx", "csv", "json", "jsonl"]

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
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
}
EXTENSIONS: dict[str, Format] = {
    ".csv": "csv",
    ".docm": "docx",
    ".docx": "docx",
    ".dotm": "docx",
    ".dotx": "docx",
    ".geojson": "json",
    ".htm": "html",
    ".html": "html",
    ".json": "json",
    ".jsonl": "jsonl",
    ".markdown": "markdown",
    ".md": "markdown",
    ".ndjson": "jsonl",
    ".pdf": "pdf",
    ".tab": "csv",
    ".text": "text",
    ".tsv": "csv",
    ".txt": "text",
    ".xhtml": "html",
}
NAMES = {"pdf": "a PDF", "docx": "a Word file"}


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
    proven = signature(content)
    if proven in ("pdf", "docx"):
        return proven
    declared = _declared(name, media_type)
    if declared == "pdf" and b"%PDF-" in content[:PDF_HEADER_WITHIN]:
        return "pdf"
    if proven == "html" and declared in ("pdf", "docx", "text", None):
        return "html"
    if declared in ("pdf", "docx"):
        raise DocumentRejected(
            "invalid_file",
            f"The file's content type or name says that it is {NAMES[declared]}, but it does not "
            "begin like one: it is damaged, or in another format.",
        )
    return declared


def _declared(name: str, media_type: str) -> Format | None:
    by_type = MEDIA_TYPES.get(media_type)
    by_name = EXTENSIONS.get(PurePosixPath(name).suffix.lower())
    # A README.md may come as text/plain, and a .jsonl as application/json: the name says more.
    if by_type == "text" and by_name not in (None, "pdf", "docx"):
        return by_name
    if by_type == "json" and by_name == "jsonl":
        return "jsonl"
    return by_type or by_name or ("text" if media_type.startswith("text/") else None)


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
