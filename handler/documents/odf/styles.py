"""What an OpenDocument file's styles say about text: numbered lists, and what is hidden."""

from __future__ import annotations

from handler.documents.scripts import Position
from handler.documents.xml_tree import Element, attribute, descendants


class Styles:
    """The styles of a file, from its content and from its part of common styles."""

    def __init__(self, content: Element, common: Element | None) -> None:
        self._numbered: dict[str, set[int]] = {}  # the levels of each list style with numbers
        self.positions: dict[str, Position] = {}  # of the styles of raised and lowered text
        self._hidden: set[str] = set()  # styles of sheets and slides that are not shown
        for root in (common, content):
            if root is not None:
                self._read(root)

    def is_numbered(self, list_style: str, level: int) -> bool:
        """Whether the items of a list have numbers at a level, from 1."""
        return level in self._numbered.get(list_style, ())

    def is_hidden(self, element: Element) -> bool:
        """Whether a sheet or slide is hidden."""
        return attribute(element, "style-name") in self._hidden

    def _read(self, root: Element) -> None:
        for style in descendants(root, "list-style"):
            levels = descendants(style, "list-level-style-number")
            found = {attribute(each, "level") for each in levels}
            self._numbered[attribute(style, "name")] = {int(n) for n in found if n in DIGITS}
        for style in descendants(root, "style"):
            for each in descendants(style, "text-properties"):
                if position := _position(attribute(each, "text-position")):
                    self.positions[attribute(style, "name")] = position
            for each in descendants(style, "table-properties", "drawing-page-properties"):
                is_shown = attribute(each, "display", "true") != "false"
                if not is_shown or attribute(each, "visibility") == "hidden":
                    self._hidden.add(attribute(style, "name"))


def _position(text_position: str) -> Position | None:
    """Whether text is raised or lowered: "super 58%", "-33% 100%", "0% 100%"."""
    first = text_position.split(" ", maxsplit=1)[0]
    if first == "super" or (first.rstrip("%").isdecimal() and first.rstrip("%0")):
        return "superscript"
    return "subscript" if first == "sub" or first.startswith("-") else None


DIGITS = {str(level) for level in range(1, 11)}
