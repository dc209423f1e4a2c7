"""The shapes of a slide from top to bottom, and from left to right in a row. Reads no text.

A slide holds its shapes as they were drawn. A shape that states no place, as a placeholder does
that takes its layout's, stays before those that do: so titles and bodies come first.
"""

from __future__ import annotations

from handler.documents.office.drawing import is_hidden, placeholder, shapes
from handler.documents.xml_tree import Element, attribute, child, children, local

ROW = 228_600  # EMU, a quarter of an inch: shapes whose tops are so near stand in one row
BEGIN, END = -(10**12), 10**12
AT_THE_END = {"ftr", "hdr", "dt", "sldNum"}


def in_reading_order(tree: Element) -> list[Element]:
    """The shapes that are shown, those of a group together."""
    units: list[tuple[int, int, list[Element]]] = []
    for element in tree:
        is_group = local(element) == "grpSp" and not is_hidden(element)
        found = in_reading_order(element) if is_group else list(shapes([element]))
        if found:
            units.append((*_place(element if is_group else found[0]), found))
    units.sort(key=lambda unit: unit[0])
    rows: list[tuple[int, int, list[Element]]] = []
    for y, x, found in units:
        is_in_row = rows and 0 <= y - rows[-1][0] < ROW
        rows.append((rows[-1][0] if is_in_row else y, x, found))
    rows.sort(key=lambda unit: unit[:2])
    return [each for *_, found in rows for each in found]


def _place(shape: Element) -> tuple[int, int]:
    """How far a shape is from the top and from the left."""
    for parent in (shape, *children(shape, "spPr", "grpSpPr")):
        offset = child(parent, "xfrm", "off")
        if offset is not None:
            return _length(attribute(offset, "y")), _length(attribute(offset, "x"))
    return (END if placeholder(shape) in AT_THE_END else BEGIN), 0


def _length(text: str) -> int:
    """A length in EMU: from above the slide to far below it."""
    is_number = text.removeprefix("-").isdecimal() and len(text) < 12
    return int(text) if is_number else 0
