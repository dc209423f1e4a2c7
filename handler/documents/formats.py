"""Which format a file is in: by its content type, then its name, then what is in it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Literal

from handler.documents.signatures import WITHIN, signature
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
}
EXTENSIONS: dict[str, Format] = {
    ".csv": "csv",
    ".docx": "docx",
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
    """A content type, taken apart: type/subtype in lower case, and its parameters."""

    media_type: str
    parameters: dict[str, str]


def parse_content_type(content_type: str | None) -> ContentType:
    """Take a Content-Type apart; whatever is wrong in it is left out."""
    media_type, *rest = (content_type or "").split(";")
    pairs = [parameter.partition("=") for parameter in rest]
    parameters = {key.strip().lower(): value.strip().strip("\"'") for key, _, value in pairs}
    return ContentType(media_type.strip().lower(), parameters)


def detect(content: bytes, *, name: str, media_type: str) -> Format | None:
    """The format of a file; None for text of which nothing says what kind it is.

    What the bytes say plainly is believed before what the file is called. Raises DocumentRejected
    if they say that it is none that can be read, or not the one that it is said to be.
    """
    plain = signature(content)
    if plain in ("pdf", "docx"):
        return plain
    said = _said(name, media_type)
    if said == "pdf" and b"%PDF-" in content[:WITHIN]:
        return "pdf"
    if plain == "html" and said in ("pdf", "docx", "text", None):
        return "html"
    if said in ("pdf", "docx"):
        raise DocumentRejected(
            "invalid_file",
            f"The file is said to be {NAMES[said]}, by its content type or its name, but does not "
            "begin like one: it is damaged, or something else.",
        )
    return said


def _said(name: str, media_type: str) -> Format | None:
    by_type = MEDIA_TYPES.get(media_type)
    by_name = EXTENSIONS.get(PurePosixPath(name).suffix.lower())
    # text/plain says of a README.md only that it is text; so does application/json of .jsonl.
    if by_type == "text" and by_name not in (None, "pdf", "docx"):
        return by_name
    if by_type == "json" and by_name == "jsonl":
        return "jsonl"
    return by_type or by_name or ("text" if media_type.startswith("text/") else None)


def detect_text(text: str) -> Format:
    """The format of a text that nothing is said about: JSON, JSON Lines, or just text."""
    begin = text.lstrip()
    if not begin.startswith(("{", "[")):
        return "text"
    if _is_json(begin):
        return "json"
    # The first line may be one of many; or it is prose in brackets.
    return "jsonl" if begin.startswith("{") and _is_json(begin.split("\n", 1)[0]) else "text"


def _is_json(text: str) -> bool:
    try:
        json.loads(text, parse_int=str)  # of any length, too
    except ValueError:
        return False
    except RecursionError:
        return True  # as far as Python can read it
    return True
