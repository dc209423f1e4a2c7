"""Builds a document's text, and records where its pages and headings begin.

The only place that cleans text and limits its length. Knows no format.
"""

from __future__ import annotations

import re
from typing import Literal

from handler.documents.document import Document
from handler.errors import DocumentRejected
from handler.limits import MAX_CHARACTERS, MAX_HEADING, MAX_HEADINGS

# Separators, from the weakest to the strongest.
Break = Literal["", " ", " | ", "\n", "\n\n"]
STRENGTH: dict[str, int] = {"": 0, " ": 1, " | ": 2, "\n": 3, "\n\n": 4}

# Control characters carry no meaning here, and JSON needs six bytes for each (and NUL ends a C
# string). Lone surrogates cannot be encoded at all.
UNUSABLE = re.compile("[\x00-\x08\x0e-\x1f\x7f\ud800-\udfff]")
LINE_ENDS = re.compile("\r\n?")


def clean(text: str) -> str:
    """`text` with \\n as its line ends, and without unusable characters."""
    return UNUSABLE.sub("", LINE_ENDS.sub("\n", text))


class Writer:
    """Builds the text of one document.

    A reader says what separates two texts (`separate`) before it knows whether a second one
    follows. So the separator waits, and is written only when the next text arrives:

        writer.write("a")
        writer.separate(" ")
        writer.separate("\\n\\n")  # the stronger one counts
        writer.write("b")  # "a\\n\\nb"
    """

    def __init__(self, format: str, *, is_markdown: bool = False) -> None:
        self._format, self._is_markdown = format, is_markdown
        self._parts: list[str] = []
        self._pages: list[int] = []
        self._headings: list[tuple[int, str]] = []
        self._length = 0
        self._break: Break = ""  # to be written before the next text
        self._prefix = ""  # to be written between the break and the next text

    @property
    def is_empty(self) -> bool:
        """Whether the text is only white space so far."""
        return all(part.isspace() for part in self._parts)

    def separate(self, by: Break) -> None:
        """Put `by` before the next text. The strongest one counts, and none at the start."""
        if STRENGTH[by] > STRENGTH[self._break]:
            self._break = by

    def prefix(self, by: str) -> None:
        """Put `by` between the separator and the next text. The last one counts."""
        self._prefix = by

    def write(self, text: str) -> int:
        """Add `text` and return the offset at which it begins.

        Raises DocumentRejected if the document becomes too long.
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
        """Record that a page begins with the next text."""
        self._pages.append(self._length + (len(self._break) if self._length else 0))

    def mark_heading(self, offset: int, text: str) -> None:
        """Record a heading at `offset`.

        Raises DocumentRejected if there are too many.
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
        """Write and record a heading, as a Markdown block. level: from 1 to 6."""
        text = " ".join(text.split())
        if text:
            self.separate("\n\n")
            self.mark_heading(self.write(f"{'#' * min(level, 6)} {text}"), text)
            self.separate("\n\n")

    def document(self) -> Document:
        """The finished document. Raises DocumentRejected if it has no text."""
        if self.is_empty:
            raise DocumentRejected("invalid_file", "The file has no text.")
        text = "".join(self._parts)
        # Empty pages after the last text begin at its end.
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
