"""A paragraph: its text, and whether it is a heading or a list's item. Writes nothing."""

from __future__ import annotations

from dataclasses import dataclass

from handler.documents.docx.drawings import Aside
from handler.documents.docx.inline import InlineReader
from handler.documents.docx.names import Element, name, value
from handler.documents.docx.notes import Notes
from handler.documents.docx.numbering import LEVELS, Numberings
from handler.documents.docx.styles import Style, Styles, numbering, outline
from handler.documents.docx.tally import Tally
from handler.limits import MAX_HEADING

PARAGRAPH = name("w:p")
PROPERTIES, STYLE, FRAME = name("w:pPr"), name("w:pStyle"), name("w:framePr")
MARK, DELETED, MOVED = name("w:rPr"), name("w:del"), name("w:moveFrom")
DROP_CAP = name("w:dropCap")
SECTION = name("w:sectPr")
LIST_STYLES = ("list bullet", "list number")
BULLET = "-"


@dataclass(frozen=True)
class Paragraph:
    """One paragraph of a document."""

    text: str  # with the white space at its ends, but without its number
    label: str  # its number or bullet; "" if it has none
    level: int  # of the list, from 0
    heading: int | None
    is_title: bool
    is_drop_cap: bool
    has_no_end: bool  # its end is a deletion: the next paragraph goes on with it
    asides: tuple[Aside, ...]
    section: Element | None  # that ends with this paragraph

    @property
    def start(self) -> str | None:
        """What the next paragraph begins with, if this one goes on there."""
        if self.is_drop_cap:
            return self.text.strip()
        # A space, where the reviser who joined the words forgot it.
        return f"{self.text.rstrip()} ".lstrip() if self.has_no_end else None

    @property
    def line(self) -> str:
        """The paragraph with its number."""
        text = self.text.strip()
        return f"{self.label} {text}".strip() if text or self.label != BULLET else ""


class Paragraphs:
    """Reads the paragraphs of a document, which come in order: it counts the numbered ones."""

    def __init__(self, styles: Styles, numberings: Numberings, notes: Notes, tally: Tally) -> None:
        self._styles, self._numberings = styles, numberings
        self._inline = InlineReader(styles, tally, notes)

    def read(self, element: Element, *, skip_pages: bool = False) -> Paragraph:
        """The paragraph of a <w:p>."""
        properties = element.find(PROPERTIES)
        style_id = value(properties, STYLE)
        style = self._styles.paragraph(style_id)
        read = self._inline.read(element, style, skip_pages=skip_pages)
        has_no_end = _has_no_end(properties)
        label, level = "", 0
        if not has_no_end:  # else the next paragraph is the item
            label, level = self._label(properties, style, style_id or "")
        heading = outline(properties)
        heading = (style.heading if heading is None else heading) or None
        if heading and len(read.text) > MAX_HEADING:
            heading = None  # contracts give the level of a heading to whole clauses
        return Paragraph(
            text=read.text,
            label=label,
            level=level,
            heading=heading,
            is_title=style.name == "title",
            is_drop_cap=_is_drop_cap(properties),
            has_no_end=has_no_end,
            asides=tuple(read.asides),
            section=None if properties is None else properties.find(SECTION),
        )

    def read_bare(self, element: Element) -> str:
        """The text of an equation that stands between paragraphs."""
        holder = element.getparent().makeelement(PARAGRAPH)
        holder.append(element)  # moves it: a block is read once
        return self.read(holder).text

    def _label(self, properties: Element | None, style: Style, style_id: str) -> tuple[str, int]:
        num_id, level = numbering(properties)
        if num_id is None:
            num_id = style.numbering or None
        if level is None and num_id == style.numbering:
            level = style.level
        if not num_id or num_id == "0":
            is_list = num_id is None and style.name.startswith(LIST_STYLES)
            return BULLET if is_list else "", 0
        found = self._numberings.label(num_id, level, style_id)
        # The file may have no part with numberings.
        return found or (BULLET, min(max(level or 0, 0), LEVELS - 1))


def _is_drop_cap(properties: Element | None) -> bool:
    frame = None if properties is None else properties.find(FRAME)
    return frame is not None and frame.get(DROP_CAP, "none") != "none"


def _has_no_end(properties: Element | None) -> bool:
    mark = None if properties is None else properties.find(MARK)
    return mark is not None and (mark.find(DELETED) is not None or mark.find(MOVED) is not None)
