"""Rich Text (.rtf): paragraphs, headings, lists and tables, as Markdown.

Leaves out hidden and deleted text, pictures and comments, and counts them.
"""

from __future__ import annotations

from handler.documents.document import Document
from handler.documents.rtf.reader import Reader
from handler.documents.work_limit import check_count
from handler.documents.writer import Writer
from handler.limits import MAX_RTF_WORDS


def extract_rtf(content: bytes) -> Document:
    """The document of a Rich Text file. Raises DocumentRejected if it has no text."""
    # Bytes written in hexadecimal are cheap.
    words = content.count(b"\\") - content.count(b"\\'") + content.count(b"{")
    check_count(words, MAX_RTF_WORDS, "The Rich Text file has {} control words and groups")
    writer = Writer("rtf", is_markdown=True)
    reader = Reader(writer)
    reader.read(content)
    if reader.unknown_symbols:
        writer.warn(
            f"Text is in a symbol font that is not known ({reader.unknown_symbols:,} times), so "
            "its letters may stand for symbols."
        )
    reader.skipped.report(writer, "Rich Text file")
    return writer.document()
