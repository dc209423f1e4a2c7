"""The text of a document, and where its pages and sections begin. Knows no file and no format."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass


@dataclass(frozen=True)
class Document:
    """The text of a document in any format. Offsets count characters of `text`."""

    text: str
    format: str  # "pdf" …
    is_markdown: bool = False  # headings are marked with #
    pages: tuple[int, ...] = ()  # offset of each page; empty if the format has none
    headings: tuple[tuple[int, str], ...] = ()  # offset and text of each, in order

    def page(self, offset: int) -> int | None:
        """The number of the page at `offset`, from 1; None in a format without pages."""
        return bisect_right(self.pages, offset) or None

    def heading(self, offset: int) -> str | None:
        """The last heading that begins at or before `offset`."""
        count = bisect_right(self.headings, offset, key=lambda heading: heading[0])
        return self.headings[count - 1][1] if count else None
