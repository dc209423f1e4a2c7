"""Rich Text (.rtf): paragraphs, headings, lists and tables, as Markdown.

Leaves out hidden and deleted text, pictures and comments, and counts them.
"""

from __future__ import annotations

from handler.documents.document import Document
from handler.documents.rtf.reader import Reader
from handler.documents.writer import Writer


def extract_rtf(content: bytes) -> Document:
    """The document of a Rich Text file. Raises DocumentRejected if it has no text."""
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
