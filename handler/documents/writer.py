"""Gathers a document's text, and marks in it where pages and headings begin.

The one place where text is cleaned, and where its length is bounded. Knows no format.
"""

from __future__ import annotations

import re
from typing import Literal

from handler.documents.document import Document
from handler.errors import DocumentRejected
from handler.limits import MAX_CHARACTERS, MAX_HEADING, MAX_HEADINGS

# From the weakest to the strongest.
Break = Literal["", " ", " | ", "\n", "\n\n"]
STRENGTH: dict[str, int] = {"": 0, " ": 1, " | ": 2, "\n": 3, "\n\n": 4}

# Control characters mean nothing here, and JSON takes six bytes for each (NUL ends strings
# elsewhere); half a surrogate pair can be encoded in nothing.
UNUSABLE = re.compile("[\x00-\x08\x0e-\x1f\x7f\ud800-\udfff]")
LINE_ENDS = re.compile("\r\n?")


def clean(text: str) -> str:
    """`text` with \\n at the end of its lines, and without what no text needs."""
    return UNUSABLE.sub("", LINE_ENDS.sub("\n", text))


class Writer:
    """Gathers the text of one document."""

    def __init__(self, format: str, *, is_markdown: bool = False) -> None:
        self._format, self._is_markdown = format, is_markdown
        self._parts: list[str] = []
        self._pages: list[int] = []
        self._headings: list[tuple[int, str]] = []
        self._length = 0
        self._break: Break = ""
        self._prefix = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing has been written but white space."""
        return all(part.isspace() for part in self._parts)

    def separate(self, by: Break) -> None:
        """Write `by` before what comes next; of several the strongest, and none at the start."""
        if STRENGTH[by] > STRENGTH[self._break]:
            self._break = by

    def prefix(self, by: str) -> None:
        """Write `by` between what separates and what comes next; the last one counts."""
        self._prefix = by

    def write(self, text: str) -> int:
        """Add `text`, and give the offset at which it begins.

        Raises DocumentRejected when the text has become too long.
        """
        text = clean(text)
        if not text:
            return self._length
        if self._break and self._length:
            self._add(self._break)
        begin = self._length
        self._add(self._prefix + text)
        self._break, self._prefix = "", ""
        return begin

    def mark_page(self) -> None:
        """A page begins, with whatever is written next."""
        self._pages.append(self._length + (len(self._break) if self._length else 0))

    def mark_heading(self, offset: int, text: str) -> None:
        """A heading begins at `offset`, and says `text`.

        Raises DocumentRejected when there are too many.
        """
        text = " ".join(clean(text).split())
        if len(text) > MAX_HEADING:
            text = text[: MAX_HEADING - 1] + "…"
        if text:
            self._headings.append((offset, text))
        if len(self._headings) > MAX_HEADINGS:
            raise DocumentRejected(
                "invalid_file",
                f"The file has more than {MAX_HEADINGS:,} headings, the limit of one document; "
                "split it into several files.",
            )

    def heading(self, level: int, text: str) -> None:
        """Add a heading, as Markdown, in a block of its own. level: from 1 to 6."""
        text = " ".join(text.split())
        if text:
            self.separate("\n\n")
            self.mark_heading(self.write(f"{'#' * min(level, 6)} {text}"), text)
            self.separate("\n\n")

    def document(self) -> Document:
        """The document. Raises DocumentRejected if it has no text."""
        if self.is_empty:
            raise DocumentRejected("invalid_file", "The file has no text.")
        text = "".join(self._parts)
        # The pages after the last text begin where it ends.
        pages = tuple(min(page, len(text)) for page in self._pages)
        return Document(text, self._format, self._is_markdown, pages, tuple(self._headings))

    def _add(self, text: str) -> None:
        self._length += len(text)
        if self._length > MAX_CHARACTERS:
            raise DocumentRejected(
                "invalid_file",
                f"The file's text is longer than {MAX_CHARACTERS:,} characters, the limit of one "
                "document; split it into several files.",
            )
        self._parts.append(text)
