"""The blocks of a document in order: paragraphs, tables and embedded documents. Reads no text."""

from __future__ import annotations

from collections.abc import Iterator

from handler.documents.docx.names import Element, is_placeholder, name

PARAGRAPH, TABLE, CHUNK = name("w:p"), name("w:tbl"), name("w:altChunk")
ROW, CELL = name("w:tr"), name("w:tc")
ALTERNATIVES, FALLBACK = name("mc:AlternateContent"), name("mc:Fallback")
CONTROL = name("w:sdt")
BLOCKS = {PARAGRAPH, TABLE, CHUNK, name("m:oMathPara"), name("m:oMath")}
SKIPPED = {
    *(name(f"w:{tag}") for tag in ("del", "moveFrom", "sdtPr", "sdtEndPr", "sectPr")),
    *(name(f"w:{tag}") for tag in ("tblPr", "tblGrid", "trPr", "tcPr", "tblPrEx")),
}


def blocks(parent: Element) -> Iterator[Element]:
    """The blocks in `parent`, in content controls and insertions, too, but not in other blocks.

    Recursion is safe: libxml2 refuses XML that is nested more than 256 levels deep.
    """
    if parent.tag == CELL and _is_in_placeholder(parent):
        return iter(())
    return inside(parent, BLOCKS)


def inside(parent: Element, tags: set[str]) -> Iterator[Element]:
    """The nearest elements below `parent` with one of these tags."""
    for child in parent:
        if child.tag in tags:
            yield child
        elif child.tag == ALTERNATIVES:
            yield from _alternative(child, tags)
        elif child.tag == CONTROL and tags == BLOCKS and is_placeholder(child):
            continue  # a cell of a table keeps its place
        elif child.tag not in SKIPPED and child.tag not in BLOCKS:
            yield from inside(child, tags)


def _is_in_placeholder(cell: Element) -> bool:
    control = cell.getparent().getparent()  # the cell is in its content
    return control is not None and control.tag == CONTROL and is_placeholder(control)


def _alternative(element: Element, tags: set[str]) -> Iterator[Element]:
    """What is in the first alternative that has something."""
    for child in sorted(element, key=lambda child: bool(child.tag == FALLBACK)):
        found = list(inside(child, tags))
        if found:
            yield from found
            return
