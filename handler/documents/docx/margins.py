"""The lines of headers and footers, each once. Leaves out page numbers. Writes nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator

from handler.documents.docx.blocks import PARAGRAPH, TABLE, blocks
from handler.documents.docx.drawings import Aside
from handler.documents.docx.fields import PAGE_MARK
from handler.documents.docx.names import Element
from handler.documents.docx.paragraphs import Paragraphs
from handler.documents.docx.story import Story

MAX_PAGE_WORDS = 3  # "Page", "Page … of …", "Seite … von …": around a page's number
WORD = re.compile(r"[^\W\d_]+")
# A page's number that was typed: 7, – 7 –, 7/12. Others may be those of a contract or a bill.
NUMBER_ONLY = re.compile(r"[\W_]{0,9}(?:\d{1,3}(?:\s?/\s?\d{1,3})?)?[\W_]{0,9}")


class Margins:
    """Collects the lines of a document's headers and footers."""

    def __init__(self, story: Story, paragraphs: Paragraphs) -> None:
        self._story, self._paragraphs = story, paragraphs
        self._seen: set[str] = set()

    def lines(self, root: Element) -> tuple[list[str], list[Aside]]:
        """The lines of a header or footer that no earlier one had, and its charts."""
        asides: list[Aside] = []
        found, keys = [], set()
        for text in self._all(root, asides):
            key = " ".join(text.lower().split())
            if key and key not in self._seen:
                keys.add(key)
                found.append(text)
        self._seen |= keys
        return found, asides

    def _all(self, parent: Element, asides: list[Aside]) -> Iterator[str]:
        for block in blocks(parent):
            if block.tag == PARAGRAPH:
                paragraph = self._paragraphs.read(block, skip_pages=True)
                yield _without_page(paragraph.line)
                for aside in paragraph.asides:
                    if aside.kind == "box":
                        yield from self._all(aside.element, asides)
                    else:
                        asides.append(aside)
            elif block.tag == TABLE:
                flat = self._story.flat_rows(block, skip_pages=True)
                for row in flat.rows:
                    yield _row(row.cells)
                for each in flat.tables:
                    yield from (_row(row.cells) for row in each)
                asides += flat.asides


def _row(cells: list[str]) -> str:
    """A table's row. Only fields are pages' numbers in it: others may be amounts."""
    texts = [_piece(cell) if PAGE_MARK in cell else cell for cell in cells]
    line = " | ".join(text.replace("|", "\\|") for text in texts)
    return line.strip() if any(texts) else ""


def _without_page(line: str) -> str:
    pieces = [_piece(piece) for piece in line.split("\t")]
    return "\t".join(piece for piece in pieces if piece)


def _piece(piece: str) -> str:
    text = piece.replace(PAGE_MARK, "").strip()
    has_number = any(character.isdigit() for character in text)
    if PAGE_MARK in piece and not has_number and len(WORD.findall(text)) <= MAX_PAGE_WORDS:
        return ""
    return "" if NUMBER_ONLY.fullmatch(text) else text
