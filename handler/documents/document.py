"""A document, as it is ingested: its text, and where in it pages and sections begin."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass


@dataclass(frozen=True)
class Document:
    """The text of a document, of whatever format. Offsets are in characters of `text`."""

    text: str
    format: str  # "pdf" …
    is_markdown: bool = False  # headings are lines that begin with #
    pages: tuple[int, ...] = ()  # where each begins; none if the format has no pages
    headings: tuple[tuple[int, str], ...] = ()  # where each begins, and what it says, in order

    def page(self, offset: int) -> int | None:
        """The number of the page that `offset` is on, from 1."""
        return bisect_right(self.pages, offset) or None

    def heading(self, offset: int) -> str | None:
        """The heading that `offset` is under: the last that begins there or before."""
        place = bisect_right(self.headings, offset, key=lambda heading: heading[0])
        return self.headings[place - 1][1] if place else None
