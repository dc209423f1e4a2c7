"""A PDF's title and outline (bookmarks), as the file states them: its headings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

import pypdfium2

from handler.limits import MAX_HEADING, MAX_HEADINGS

MAX_DEPTH = 8
WORDS = 20  # of a heading that are looked for on its page
# Titles that programs make up.
NO_TITLE = re.compile(
    r"\s*(?:untitled.*|(?:microsoft|powerpoint) .* - .*|(?:slide|page|document) ?\d*"
    r"|.*\.(?:docx?|dvi|fm|html?|indd|odt|p65|pdf|pptx?|ps|pub|qxd|rtf|tex|txt|xlsx?))\s*",
    re.IGNORECASE | re.DOTALL,
)


def title_of(pdf: pypdfium2.PdfDocument) -> str | None:
    """The title of the document, unless a program made it up from a file's name."""
    title = pdf.get_metadata_value("Title")
    return None if NO_TITLE.fullmatch(title[: MAX_HEADING * 2]) else title


class Outline:
    """The entries of the outline, by page."""

    def __init__(self, pdf: pypdfium2.PdfDocument) -> None:
        self._entries: dict[int, list[tuple[int, str]]] = {}
        for entry in islice(pdf.get_toc(max_depth=MAX_DEPTH), MAX_HEADINGS):
            destination = entry.get_dest()
            index = destination.get_index() if destination else None
            if index is not None and index >= 0:
                title = " ".join(entry.get_title()[:1_000].split())
                self._entries.setdefault(index, []).append((entry.level + 1, title))

    def headings(self, index: int, text: str) -> Iterator[tuple[int, int, str]]:
        """The offset, level and title of each entry that the text of the page at `index` has."""
        begin = 0
        for level, title in self._entries.get(index, ()):
            words = r"\s+".join(map(re.escape, title.split()[:WORDS]))
            match = re.compile(rf"^{words}", re.MULTILINE).search(text, begin) if words else None
            if match:
                begin = match.end()
                yield match.start(), level, title
