"""Documents that are embedded in a Word file (w:altChunk): HTML, text and other Word files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Literal

from handler.documents.archive import Archive
from handler.documents.charsets import decode
from handler.documents.document import Document
from handler.documents.docx.names import Element, name
from handler.documents.docx.package import Package
from handler.documents.docx.tally import Tally
from handler.documents.inclusion import include
from handler.documents.writer import Writer, clean
from handler.errors import DocumentRejected

MAX_DEPTH = 3  # of Word files in Word files
ID = name("r:id")
KINDS: dict[str, Literal["html", "text", "word"]] = {
    "htm": "html",
    "html": "html",
    "text/html": "html",
    "xhtml": "html",
    "application/xhtml+xml": "html",
    "txt": "text",
    "text/plain": "text",
    "docx": "word",
    "docm": "word",
    "dotx": "word",
}


class ChunkReader:
    """Writes the embedded documents of one Word file, each once."""

    def __init__(
        self,
        package: Package,
        tally: Tally,
        writer: Writer,
        depth: int,
        write_word: Callable[[Archive, Writer, int], Tally],
    ) -> None:
        self._package, self._tally, self._writer = package, tally, writer
        self._depth, self._write_word = depth, write_word
        self._written: set[str] = set()

    def write(self, chunk: Element, part: str) -> None:
        """Write what `chunk`, an element of `part`, refers to."""
        target = self._package.target(part, chunk.get(ID))
        if target in self._written:
            return
        self._written.add(target)
        kind = self._kind(target) if target else None
        if kind is None or (kind == "word" and self._depth >= MAX_DEPTH):
            self._tally.chunks += 1
            return
        content = self._package.archive.read(target)
        before = self._writer.position
        try:
            if kind == "word":
                archive = self._package.archive.nested(content, "embedded Word file")
                self._write_word(archive, self._writer, self._depth + 1)
            else:
                include(self._writer, _document(content, kind))
        except DocumentRejected:
            if self._writer.position != before:  # a limit of the whole document
                raise
            self._tally.chunks += 1

    def _kind(self, target: str) -> Literal["html", "text", "word"] | None:
        kind = KINDS.get(target.rpartition(".")[2].lower())
        media_type = self._package.media_type(target).partition(";")[0].strip().lower()
        return (
            kind or KINDS.get(media_type) or ("word" if "wordprocessingml" in media_type else None)
        )


def _document(content: bytes, kind: Literal["html", "text"]) -> Document:
    # Few files need them, and HTML's library takes time to load.
    from handler.documents.html import extract_html
    from handler.documents.text import extract_text

    decoded = decode(content, charset=None, is_html=kind == "html")
    text = clean(decoded.text)
    is_html = kind == "html"
    document = extract_html(text, keep_boilerplate=True) if is_html else extract_text(text)
    return replace(document, warnings=(*decoded.warnings, *document.warnings))
