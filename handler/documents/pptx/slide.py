"""One slide: its title as a heading, then its shapes in reading order, then the speaker's notes."""

from __future__ import annotations

from handler.documents.office.chart import write_chart
from handler.documents.office.drawing import (
    body_paragraphs,
    count_unread,
    description,
    diagram_lines,
    placeholder,
    shapes,
)
from handler.documents.office.package import Package
from handler.documents.pptx.list_marks import ListMarks
from handler.documents.pptx.reading_order import ReadingOrder
from handler.documents.pptx.table import write_table
from handler.documents.unread import Unread
from handler.documents.writer import Writer
from handler.documents.xml_tree import Element, child, descendants, local, reference

TITLES = {"title", "ctrTitle"}
# Text that many slides repeat is read once: footers, and dates that are not filled in by the
# program. A slide's number says nothing about it.
REPEATED = {"ftr", "hdr", "dt"}
# Placeholders whose paragraphs are a list unless they say otherwise.
LISTS = {"", "body", "obj"}


class SlideReader:
    """Writes slides. unread: counts what was not read."""

    def __init__(self, writer: Writer, package: Package, *, level: int) -> None:
        self._writer, self._package, self._level = writer, package, level
        self._order = ReadingOrder(package)
        self._repeated: set[str] = set()  # that is written already
        self.unread = Unread()
        self._untitled: int | None = None  # the number of a slide without a title or text so far

    def read(self, slide: Element, part: str, number: int) -> None:
        """Write a slide. part: the name of its part."""
        tree = child(slide, "cSld", "spTree")
        found = self._order.shapes(tree, part) if tree is not None else []
        title = next(
            (shape for shape in found if placeholder(shape) in TITLES and _text(shape)), None
        )
        self._untitled = None if title is not None else number
        if title is not None:
            self._writer.heading(self._level, _text(title))
        for shape in found:
            if shape is not title:
                self._shape(shape, part)
        self._notes(part)

    def _begin_block(self) -> None:
        """Begin a block, under a heading of its own if the slide has no title.

        A slide without text gets none: a presentation of pictures has no text.
        """
        if self._untitled is not None:
            self._writer.heading(self._level, f"Slide {self._untitled}")
            self._untitled = None
        self._writer.separate("\n\n")

    def _shape(self, shape: Element, part: str) -> None:
        kind = placeholder(shape)
        is_filled_in = kind == "dt" and any(True for _ in descendants(shape, "fld"))
        if kind == "sldNum" or is_filled_in:
            return
        if kind in REPEATED:
            text = _text(shape)
            if text in self._repeated:
                return
            self._repeated.add(text)
        if local(shape) == "graphicFrame":
            self._frame(shape, part)
            return
        has_text = self._paragraphs(shape, is_list=kind in LISTS)
        if not has_text and not self._describe(shape) and kind is None:
            count_unread(self.unread, shape)

    def _paragraphs(self, shape: Element, *, is_list: bool) -> bool:
        """Write a shape's paragraphs. Returns whether it has any."""
        marks, has_text = ListMarks(), False
        for paragraph, text in body_paragraphs(shape):
            if not has_text:
                self._begin_block()
            mark = marks.of(child(paragraph, "pPr"), is_list=is_list)
            self._writer.separate("\n" if mark else "\n\n")
            self._writer.write(mark + text.replace("\n", " ") if mark else text)
            self._writer.separate("\n")
            has_text = True
        self._writer.separate("\n\n")
        return has_text

    def _frame(self, frame: Element, part: str) -> None:
        """Write a table, a chart or a diagram."""
        has_text = False
        for table in descendants(frame, "tbl"):
            self._begin_block()
            write_table(self._writer, table)
            has_text = True
        for each in descendants(frame, "chart"):
            root = self._package.try_xml(self._package.target(part, reference(each)))
            if root is not None:
                self._begin_block()
                has_text |= write_chart(self._writer, root)
        lines = diagram_lines(self._package, part, frame)
        if lines:
            self._begin_block()
        for line in lines:
            self._writer.separate("\n")
            self._writer.write(f"- {line}")
        self._writer.separate("\n\n")
        described = self._describe(frame)
        if not has_text and not lines and not described:
            count_unread(self.unread, frame)

    def _describe(self, shape: Element) -> bool:
        """Write the description of what is not text. Returns whether there is one."""
        text = description(shape)
        if text:
            self._begin_block()
            self._writer.write(text)
            self._writer.separate("\n\n")
        return bool(text)

    def _notes(self, part: str) -> None:
        for notes in self._package.targets(part, "notesSlide"):
            root = self._package.try_xml(notes)
            tree = child(root, "cSld", "spTree")
            for shape in shapes(tree) if tree is not None else ():
                if placeholder(shape) == "body" and (text := _text(shape, "\n")):
                    self._begin_block()
                    self._writer.write(f"Notes: {text}")
                    self._writer.separate("\n\n")


def _text(shape: Element, between: str = " ") -> str:
    return between.join(text for _, text in body_paragraphs(shape))
