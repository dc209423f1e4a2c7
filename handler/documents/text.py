"""Plain text, kept as it is, without the files that are embedded in it. Finds no structure.

A text that is certainly JSON Lines, a log for example, is read as such.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from handler.documents.base64_blobs import Base64Blobs
from handler.documents.document import Document
from handler.documents.line_limit import MAX_LINES
from handler.documents.writer import Writer


def extract_text(text: str) -> Document:
    """The document of a plain text."""
    if _is_json_lines(text):
        from handler.documents.json_items import extract_json_lines

        return extract_json_lines(text)
    writer = Writer("text")
    blobs = Base64Blobs()
    writer.write(blobs.leave_out(text))
    if blobs.warning:
        writer.warn(blobs.warning)
    return writer.document()


def _is_json_lines(text: str) -> bool:
    """Whether every line is a JSON object, and there are several."""
    if text.count("\n") > MAX_LINES:
        return False
    lines = 0
    for line in _lines(text):
        if not line.startswith("{") or not line.endswith("}"):
            return False
        try:
            json.loads(line, parse_int=str)  # int() refuses thousands of digits
        except (ValueError, RecursionError):
            return False
        lines += 1
    return lines > 1


def _lines(text: str) -> Iterator[str]:
    """The lines that are not blank, without the white space around them."""
    begin = 0
    while begin < len(text):
        end = text.find("\n", begin)
        end = len(text) if end < 0 else end
        if line := text[begin:end].strip():
            yield line
        begin = end + 1
