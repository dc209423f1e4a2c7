"""What a Word file's styles say about text: headings, list numbers, what is hidden. Reads no text.

A style is based on another one, which may be based on a third.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from handler.documents.docx.names import Element, is_on, name, number, value

HEADING = re.compile(r"heading ([1-9])", re.IGNORECASE)
TITLES = {"title": 1, "subtitle": 2}
BODY_TEXT = 9  # the outline level of what is no heading
STYLE_ID, PARAGRAPH, RUN = name("w:styleId"), name("w:pPr"), name("w:rPr")
OUTLINE, NUMBERING = name("w:outlineLvl"), name("w:numPr")
NUMBERING_ID, LEVEL = name("w:numId"), name("w:ilvl")
VANISH, VERTICAL = name("w:vanish"), name("w:vertAlign")
FONTS, ASCII = name("w:rFonts"), name("w:ascii")


@dataclass(frozen=True)
class Style:
    """What one style says, its bases included."""

    name: str = ""  # in English, whatever Word's language is; in lower case
    heading: int | None = None  # the level, 1 to 9
    numbering: str = ""  # the id of a numbering; "" or "0" for none
    level: int | None = None  # of the numbering, from 0
    is_hidden: bool = False
    vertical: str = ""  # "superscript", "subscript" or ""
    font: str = ""


NONE = Style()


class Styles:
    """The styles of a Word file."""

    def __init__(self, root: Element | None) -> None:
        found = root.findall(name("w:style")) if root is not None else []
        self._elements = {style.get(STYLE_ID, ""): style for style in found}
        self._styles: dict[str, Style] = {}
        is_default = (
            style.get(STYLE_ID, "")
            for style in found
            if style.get(name("w:default")) in ("1", "true")
            and style.get(name("w:type")) == "paragraph"
        )
        self._default = next(is_default, "")

    def paragraph(self, style_id: str | None) -> Style:
        """A paragraph's style; None is the default one."""
        return self.get(self._default if style_id is None else style_id)

    def get(self, style_id: str | None) -> Style:
        """The style with this style_id."""
        if not style_id:
            return NONE
        if style_id not in self._styles:
            self._styles[style_id] = self._read(style_id)
        return self._styles[style_id]

    def _read(self, style_id: str) -> Style:
        """The style as it says itself, on top of what its bases say. A cycle ends at its start."""
        unread: dict[str, Element] = {}
        base = style_id
        while base in self._elements and base not in self._styles and base not in unread:
            unread[base] = self._elements[base]
            base = value(unread[base], name("w:basedOn")) or ""
        style = self._styles.get(base, NONE)
        for each, element in reversed(unread.items()):
            style = self._styles[each] = _on_top(element, style)
        return style


def _on_top(element: Element, base: Style) -> Style:
    run = element.find(RUN)
    heading = _heading(element)
    num_id, level = numbering(element.find(PARAGRAPH))
    hidden, vertical, its_font = is_on(run, VANISH), value(run, VERTICAL), font(run)
    return Style(
        name=_name(element),
        heading=base.heading if heading is None else heading or None,
        numbering=base.numbering if num_id is None else num_id,
        level=base.level if level is None else level,
        is_hidden=base.is_hidden if hidden is None else hidden,
        vertical=base.vertical if vertical is None else vertical,
        font=base.font if its_font is None else its_font,
    )


def _name(style: Element) -> str:
    return (value(style, name("w:name")) or "").strip().lower()


def _heading(style: Element) -> int | None:
    """The level of headings in one style; 0 if it says that it is none, None if it is silent."""
    called = _name(style)
    if found := HEADING.fullmatch(called):
        return int(found[1])
    if called in TITLES:
        return TITLES[called]
    return outline(style.find(PARAGRAPH))


def outline(properties: Element | None) -> int | None:
    """The heading's level by the outline level; 0 if it is body text, None if nothing is said."""
    level = number(value(properties, OUTLINE))
    if level is None:
        return None
    return level + 1 if 0 <= level < BODY_TEXT else 0


def numbering(properties: Element | None) -> tuple[str | None, int | None]:
    """The id and the level of a paragraph's numbering, as far as its properties say them."""
    found = None if properties is None else properties.find(NUMBERING)
    return value(found, NUMBERING_ID), number(value(found, LEVEL))


def font(run: Element | None) -> str | None:
    """The font of a run's properties; None if they do not say it."""
    fonts = None if run is None else run.find(FONTS)
    return None if fonts is None else fonts.get(ASCII)
