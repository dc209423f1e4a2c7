"""Paragraphs, headings, lists, tables and frames of an OpenDocument file, in order."""

from __future__ import annotations

from handler.documents.archive import Archive
from handler.documents.odf.characters import Extras, Rules, paragraph_text
from handler.documents.odf.formulas import Formulas
from handler.documents.odf.numbering import Counts, Level, ListCounts, whole
from handler.documents.odf.styles import Styles
from handler.documents.odf.table import table_rows
from handler.documents.unread import Unread
from handler.documents.writer import Break, Writer
from handler.documents.xml_tree import Element, attribute, child, children, descendants, local

SKIPPED = {"number", "table-of-content", "forms", "scripts", "event-listeners"}
SKIPPED |= {"notes", "desc", "sequence-decls", "variable-decls", "user-field-decls"}
SHAPES = {"custom-shape", "rect", "ellipse", "line", "connector", "path", "polygon", "caption"}
MAX_LEVEL = 8


class BlockWriter:
    """Writes blocks, and counts what was not read."""

    def __init__(self, writer: Writer, archive: Archive, styles: Styles, skipped: Unread) -> None:
        self.writer, self.styles, self.skipped = writer, styles, skipped
        self._formulas = Formulas(archive)
        self.rules = Rules(skipped, self._formulas.text, styles.positions, styles.hidden_text)
        self._lists = ListCounts()
        self._headings = Counts()

    def write(self, parent: Element) -> None:
        """Write the blocks in an element."""
        for element in parent:
            self.block(element)

    def block(self, element: Element) -> None:
        """Write one block."""
        name = local(element)
        if name == "h":
            self._heading(element, None)
        elif name == "p":
            self._paragraph(element, "", "\n\n")
        elif name == "list":
            self._list(element, attribute(element, "style-name"), None)
        elif name == "table":
            self.table(element)
        elif name == "frame":
            self.frame(element)
        elif name == "annotation":
            self.skipped["comments"] += 1
        elif name == "tracked-changes":
            self.skipped["tracked deletions"] += sum(1 for _ in descendants(element, "deletion"))
        elif name == "section" and attribute(element, "display") == "none":
            self.skipped["hidden sections"] += 1
        elif name not in SKIPPED:
            self.write(element)

    def table(self, table: Element) -> None:
        """Write a table, one line a row."""
        self.writer.begin_table()
        for number, (cells, is_header) in enumerate(table_rows(table, self.rules)):
            self.writer.row(cells, is_header=is_header and number == 0)
        self.writer.end_table()

    def frame(self, frame: Element) -> None:
        """Write what is in a frame: text, a table, a formula, or a picture's description."""
        box, table = child(frame, "text-box"), child(frame, "table")
        if box is not None:
            self.write(box)
            return
        if table is not None:
            self.table(table)
            return
        text = self._formulas.text(frame) or _description(frame)
        if text:
            self.writer.separate("\n\n")
            self.writer.write(text)
            self.writer.separate("\n\n")
        elif child(frame, "object") is not None or child(frame, "object-ole") is not None:
            self.skipped["charts and embedded objects"] += 1
        elif child(frame, "image") is not None:
            self.skipped["pictures without a description"] += 1

    def _paragraph(self, element: Element, mark: str, between: str) -> None:
        extras = Extras(self.rules)
        text = paragraph_text(element, extras).strip()
        if text:
            self.writer.separate("\n\n" if between == "\n\n" else "\n")
            self.writer.write(mark + text)
            self.writer.separate("\n\n" if between == "\n\n" else "\n")
        self._extras(extras)

    def _extras(self, extras: Extras) -> None:
        """Write notes and frames below the paragraph that they belong to."""
        for line in extras.notes:
            self.writer.separate("\n")
            self.writer.write(line)
        if extras.notes:
            self.writer.separate("\n\n")
        for frame in extras.frames:
            self.frame(frame) if local(frame) == "frame" else self.write(frame)

    def _heading(self, element: Element, number: str | None) -> None:
        """Write a heading. number: that of the list it is in; None if it is in none."""
        extras = Extras(self.rules)
        stated = attribute(element, "outline-level", "1")
        level = int(stated) if stated in tuple("123456789") else 1
        text = paragraph_text(element, extras).strip()
        if number is None and text:
            number = self._outline_number(element, level)
        self.writer.heading(level, f"{number} {text}".strip() if text else "")
        self._extras(extras)

    def _outline_number(self, element: Element, level: int) -> str:
        """Count a heading, and return its number; "" if it shows none."""
        if attribute(element, "is-list-header") == "true":
            return ""
        if attribute(element, "style-name") in self.styles.unnumbered:
            return ""
        levels = self.styles.outline
        start = whole(attribute(element, "start-value"))
        if start is None and attribute(element, "restart-numbering") == "true":
            start = levels.get(level, Level()).start
        self._headings.count(levels, level, start)
        return _stated_number(element) or self._headings.label(levels, level)

    def _list(self, element: Element, style: str, counts: Counts | None, level: int = 1) -> None:
        """Write a list. counts: those of the list that it is in."""
        between: Break = "\n" if counts else "\n\n"
        counts = counts or self._lists.of(element, style)
        self.writer.separate(between)
        for item in children(element, "list-item", "list-header"):
            self._item(item, style, counts, level)
        self.writer.separate(between)

    def _item(self, item: Element, style: str, counts: Counts, level: int) -> None:
        indent = "  " * min(level - 1, MAX_LEVEL)
        number = mark = ""
        is_counted = local(item) == "list-header"
        for block in item:
            if local(block) == "list":
                self._list(block, attribute(block, "style-name") or style, counts, level + 1)
                continue
            if not is_counted and local(block) in ("p", "h"):
                # An item that holds only another list is no item of its own.
                number = self._number(item, style, counts, level)
                is_counted, mark = True, f"{number} " if number else ""
            if local(block) == "p":
                self._paragraph(block, indent + mark, "\n")
                mark = "  "
            elif local(block) == "h":
                self._heading(block, "" if number == "-" else number)
                number = ""
            else:
                self.block(block)

    def _number(self, item: Element, style: str, counts: Counts, level: int) -> str:
        """Count an item, and return its number, or a hyphen for a bullet."""
        levels = self.styles.levels.get(style, {})
        counts.count(levels, level, whole(attribute(item, "start-value")))
        return _stated_number(item) or (counts.label(levels, level) if level in levels else "-")


def _stated_number(element: Element) -> str:
    """The number of an item or heading as the program that saved the file showed it."""
    number = child(element, "number")
    return "" if number is None else "".join(number.itertext()).strip()


def _description(frame: Element) -> str:
    for name in ("desc", "title"):
        found = child(frame, name)
        if found is not None and (text := " ".join((found.text or "").split())):
            return text
    return ""
