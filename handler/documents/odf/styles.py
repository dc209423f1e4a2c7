"""What an OpenDocument file's styles say about text: its numbers, its position, what is hidden."""

from __future__ import annotations

from handler.documents.odf.numbering import Level, levels_of
from handler.documents.scripts import Position
from handler.documents.xml_tree import Element, attribute, children, descendants

MAX_PARENTS = 20  # of a style, from which it inherits; they may go round in a circle


class Styles:
    """The styles of a file, from its content and from its part of common styles."""

    def __init__(self, content: Element, common: Element | None) -> None:
        self.levels: dict[str, dict[int, Level]] = {}  # with numbers, of each list style
        self.outline: dict[int, Level] = {}  # of headings
        self.positions: dict[str, Position] = {}  # of the styles of raised and lowered text
        self.unnumbered: set[str] = set()  # styles of headings without the outline's numbers
        self.hidden_text: set[str] = set()  # styles of text that is not shown
        self._hidden: set[str] = set()  # styles of sheets and slides that are not shown
        self._parents: dict[str, str] = {}
        self._positions: dict[str, Position | None] = {}  # as the styles themselves state them
        self._displays: dict[str, str] = {}
        for root in (common, content):
            if root is not None:
                self._read(root)
        for name in self._parents:
            line = self._line(name)
            stated = (self._positions[each] for each in line if each in self._positions)
            if position := next(stated, None):
                self.positions[name] = position
            displays = (self._displays[each] for each in line if each in self._displays)
            if next(displays, "") == "none":
                self.hidden_text.add(name)

    def is_hidden(self, element: Element) -> bool:
        """Whether a sheet or slide is hidden."""
        return attribute(element, "style-name") in self._hidden

    def _line(self, name: str) -> list[str]:
        """A style and those that it inherits from."""
        line = [name]
        while len(line) < MAX_PARENTS and (parent := self._parents.get(line[-1])):
            line.append(parent)
        return line

    def _read(self, root: Element) -> None:
        for style in descendants(root, "list-style"):
            self.levels[attribute(style, "name")] = levels_of(style)
        for style in descendants(root, "outline-style"):
            self.outline = levels_of(style)
        for style in descendants(root, "style"):
            self._read_style(style, attribute(style, "name"))

    def _read_style(self, style: Element, name: str) -> None:
        self._parents[name] = attribute(style, "parent-style-name")
        if attribute(style, "list-style-name", "?") == "":
            self.unnumbered.add(name)
        is_text = attribute(style, "family") in ("text", "paragraph", "")
        for each in children(style, "text-properties") if is_text else ():
            if position := attribute(each, "text-position"):
                self._positions[name] = _position(position)
            if display := attribute(each, "display"):
                self._displays[name] = display
        for each in children(style, "table-properties", "drawing-page-properties"):
            is_shown = attribute(each, "display", "true") != "false"
            if not is_shown or attribute(each, "visibility") == "hidden":
                self._hidden.add(name)


def _position(text_position: str) -> Position | None:
    """Whether text is raised or lowered: "super 58%", "-33% 100%", "0% 100%"."""
    first = text_position.split(" ", maxsplit=1)[0]
    if first == "super" or (first.rstrip("%").isdecimal() and first.rstrip("%0")):
        return "superscript"
    return "subscript" if first == "sub" or first.startswith("-") else None
