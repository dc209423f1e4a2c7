"""Footnotes and endnotes: their numbers, and their text, each once. Writes nothing."""

from __future__ import annotations

from handler.documents.docx.drawings import Aside
from handler.documents.docx.inline import Kind
from handler.documents.docx.names import Element, name, value
from handler.documents.docx.package import Package
from handler.documents.docx.tally import Tally
from handler.documents.list_numbers import written

FORMATS: dict[Kind, str] = {"footnote": "decimal", "endnote": "lowerRoman"}  # Word's own
ID = name("w:id")


class Notes:
    """The notes of a Word file, numbered in the order in which the text refers to them."""

    def __init__(self, package: Package, settings: Element | None, tally: Tally) -> None:
        self._package, self._tally = package, tally
        self._formats = dict(FORMATS)
        for kind, usual in FORMATS.items():
            properties = None if settings is None else settings.find(name(f"w:{kind}Pr"))
            self._formats[kind] = value(properties, name("w:numFmt")) or usual
        self._elements: dict[Kind, dict[str, Element]] = {}
        self._taken: set[tuple[Kind, str]] = set()
        self._marks: dict[tuple[Kind, str], str] = {}
        self._counts: dict[Kind, int] = dict.fromkeys(FORMATS, 0)

    def mark(self, kind: Kind, note_id: str, *, is_custom: bool) -> str:
        """What stands in the text for a note: "[1]", or "" if the text has a mark of its own."""
        if (kind, note_id) not in self._marks:
            self._counts[kind] += not is_custom
            shown = written(self._counts[kind], self._formats[kind])
            self._marks[kind, note_id] = "" if is_custom else f"[{shown}]"
        return self._marks[kind, note_id]

    def part(self, kind: Kind) -> str:
        """The name of the part that holds notes of a kind; "" if there is none."""
        return self._package.of_main(f"{kind}s")

    def take(self, aside: Aside) -> Element | None:
        """The note's content, the first time; None later, or if the file does not have it."""
        assert aside.kind in ("footnote", "endnote")
        if aside.kind not in self._elements:
            root = self._package.xml(self.part(aside.kind))
            notes = root.findall(name(f"w:{aside.kind}")) if root is not None else []
            self._elements[aside.kind] = {each.get(ID, ""): each for each in notes}
        if (aside.kind, aside.id) in self._taken:
            return None  # a note of two million references is written once
        self._taken.add((aside.kind, aside.id))
        element = self._elements[aside.kind].get(aside.id)
        self._tally.notes += element is None
        return element
