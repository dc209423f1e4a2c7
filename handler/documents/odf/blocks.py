"""Paragraphs, headings, lists, tables and frames of an OpenDocument file, in order."""

from __future__ import annotations

import posixpath

from handler.documents.archive import Archive
from handler.documents.html import extract_html
from handler.documents.odf.characters import Extras, characters
from handler.documents.odf.styles import Styles
from handler.documents.odf.table import table_rows
from handler.documents.unread import Unread
from handler.documents.writer import Writer
from handler.documents.xml_tree import Element, attribute, child, children, local, outer, parse
from handler.errors import DocumentRejected, WithoutText

SKIPPED = {"tracked-changes", "table-of-content", "forms", "scripts", "event-listeners"}
SKIPPED |= {"notes", "desc", "sequence-decls", "variable-decls", "user-field-decls"}
SHAPES = {"custom-shape", "rect", "ellipse", "line", "connector", "path", "polygon", "caption"}
MAX_LEVEL = 8


class BlockWriter:
    """Writes blocks, and counts what was not read."""

    def __init__(self, writer: Writer, archive: Archive, styles: Styles, skipped: Unread) -> None:
        self.writer, self.styles, self.skipped = writer, styles, skipped
        self._archive = archive

    def write(self, parent: Element) -> None:
        """Write the blocks in an element."""
        for element in parent:
            self.block(element)

    def block(self, element: Element) -> None:
        """Write one block."""
        name = local(element)
        if name == "h":
            extras = Extras(self.skipped, self.styles.positions)
            level = attribute(element, "outline-level", "1")
            text = "".join(characters(element, extras))
            self.writer.heading(int(level) if level in "123456789" else 1, text)
            self._extras(extras)
        elif name == "p":
            self._paragraph(element, "", "\n\n")
        elif name == "list":
            self._list(element, attribute(element, "style-name"), 1)
        elif name == "table":
            self.table(element)
        elif name == "frame":
            self.frame(element)
        elif name == "annotation":
            self.skipped["comments"] += 1
        elif name == "section" and attribute(element, "display") == "none":
            self.skipped["hidden sections"] += 1
        elif name not in SKIPPED:
            self.write(element)

    def table(self, table: Element) -> None:
        """Write a table, one line a row."""
        self.writer.begin_table()
        for number, (cells, is_header) in enumerate(table_rows(table, self.skipped)):
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
        text = self._formula(frame) or _description(frame)
        if text:
            self.writer.separate("\n\n")
            self.writer.write(text)
            self.writer.separate("\n\n")
        elif child(frame, "object") is not None or child(frame, "object-ole") is not None:
            self.skipped["charts and embedded objects"] += 1
        elif child(frame, "image") is not None:
            self.skipped["pictures without a description"] += 1

    def _paragraph(self, element: Element, mark: str, between: str) -> None:
        extras = Extras(self.skipped, self.styles.positions)
        text = "".join(characters(element, extras)).strip()
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

    def _list(self, element: Element, style: str, level: int) -> None:
        self.writer.separate("\n" if level > 1 else "\n\n")
        is_numbered = self.styles.is_numbered(style, level)
        indent = "  " * min(level - 1, MAX_LEVEL)
        for number, item in enumerate(children(element, "list-item", "list-header"), 1):
            mark = indent + (f"{number}. " if is_numbered else "- ")
            for block in item:
                if local(block) == "list":
                    self._list(block, attribute(block, "style-name") or style, level + 1)
                elif local(block) == "p":
                    self._paragraph(block, mark, "\n")
                    mark = indent + "  "
                else:  # a numbered heading
                    self.block(block)
        self.writer.separate("\n" if level > 1 else "\n\n")

    def _formula(self, frame: Element) -> str:
        """The text of a formula, which is a part of its own, or written in place."""
        for each in children(frame, "object"):
            root = child(each, "math")
            href = attribute(each, "href").removeprefix("./")
            name = posixpath.join(href, "content.xml")
            if root is None and href and name in self._archive:
                try:
                    root = parse(self._archive.read(name), "OpenDocument file")
                except DocumentRejected:  # the text can be read without it
                    continue
            if root is not None and local(root) == "math":
                return _formula_text(root)
        return ""


def _formula_text(math: Element) -> str:
    """A formula on one line, as HTML's reader writes it; "" if it is empty."""
    annotation = "{*}annotation"
    for each in list(math.iter(annotation)):
        each.getparent().remove(each)
    body = "".join(outer(each) for each in math)
    try:
        return " ".join(extract_html(f"<math>{body}</math>", is_xml=True).text.split())
    except WithoutText:
        return ""


def _description(frame: Element) -> str:
    for name in ("desc", "title"):
        found = child(frame, name)
        if found is not None and (text := " ".join((found.text or "").split())):
            return text
    return ""
