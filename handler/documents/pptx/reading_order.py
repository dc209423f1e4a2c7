"""The shapes of a slide from top to bottom, and from left to right in a row. Reads no text.

A slide holds its shapes as they were drawn. A placeholder may take its place from the layout. A
shape without a place stays before those that have one.
"""

from __future__ import annotations

from typing import TypeAlias

from handler.documents.office.drawing import is_hidden, placeholder, shapes
from handler.documents.office.package import Package
from handler.documents.xml_tree import Element, attribute, child, children, descendants, local

ROW = 228_600  # EMU, a quarter of an inch: shapes whose tops are so near stand in one row
Place: TypeAlias = tuple[int, int]  # from the top, from the left
BEGIN: Place = (-(10**12), 0)
END: Place = (10**12, 0)
AT_THE_END = {"ftr", "hdr", "dt", "sldNum"}


class ReadingOrder:
    """Orders the shapes of one presentation's slides."""

    def __init__(self, package: Package) -> None:
        self._package = package
        self._layouts: dict[str, list[tuple[str, str, Place]]] = {}  # by part

    def shapes(self, tree: Element, part: str) -> list[Element]:
        """The shapes that are shown, those of a group together. part: the slide's name."""
        units: list[tuple[int, int, list[Element]]] = []
        for element in tree:
            is_group = local(element) == "grpSp" and not is_hidden(element)
            found = self.shapes(element, part) if is_group else list(shapes([element]))
            if found:
                units.append((*self._place(element if is_group else found[0], part), found))
        units.sort(key=lambda unit: unit[0])
        rows: list[tuple[int, int, list[Element]]] = []
        for y, x, found in units:
            is_in_row = rows and 0 <= y - rows[-1][0] < ROW
            rows.append((rows[-1][0] if is_in_row else y, x, found))
        rows.sort(key=lambda unit: unit[:2])
        return [each for *_, found in rows for each in found]

    def _place(self, shape: Element, part: str) -> Place:
        """How far a shape is from the top and from the left."""
        if (place := _own_place(shape)) is not None:
            return place
        kind = placeholder(shape)
        if kind is None:
            return BEGIN
        for layout in self._package.targets(part, "slideLayout"):
            if (place := self._inherited(layout, kind, _index(shape))) is not None:
                return place
            for master in self._package.targets(layout, "slideMaster"):
                if (place := self._inherited(master, kind, "")) is not None:
                    return place
        return END if kind in AT_THE_END else BEGIN

    def _inherited(self, part: str, kind: str, index: str) -> Place | None:
        """The place of a layout's placeholder, by its index, or else by its kind."""
        if part not in self._layouts:
            self._layouts[part] = _placeholders(self._package.try_xml(part))
        found = self._layouts[part]
        by_index = (place for _, at, place in found if index and at == index)
        by_kind = (place for of, _, place in found if of == kind)
        return next(by_index, None) or next(by_kind, None)


def _placeholders(root: Element | None) -> list[tuple[str, str, Place]]:
    """The kind, index and place of each placeholder that states its place."""
    tree = child(root, "cSld", "spTree")
    found = []
    for shape in shapes(tree) if tree is not None else ():
        kind, place = placeholder(shape), _own_place(shape)
        if kind is not None and place is not None:
            found.append((kind, _index(shape), place))
    return found


def _index(shape: Element) -> str:
    for filled in descendants(shape, "ph"):
        return attribute(filled, "idx")
    return ""


def _own_place(shape: Element) -> Place | None:
    for parent in (shape, *children(shape, "spPr", "grpSpPr")):
        offset = child(parent, "xfrm", "off")
        if offset is not None:
            return _length(attribute(offset, "y")), _length(attribute(offset, "x"))
    return None


def _length(text: str) -> int:
    """A length in EMU: from above the slide to far below it."""
    is_number = text.removeprefix("-").isdecimal() and len(text) < 12
    return int(text) if is_number else 0
